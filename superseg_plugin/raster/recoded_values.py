# SPDX-License-Identifier: GPL-2.0-or-later
"""Other numbers for the values of a raster of integers, such as classes for superpixel ids.

An edit changes the numbers but not the superpixels: several maps of one view read the ids once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .displayed_values import IntegerReader
from .grid import Grid
from .windows import Window

Values = npt.NDArray[np.integer[Any]]


class RecodedIntegers:
    """An `IntegerReader` that replaces what another one reads.

    Args:
        reader: the other one.
        table: `(n,)` new value of each value from 0; higher values become 0.
    """

    def __init__(self, reader: IntegerReader, table: Values) -> None:
        self._reader = reader
        # A last entry for all values that the table lacks.
        self._table = np.append(table, table.dtype.type(0))

    @property
    def grid(self) -> Grid:
        """The grid at full resolution."""
        return self._reader.grid

    def read(self, window: Window, width: int, height: int) -> Values:
        """Read a window at reduced resolution; see `IntegerReader.read`."""
        values = self._reader.read(window, width, height)
        recoded: Values = self._table.take(values.astype(np.intp), mode="clip")
        return recoded


class LastRead:
    """An `IntegerReader` that keeps what it read last from another one.

    Args:
        reader: the other one; its raster does not change.
    """

    def __init__(self, reader: IntegerReader) -> None:
        self._reader = reader
        self._asked: tuple[Window, int, int] | None = None
        self._values: Values | None = None

    @property
    def grid(self) -> Grid:
        """The grid at full resolution."""
        return self._reader.grid

    def read(self, window: Window, width: int, height: int) -> Values:
        """Read a window at reduced resolution, see `IntegerReader.read`; not to be changed."""
        asked = window, width, height
        if self._values is None or asked != self._asked:
            # Nothing is kept where reading fails.
            self._values = None
            self._values = self._reader.read(window, width, height)
            self._asked = asked
        return self._values
