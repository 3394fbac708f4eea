# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables as CSV files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...errors import SuperSegError


def write_rows(path: str | Path, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a CSV file in UTF-8: the names of the columns, then the rows.

    Raises:
        SuperSegError: the file cannot be written.
    """
    file = Path(path)
    try:
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)
    except OSError as error:
        raise SuperSegError(
            f"{file} cannot be written ({error.strerror}); choose another folder."
        ) from None
