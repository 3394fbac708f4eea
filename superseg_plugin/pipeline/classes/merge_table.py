# SPDX-License-Identifier: GPL-2.0-or-later
"""The merge table: a small text file, written by hand, that says which class becomes which.

It has the columns from, to, name and color, the last two optional; others are not used. What such
files may look like is written in `text_table.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ...raster.class_legend import Color
from ...raster.class_table import MOST_CLASSES
from .colors import color_of_hex
from .csv_rows import write_rows
from .text_table import TextTable, short

COLUMNS = ("from", "to", "name", "color")
LONGEST_NAME = 100
HIGHEST_FROM = 65535
# Spreadsheets write 7 as 7.0, or as 7,0 where that is the decimal sign.
NUMBER = re.compile(r"([0-9]{1,5})(?:[.,]0+)?")
EXAMPLE = "give a text file with the header from,to,name,color and lines such as 7,3,Forest,#1b7837"


@dataclass(frozen=True)
class MergeTable:
    """Which class becomes which.

    Attributes:
        file: name of the file.
        targets: new number by old number.
        names: by new number; numbers without a name in the table are missing.
        colors: the same for colors.
        lines: line of the file by old number, for messages.
        remark: sentence on columns that are not used, or "".
    """

    file: str
    targets: dict[int, int]
    names: dict[int, str]
    colors: dict[int, Color]
    lines: dict[int, int]
    remark: str = ""

    def with_zero_as(self, number: int) -> MergeTable:
        """Return the table with another number for class 0 in the column from."""
        if not number:
            return self
        targets, lines = (
            {old or number: value for old, value in part.items()}
            for part in (self.targets, self.lines)
        )
        return replace(self, targets=targets, lines=lines)


def read_merge_table(path: str | Path) -> MergeTable:
    """Read a merge table.

    Raises:
        SuperSegError: the file cannot be read or used; the text names file, line and remedy.
    """
    return _Reader(path).read()


def write_merge_table(path: str | Path, rows: Iterable[tuple[int, int, str, Color]]) -> None:
    """Write a merge table.

    Args:
        path: of the file.
        rows: from, to, name and color of each class.

    Raises:
        SuperSegError: the file cannot be written.
    """
    numbered = (
        (old, new, name, "#{:02x}{:02x}{:02x}".format(*color)) for old, new, name, color in rows
    )
    write_rows(path, COLUMNS, numbered)


class _Reader:
    """Reads one file."""

    def __init__(self, path: str | Path) -> None:
        self._file = TextTable(path, COLUMNS, COLUMNS[:2], EXAMPLE, "TABLE: ")
        self._given_in: dict[tuple[str, int], int] = {}
        unused = ", ".join(short(column) for column in self._file.unused)
        remark = f"TABLE: {self._file.name} has columns that are not used: {unused}"
        self._table = MergeTable(self._file.name, {}, {}, {}, {}, remark if unused else "")

    def read(self) -> MergeTable:
        for row in self._file.rows():
            self._row(row)
        if not self._table.targets:
            self._file.line = 0
            raise self._file.error("has a header and no lines below it", EXAMPLE)
        self._refuse_chains()
        return self._table

    def _row(self, row: dict[str, str]) -> None:
        table = self._table
        old = self._number(row, "from", 0, HIGHEST_FROM)
        new = self._number(row, "to", 1, MOST_CLASSES)
        if old in table.targets:
            raise self._file.error(
                f"lists class {old}, as line {table.lines[old]} does",
                "remove one of the two lines",
            )
        table.targets[old] = new
        table.lines[old] = self._file.line
        name = self._name(row.get("name", ""))
        if name and table.names.setdefault(new, name) != name:
            self._contradiction("name", new)
        color = self._color(row.get("color", ""))
        if color and table.colors.setdefault(new, color) != color:
            self._contradiction("color", new)
        for what, given in (("name", name), ("color", color)):
            if given:
                self._given_in.setdefault((what, new), self._file.line)

    def _number(self, row: dict[str, str], column: str, lowest: int, highest: int) -> int:
        text = row.get(column, "")
        number = NUMBER.fullmatch(text)
        if number and lowest <= int(number[1]) <= highest:
            return int(number[1])
        found = f"holds “{short(text)}”" if text else "has nothing"
        found += f" in the column “{column}”"
        raise self._file.error(found, f"give the number of a class, {lowest} to {highest}")

    def _name(self, text: str) -> str:
        if len(text) > LONGEST_NAME:
            raise self._file.error(
                f"holds a name of {len(text)} characters", f"give at most {LONGEST_NAME}"
            )
        if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") for letter in text):
            raise self._file.error("holds a name with invisible characters", "type the name anew")
        return text

    def _color(self, text: str) -> Color | None:
        if not text:
            return None
        color = color_of_hex(text)
        if color is None:
            raise self._file.error(f"holds the color “{short(text)}”", "give one such as #1b7837")
        return color

    def _contradiction(self, what: str, new: int) -> None:
        earlier = self._given_in[what, new]
        raise self._file.error(
            f"gives class {new} another {what} than line {earlier}", f"give one {what} a class"
        )

    def _refuse_chains(self) -> None:
        """Refuse tables in which a class that others become itself becomes another."""
        table = self._table
        for old, new in table.targets.items():
            further = table.targets.get(new, new)
            if further != new:
                self._file.line = table.lines[old]
                raise self._file.error(
                    f"makes class {old} class {new}, which line {table.lines[new]} makes"
                    f" class {further}",
                    "give in every line the final number of the class",
                )
