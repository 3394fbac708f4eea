# SPDX-License-Identifier: GPL-2.0-or-later
"""Class names and colors, or a merge table, from an analyst's file."""

from __future__ import annotations

from pathlib import Path

from ...errors import SuperSegError
from ...raster.class_legend import Color
from ...raster.class_table import MOST_CLASSES
from .colors import color_of_hex
from .edits import checked_name
from .merge_table import COLUMNS as TABLE_COLUMNS
from .merge_table import MergeTable, read_merge_table
from .schemes import Template
from .text_table import TextTable, short

EXAMPLE = (
    "give a text file with the header name,color and lines such as Forest,#1b7837, or the table"
    " of Merge classes with the header from,to,name,color"
)


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
