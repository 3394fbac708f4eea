# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of a tile in display units, a strip at a time.

A tile of 64 bands as float32 has four times the bytes of the tile as it was read: to make it takes
memory, and most of its time is spent on pages of memory that are new. Kernels therefore go through
a tile in strips of rows, which lie in one array that stays in the cache. All 256 values of bytes
are computed once and looked up. Exact: the bits of `BandScaling.to_display`. Cost: a look-up a
value, a third of the time of NumPy's.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numba import njit

from ..contracts import BandScaling
from .types import AnyArray, BoolArray, FloatArray

# Rows of a strip: as float32, those of 64 bands and 512 columns take 4 MB.
STRIP = 32


class DisplayRows:
    """Reads rows of an image in display units; each result is written over the one before.

    Args:
        values: `(bands, rows, cols)` of any type; int8 are AlphaEarth's bytes.
        valid: `(rows, cols)` bool.
        scaling: of the bands; None for float32 in display units, which are returned as they are.

    Attributes:
        shape: of the values.

    Example:
        >>> scaling = BandScaling((0.0,), (100.0,), (0.0,), (1.0,))
        >>> values, valid = np.array([[[0, 50], [100, 7]]], np.uint8), np.ones((2, 2), bool)
        >>> DisplayRows(values, valid, scaling).read(slice(0, 2), slice(0, 1)).tolist()
        [[[0.0], [255.0]]]
    """

    def __init__(self, values: AnyArray, valid: BoolArray, scaling: BandScaling | None) -> None:
        self._values, self._valid, self._scaling = values, valid, scaling
        self._buffer = np.empty(0, np.float32)
        self.shape = values.shape

    def read(self, rows: slice, cols: slice) -> FloatArray:
        """Return `(bands, rows, cols)` float32, 0 where invalid; the next call overwrites it."""
        values, valid = self._values[:, rows, cols], self._valid[rows, cols]
        if self._scaling is None:
            return values
        if self._buffer.size < values.size:
            self._buffer = np.empty(values.size, np.float32)
        shown = self._buffer[: values.size].reshape(values.shape)
        if values.dtype.itemsize == 1:
            _look_up(values.view(np.uint8), _tables(self._scaling, values.dtype.char), shown)
            if not valid.all():
                shown[:, ~valid] = 0
        else:
            shown[:] = self._scaling.to_display(values, valid)
        return shown

    def strips(self, rows: slice, cols: slice) -> Iterator[tuple[slice, FloatArray]]:
        """Yield strips from top to bottom, with their rows counted from the first one wanted."""
        for first in range(rows.start, rows.stop, STRIP):
            last = min(first + STRIP, rows.stop)
            yield slice(first - rows.start, last - rows.start), self.read(slice(first, last), cols)


@lru_cache(maxsize=4)
def _tables(scaling: BandScaling, kind: str) -> FloatArray:
    """Each byte in display units, `(bands, 256)`, for bytes of a NumPy type."""
    every = np.arange(256, dtype=np.uint8).view(kind)
    repeated = np.broadcast_to(every, (len(scaling.low), 1, 256))
    return scaling.to_display(repeated, np.ones((1, 256), bool))[:, 0]


@njit(cache=True, nogil=True)
def _look_up(values: AnyArray, tables: FloatArray, out: FloatArray) -> None:
    bands, rows, cols = values.shape
    for band in range(bands):
        table = tables[band]
        for row in range(rows):
            for col in range(cols):
                out[band, row, col] = table[values[band, row, col]]
