# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports: single HTML pages that need nothing else to be read."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..raster.class_table import ClassTable
from .evaluation_result import Evaluation

MOST_COLUMNS = 64
CHART_WIDTH, CHART_HEIGHT, CHART_MARGIN = 720, 240, 44
MOST_CHART_POINTS = 1000
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; margin: 2em auto;
  max-width: 62em; padding: 0 1em; }
h1 { font-size: 1.6em; } h2 { font-size: 1.15em; margin-top: 2em; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25em .7em; border-bottom: 1px solid #ddd; text-align: right; }
th:first-child, td:first-child { text-align: left; }
th { font-weight: 600; }
.scroll { overflow-x: auto; }
.bar { display: flex; height: 1.6em; border: 1px solid #999; }
.swatch { display: inline-block; width: 1em; height: 1em; margin-right: .5em;
  border: 1px solid #999; vertical-align: -.15em; }
.pair { outline: 2px solid #b30000; outline-offset: -2px; }
svg text { font: 12px system-ui, sans-serif; fill: #444; }
"""


class Html(str):
    """Text that is HTML already; any other text is escaped."""

    __slots__ = ()


def page(title: str, sections: Sequence[tuple[str, Html]]) -> str:
    """Make a whole page of (heading, content) sections."""
    body = "".join(f"<h2>{_text(heading)}</h2>\n{content}\n" for heading, content in sections)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{_text(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{_text(title)}</h1>\n{body}</body>\n</html>\n"
    )


def table(header: Sequence[object], rows: Sequence[Sequence[object]]) -> Html:
    """Make a table; cells that are not `Html` are escaped, floats get four digits."""
    head = "".join(f"<th>{_text(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>\n" for row in rows)
    return Html(
        f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}</tbody>\n</table></div>"
    )


def swatch(color: Sequence[int]) -> Html:
    """Make a small square of a color."""
    return Html(f'<span class="swatch" style="background: {_css(color)}"></span>')


def color_bar(colors: npt.NDArray[np.uint8], shares: Sequence[float], names: Sequence[str]) -> Html:
    """Make a bar with a stretch in each class's color, as long as its share (0 to 1)."""
    parts = "".join(
        f'<div style="width: {100 * share:.3f}%; background: {_css(color)}"'
        f' title="{html.escape(name)} {100 * share:.1f} %"></div>'
        for color, share, name in zip(colors.tolist(), shares, names)
    )
    return Html(f'<div class="bar">{parts}</div>')


def line_chart(values: Sequence[float], x_label: str, y_label: str) -> Html:
    """Draw numbers over their position, as SVG; numbers that are not finite are left out."""
    numbers = np.asarray(values, dtype=np.float64)
    positions = np.arange(1, len(numbers) + 1)
    keep = np.isfinite(numbers)
    numbers, positions = numbers[keep], positions[keep]
    if not len(numbers):
        return Html("<p>No numbers.</p>")
    step = -(-len(numbers) // MOST_CHART_POINTS)
    # The last one is what a reader looks for.
    chosen = np.union1d(np.arange(0, len(numbers), step), [len(numbers) - 1])
    low, high = float(numbers.min()), float(numbers.max())
    inner_width, inner_height = CHART_WIDTH - 2 * CHART_MARGIN, CHART_HEIGHT - 2 * CHART_MARGIN
    across = (positions[chosen] - 1) / max(len(values) - 1, 1)
    up = (numbers[chosen] - low) / (high - low if high > low else 1.0)
    points = " ".join(
        f"{CHART_MARGIN + x * inner_width:.1f},{CHART_HEIGHT - CHART_MARGIN - y * inner_height:.1f}"
        for x, y in zip(across.tolist(), up.tolist())
    )
    left, right = CHART_MARGIN, CHART_WIDTH - CHART_MARGIN
    top, bottom = CHART_MARGIN, CHART_HEIGHT - CHART_MARGIN
    return Html(
        f'<svg viewBox="0 0 {CHART_WIDTH} {CHART_HEIGHT}" width="{CHART_WIDTH}" role="img"'
        f' aria-label="{html.escape(y_label)}">\n'
        f'<path d="M{left} {top}V{bottom}H{right}" fill="none" stroke="#999"/>\n'
        f'<polyline points="{points}" fill="none" stroke="#2b6cb0" stroke-width="1.5"/>\n'
        f'<text x="{left - 6}" y="{top + 4}" text-anchor="end">{high:.3g}</text>\n'
        f'<text x="{left - 6}" y="{bottom + 4}" text-anchor="end">{low:.3g}</text>\n'
        f'<text x="{left}" y="{bottom + 18}">1</text>\n'
        f'<text x="{right}" y="{bottom + 18}" text-anchor="end">{len(values)}</text>\n'
        f'<text x="{CHART_WIDTH / 2}" y="{bottom + 34}" text-anchor="middle">'
        f"{_text(x_label)}</text>\n"
        f'<text x="{left}" y="{top - 12}">{_text(y_label)}</text>\n</svg>'
    )


def class_section(classes: ClassTable) -> Html:
    """Make the table of classes: color, share, area, pixels and means."""
    shares = classes.shares
    header = ["Class", "Share", "Area", "Pixels", *classes.band_names]
    rows = [
        [
            Html(swatch(classes.colors[i].tolist()) + _text(name)),
            f"{100 * shares[i]:.2f} %",
            f"{classes.areas[i]:,.0f}",
            f"{int(classes.counts[i]):,}",
            *(f"{mean:.5g}" for mean in classes.means[i]),
        ]
        for i, name in enumerate(classes.names)
    ]
    bar = color_bar(classes.colors, shares.tolist(), classes.names)
    note = Html("<p>Areas are square meters where the image has a coordinate reference system.</p>")
    return Html(bar + table(header, rows) + note)


def facts_section(facts: Mapping[str, object]) -> Html:
    """Make a table of names and values, such as options."""
    return table(["Name", "Value"], [[name, str(value)] for name, value in facts.items()])


def segmentation_report(
    title: str,
    classes: ClassTable,
    options: Mapping[str, object],
    losses: Sequence[float] = (),
    facts: Mapping[str, object] | None = None,
) -> str:
    """Describe a segmentation or a training.

    Args:
        title: of the page.
        classes: the table of the classes.
        options: those of the run.
        losses: of the training steps; none for no chart.
        facts: anything else worth telling, such as sizes and versions.
    """
    sections = [("Classes", class_section(classes)), ("Options", facts_section(options))]
    if len(losses):
        sections.append(("Training", line_chart(losses, "Step", "Loss")))
    if facts:
        sections.append(("Run", facts_section(facts)))
    return page(title, sections)


def evaluation_report(
    evaluation: Evaluation,
    classification: str,
    reference: str,
    classes: ClassTable | None = None,
) -> str:
    """Describe an evaluation.

    Args:
        evaluation: its result.
        classification: name of the class raster.
        reference: name of the reference.
        classes: table of the class raster, for names and colors.
    """
    scores = [
        ("Adjusted mutual information (AMI)", "ami"),
        ("Adjusted Rand index (ARI)", "ari"),
        ("Fowlkes-Mallows index (FMI)", "fmi"),
        ("Adapted Rand error (ARE)", "are"),
        ("V-measure", "v_measure"),
        ("Homogeneity", "homogeneity"),
        ("Completeness", "completeness"),
        ("Accuracy", "accuracy"),
        ("Mean IoU", "mean_iou"),
    ]
    rows = [
        [title, getattr(evaluation, name), getattr(evaluation.with_unlabelled, name)]
        for title, name in scores
    ]
    counts = {
        "Classes": classification,
        "Reference": reference,
        "Pixels compared": f"{evaluation.labelled:,}",
        "Pixels not labelled": f"{evaluation.unlabelled:,}",
        "Pixels not classified, left out": f"{evaluation.unclassified:,}",
    }
    note = Html(
        "<p>ARE, accuracy and mean IoU leave unlabelled pixels out either way. Accuracy and IoU"
        " pair each reference class with one class so that the most pixels agree; pixels of"
        " classes without a pair count as errors.</p>"
    )
    return page(
        "Evaluation",
        [
            ("What was compared", facts_section(counts)),
            (
                "Scores",
                Html(table(["Score", "Labelled pixels", "Unlabelled as a class"], rows) + note),
            ),
            ("Confusion matrix", _confusion(evaluation, classes)),
        ],
    )


def _confusion(evaluation: Evaluation, classes: ClassTable | None) -> Html:
    """Rows are reference classes, columns classes in the order of their pairs, the largest next."""
    counts, pairs = evaluation.table, evaluation.pairs
    paired = [int(column) for column in pairs if column >= 0]
    others = [
        int(column)
        for column in np.argsort(-counts.sum(axis=0), kind="stable")
        if column not in set(paired)
    ]
    columns = (paired + others)[:MOST_COLUMNS]
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
            header.append(Html(mark + _text(classes.names[value - 1])))
        else:
            header.append(str(value))
    header += ["IoU", "Pixels"]
    left_out = counts.shape[1] - len(columns) + counts.shape[0] - len(rows)
    note = "<p>Percent of the pixels of each reference class; pairs are framed.</p>"
    if left_out:
        note += f"<p>{left_out} more rows and columns are not shown.</p>"
    return Html(table(header, rows) + note)


def _cell(cell: object) -> str:
    if isinstance(cell, Html) and cell.startswith("<td"):
        return str(cell)
    return f"<td>{_text(cell)}</td>"


def _text(cell: object) -> str:
    if isinstance(cell, Html):
        return str(cell)
    if isinstance(cell, (float, np.floating)):
        return f"{cell:.4f}"
    return html.escape(str(cell))


def _css(color: Sequence[Any]) -> str:
    red, green, blue = (int(part) for part in color)
    return f"rgb({red}, {green}, {blue})"
