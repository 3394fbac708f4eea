# SPDX-License-Identifier: GPL-2.0-or-later
"""The report of an evaluation: scores and confusion matrix."""

from __future__ import annotations

import numpy as np

from ...raster.class_table import ClassTable
from ..classes.scores import Evaluation
from .page import Html, escaped, facts, note, page, swatch, table

# Rows and columns of the confusion matrix that are shown.
MOST_COLUMNS = 64
SCORES = (
    ("Adjusted mutual information (AMI)", "ami"),
    ("Adjusted Rand index (ARI)", "ari"),
    ("Fowlkes-Mallows index (FMI)", "fmi"),
    ("Adapted Rand error (ARE)", "are"),
    ("V-measure", "v_measure"),
    ("Homogeneity", "homogeneity"),
    ("Completeness", "completeness"),
    ("Accuracy", "accuracy"),
    ("Mean IoU", "mean_iou"),
)


def evaluation_report(
    evaluation: Evaluation,
    classification: str,
    reference: str,
    classes: ClassTable | None = None,
) -> str:
    """Make the report of an evaluation.

    Args:
        evaluation: the result.
        classification: name of the class raster.
        reference: name of the reference.
        classes: class table of the class raster, for names and colors.
    """
    other = evaluation.with_unlabelled
    rows = [[title, getattr(evaluation, name), getattr(other, name)] for title, name in SCORES]
    scores = table(["Score", "Labelled pixels", "Unlabelled as a class"], rows)
    counts = {
        "Classes": classification,
        "Reference": reference,
        "Pixels compared": f"{evaluation.labelled:,}",
        "Pixels not labelled": f"{evaluation.unlabelled:,}",
        "Pixels not classified, left out": f"{evaluation.unclassified:,}",
    }
    remark = note(
        "ARE, accuracy and mean IoU leave unlabelled pixels out either way. Accuracy and IoU"
        " pair each reference class with one class so that the most pixels agree; pixels of"
        " classes without a pair count as errors."
    )
    sections = [
        ("What was compared", facts(counts)),
        ("Scores", Html(scores + remark)),
        ("Confusion matrix", _confusion(evaluation, classes)),
    ]
    return page("Evaluation", sections)


def _confusion(evaluation: Evaluation, classes: ClassTable | None) -> Html:
    """Make the confusion matrix in percent of each row.

    Rows are reference classes; columns are classes, first the paired ones in the order of the rows,
    then the others by size.
    """
    counts, pairs = evaluation.table, evaluation.pairs
    by_size = np.argsort(-counts.sum(axis=0), kind="stable").tolist()
    paired = pairs[pairs >= 0].tolist()
    others = dict.fromkeys(by_size)
    for column in paired:
        del others[column]
    columns = [*paired, *others][:MOST_COLUMNS]
    rows: list[list[object]] = []
    for row in range(min(len(counts), MOST_COLUMNS)):
        total = max(int(counts[row].sum()), 1)
        cells: list[object] = [str(evaluation.reference_values[row])]
        for column in columns:
            share = counts[row, column] / total
            mark = ' class="pair"' if pairs[row] == column else ""
            cells.append(
                Html(
                    f'<td{mark} style="background: rgba(43, 108, 176, {0.6 * share:.3f})"'
                    f' title="{int(counts[row, column]):,} pixels">{100 * share:.1f}</td>'
                )
            )
        cells += [f"{evaluation.ious[row]:.4f}", f"{total:,}"]
        rows.append(cells)
    header: list[object] = ["Reference"]
    for column in columns:
        value = int(evaluation.predicted_values[column])
        if classes is not None and 1 <= value <= len(classes.names):
            mark = swatch(classes.colors[value - 1].tolist())
            header.append(Html(mark + escaped(classes.names[value - 1])))
        else:
            header.append(str(value))
    header += ["IoU", "Pixels"]
    left_out = counts.shape[1] - len(columns) + counts.shape[0] - len(rows)
    text = "Percent of the pixels of each reference class; pairs are framed."
    if left_out:
        text += f" {left_out} more rows and columns are not shown."
    return Html(table(header, rows) + note(text))
