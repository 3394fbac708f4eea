# SPDX-License-Identifier: GPL-2.0-or-later
"""Edges between neighboring pixels, weighed by 16-bit keys that sort like the weights.

A weight is the Euclidean distance of two smoothed pixels over all bands, in display units. Its key
is the upper part of its float32 bits: a relative precision of 2^-12 over 16 octaves, from 2^-6 to
2^10. Equal steps would be too coarse: region growing compares weights with a margin of scale /
size, which for large regions is far below any step that 16 bits could span over this range.

Approximate: the rounding of weights, downward, by at most one part in 4096; weights below 2^-6
count as 0. Cost: one pass over the pixels in strips of 64 rows that stay in the cache; two bytes
for each edge. There is no list of edges: the edge from pixel p in direction d has the number
`d * pixels + p`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from ..blocks import places_of
from ..contracts import gaussian_radius
from .display import DisplayRows, ReusedArray
from .filters import smooth_part
from .segments import Tile
from .types import AnyArray, FloatArray

KEYS = 65536
# The one key that is no weight. Distances reach 883 display units, below 2^10; those of Byte images
# of more than 16 bands may be larger and are clipped.
NO_EDGE = KEYS - 1
# The histogram counts groups of 2^6 neighboring keys.
GROUP_BITS = 6
GROUPS = KEYS >> GROUP_BITS
# Right, down, down right, down left; the first two are the 4-connected ones.
DOWN = (0, 1, 1, 1)
RIGHT = (1, 0, 1, -1)
# float32 bits less those of 2^-6, 12 of 23 mantissa bits kept.
_LOWEST_BITS = (127 - 6) << 23
_DROPPED_BITS = 11
# Rows of a strip.
_STRIP = 64


def weight_of_keys() -> FloatArray:
    """Weight of each key, `(KEYS,)` float32, display units.

    Example:
        >>> weight_of_keys()[[0, 1, 24576]].tolist()
        [0.0, 0.015628814697265625, 1.0]
    """
    bits = _LOWEST_BITS + (np.arange(KEYS, dtype=np.int64) << _DROPPED_BITS)
    weights = bits.astype(np.int32).view(np.float32)
    weights[0] = 0.0
    return weights


class SmoothedRows:
    """Rows of a tile's core in display units, smoothed; each block by its distance factor.

    The margin around the core takes part, so that strips and tiles are smoothed as one image.

    Args:
        tile: the pixels; its margin should be `gaussian_radius(sigma)` wide or more, where the
            scene goes on.
        sigma: standard deviation of the smoothing in pixels, 0 for none.

    Example:
        >>> from superseg_plugin.contracts import BandScaling
        >>> scaling = BandScaling((0.0,), (255.0,), (0.0,), (1.0,))
        >>> values, valid = np.array([[[10], [20], [30]]], np.uint8), np.ones((3, 1), bool)
        >>> tile = Tile(values, valid, scaling, (slice(1, 3), slice(0, 1)))
        >>> SmoothedRows(tile, 0.0).read(0, 2).tolist()
        [[[20.0], [30.0]]]
    """

    def __init__(self, tile: Tile, sigma: float) -> None:
        self._tile, self._sigma, self._reach = tile, sigma, gaussian_radius(sigma)
        self._shown, self._smoothed = DisplayRows(tile), ReusedArray()

    def read(self, first: int, last: int) -> FloatArray:
        """Return some rows; the next call writes over them.

        Args:
            first: row, counted from the first of the core.
            last: row after the last one.

        Returns:
            `(bands, last - first, cols)` float32, contiguous.
        """
        tile, reach = self._tile, self._reach
        (rows, cols), (bands, height, width) = tile.core, tile.values.shape
        top, bottom = max(rows.start + first - reach, 0), min(rows.start + last + reach, height)
        left, right = max(cols.start - reach, 0), min(cols.stop + reach, width)
        image = self._shown.read(slice(top, bottom), slice(left, right))
        for block, of_block, _ in places_of(tile.scaling.blocks):
            image[of_block] *= np.float32(block.factor)
        if reach == 0:
            return image
        smoothed = self._smoothed.of((bands, last - first, cols.stop - cols.start))
        known = tile.valid[top:bottom, left:right]
        corner = rows.start + first - top, cols.start - left
        smooth_part(image, self._sigma, None if known.all() else known, corner, smoothed)
        return smoothed


def edge_keys(
    tile: Tile, sigma: float, node: AnyArray, singles: int, directions: int
) -> tuple[AnyArray, AnyArray]:
    """Weigh all edges of a tile's core.

    Args:
        tile: the pixels, with a margin for the smoothing.
        sigma: standard deviation of the smoothing in pixels, 0 for none.
        node: `(rows, cols)` uint32 component of each pixel of the core, 0 for none.
        singles: components 1..singles are single pixels; later ones are finished, and pixels of
            two of these share no edge.
        directions: 4 for 8-connected pixels, 2 for 4-connected ones.

    Returns:
        `(directions, rows, cols)` uint16 keys, NO_EDGE where there is no edge, and the number of
        edges in each group of keys, `(GROUPS,)` int64.

    Example:
        Three pixels in a row: two edges to the right, of weight 0 and 40.

        >>> from superseg_plugin.contracts import BandScaling
        >>> scaling = BandScaling((0.0,), (255.0,), (0.0,), (1.0,))
        >>> values, valid = np.array([[[10, 10, 50]]], np.uint8), np.ones((1, 3), bool)
        >>> tile = Tile(values, valid, scaling, (slice(0, 1), slice(0, 3)))
        >>> keys, histogram = edge_keys(tile, 0.0, np.array([[1, 2, 3]], np.uint32), 3, 2)
        >>> weight_of_keys()[keys[0, 0, :2]].tolist(), int(histogram.sum())
        ([0.0, 40.0], 2)
    """
    rows, cols = node.shape
    keys = np.empty((directions, rows, cols), np.uint16)
    histogram = np.zeros(GROUPS, np.int64)
    factor: Any = np.float32(tile.scaling.distance_factor)
    complete = bool(node.min() > 0 and node.max() <= singles)
    smoothed = SmoothedRows(tile, sigma)
    for first in range(0, rows, _STRIP):
        last = min(first + _STRIP + 1, rows)
        _weigh_strip(smoothed.read(first, last), factor, keys, first)
    if not complete:
        _drop_edges(node, singles, keys)
    _count_groups(keys, histogram)
    return keys, histogram


@njit(cache=True, nogil=True, fastmath=True)
def _weigh_strip(image: FloatArray, factor: float, keys: AnyArray, first: int) -> None:
    """Fill the keys of a strip of rows from `first` on.

    The last row of a strip is left to the next strip, which knows the row below, unless it is the
    last of all.
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
def _drop_edges(node: AnyArray, singles: int, keys: AnyArray) -> None:
    """Remove the edges of pixels without component, and those between finished components."""
    directions, rows, cols = keys.shape
    for direction in range(directions):
        down, right = DOWN[direction], RIGHT[direction]
        start = 1 if right < 0 else 0
        stop = cols - 1 if right > 0 else cols
        for row in range(rows - down):
            for col in range(start, stop):
                here = node[row, col]
                there = node[row + down, col + right]
                none = (here == 0) | (there == 0) | ((here > singles) & (there > singles))
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
