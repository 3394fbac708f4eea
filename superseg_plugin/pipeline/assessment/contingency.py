# SPDX-License-Identifier: GPL-2.0-or-later
"""A table of how many pixels have each pair of numbers in two rasters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Distinct numbers of a raster, and cells of the table; images exceed them at once.
MOST_VALUES = 10_000
MOST_CELLS = 20_000_000
# Largest range of numbers that is counted by index; wider ranges are sorted.
DIRECT_RANGE = 1 << 20


class Contingency:
    """A contingency table that grows with the numbers that occur.

    Args:
        first: parameter and file of the first numbers, for messages.
        second: the same for the second numbers.

    Attributes:
        rows: `(r,)` first numbers that occur, ascending.
        columns: `(c,)` second numbers that occur, ascending.
        table: `(r, c)` int64 counts of the pairs.
        areas: `(r, c)` float64 areas of the pairs.
    """

    def __init__(self, first: str, second: str) -> None:
        self._first = first
        self._second = second
        self.rows: Numbers = np.zeros(0, dtype=np.int64)
        self.columns: Numbers = np.zeros(0, dtype=np.int64)
        self.table: Numbers = np.zeros((0, 0), dtype=np.int64)
        self.areas: Floats = np.zeros((0, 0))

    def add(self, first: Numbers, second: Numbers, areas: Floats | float = 1.0) -> None:
        """Count pairs.

        Args:
            first: `(n,)`.
            second: `(n,)`.
            areas: of the pixels, `(n,)`, or one for all.

        Raises:
            SuperSegError: there are more different numbers than a class raster has.
        """
        if not len(first):
            return
        rows, row_codes = _coded(first)
        columns, column_codes = _coded(second)
        self._grow(np.union1d(self.rows, rows), np.union1d(self.columns, columns))
        size = len(rows) * len(columns)
        keys = row_codes * len(columns) + column_codes
        if size > max(DIRECT_RANGE, len(keys)):
            cells, keys = np.unique(keys, return_inverse=True)
        else:
            cells = np.arange(size)
        counts = np.bincount(keys, minlength=len(cells))
        if isinstance(areas, np.ndarray):
            measured = np.bincount(keys, weights=areas, minlength=len(cells)).astype(np.float64)
        else:
            measured = np.asarray(counts * float(areas), np.float64)
        row_indices = np.searchsorted(self.rows, rows)[cells // len(columns)]
        column_indices = np.searchsorted(self.columns, columns)[cells % len(columns)]
        self.table[row_indices, column_indices] += counts
        self.areas[row_indices, column_indices] += measured

    def merge_columns(self, targets: Mapping[int, int]) -> None:
        """Give second numbers other numbers, and add up those that become equal.

        Args:
            targets: new number by old number; others stay.
        """
        changed = np.array([targets.get(n, n) for n in self.columns.tolist()], np.int64)
        columns, codes = np.unique(changed, return_inverse=True)
        for name in ("table", "areas"):
            old = getattr(self, name)
            new = np.zeros((len(self.rows), len(columns)), old.dtype)
            np.add.at(new.T, codes.ravel(), old.T)
            setattr(self, name, new)
        self.columns = columns

    def _grow(self, rows: Numbers, columns: Numbers) -> None:
        """Extend the table to more numbers."""
        if len(rows) == len(self.rows) and len(columns) == len(self.columns):
            return
        most = max(len(rows), len(columns))
        if most > MOST_VALUES or len(rows) * len(columns) > MOST_CELLS:
            raise SuperSegError(
                f"{self._first if most == len(rows) else self._second} holds {most} different"
                " numbers or more and looks like an image; give a raster of class numbers."
            )
        place = np.ix_(np.searchsorted(rows, self.rows), np.searchsorted(columns, self.columns))
        for name in ("table", "areas"):
            old = getattr(self, name)
            new = np.zeros((len(rows), len(columns)), old.dtype)
            new[place] = old
            setattr(self, name, new)
        self.rows, self.columns = rows, columns


def _coded(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Return the distinct numbers, ascending, and the index of each number among them."""
    low, high = int(numbers.min()), int(numbers.max())
    if high - low >= DIRECT_RANGE:
        distinct, codes = np.unique(numbers, return_inverse=True)
        return distinct, codes
    shifted = numbers - low
    present = np.bincount(shifted) > 0
    indices = np.cumsum(present) - 1
    return np.flatnonzero(present) + low, indices[shifted]
