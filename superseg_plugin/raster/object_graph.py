# SPDX-License-Identifier: GPL-2.0-or-later
"""Adjacency graph of objects: borders between them, and connected components. No files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Two object indices are packed into one int64 key, so indices are below 2^32.
INDEX_BITS = 32


@dataclass(frozen=True)
class Borders:
    """Pairs of adjacent objects, each pair once.

    Attributes:
        one, other: `(m,)` object indices, one < other.
        lengths: `(m,)` number of pixel edges that the two share.
    """

    one: Ints
    other: Ints
    lengths: Ints


def combine_borders(borders: Borders, numbers: Ints) -> Borders:
    """Renumber the objects of borders and add up the borders of each pair.

    Borders between objects that get the same number are dropped.

    Args:
        borders: pairs in any order; a pair may occur repeatedly.
        numbers: `(n,)` new index of each object.
    """
    one, other = numbers[borders.one], numbers[borders.other]
    distinct = one != other
    one, other = one[distinct], other[distinct]
    keys = (np.minimum(one, other) << INDEX_BITS) | np.maximum(one, other)
    order = np.argsort(keys, kind="stable")
    keys, lengths = keys[order], borders.lengths[distinct][order]
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    if len(first):
        lengths = np.add.reduceat(lengths, first)
    keys = keys[first]
    return Borders(keys >> INDEX_BITS, keys & ((1 << INDEX_BITS) - 1), lengths)


def prune_borders(borders: Borders, large: Flags) -> Borders:
    """Drop the borders between two objects that are both `large`, `(n,)`."""
    kept = ~(large[borders.one] & large[borders.other])
    return Borders(borders.one[kept], borders.other[kept], borders.lengths[kept])


def connected_components(count: int, one: Ints, other: Ints) -> Ints:
    """Label the connected components of a graph.

    Hook and compress: each root is hooked onto the smallest root that an edge connects it to, and
    all pointers are shortened to the roots, until no edge connects two roots. Every round is a few
    vectorized passes over the edges that are left; scipy, which has this function, is not available
    in QGIS's process.

    Args:
        count: number of nodes.
        one: `(m,)` first node of each edge.
        other: `(m,)` second node of each edge.

    Returns:
        `(count,)` the smallest node of the component of each node.

    Example:
        >>> connected_components(4, np.array([0, 2]), np.array([2, 3])).tolist()
        [0, 1, 0, 0]
    """
    parents = np.arange(count)
    first_round = True
    while len(one):
        low, high = np.minimum(one, other), np.maximum(one, other)
        # If an index occurs repeatedly in an assignment, NumPy keeps the last value, so the edges
        # are put in descending order of their smaller node. In the first round edges come in the
        # order of their pixels, and reversing them is a sufficient, faster approximation; without
        # the sort in later rounds, a star-shaped graph would take a round for each edge.
        order = slice(None, None, -1) if first_round else np.argsort(-low, kind="stable")
        parents[high[order]] = low[order]
        first_round = False
        while True:
            grandparents = parents[parents]
            if np.array_equal(grandparents, parents):
                break
            parents = grandparents
        one, other = parents[one], parents[other]
        distinct = one != other
        one, other = one[distinct], other[distinct]
    return parents
