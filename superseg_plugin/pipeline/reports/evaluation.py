# SPDX-License-Identifier: GPL-2.0-or-later
"""The report of an evaluation: accuracy, scores and matrices."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from ...raster.class_legend import Color
from ...translation import tr
from ..classes.agreement import Evaluation
from .page import Html, escaped, facts, note, page, swatch, table

# Rows and columns of the matrices that are shown.
MOST_COLUMNS = 64
SQUARE_METERS_OF_HECTARE = 10_000.0
# A share that is shown as 0.0 percent.
INVISIBLE = 0.0005


def evaluation_report(
    evaluation: Evaluation,
    classification: str,
    reference: str,
    colors: Mapping[int, Color] | None = None,
) -> str:
    """Make the report of an evaluation.

    Args:
        evaluation: the result.
        classification: name of the class raster.
        reference: name of the reference.
        colors: colors of the classes by number.
    """
    agreement = evaluation.agreement
    overlapping = f"{evaluation.overlapping:,}" if evaluation.overlapping else ""
    counts = {
        tr("Classes"): classification,
        tr("Reference"): reference,
        tr("Pixels compared"): f"{evaluation.labelled:,}",
        tr("Pixels not labelled"): f"{evaluation.unlabelled:,}",
        tr("Of these in polygons of several labels"): overlapping,
        tr("Pixels not classified, left out"): f"{evaluation.unclassified:,}",
    }
    figures = {
        tr("Overall accuracy"): _share(agreement.overall),
        tr("Kappa"): _share(agreement.kappa, tr("none")),
        tr("Mean IoU"): _share(agreement.mean_iou),
    }
    named = _named(evaluation, colors or {})
    sections = [
        (tr("What was compared"), facts(counts)),
        (tr("Accuracy of the named classes"), _accuracy(evaluation)),
        (tr("Classes and the reference classes that they count as"), named),
        (tr("Error matrix"), _error_matrix(evaluation)),
        (tr("Classes in each reference class"), _confusion(evaluation, colors or {})),
        (tr("Scores"), _scores(evaluation)),
    ]
    return page(tr("Evaluation"), sections, figures=figures)


def _scores(evaluation: Evaluation) -> Html:
    """Make the table of scores that compare partitions."""
    names = {
        "ami": tr("Adjusted mutual information (AMI)"),
        "ari": tr("Adjusted Rand index (ARI)"),
        "fmi": tr("Fowlkes-Mallows index (FMI)"),
        "are": tr("Adapted Rand error (ARE)"),
        "v_measure": tr("V-measure"),
        "homogeneity": tr("Homogeneity"),
        "completeness": tr("Completeness"),
        "accuracy": tr("Accuracy, one to one"),
        "mean_iou": tr("Mean IoU, one to one"),
    }
    other = evaluation.with_unlabelled
    rows = [
        [title, getattr(evaluation, name), getattr(other, name)] for name, title in names.items()
    ]
    header = [tr("Score"), tr("Labelled pixels"), tr("Unlabelled as a class")]
    remark = tr(
        "ARE, accuracy and mean IoU leave unlabelled pixels out either way. One to one: each"
        " reference class is paired with one class so that the most pixels agree; pixels of"
        " classes without a pair count as errors. AMI, ARI, FMI and V-measure compare the"
        " partitions and need no pairs."
    )
    return Html(table(header, rows) + note(remark))


def _accuracy(evaluation: Evaluation) -> Html:
    """Make the table of accuracy and areas by reference class."""
    agreement = evaluation.agreement
    unit, divisor = area_unit(evaluation.in_meters)
    not_mapped = tr("not mapped")
    mapped, true = agreement.areas.sum(axis=1), agreement.areas.sum(axis=0)
    rows = [
        [
            label,
            _share(users, not_mapped),
            _share(1 - users, not_mapped),
            _share(producers),
            _share(1 - producers),
            _share(iou),
            f"{mapped[row] / divisor:,.1f}",
            f"{true[row] / divisor:,.1f}",
        ]
        for row, (label, users, producers, iou) in enumerate(
            zip(
                evaluation.reference_names,
                agreement.users.tolist(),
                agreement.producers.tolist(),
                agreement.ious.tolist(),
            )
        )
    ]
    header = [
        tr("Reference class"),
        tr("User's accuracy"),
        tr("Commission"),
        tr("Producer's accuracy"),
        tr("Omission"),
        tr("IoU"),
        tr("Area in the map ({})").format(unit),
        tr("Area in the reference ({})").format(unit),
    ]
    remark = tr(
        "Shares of the pixels compared, for the classes as named in the next table. User's accuracy"
        " is 1 less the error of commission, producer's accuracy 1 less that of omission. There are"
        " no intervals: every pixel of the reference was compared, and pixels that were not chosen"
        " at random allow no conclusion on the others. For a whole map with intervals, label a"
        " random sample (Accuracy points)."
    )
    return Html(table(header, rows) + note(remark))


def _named(evaluation: Evaluation, colors: Mapping[int, Color]) -> Html:
    """Make the table of the classes and the reference class that each counts as."""
    agreement = evaluation.agreement
    sizes = evaluation.table.sum(axis=0)
    rows: list[list[object]] = []
    for column in np.argsort(-sizes, kind="stable").tolist()[:MOST_COLUMNS]:
        row = int(agreement.names[column])
        how = tr("its name") if agreement.by_name[column] else tr("most of its pixels")
        rows.append(
            [
                _class(evaluation, column, colors),
                evaluation.reference_names[row],
                how,
                f"{100 * agreement.shares[column]:.1f} %",
                f"{sizes[column]:,}",
            ]
        )
    header = [tr("Class"), tr("Counts as"), tr("By"), tr("Share of its pixels"), tr("Pixels")]
    text = tr(
        "A class with the name of a reference class counts as that one, any other class as the"
        " reference class that most of its pixels have, as if it had been named and merged so,"
        " which favors the map. A class of which this is a small share is mixed."
    )
    left_out = len(sizes) - len(rows)
    if left_out:
        text += " " + tr("{} more classes are not shown.").format(left_out)
    return Html(table(header, rows) + note(text))


def _error_matrix(evaluation: Evaluation) -> Html:
    """Make the error matrix of the named classes as shares of the area."""
    labels = evaluation.reference_names[:MOST_COLUMNS]
    shares = evaluation.agreement.proportions
    rows: list[list[object]] = [
        [label, *(f"{share:.4f}" for share in row[: len(labels)]), f"{row.sum():.4f}"]
        for label, row in zip(labels, shares)
    ]
    total = shares.sum(axis=0)[: len(labels)]
    rows.append([tr("Total"), *(f"{share:.4f}" for share in total), f"{shares.sum():.4f}"])
    text = tr(
        "Shares of the area compared; rows are the named classes of the map, columns reference"
        " classes."
    )
    if len(labels) < len(shares):
        text += " " + tr("{} more rows and columns are not shown.").format(
            len(shares) - len(labels)
        )
    return Html(table([tr("Map"), *labels, tr("Total")], rows) + note(text))


def _confusion(evaluation: Evaluation, colors: Mapping[int, Color]) -> Html:
    """Make the matrix of all classes in percent of each reference class.

    Rows are reference classes; columns are classes, in the order of the rows that they count as and
    then by size.
    """
    counts, names = evaluation.table, evaluation.agreement.names
    columns = np.lexsort((-counts.sum(axis=0), names)).tolist()[:MOST_COLUMNS]
    rows: list[list[object]] = []
    for row in range(min(len(counts), MOST_COLUMNS)):
        total = max(int(counts[row].sum()), 1)
        cells: list[object] = [evaluation.reference_names[row]]
        for column in columns:
            share = counts[row, column] / total
            framed = names[column] == row and share >= INVISIBLE
            mark = ' class="pair"' if framed else ""
            count = int(counts[row, column])
            pixels = tr("1 pixel") if count == 1 else tr("{:,} pixels").format(count)
            cells.append(
                Html(
                    f'<td{mark} style="background: rgba(43, 108, 176, {0.6 * share:.3f})"'
                    f' title="{pixels}">{100 * share:.1f}</td>'
                )
            )
        cells.append(f"{total:,}")
        rows.append(cells)
    header: list[object] = [tr("Reference")]
    header += [_class(evaluation, column, colors) for column in columns]
    header.append(tr("Pixels"))
    left_out = counts.shape[1] - len(columns) + counts.shape[0] - len(rows)
    text = tr(
        "Percent of the pixels of each reference class. Framed: the class counts as this reference"
        " class."
    )
    if left_out:
        text += " " + tr("{} more rows and columns are not shown.").format(left_out)
    return Html(table(header, rows) + note(text))


def area_unit(in_meters: bool) -> tuple[str, float]:
    """Return the unit of areas in reports, and how many of the given units it has."""
    return ("ha", SQUARE_METERS_OF_HECTARE) if in_meters else (tr("map units²"), 1.0)


def _class(evaluation: Evaluation, column: int, colors: Mapping[int, Color]) -> object:
    """Return the name of a class, with its color if it has one."""
    name = evaluation.predicted_names[column]
    color = colors.get(int(evaluation.predicted_values[column]))
    return Html(swatch(color) + escaped(name)) if color is not None else name


def _share(value: float, unknown: str = "") -> str:
    return unknown if math.isnan(value) else f"{value:.4f}"
