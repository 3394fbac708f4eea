# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of a tile in display units, a strip at a time.

A tile of 64 bands as float32 has four times the bytes of the tile as it was read: to make it takes
memory, and most of its time is spent on pages of memory that are new. Kernels therefore go through
a tile in strips of rows, which lie in one array that stays in the cache. All 256 values of bytes
are computed once and looked up. Exact: the bits of `BandScaling.to_display`. Cost: a look-up a
value, a third of the time of NumPy's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numba import njit

from ..alpha_earth import TABLE
from ..contracts import BandScaling
from .segments import Tile
from .types import AnyArray, FloatArray

# AlphaEarth's vectors by byte, without its sign.
_VECTORS = np.roll(TABLE, -128)
# Rows of a strip: as float32, those of 64 bands and 512 columns take 1 MB.
STRIP = 8


class ReusedArray:
    """Memory of arrays that are used one after another.

    Example:
        >>> array = ReusedArray()
        >>> array.of((2, 3)).shape, array.of((1, 2)).base is array.of((2, 2)).base
        ((2, 3), True)
    """

    def __init__(self) -> None:
        self._memory = np.empty(0, np.float32)

    def of(self, shape: tuple[int, ...]) -> FloatArray:
        """Return a contiguous float32 array, which takes the place of the one before."""
        size = math.prod(shape)
        if self._memory.size < size:
            self._memory = np.empty(size, np.float32)
        return self._memory[:size].reshape(shape)


class DisplayRows:
    """Reads rows of a tile in display units; each result is written over the one before.

    Args:
        tile: the pixels.

    Example:
        >>> scaling = BandScaling((0.0,), (100.0,), (0.0,), (1.0,))
        >>> values, valid = np.array([[[0, 50], [100, 7]]], np.uint8), np.ones((2, 2), bool)
        >>> tile = Tile(values, valid, scaling, (slice(0, 2), slice(0, 2)))
        >>> DisplayRows(tile).read(slice(0, 2), slice(0, 1)).tolist()
        [[[0.0], [255.0]]]
    """

    def __init__(self, tile: Tile) -> None:
        self._tile, self._shown = tile, ReusedArray()

    def read(self, rows: slice, cols: slice) -> FloatArray:
        """Return `(bands, rows, cols)` float32, contiguous, 0 where invalid."""
        tile, valid = self._tile, self._tile.valid[rows, cols]
        values = tile.values[:, rows, cols]
        if values.dtype.itemsize > 1:
            return tile.scaling.to_display(values, valid, self._shown.of(values.shape))
        shown = self._found(values, _tables(tile.scaling, values.dtype.char))
        if not valid.all():
            shown[:, ~valid] = 0
        return shown

    def read_vectors(self, rows: slice, cols: slice) -> FloatArray:
        """Return the vectors of AlphaEarth's bytes, `(bands, rows, cols)`, whether valid or not."""
        values = self._tile.values[:, rows, cols]
        return self._found(values, np.broadcast_to(_VECTORS, (len(values), 256)))

    def _found(self, values: AnyArray, tables: FloatArray) -> FloatArray:
        shown = self._shown.of(values.shape)
        look_up(values.view(np.uint8), tables, shown)
        return shown


def strips(rows: slice) -> Iterator[slice]:
    """Divide rows into strips, from top to bottom.

    Example:
        >>> list(strips(slice(2, 13)))
        [slice(2, 10, None), slice(10, 13, None)]
    """
    for first in range(rows.start, rows.stop, STRIP):
        yield slice(first, min(first + STRIP, rows.stop))


@lru_cache(maxsize=4)
def _tables(scaling: BandScaling, kind: str) -> FloatArray:
    """Each byte in display units, `(bands, 256)`, for bytes of a NumPy type."""
    every = np.arange(256, dtype=np.uint8).view(kind)
    repeated = np.broadcast_to(every, (len(scaling.low), 1, 256))
    return scaling.to_display(repeated, np.ones((1, 256), bool))[:, 0]


@njit(cache=True, nogil=True)
def look_up(values: AnyArray, tables: AnyArray, out: AnyArray) -> None:
    """Write for each value its entry in the table of its band.

    Args:
        values: `(bands, rows, cols)` of unsigned integers.
        tables: `(bands, n)`, n more than any value.
        out: as the values, of the type of the tables.

    Example:
        >>> out = np.empty((1, 1, 3), np.uint8)
        >>> look_up(np.array([[[2, 0, 1]]], np.uint32), np.array([[7, 8, 9]], np.uint8), out)
        >>> out.tolist()
        [[[9, 7, 8]]]
    """
    bands, rows, cols = values.shape
    for band in range(bands):
        table = tables[band]
        for row in range(rows):
            for col in range(cols):
                out[band, row, col] = table[values[band, row, col]]
