# SPDX-License-Identifier: GPL-2.0-or-later
"""Blocks of superpixels of a large scene, each with the neighborhood that its classes depend on.

Idea: tiles are numbered along a curve through the scene, so that superpixels in the order of their
tiles lie near each other. Equal parts of this order are blocks; a breadth-first search on the
region adjacency graph finds the superpixels within some steps of a block, its halo. Short runs of
the same order, evenly spread, are a sample of the scene in which superpixels keep most of their
neighbors.
Exact: what depends on superpixels within HALO steps only. Superpixels at the border of a halo, or
of a run of the sample, lack some neighbors.
Cost: linear in superpixels and neighbors; 8 bytes of memory for each direction of a pair of
neighbors. A superpixel with very many neighbors brings all of them into the halos that it is in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from ..blocks import Description
from .surroundings import WALK_STEPS
from .types import AnyArray, FloatArray, IndexArray

# Superpixels of a block: some 30 MB and a second of a core, and few beside those of its halo.
BLOCK_SIZE = 1 << 15
# Steps of a halo: as many as the longest random walk has, on which features depend.
HALO = WALK_STEPS[-1]
# Runs of the sample: the more, the more evenly it is spread, but the more neighbors are cut off.
RUN = 1 << 12


@dataclass(frozen=True)
class SceneBlock:
    """Superpixels of a scene with their neighborhood.

    Attributes:
        superpixels: description of both, in the order of the scene.
        own: `(m,)` rows in it that belong to the block.
        features: `(n, d)` float32 of all of them; of no columns where they are not known.
    """

    superpixels: Description
    own: IndexArray
    features: FloatArray


@dataclass(frozen=True)
class SceneGraph:
    """The region adjacency graph of a scene as lists of neighbors.

    Attributes:
        superpixels: of the scene.
        starts: `(n + 1,)` int64 first entry of each superpixel.
        neighbors: `(2 m,)` int32 rows of the neighbors of one superpixel after another.
        lengths: `(2 m,)` border with each.
    """

    superpixels: Description
    starts: IndexArray
    neighbors: AnyArray
    lengths: AnyArray

    @classmethod
    def of(cls, superpixels: Description) -> SceneGraph:
        """Find the neighbors of each superpixel."""
        pairs, lengths = superpixels.pairs, superpixels.lengths
        return cls(superpixels, *_neighbor_lists(pairs, lengths, len(superpixels.pixels)))

    def within(self, rows: IndexArray) -> Description:
        """The description of some superpixels, with those of their borders that join two of them.

        Args:
            rows: ascending.

        Example:
            >>> pairs = np.array([[0, 1], [0, 2], [1, 2], [2, 3]])
            >>> scene = Description.from_sums(np.ones((4, 7)), pairs, np.arange(4) + 5, 1)
            >>> part = SceneGraph.of(scene).within(np.array([1, 2, 3]))
            >>> part.pairs.tolist(), part.lengths.tolist()
            ([[0, 1], [1, 2]], [7, 8])
        """
        borders = _borders_within(self.starts, self.neighbors, self.lengths, rows)
        return self.superpixels.of_rows(rows, *borders)

    def block(self, rows: IndexArray, features: FloatArray | None = None) -> SceneBlock:
        """A block with its halo.

        Args:
            rows: of the block, ascending.
            features: `(n, d)` of all superpixels, where they are known.

        Example:
            >>> pairs = np.stack([np.arange(99), np.arange(1, 100)], axis=1)
            >>> scene = Description.from_sums(np.ones((100, 7)), pairs, np.ones(99), 1)
            >>> block = SceneGraph.of(scene).block(np.arange(50, 60))
            >>> len(block.superpixels.pixels), block.own.tolist()[0]
            (26, 8)
        """
        reached = np.sort(_reached(self.starts, self.neighbors, rows, HALO))
        known = np.zeros((0, 0), np.float32) if features is None else features[reached]
        return SceneBlock(self.within(reached), np.searchsorted(reached, rows), known)


def blocks_of(tiles: AnyArray, count: int) -> list[IndexArray]:
    """Rows of each block of a scene, ascending.

    Args:
        tiles: `(count,)` of a description, or none.
        count: of superpixels.

    Example:
        Two tiles, cut where the second one begins.

        >>> tiles = np.repeat([1, 0], [BLOCK_SIZE - 9, BLOCK_SIZE + 9])
        >>> [len(rows) for rows in blocks_of(tiles, len(tiles))]
        [32777, 32759]
    """
    order = _order(tiles, count)
    parts = max(round(count / BLOCK_SIZE), 1)
    cuts = (np.arange(1, parts) * count) // parts
    if len(tiles):
        # A block of whole tiles has the shortest border.
        ends = np.append(np.flatnonzero(np.diff(tiles[order])) + 1, count)
        following = np.minimum(np.searchsorted(ends, cuts), len(ends) - 1)
        candidates = np.stack([ends[np.maximum(following - 1, 0)], ends[following], cuts])
        distance = np.abs(candidates - cuts)
        distance[2] = BLOCK_SIZE // 4
        cuts = candidates[distance.argmin(axis=0), np.arange(len(cuts))]
    return [np.sort(rows) for rows in np.split(order, cuts) if len(rows)]


def sample_of(tiles: AnyArray, count: int, size: int) -> IndexArray:
    """Rows of a sample of a scene, ascending: runs of superpixels that lie near each other.

    Args:
        tiles: `(count,)` of a description, or none.
        count: of superpixels, `size` or more.
        size: of the sample.

    Example:
        >>> sample_of(np.zeros(0), 90_000, 8192)[[0, 4095, 4096, 8191]].tolist()
        [0, 4095, 85904, 89999]
    """
    runs = max(size // RUN, 1)
    firsts = np.linspace(0, count - size // runs, runs).astype(np.int64)
    places = (firsts[:, np.newaxis] + np.arange(size // runs)).ravel()
    return np.sort(_order(tiles, count)[places])


def _order(tiles: AnyArray, count: int) -> IndexArray:
    """Rows by tile."""
    return np.argsort(tiles, kind="stable") if len(tiles) else np.arange(count)


@njit(cache=True, nogil=True)
def _neighbor_lists(
    pairs: AnyArray, lengths: AnyArray, count: int
) -> tuple[IndexArray, AnyArray, AnyArray]:
    """See `SceneGraph`."""
    starts = np.zeros(count + 1, np.int64)
    for edge in range(len(pairs)):
        starts[pairs[edge, 0] + 1] += 1
        starts[pairs[edge, 1] + 1] += 1
    for row in range(count):
        starts[row + 1] += starts[row]
    place = starts[:-1].copy()
    neighbors = np.empty(2 * len(pairs), np.int32)
    borders = np.empty(2 * len(pairs), np.int32)
    for edge in range(len(pairs)):
        one, two = pairs[edge, 0], pairs[edge, 1]
        neighbors[place[one]], borders[place[one]] = two, lengths[edge]
        neighbors[place[two]], borders[place[two]] = one, lengths[edge]
        place[one] += 1
        place[two] += 1
    return starts, neighbors, borders


@njit(cache=True, nogil=True)
def _reached(starts: IndexArray, neighbors: AnyArray, rows: IndexArray, steps: int) -> IndexArray:
    """Rows within some steps of others, these included, in the order of the search."""
    seen = np.zeros(len(starts) - 1, np.bool_)
    found = np.empty(len(starts) - 1, np.int64)
    found[: len(rows)] = rows
    seen[rows] = True
    first, last = 0, len(rows)
    for _ in range(steps):
        end = last
        for place in range(first, last):
            row = found[place]
            for neighbor in neighbors[starts[row] : starts[row + 1]]:
                if not seen[neighbor]:
                    seen[neighbor] = True
                    found[end] = neighbor
                    end += 1
        first, last = last, end
    return found[:last].copy()


@njit(cache=True, nogil=True)
def _borders_within(
    starts: IndexArray, neighbors: AnyArray, lengths: AnyArray, rows: IndexArray
) -> tuple[AnyArray, AnyArray]:
    """Pairs `(k, 2)` int32 of neighbors among some rows, numbered by their place, and borders."""
    places = np.zeros(len(starts) - 1, np.int32)
    entries = 0
    for place in range(len(rows)):
        row = rows[place]
        places[row] = place + 1
        entries += starts[row + 1] - starts[row]
    pairs = np.empty((entries, 2), np.int32)
    borders = np.empty(entries, np.int32)
    count = 0
    for place in range(len(rows)):
        row = rows[place]
        for entry in range(starts[row], starts[row + 1]):
            other = places[neighbors[entry]] - 1
            if other > place:
                pairs[count, 0], pairs[count, 1] = place, other
                borders[count] = lengths[entry]
                count += 1
    return pairs[:count].copy(), borders[:count].copy()
