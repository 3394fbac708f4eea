# SPDX-License-Identifier: GPL-2.0-or-later
"""Templates of class names and colors: common legends, and those that an analyst's file holds."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from ...errors import SuperSegError
from ...raster.class_legend import Color
from ...raster.class_table import MOST_CLASSES
from .colors import color_of_hex
from .edits import checked_name
from .merge_table import LARGEST_FILE, SEPARATORS, MergeTable, read_merge_table

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
    file = Path(path)
    lines = _lines(file)
    separator = max(SEPARATORS, key=lines[0].count)
    header = [cell.strip().lower() for cell in lines[0].split(separator)]
    if "from" in header:
        return read_merge_table(file)
    if "name" not in header:
        raise SuperSegError(f"{file.name} has no column “name”; {EXAMPLE}.")
    entries: dict[str, tuple[str, Color | None]] = {}
    for number, row in enumerate(csv.reader(lines[1:], delimiter=separator), start=2):
        if not any(cell.strip() for cell in row):
            continue
        found = dict(zip(header, (cell.strip() for cell in row)))
        name, color = _entry(found, f"{file.name}, line {number}")
        if name.casefold() in entries:
            raise SuperSegError(
                f"{file.name}, line {number} gives the name {name} a second time; give each class"
                " a name of its own."
            )
        entries[name.casefold()] = (name, color)
    if not 1 <= len(entries) <= MOST_CLASSES:
        raise SuperSegError(
            f"{file.name} has {len(entries)} names where 1 to {MOST_CLASSES} are needed; {EXAMPLE}."
        )
    return Template(file.stem, tuple(entries.values()))


def _lines(file: Path) -> list[str]:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise SuperSegError(f"{file.name} is too large for a table of classes; {EXAMPLE}.")
        lines = file.read_bytes().decode("utf-8-sig").splitlines()
    except OSError as error:
        raise SuperSegError(
            f"{file.name} cannot be opened ({error.strerror}); choose a file that can be read."
        ) from None
    except UnicodeDecodeError:
        raise SuperSegError(
            f"{file.name} is not written in UTF-8; save it as UTF-8 text, in a spreadsheet as “CSV"
            " UTF-8”."
        ) from None
    if not lines or not lines[0].strip():
        raise SuperSegError(f"{file.name} does not begin with a header line; {EXAMPLE}.")
    return lines


def _entry(found: dict[str, str], where: str) -> tuple[str, Color | None]:
    try:
        name = checked_name(found.get("name", ""))
    except SuperSegError as error:
        raise SuperSegError(f"{where}: {error}") from None
    text = found.get("color", "")
    color = color_of_hex(text)
    if text and color is None:
        raise SuperSegError(f"{where} holds the color “{text[:40]}”; give one such as #1b7837.")
    return name, color
