# SPDX-License-Identifier: GPL-2.0-or-later
"""Order of edges by weight: eight classes of about the same size, and a sort within each.

`graph_segmentation` takes the classes one after the other and drops edges before it sorts a class.
Both steps are counting sorts on 16-bit keys: exact, stable, linear in the edges.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .edge_keys import GROUP_BITS, GROUPS, NO_EDGE
from .types import AnyArray

# Classes of weight; more of them drop more edges, but renumber more often.
CLASSES = 8


@njit(cache=True, nogil=True)
def divide_keys(histogram: AnyArray) -> tuple[AnyArray, AnyArray, AnyArray]:
    """Divide the keys into classes of about the same number of edges.

    Returns:
        The class of each group of keys; the first edge of each class, and the number of edges; the
        first group of each class, and the number of groups.

    Example:
        Two groups hold all edges, and each becomes a class.

        >>> histogram = np.zeros(GROUPS, np.int64)
        >>> histogram[[3, 700]] = 10, 30
        >>> class_of, start, groups = divide_keys(histogram)
        >>> class_of[[3, 700]].tolist(), start.tolist(), groups.tolist()
        ([0, 1], [0, 10, 40], [0, 4, 1024])
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
def divide_edges(edge_key: AnyArray, class_of: AnyArray, start: AnyArray) -> AnyArray:
    """Sort edges by class, stable.

    Args:
        edge_key: uint16 key of each edge, NO_EDGE where there is none.
        class_of: class of each group of keys, of `divide_keys`.
        start: first edge of each class and the number of edges, of `divide_keys`.

    Returns:
        Numbers of the edges, uint32, ascending within each class.

    Example:
        >>> class_of = np.zeros(GROUPS, np.uint8)
        >>> class_of[500:] = 1
        >>> keys = np.array([60000, 5, NO_EDGE, 7], np.uint16)
        >>> divide_edges(keys, class_of, np.array([0, 2, 3])).tolist()
        [1, 3, 0]
    """
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
def sort_pairs(
    pairs: AnyArray, pair_key: AnyArray, count: int, first_key: int, last_key: int, out: AnyArray
) -> AnyArray:
    """Sort pairs by key: one counting sort, stable.

    Args:
        pairs: `(capacity, 2)` uint32, of which the first `count` rows are sorted.
        pair_key: `(capacity,)` uint16 key of each pair.
        count: number of pairs.
        first_key: no key is smaller.
        last_key: all keys are smaller.
        out: `(capacity, 2)` uint32, receives the sorted pairs.

    Returns:
        The end of the pairs of each key, `(last_key - first_key,)` int64.

    Example:
        >>> pairs = np.array([[1, 2], [3, 4], [5, 6]], np.uint32)
        >>> out = np.empty_like(pairs)
        >>> sort_pairs(pairs, np.array([9, 8, 8], np.uint16), 3, 8, 10, out).tolist()
        [2, 3]
        >>> out.tolist()
        [[3, 4], [5, 6], [1, 2]]
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
