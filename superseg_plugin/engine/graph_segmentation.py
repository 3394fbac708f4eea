# SPDX-License-Identifier: GPL-2.0-or-later
"""Felzenszwalb-Huttenlocher region growing with bucket-sorted edges, compiled.

Source: P. Felzenszwalb, D. Huttenlocher, "Efficient graph-based image segmentation", IJCV 59
(2004).
Edge weights are kept as 16-bit keys with a relative precision of 2^-12, so that sorting is one
counting sort. A fixed step would not do: the criterion compares weights with a margin of
scale / size, which for large regions is far below any step that 16 bits can span.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .types import AnyArray, FloatArray, IdArray, IndexArray

WEIGHT_BINS = 65536
# Keys span 16 octaves from 2^-6: float32 bits less those of 2^-6, 12 of 23 mantissa bits kept.
_LOWEST_BITS = (127 - 6) << 23
_DROPPED_BITS = 11


def weight_of_bins() -> FloatArray:
    """The weight that each key stands for, `(WEIGHT_BINS,)` float32, in display units."""
    bits = _LOWEST_BITS + (np.arange(WEIGHT_BINS, dtype=np.int64) << _DROPPED_BITS)
    weights = bits.astype(np.int32).view(np.float32)
    weights[0] = 0.0
    return weights


@njit(cache=True, nogil=True, fastmath=True)
def neighbor_weights(
    image: FloatArray, node: AnyArray, first_inside: int, factor: float, scratch: AnyArray
) -> AnyArray:
    """Fill `scratch` (4, rows, cols) with quantised color distances right, down and diagonally.

    Edges that leave the image, touch an excluded pixel (node < 0), or join two pixels of components
    that were given (both nodes >= first_inside) get no weight and are not counted.

    Returns:
        Number of edges per weight bin, `(WEIGHT_BINS,)` int32.
    """
    bands, rows, cols = image.shape
    histogram = np.zeros(WEIGHT_BINS, np.int32)
    total = np.empty(cols, np.float32)
    bits = total.view(np.int32)
    for direction in range(4):
        down = 0 if direction == 0 else 1
        right = 1 if direction == 0 or direction == 2 else (0 if direction == 1 else -1)
        start = 1 if right < 0 else 0
        stop = cols - 1 if right > 0 else cols
        for row in range(rows - down):
            total[:] = 0.0
            for band in range(bands):
                for col in range(start, stop):
                    difference = image[band, row, col] - image[band, row + down, col + right]
                    total[col] += difference * difference
            for col in range(start, stop):
                total[col] = np.sqrt(total[col]) * factor
            for col in range(start, stop):
                here = node[row, col]
                there = node[row + down, col + right]
                if here < 0 or there < 0 or (here >= first_inside and there >= first_inside):
                    continue
                weight = min(max((bits[col] - _LOWEST_BITS) >> _DROPPED_BITS, 0), WEIGHT_BINS - 1)
                scratch[direction, row, col] = weight
                histogram[weight] += 1
    return histogram


@njit(cache=True, nogil=True)
def sort_edges(
    node: AnyArray, first_inside: int, weights: AnyArray, histogram: AnyArray
) -> AnyArray:
    """Order all edges by weight: one counting sort, stable in direction and position.

    Returns:
        Edge codes `direction * rows * cols + row * cols + col`, int32.
    """
    rows, cols = node.shape
    position = np.empty(WEIGHT_BINS, np.int64)
    total = 0
    for weight in range(WEIGHT_BINS):
        position[weight] = total
        total += histogram[weight]
    order = np.empty(total, np.int32)
    pixels = rows * cols
    for direction in range(4):
        down = 0 if direction == 0 else 1
        right = 1 if direction == 0 or direction == 2 else (0 if direction == 1 else -1)
        start = 1 if right < 0 else 0
        stop = cols - 1 if right > 0 else cols
        for row in range(rows - down):
            for col in range(start, stop):
                here = node[row, col]
                there = node[row + down, col + right]
                if here < 0 or there < 0 or (here >= first_inside and there >= first_inside):
                    continue
                weight = weights[direction, row, col]
                order[position[weight]] = direction * pixels + row * cols + col
                position[weight] += 1
    return order


@njit(cache=True, nogil=True)
def _find(parent: AnyArray, index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = parent[index]
    return index


@njit(cache=True, nogil=True)
def grow_regions(
    node: AnyArray,
    order: AnyArray,
    histogram: AnyArray,
    weights: FloatArray,
    scale: float,
    min_size: int,
    size: IndexArray,
    internal: FloatArray,
) -> AnyArray:
    """Merge components along the sorted edges, then merge those below the minimum size.

    Args:
        node: `(rows, cols)` int32, component of each pixel, -1 for excluded pixels.
        order: sorted edge codes of `sort_edges`.
        histogram: edges per weight bin.
        weights: weight of each bin, display units.
        scale: the method's k, in display units; larger makes larger regions.
        min_size: components with fewer pixels join their nearest neighbor by color.
        size: `(components,)` int64 pixels of each component; updated in place.
        internal: `(components,)` float32 largest weight inside each component; updated in place.

    Returns:
        `(components,)` int32, root component of each component.
    """
    rows, cols = node.shape
    pixels = rows * cols
    flat = node.ravel()
    parent = np.arange(size.size).astype(np.int32)
    offsets = np.array([1, cols, cols + 1, cols - 1], np.int64)
    for enforce in range(2):
        edge = 0
        for weight_bin in range(WEIGHT_BINS):
            weight = weights[weight_bin]
            for _ in range(histogram[weight_bin]):
                code = order[edge]
                edge += 1
                direction = code // pixels
                pixel = code - direction * pixels
                one = _find(parent, flat[pixel])
                two = _find(parent, flat[pixel + offsets[direction]])
                if one == two:
                    continue
                if enforce == 0:
                    limit = min(
                        internal[one] + scale / size[one], internal[two] + scale / size[two]
                    )
                    if weight >= limit:
                        continue
                elif size[one] >= min_size and size[two] >= min_size:
                    continue
                # The larger index survives: given components come after pixels, and keep their id.
                keep, drop = (one, two) if one > two else (two, one)
                parent[drop] = keep
                size[keep] += size[drop]
                internal[keep] = max(weight, internal[keep], internal[drop]) if enforce else weight
    for index in range(parent.size):
        parent[index] = _find(parent, index)
    return parent


@njit(cache=True, nogil=True)
def number_regions(
    node: AnyArray, root: AnyArray, first_inside: int, next_id: int
) -> tuple[IdArray, AnyArray]:
    """Give pixels the final ids of their components, in order of first appearance.

    Args:
        node: `(rows, cols)` int32 component of each pixel, -1 for excluded.
        root: root component of each component.
        first_inside: components from here on were given and keep `component - first_inside + 1`.
        next_id: id of the first new region.

    Returns:
        Ids `(rows, cols)` uint32, 0 where excluded, and the root component of every new id.
    """
    rows, cols = node.shape
    labels = np.zeros((rows, cols), np.uint32)
    given = np.zeros(root.size, np.uint32)
    roots = np.empty(root.size, np.int32)
    count = 0
    for row in range(rows):
        for col in range(cols):
            component = node[row, col]
            if component < 0:
                continue
            component = root[component]
            if component >= first_inside:
                labels[row, col] = component - first_inside + 1
                continue
            if given[component] == 0:
                given[component] = next_id + count
                roots[count] = component
                count += 1
            labels[row, col] = given[component]
    return labels, roots[:count].copy()
