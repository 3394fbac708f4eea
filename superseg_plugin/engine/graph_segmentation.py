# SPDX-License-Identifier: GPL-2.0-or-later
"""Felzenszwalb-Huttenlocher region growing that sorts only the edges that can still matter.

Source: P. Felzenszwalb, D. Huttenlocher, "Efficient graph-based image segmentation", IJCV 59
(2004). Edges are taken in the order of their weights; one joins two components if it weighs less
than internal + scale / size of both. In the end components below the minimum size join a neighbor,
in the same order.

The result is that of sorting all edges (stable: by weight, then by edge number), but not the work.
As in V. Osipov, P. Sanders, J. Singler, "The filter-Kruskal minimum spanning tree algorithm",
ALENEX 2009, edges are parted into classes of weight, and before a class is sorted, those that can
no longer do anything are left out: edges inside one component, and edges of a component that
accepts no weight of this class or of any later one, since it grows no more. Each time components
are renumbered without gaps, so that what is known of them stays close together in memory.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .edge_keys import GROUP_BITS, GROUPS, NO_EDGE
from .types import AnyArray, FloatArray

CLASSES = 8
# Sizes only matter against the scale; this far they add up without overflow.
LARGEST = 1 << 30


@njit(cache=True, nogil=True)
def grow_regions(
    keys: AnyArray,
    histogram: AnyArray,
    weights: FloatArray,
    node: AnyArray,
    size: AnyArray,
    internal: FloatArray,
    scale: float,
    min_size: int,
) -> FloatArray:
    """Merge components along the sorted edges, then merge those below the minimum size.

    Args:
        keys: `(directions, rows, cols)` uint16 of `edge_keys`.
        histogram: `(GROUPS,)` int64 edges in each group of keys.
        weights: `(KEYS,)` float32 weight of each key, display units.
        node: uint32 component of each pixel, row by row, and after them anything else whose
            component is asked for. Changed in place to the final components, numbered without gaps
            from 0; of components that become one, the last decides the place in this order.
        size: `(components,)` int64 pixels of each component at the start.
        internal: `(components,)` float32 largest weight inside each at the start.
        scale: the method's k, in display units; larger makes larger regions.
        min_size: components with fewer pixels join their nearest neighbor by color.

    Returns:
        `(final components,)` float32 largest weight inside each.
    """
    directions, _, cols = keys.shape
    offsets = np.array([1, cols, cols + 1, cols - 1], np.int64)[:directions]
    edge_key = keys.ravel()
    class_of, start, groups = _part_into_classes(histogram)
    edges = _part_edges(edge_key, class_of, start)
    components = size.size
    # Of each component, side by side: minus its size or, of one that has joined another, that one,
    # which has a larger number; and, as float32, the weight from which on it joins no other.
    state = np.empty((components, 2), np.int32)
    limit = state.view(np.float32)
    inner = internal.copy()
    for one in range(components):
        state[one, 0] = -min(size[one], LARGEST)
        limit[one, 1] = internal[one] + scale / size[one]
    renumbered = np.empty(components, np.uint32)
    longest = np.diff(start).max()
    pairs = np.empty((longest, 2), np.uint32)
    ordered = np.empty((longest, 2), np.uint32)
    pair_key = np.empty(longest, np.uint16)
    stop = start[1:].copy()
    for enforce in range(2):
        for place in range(start.size - 1):
            components = _renumber(state, inner, components, node, renumbered)
            least = weights[groups[place] << GROUP_BITS]
            count, stop[place] = _leave_out(
                edges, start[place], stop[place], edge_key, offsets, node, state,
                least, min_size, enforce, pairs, pair_key,
            )  # fmt: skip
            first_key = groups[place] << GROUP_BITS
            ends = _sort(
                pairs, pair_key, count, first_key, groups[place + 1] << GROUP_BITS, ordered
            )
            if enforce:
                _join_small(ordered, ends, weights[first_key:], state, inner, min_size)
            else:
                _join(ordered, ends, weights[first_key:], state, inner, scale)
    components = _renumber(state, inner, components, node, renumbered)
    return inner[:components].copy()


@njit(cache=True, nogil=True)
def _part_into_classes(histogram: AnyArray) -> tuple[AnyArray, AnyArray, AnyArray]:
    """Part the keys into classes of about as many edges each.

    Returns:
        The class of each group of keys, the first edge and the first group of each class; the last
        two are followed by the number of edges and of groups.
    """
    class_of = np.zeros(GROUPS, np.uint8)
    start = np.zeros(CLASSES + 1, np.int64)
    first_group = np.zeros(CLASSES + 1, np.int64)
    total = histogram.sum()
    seen = 0
    place = 0
    for group in range(GROUPS):
        if seen > start[place] and seen * CLASSES >= total * (place + 1) and seen < total:
            place += 1
            start[place] = seen
            first_group[place] = group
        class_of[group] = place
        seen += histogram[group]
    start[place + 1] = total
    first_group[place + 1] = GROUPS
    return class_of, start[: place + 2].copy(), first_group[: place + 2].copy()


@njit(cache=True, nogil=True)
def _part_edges(edge_key: AnyArray, class_of: AnyArray, start: AnyArray) -> AnyArray:
    """Edges class by class, in each in their own order, uint32."""
    edges = np.empty(start[-1], np.uint32)
    place = start.copy()
    for edge in range(edge_key.size):
        key = edge_key[edge]
        if key != NO_EDGE:
            one = class_of[key >> GROUP_BITS]
            edges[place[one]] = edge
            place[one] += 1
    return edges


@njit(cache=True, nogil=True)
def _renumber(
    state: AnyArray, inner: FloatArray, components: int, node: AnyArray, renumbered: AnyArray
) -> int:
    """Number the components that are left from 0 without gaps, in the order of their roots."""
    left = 0
    for one in range(components):
        left += state[one, 0] < 0
    number = left
    # Downwards: a parent has its new number before its children ask for it.
    for above in range(components):
        one = components - 1 - above
        root = state[one, 0] < 0
        number -= root
        renumbered[one] = number
        if not root:
            renumbered[one] = renumbered[state[one, 0]]
    place = 0
    for one in range(components):
        root = state[one, 0] < 0
        state[place, 0] = state[one, 0]
        state[place, 1] = state[one, 1]
        inner[place] = inner[one]
        place += root
    for index in range(node.size):
        node[index] = renumbered[node[index]]
    return left


@njit(cache=True, nogil=True)
def _leave_out(
    edges: AnyArray,
    start: int,
    stop: int,
    edge_key: AnyArray,
    offsets: AnyArray,
    node: AnyArray,
    state: AnyArray,
    least: float,
    min_size: int,
    enforce: int,
    pairs: AnyArray,
    pair_key: AnyArray,
) -> tuple[int, int]:
    """Collect the components that the edges of a class could join.

    Edges that may matter to the minimum size later stay in `edges[start:]`. Nothing is branched
    on: which edges stay is as good as random.

    Returns:
        The number of `pairs`, and the end of the edges that stay.
    """
    limit = state.view(np.float32)
    pixels = edge_key.size // offsets.size
    count = 0
    stay = start
    for index in range(start, stop):
        edge = np.uint32(edges[index])
        direction = np.uint32((edge >= pixels) + (edge >= 2 * pixels) + (edge >= 3 * pixels))
        pixel = np.uint32(edge - direction * pixels)
        one = node[pixel]
        two = node[np.uint32(pixel + offsets[direction])]
        apart = one != two
        small = (state[one, 0] > -min_size) | (state[two, 0] > -min_size)
        growing = (least < limit[one, 1]) & (least < limit[two, 1])
        pairs[count, 0] = one
        pairs[count, 1] = two
        pair_key[count] = edge_key[edge]
        edges[stay] = edge
        if enforce:
            count += apart & small
        else:
            count += apart & growing
            stay += apart & (growing | small)
    return count, stay


@njit(cache=True, nogil=True)
def _sort(
    pairs: AnyArray, pair_key: AnyArray, count: int, first_key: int, last_key: int, out: AnyArray
) -> AnyArray:
    """Order pairs by key, one counting sort, stable.

    Returns:
        Where the pairs of each key from the first end, `(last_key - first_key,)` int64.
    """
    ends = np.zeros(last_key - first_key + 1, np.int64)
    for index in range(count):
        ends[pair_key[index] - first_key + 1] += 1
    for key in range(last_key - first_key):
        ends[key + 1] += ends[key]
    whole, whole_out = pairs.view(np.uint64), out.view(np.uint64)
    for index in range(count):
        key = pair_key[index] - first_key
        whole_out[ends[key], 0] = whole[index, 0]
        ends[key] += 1
    return ends[:-1]


@njit(cache=True, nogil=True)
def _find(state: AnyArray, one: int) -> int:
    above: int = state[one, 0]
    while above >= 0:
        further: int = state[above, 0]
        if further < 0:
            return above
        state[one, 0] = further
        one = further
        above = state[one, 0]
    return one


@njit(cache=True, nogil=True)
def _join(
    pairs: AnyArray,
    ends: AnyArray,
    weights: FloatArray,
    state: AnyArray,
    inner: FloatArray,
    scale: float,
) -> None:
    """Join pairs that are joined by less than both accept."""
    limit = state.view(np.float32)
    index = 0
    for key in range(ends.size):
        weight = weights[key]
        while index < ends[key]:
            one = _find(state, pairs[index, 0])
            two = _find(state, pairs[index, 1])
            index += 1
            if one == two or weight >= limit[one, 1] or weight >= limit[two, 1]:
                continue
            keep, drop = max(one, two), min(one, two)
            size = min(-state[keep, 0] - state[drop, 0], LARGEST)
            state[keep, 0] = -size
            state[drop, 0] = keep
            limit[keep, 1] = weight + scale / size
            inner[keep] = weight


@njit(cache=True, nogil=True)
def _join_small(
    pairs: AnyArray,
    ends: AnyArray,
    weights: FloatArray,
    state: AnyArray,
    inner: FloatArray,
    min_size: int,
) -> None:
    """Join pairs of which one is below the minimum size."""
    index = 0
    for key in range(ends.size):
        while index < ends[key]:
            one = _find(state, pairs[index, 0])
            two = _find(state, pairs[index, 1])
            index += 1
            if one == two or (state[one, 0] <= -min_size and state[two, 0] <= -min_size):
                continue
            keep, drop = max(one, two), min(one, two)
            state[keep, 0] = -min(-state[keep, 0] - state[drop, 0], LARGEST)
            state[drop, 0] = keep
            inner[keep] = max(weights[key], inner[keep], inner[drop])
