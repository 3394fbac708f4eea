# SPDX-License-Identifier: GPL-2.0-or-later
"""What a finished map tells of superpixels: pixels, area, class and a pixel well inside, of a tile.

The pixel well inside a superpixel is one with the widest cross of pixels of the same superpixel
around it: four pixels at the same distance, one of `ARMS`, above, below, left and right.

Exact: pixels and areas add up over tiles; the class is that of any pixel, since all pixels of a
superpixel have the same. Approximate: crosses that reach into another tile are not seen. Cost: one
pass over the pixels; the tables have a row for each id between the lowest and the highest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from .types import AnyArray, DoubleArray, IdArray, IndexArray

# Lengths in pixels of the arms of the cross. A superpixel of 64 pixels, the usual minimum, is 8
# pixels wide.
ARMS = (1, 2, 4, 8)


@dataclass(frozen=True)
class TileTable:
    """Superpixels of a tile with consecutive ids, of which some may have no pixel.

    Attributes:
        first: `(1,)` int64 id of the first row; empty where the tile has no superpixel.
        pixels: `(n,)` int64.
        areas: `(n,)` float64.
        classes: `(n,)` uint8.
        places: `(n,)` int64 index of the pixel well inside, row by row.
        levels: `(n,)` uint8, 1 plus the number of the widest arm around it, 1 for none, 0 for an id
            without pixels.
    """

    first: IndexArray
    pixels: IndexArray
    areas: DoubleArray
    classes: AnyArray
    places: IndexArray
    levels: AnyArray


def tabulate(ids: IdArray, classes: AnyArray, areas: DoubleArray) -> TileTable:
    """Tabulate the superpixels of a tile.

    Args:
        ids: `(rows, cols)` uint32, 0 = nodata.
        classes: `(rows, cols)` uint8.
        areas: of the pixels, `(rows, cols)`, `(rows, 1)` or `(1, 1)` float64.

    Returns:
        The superpixels from the lowest id of the tile to the highest.

    Example:
        >>> ids = np.array([[7, 7, 7, 9], [7, 7, 7, 9], [7, 7, 7, 9]], np.uint32)
        >>> table = tabulate(ids, (ids // 4).astype(np.uint8), np.full((1, 1), 2.0))
        >>> table.first.tolist(), table.pixels.tolist(), table.areas.tolist()
        ([7], [9, 0, 3], [18.0, 0.0, 6.0])
        >>> table.classes.tolist(), table.places.tolist(), table.levels.tolist()
        ([1, 0, 2], [5, 0, 11], [2, 0, 1])
    """
    highest = int(ids.max(initial=0))
    if highest == 0:
        none = np.zeros(0, np.int64)
        return TileTable(
            none, none, np.zeros(0), none.astype(np.uint8), none, np.zeros(0, np.uint8)
        )
    lowest = int(ids.min(initial=highest, where=ids > 0))
    size = highest - lowest + 1
    table = TileTable(
        np.array([lowest]),
        np.zeros(size, np.int64),
        np.zeros(size),
        np.zeros(size, np.uint8),
        np.zeros(size, np.int64),
        np.zeros(size, np.uint8),
    )
    columns = table.pixels, table.areas, table.classes, table.places, table.levels
    _tabulate(ids, classes, areas, lowest, *columns)
    return table


@njit(cache=True, nogil=True)
def _tabulate(
    ids: IdArray,
    classes: AnyArray,
    areas: DoubleArray,
    lowest: int,
    pixels: IndexArray,
    sums: DoubleArray,
    owners: AnyArray,
    places: IndexArray,
    levels: AnyArray,
) -> None:
    rows, cols = ids.shape
    by_row, by_col = int(areas.shape[0] > 1), int(areas.shape[1] > 1)
    for row in range(rows):
        for col in range(cols):
            here = ids[row, col]
            if here == 0:
                continue
            index = np.int64(here) - lowest
            pixels[index] += 1
            sums[index] += areas[row * by_row, col * by_col]
            owners[index] = classes[row, col]
            level = 1
            for number in range(len(ARMS) - 1, -1, -1):
                # A smaller cross than the best so far changes nothing.
                if number + 2 < levels[index]:
                    break
                arm = ARMS[number]
                if row < arm or col < arm or row + arm >= rows or col + arm >= cols:
                    continue
                if (
                    ids[row - arm, col] == here
                    and ids[row + arm, col] == here
                    and ids[row, col - arm] == here
                    and ids[row, col + arm] == here
                ):
                    level = number + 2
                    break
            if level >= levels[index]:
                levels[index] = level
                places[index] = row * cols + col
