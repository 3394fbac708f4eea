# SPDX-License-Identifier: GPL-2.0-or-later
"""The merge table: a small text file, written by hand, that says which class becomes which.

It has the columns from, to, name and color, the last two optional, separated by comma, semicolon or
tab. Every error names the file, the line, what was found and the remedy.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ...errors import SuperSegError
from ...raster.class_legend import Color
from ...raster.class_table import MOST_CLASSES
from .colors import color_of_hex
from .csv_rows import write_rows

COLUMNS = ("from", "to", "name", "color")
SEPARATORS = ";\t,"
# Bytes; 255 classes with names of 100 characters need a tenth of it.
LARGEST_FILE = 1024**2
LONGEST_NAME = 100
HIGHEST_FROM = 65535
# Longest text from the file that messages quote.
SHOWN = 40
NUMBER = re.compile(r"[0-9]{1,5}")
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
    """

    file: str
    targets: dict[int, int]
    names: dict[int, str]
    colors: dict[int, Color]
    lines: dict[int, int]


def read_merge_table(path: str | Path) -> MergeTable:
    """Read a merge table.

    Raises:
        SuperSegError: the file cannot be read or used; the text names file, line and remedy.
    """
    return _Reader(Path(path)).read()


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
    """Reads one file, and keeps the number of the current line for messages."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._line = 0
        self._given_in: dict[tuple[str, int], int] = {}
        self._table = MergeTable(path.name, {}, {}, {}, {})

    def read(self) -> MergeTable:
        lines = self._text().splitlines()
        used = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
        if not used:
            raise self._error("is empty", EXAMPLE)
        columns, separator = self._header(*used[0])
        for self._line, line in used[1:]:
            self._row(dict(zip(columns, self._cells(line, separator, len(columns)))))
        if not self._table.targets:
            raise self._error("has a header and no lines below it", EXAMPLE)
        self._refuse_chains()
        return self._table

    def _text(self) -> str:
        try:
            size = self._path.stat().st_size
            if size > LARGEST_FILE:
                raise self._error(
                    f"has {size / 1e6:.1f} MB",
                    f"a merge table has at most {MOST_CLASSES} lines; choose another file",
                )
            content = self._path.read_bytes()
        except OSError as error:
            raise self._error(
                f"cannot be opened ({error.strerror})", "choose a file that can be read"
            ) from None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._line = content.count(b"\n", 0, error.start) + 1
            raise self._error(
                "is not written in UTF-8",
                "save it as UTF-8 text, in a spreadsheet as “CSV UTF-8”",
            ) from None

    def _header(self, number: int, line: str) -> tuple[list[str], str]:
        self._line = number
        separator = max(SEPARATORS, key=line.count)
        columns = [cell.lower() for cell in self._cells(line, separator, None)]
        while columns and not columns[-1]:
            columns.pop()
        for column in columns:
            if column not in COLUMNS:
                raise self._error(
                    f"has a column “{_short(column)}”",
                    "the columns are from, to, name and color; name them so in the first line",
                )
            if columns.count(column) > 1:
                raise self._error(f"has the column {column} twice", "remove one of them")
        for column in COLUMNS[:2]:
            if column not in columns:
                raise self._error(f"has no column “{column}”", EXAMPLE)
        return columns, separator

    def _cells(self, line: str, separator: str, count: int | None) -> list[str]:
        try:
            row = next(csv.reader([line], delimiter=separator, strict=True))
        except (csv.Error, StopIteration):
            raise self._error(
                "has quotation marks that do not match", "close them in the same line"
            ) from None
        cells = [cell.strip() for cell in row]
        if count is not None and any(cells[count:]):
            raise self._error(
                f"has {len(cells)} cells where the header has {count}",
                f"remove the others, or put names that contain “{separator}” into quotation marks",
            )
        return cells

    def _row(self, row: dict[str, str]) -> None:
        table = self._table
        old = self._number(row, "from", HIGHEST_FROM)
        new = self._number(row, "to", MOST_CLASSES)
        if old in table.targets:
            raise self._error(
                f"lists class {old}, as line {table.lines[old]} does",
                "remove one of the two lines",
            )
        table.targets[old] = new
        table.lines[old] = self._line
        name = self._name(row.get("name", ""))
        if name and table.names.setdefault(new, name) != name:
            self._contradiction("name", new)
        color = self._color(row.get("color", ""))
        if color and table.colors.setdefault(new, color) != color:
            self._contradiction("color", new)
        for what, given in (("name", name), ("color", color)):
            if given:
                self._given_in.setdefault((what, new), self._line)

    def _number(self, row: dict[str, str], column: str, highest: int) -> int:
        text = row.get(column, "")
        if NUMBER.fullmatch(text) and 1 <= int(text) <= highest:
            return int(text)
        found = f"holds “{_short(text)}”" if text else "has nothing"
        found += f" in the column “{column}”"
        raise self._error(found, f"give the number of a class, 1 to {highest}")

    def _name(self, text: str) -> str:
        if len(text) > LONGEST_NAME:
            raise self._error(
                f"holds a name of {len(text)} characters", f"give at most {LONGEST_NAME}"
            )
        if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") for letter in text):
            raise self._error("holds a name with invisible characters", "type the name anew")
        return text

    def _color(self, text: str) -> Color | None:
        if not text:
            return None
        color = color_of_hex(text)
        if color is None:
            raise self._error(f"holds the color “{_short(text)}”", "give one such as #1b7837")
        return color

    def _contradiction(self, what: str, new: int) -> None:
        earlier = self._given_in[what, new]
        raise self._error(
            f"gives class {new} another {what} than line {earlier}", f"give one {what} a class"
        )

    def _refuse_chains(self) -> None:
        """Refuse tables in which a class that others become itself becomes another."""
        table = self._table
        for old, new in table.targets.items():
            further = table.targets.get(new, new)
            if further != new:
                self._line = table.lines[old]
                raise self._error(
                    f"makes class {old} class {new}, which line {table.lines[new]} makes"
                    f" class {further}",
                    "give in every line the final number of the class",
                )

    def _error(self, found: str, remedy: str) -> SuperSegError:
        line = f", line {self._line}" if self._line else ""
        return SuperSegError(f"TABLE: {self._path.name}{line} {found}; {remedy}.")


def _short(text: str) -> str:
    """Return text for a message: printable, at most 40 characters."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"
