# SPDX-License-Identifier: GPL-2.0-or-later
"""Small tables in text files, as spreadsheets and people write them.

Separated by comma, semicolon or tab, in UTF-8 with or without a byte order mark. A first line
`sep=;`, as spreadsheets write it, sets the separator. Lines of empty cells are skipped, and a line
break within quotation marks is a space. Every error names the file, the line, what was found and
the remedy.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...errors import SuperSegError

SEPARATORS = ";\t,"
# Bytes; 255 classes with names of 100 characters need a tenth of it.
LARGEST_FILE = 1024**2
# Longest text from the file that messages quote.
SHOWN = 40
# A column that is spelled like a known one is a mistake, not a further column.
ALIKE = 0.75


class TextTable:
    """A table that was read whole.

    Args:
        path: of the file.
        columns: names of the columns that have a meaning, in lower case; others are not used.
        needed: those that must be there.
        example: what a table looks like, for messages.
        prefix: of messages, such as "TABLE: ".

    Attributes:
        name: name of the file.
        columns: names of the columns of the file, in lower case.
        unused: names of the columns without a meaning.
        line: number of the line that is read, for messages; 0 before the first.

    Raises:
        SuperSegError: the file cannot be read, or has no header with the needed columns.
    """

    def __init__(
        self,
        path: str | Path,
        columns: Sequence[str],
        needed: Sequence[str],
        example: str,
        prefix: str = "",
    ) -> None:
        self.line = 0
        self._prefix = prefix
        self.name = Path(path).name
        self._known, self._example = columns, example
        lines = self._text(Path(path)).splitlines()
        self._separator = self._find_separator(lines)
        self._records = self._read(lines)
        header = next(self._records, None)
        if header is None:
            self.line = 0
            raise self.error("is empty", example)
        self.columns = self._header(header, needed)
        self.unused = [name for name in self.columns if name and name not in columns]

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield each line below the header, as cells by column; `line` is its number."""
        for cells in self._records:
            if any(cells[len(self.columns) :]):
                raise self.error(
                    f"has {len(cells)} cells where the header has {len(self.columns)}",
                    f"remove the others, or put names that contain “{self._separator}” into"
                    " quotation marks",
                )
            yield dict(zip(self.columns, cells))

    def error(self, found: str, remedy: str) -> SuperSegError:
        """Return the error about what was found in the current line."""
        line = f", line {self.line}" if self.line else ""
        return SuperSegError(f"{self._prefix}{self.name}{line} {found}; {remedy}.")

    def _text(self, path: Path) -> str:
        try:
            size = path.stat().st_size
            if size > LARGEST_FILE:
                raise self.error(
                    f"has {size / 1e6:.1f} MB",
                    f"a table of classes has at most {LARGEST_FILE / 1e6:.0f} MB; choose another"
                    " file",
                )
            content = path.read_bytes()
        except OSError as error:
            raise self.error(
                f"cannot be opened ({error.strerror})", "choose a file that can be read"
            ) from None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.line = content.count(b"\n", 0, error.start) + 1
            raise self.error(
                "is not written in UTF-8",
                "save it as UTF-8 text, in a spreadsheet as “CSV UTF-8”",
            ) from None

    def _find_separator(self, lines: list[str]) -> str:
        first = next((line for line in lines if line.strip()), "")
        # Spreadsheets write and read this line; it is no part of the table.
        if first.strip()[:-1].lower() == "sep=" or first.strip("\r\n").lower() == "sep=\t":
            lines[lines.index(first)] = ""
            return first.strip("\r\n")[-1]
        return max(SEPARATORS, key=first.count)

    def _read(self, lines: list[str]) -> Iterator[list[str]]:
        """Yield the cells of each record that is not empty."""
        reader = csv.reader((f"{line}\n" for line in lines), delimiter=self._separator, strict=True)
        while True:
            self.line = reader.line_num + 1
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise self.error(
                    "has quotation marks that do not match", "close them in the same line"
                ) from None
            cells = [" ".join(cell.split("\n")).strip() for cell in record]
            if any(cells):
                yield cells

    def _header(self, cells: list[str], needed: Sequence[str]) -> list[str]:
        columns = [cell.lower() for cell in cells]
        while not columns[-1]:
            columns.pop()
        for name in columns:
            if name in self._known and columns.count(name) > 1:
                raise self.error(f"has the column {name} twice", "remove one of them")
            alike = difflib.get_close_matches(name, self._known, 1, ALIKE)
            if name not in self._known and alike:
                raise self.error(
                    f"has a column “{short(name)}”", f"name it {alike[0]}, if that is what it holds"
                )
        for name in needed:
            if name not in columns:
                raise self.error(f"has no column “{name}”", self._example)
        return columns


def short(text: str) -> str:
    """Return text for a message: printable, at most 40 characters."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"
