# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables as text files that spreadsheets and scripts read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...errors import SuperSegError


def write_rows(path: str | Path, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Write rows of comma-separated values below the names of their columns, as UTF-8.

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
