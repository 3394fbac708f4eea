# SPDX-License-Identifier: GPL-2.0-or-later
"""The quality benchmark as one self-contained HTML page with small pictures."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from superseg_plugin.raster.source import RasterSource
from tests.benchmarks.common import Table
from tests.benchmarks.painting import (
    paint_classes,
    paint_reference,
    photo,
    png,
    reference_colors,
    resized,
)
from tests.benchmarks.rasters import read_classes
from tests.benchmarks.tables import describe, tables

TITLE = "Quality of SuperSeg"
SIDE = 260
# Second columns that hold text, not figures.
TEXT_COLUMNS = ("method",)
STYLE = """
:root { color-scheme: light dark; --ink: #222; --paper: #fff; --line: #ddd; --quiet: #666; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e4e4; --paper: #17191c; --line: #3a3d42; --quiet: #a2a6ad; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  margin: 2em auto; max-width: 92em; padding: 0 1em; }
h1 { font-size: 1.6em; } h2 { font-size: 1.15em; margin-top: 2.2em; }
h3 { font-size: 1em; margin: 1.4em 0 .3em; }
p { max-width: 60em; color: var(--quiet); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
th, td { padding: .2em .6em; text-align: right; }
th { font-weight: 600; }
tr.first td { border-top: 1px solid var(--line); }
th:first-child, td:first-child, .named th:nth-child(2), .named td:nth-child(2) {
  text-align: left; }
.row { display: flex; flex-wrap: wrap; gap: 14px; }
figure { margin: 0; }
figure img { display: block; width: 260px; }
figcaption { font-size: 13px; }
"""
ABOUT_PICTURES = (
    "The maps of the first seed. Each class has the color of the reference class that it shares"
    " most pixels with, pale where the reference has no label; colors that differ from the"
    " reference are errors."
)


def quality_page(record: Mapping[str, Any], pictures: Mapping[tuple[str, int], str]) -> str:
    """Make the page.

    Args:
        record: of the benchmark.
        pictures: of `picture_row`, by image and number of classes.
    """
    parts = [f"<p>{html.escape(describe(record))}</p>"]
    for table in tables(record):
        parts += [f"<h2>{html.escape(table.title)}</h2>", f"<p>{html.escape(table.note)}</p>"]
        parts.append(_laid_out(table))
    if pictures:
        parts += ["<h2>Pictures</h2>", f"<p>{ABOUT_PICTURES}</p>"]
    for (image, classes), row in pictures.items():
        parts += [f"<h3>{html.escape(image)}, {classes} classes</h3>", row]
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{TITLE}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{TITLE}</h1>\n"
        f"{body}\n</body>\n</html>\n"
    )


def picture_row(name: str, image: Path, label: Path, maps: Sequence[tuple[str, str, Path]]) -> str:
    """Pictures of an image, its reference and its maps, beside each other.

    Args:
        name: of the image.
        image: path of the scene.
        label: path of the reference.
        maps: method, caption and path of each map.
    """
    with RasterSource(str(image)) as source:
        picture = photo(source)
    labels = read_classes(label)
    colors = reference_colors(picture, labels)
    shown = [
        (f"{name}: the image", "image", resized(picture, SIDE, smooth=True)),
        (f"{name}: the reference", "reference", _small(paint_reference(labels, colors))),
    ]
    for method, caption, path in maps:
        painted = paint_classes(read_classes(path), labels, colors)
        shown.append((f"{name}: classes by {method}", caption, _small(painted)))
    figures = (
        f'<figure><img src="data:image/png;base64,{base64.b64encode(png(small)).decode()}"'
        f' alt="{html.escape(alternative)}" width="{SIDE}">'
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
        for alternative, caption, small in shown
    )
    return f'<div class="row">{"".join(figures)}</div>'


def _laid_out(table: Table) -> str:
    """A table with a line above each image's rows, and its name in the first of them only."""
    rows, before = [], ""
    for name, *cells in table.rows:
        first = name != before
        shown = [name if first else "", *cells]
        kind = ' class="first"' if first else ""
        rows.append(f"<tr{kind}>{_cells(shown, 'td')}</tr>")
        before = name
    named = " named" if table.header[1] in TEXT_COLUMNS else ""
    head = f"<thead><tr>{_cells(table.header, 'th')}</tr></thead>"
    body = "\n".join(rows)
    return f'<div class="scroll{named}"><table>\n{head}\n<tbody>\n{body}\n</tbody></table></div>'


def _cells(texts: Sequence[str], tag: str) -> str:
    return "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in texts)


def _small(picture: Any) -> Any:
    return resized(picture, SIDE, smooth=False)
