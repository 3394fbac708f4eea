# SPDX-License-Identifier: GPL-2.0-or-later
"""Templates of class names and colors: common legends, and those that an analyst's file holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...errors import SuperSegError
from ...raster.class_legend import Color
from ...raster.class_table import MOST_CLASSES
from .colors import color_of_hex
from .edits import checked_name
from .merge_table import COLUMNS as TABLE_COLUMNS
from .merge_table import MergeTable, read_merge_table
from .text_table import TextTable, short

EXAMPLE = (
    "give a text file with the header name,color and lines such as Forest,#1b7837, or the table"
    " of Merge classes with the header from,to,name,color"
)


@dataclass(frozen=True)
class Template:
    """Names and colors to choose from.

    Attributes:
        title: of the template.
        entries: name and color; None for a name without a color.
    """

    title: str
    entries: tuple[tuple[str, Color | None], ...]


def _template(title: str, entries: str) -> Template:
    lines = (line.split(" #") for line in entries.strip().splitlines())
    return Template(title, tuple((name, color_of_hex(f"#{digits}")) for name, digits in lines))


# Source: ESA WorldCover 10 m 2021 v200, Product User Manual, table 1.
WORLDCOVER = _template(
    "ESA WorldCover",
    """
Tree cover #006400
Shrubland #ffbb22
Grassland #ffff4c
Cropland #f096ff
Built-up #fa0000
Bare / sparse vegetation #b4b4b4
Snow and ice #f0f0f0
Permanent water bodies #0064c8
Herbaceous wetland #0096a0
Mangroves #00cf75
Moss and lichen #fae6a0
""",
)
# Source: CORINE Land Cover nomenclature, level 1. Level 1 has no colors of its own: each class has
# the color of a typical class of level 3.
CORINE = _template(
    "CORINE Land Cover, level 1",
    """
Artificial surfaces #e6004d
Agricultural areas #ffffa8
Forest and semi-natural areas #80ff00
Wetlands #a6a6ff
Water bodies #00ccf2
""",
)
TEMPLATES = (WORLDCOVER, CORINE)


def read_own(path: str | Path) -> Template | MergeTable:
    """Read an analyst's file: names and colors, or a merge table.

    Raises:
        SuperSegError: it is neither; the text names file, line and remedy.
    """
    file = TextTable(path, TABLE_COLUMNS, (), EXAMPLE)
    if "from" in file.columns:
        return read_merge_table(path)
    if "name" not in file.columns:
        raise file.error("has no column “name”", EXAMPLE)
    entries: dict[str, tuple[str, Color | None]] = {}
    for row in file.rows():
        name, color = _entry(file, row)
        if name.casefold() in entries:
            raise file.error(
                f"gives the name {name} a second time", "give each class a name of its own"
            )
        entries[name.casefold()] = (name, color)
    if not 1 <= len(entries) <= MOST_CLASSES:
        file.line = 0
        raise file.error(f"has {len(entries)} names where 1 to {MOST_CLASSES} are needed", EXAMPLE)
    return Template(Path(path).stem, tuple(entries.values()))


def _entry(file: TextTable, row: dict[str, str]) -> tuple[str, Color | None]:
    try:
        name = checked_name(row.get("name", ""))
    except SuperSegError as error:
        raise file.error(
            f"has a name that cannot be used ({str(error).rstrip('.')})", EXAMPLE
        ) from None
    text = row.get("color", "")
    color = color_of_hex(text)
    if text and color is None:
        raise file.error(f"holds the color “{short(text)}”", "give one such as #1b7837")
    return name, color
