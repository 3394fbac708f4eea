# SPDX-License-Identifier: GPL-2.0-or-later
"""Edges between neighboring pixels and their weights, as 16-bit keys that sort like the weights.

A weight is the Euclidean distance of two smoothed pixels over all bands, in display units. Its key
is the upper part of its float32 bits: a relative precision of 2^-12, over 16 octaves from 2^-6. A
fixed step would not do: the growing of regions compares weights with a margin of scale / size,
which for large regions is far below any step that 16 bits can span.

Edges have no list of their own: the edge from pixel p in direction d is `d * pixels + p`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from ..contracts import BandScaling, gaussian_radius
from .filters import smooth_image
from .segments import Tile
from .types import AnyArray, FloatArray

KEYS = 65536
# The one key that is no weight: display units end at 510, so that no distance reaches 2^10.
NO_EDGE = KEYS - 1
# Keys are counted in groups.
GROUP_BITS = 6
GROUPS = KEYS >> GROUP_BITS
# Right, down, down right, down left; the first two are the 4-connected ones.
DOWN = (0, 1, 1, 1)
RIGHT = (1, 0, 1, -1)
# float32 bits less those of 2^-6, 12 of 23 mantissa bits kept.
_LOWEST_BITS = (127 - 6) << 23
_DROPPED_BITS = 11
# Rows that are brought to display units, smoothed and compared while they are in the cache.
_STRIP = 64


def weight_of_keys() -> FloatArray:
    """The weight that each key stands for, `(KEYS,)` float32, in display units."""
    bits = _LOWEST_BITS + (np.arange(KEYS, dtype=np.int64) << _DROPPED_BITS)
    weights = bits.astype(np.int32).view(np.float32)
    weights[0] = 0.0
    return weights


def smoothed_rows(tile: Tile, sigma: float, first: int, last: int) -> FloatArray:
    """Rows first..last of a tile's core in display units, smoothed over the core's margin too.

    Returns:
        `(bands, last - first, cols)` float32, contiguous.
    """
    rows, cols = tile.core
    reach = gaussian_radius(sigma)
    top = max(rows.start + first - reach, 0)
    bottom = min(rows.start + last + reach, tile.values.shape[1])
    left = max(cols.start - reach, 0)
    right = min(cols.stop + reach, tile.values.shape[2])
    valid = tile.valid[top:bottom, left:right]
    scaling: BandScaling = tile.scaling
    image = scaling.to_display(tile.values[:, top:bottom, left:right], valid)
    image = smooth_image(image, sigma, None if valid.all() else valid)
    above, before = rows.start + first - top, cols.start - left
    wanted = image[:, above : above + last - first, before : before + cols.stop - cols.start]
    return np.ascontiguousarray(wanted)


def edge_keys(
    tile: Tile, sigma: float, node: AnyArray, fresh: int, directions: int
) -> tuple[AnyArray, AnyArray]:
    """Weigh all edges of a tile's core.

    Args:
        tile: the pixels, with a margin for the smoothing.
        sigma: standard deviation of the smoothing, pixels.
        node: `(rows, cols)` uint32 component of each pixel of the core, 0 for none.
        fresh: components up to this one are single pixels; two pixels of later ones share no edge.
        directions: 4 for 8-connected pixels, 2 for 4-connected ones.

    Returns:
        `(directions, rows, cols)` uint16 keys, NO_EDGE where there is none, and how many edges
        each group of keys has, `(GROUPS,)` int64.
    """
    rows, cols = node.shape
    keys = np.empty((directions, rows, cols), np.uint16)
    histogram = np.zeros(GROUPS, np.int64)
    factor: Any = np.float32(tile.scaling.distance_factor)
    plain = bool(node.min() > 0 and node.max() <= fresh)
    for first in range(0, rows, _STRIP):
        last = min(first + _STRIP + 1, rows)
        _weigh_strip(smoothed_rows(tile, sigma, first, last), factor, keys, first)
    if not plain:
        _drop_edges(node, fresh, keys)
    _count_groups(keys, histogram)
    return keys, histogram


@njit(cache=True, nogil=True, fastmath=True)
def _weigh_strip(image: FloatArray, factor: float, keys: AnyArray, first: int) -> None:
    """Fill rows of keys `(directions, rows, cols)` from one on, those below which there is a row.

    Those of the last row of all, which has none below, are filled too.
    """
    bands, known_rows, cols = image.shape
    directions, rows, _ = keys.shape
    total = np.empty(cols, np.float32)
    bits = total.view(np.int32)
    complete = known_rows if first + known_rows == rows else known_rows - 1
    for row in range(complete):
        for direction in range(directions):
            line = keys[direction, first + row]
            down, right = DOWN[direction], RIGHT[direction]
            if row + down >= known_rows:
                line[:] = NO_EDGE
                continue
            start, length = max(-right, 0), cols - abs(right)
            total[:] = 0.0
            for band in range(bands):
                one = image[band, row, start : start + length]
                two = image[band, row + down, start + right : start + right + length]
                for col in range(length):
                    difference = one[col] - two[col]
                    total[col] += difference * difference
            for col in range(length):
                total[col] = np.sqrt(total[col]) * factor
            line[0] = line[cols - 1] = NO_EDGE
            found = line[start : start + length]
            for col in range(length):
                key = (bits[col] - _LOWEST_BITS) >> _DROPPED_BITS
                found[col] = np.uint16(min(max(key, 0), NO_EDGE - 1))


@njit(cache=True, nogil=True)
def _drop_edges(node: AnyArray, fresh: int, keys: AnyArray) -> None:
    """Take out the edges of pixels that belong to nothing, and those between given components."""
    directions, rows, cols = keys.shape
    for direction in range(directions):
        down, right = DOWN[direction], RIGHT[direction]
        start = 1 if right < 0 else 0
        stop = cols - 1 if right > 0 else cols
        for row in range(rows - down):
            for col in range(start, stop):
                here = node[row, col]
                there = node[row + down, col + right]
                none = (here == 0) | (there == 0) | ((here > fresh) & (there > fresh))
                keys[direction, row, col] |= np.uint16(NO_EDGE * none)


@njit(cache=True, nogil=True)
def _count_groups(keys: AnyArray, histogram: AnyArray) -> None:
    directions, rows, cols = keys.shape
    for direction in range(directions):
        for row in range(rows):
            for col in range(cols):
                key = keys[direction, row, col]
                if key != NO_EDGE:
                    histogram[key >> GROUP_BITS] += 1
