# SPDX-License-Identifier: GPL-2.0-or-later
"""Table of the superpixels of a scene while they are made: sizes, differences, merges."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Table = npt.NDArray[Any]


class SuperpixelTable:
    """Size, internal difference and root of every id, from 1.

    The root is the id that a superpixel was merged into (union-find). A change costs as much as the
    ids that it names, not as all ids: scenes have millions of superpixels and thousands of seams.
    Ids are given as answers arrive; their order is that of the steps that they come from.
    """

    def __init__(self) -> None:
        # Index 0 is nodata.
        self._count = 1
        self._sizes = np.zeros(1024, np.int64)
        self._internal = np.zeros(1024, np.float32)
        self._roots = np.zeros(1024, np.int64)
        # First id and step of each addition: thousands of seams look for thousands of them.
        self._added, self._additions = np.zeros((64, 2), np.int64), 0

    def append(self, sizes: Table, internal: Table, step: int) -> int:
        """Add superpixels.

        Args:
            sizes: of each.
            internal: difference of each.
            step: place of their ids in the order of all; no two additions have the same.

        Returns:
            The id of the first.
        """
        first, self._count = self._count, self._count + len(sizes)
        self._sizes = with_room(self._sizes, self._count)
        self._internal = with_room(self._internal, self._count)
        self._roots = with_room(self._roots, self._count)
        self._sizes[first : self._count] = sizes
        self._internal[first : self._count] = internal
        self._roots[first : self._count] = np.arange(first, self._count)
        self._added = with_room(self._added, self._additions + 1)
        self._added[self._additions] = first, step
        self._additions += 1
        return first

    def order_of(self, ids: Ids) -> Ids:
        """Places of ids, which ascend, in their order."""
        firsts, steps = self._added[: self._additions].T
        places = np.searchsorted(firsts, ids, "right") - 1
        order: Ids = np.argsort(steps[places], kind="stable")
        return order

    def roots_of(self, ids: Table) -> Ids:
        """Roots of ids, in the same shape."""
        roots: Ids = self._roots[ids]
        while True:
            further = self._roots[roots]
            if np.array_equal(further, roots):
                return roots
            roots = further

    def compact(self, labels: Table) -> tuple[npt.NDArray[np.uint32], Ids]:
        """Number the ids in an array by their roots, in their order; see `numbered`."""
        numbers, ids = numbered(self.roots_of(labels))
        order = self.order_of(ids)
        places = np.zeros(len(ids) + 1, np.uint32)
        places[order + 1] = np.arange(1, len(ids) + 1)
        return places[numbers], ids[order]

    def figures_of(self, ids: Ids) -> tuple[Table, Table]:
        """Sizes and internal differences of some superpixels."""
        return self._sizes[ids], self._internal[ids]

    def change(self, ids: Ids, growth: Table, internal: Table) -> None:
        """Add to the sizes, which may be negative; internal differences never decrease.

        A superpixel that was merged meanwhile, by a seam that was stitched at the same time, is
        the one that it was merged into.
        """
        roots = self.roots_of(ids)
        np.add.at(self._sizes, roots, growth)
        np.maximum.at(self._internal, roots, internal)

    def merge(self, sources: Ids, targets: Ids) -> None:
        """Merge superpixels into others, pair by pair."""
        for source, target in zip(sources, targets):
            source, target = self.roots_of(np.array([source, target]))
            if source != target:
                self._roots[source] = target
                self._sizes[target] += self._sizes[source]
                self._sizes[source] = 0

    def final_numbers(self) -> npt.NDArray[np.uint32]:
        """Number the superpixels that have pixels 1..n, in their order.

        Returns:
            `(ids + 1,)` the number of each id, 0 where there is none.
        """
        used = self._sizes[: self._count] > 0
        used[0] = False
        firsts, steps = self._added[: self._additions].T
        ends = np.append(firsts[1:], self._count)
        parts = [np.arange(firsts[each], ends[each]) for each in np.argsort(steps)]
        order = np.concatenate([np.zeros(1, np.int64), *parts])
        numbers = np.empty(self._count, np.uint32)
        numbers[order] = np.cumsum(used[order], dtype=np.uint32)
        numbers[~used] = 0
        final: npt.NDArray[np.uint32] = numbers[self.roots_of(np.arange(self._count))]
        return final

    def __len__(self) -> int:
        """Count of ids given so far, and one for nodata."""
        return self._count


def with_room(values: Table, count: int) -> Table:
    """A table that grows along its first axis: itself, or a longer copy that ends in zeros.

    Args:
        values: the table.
        count: rows that it must have; twice as many as before are made, if that is more.

    Example:
        >>> with_room(np.ones(2, int), 3).tolist()
        [1, 1, 0, 0]
    """
    if count <= len(values):
        return values
    room = max(count, 2 * len(values)) - len(values)
    return np.concatenate([values, np.zeros((room, *values.shape[1:]), values.dtype)])


def numbered(labels: Table) -> tuple[npt.NDArray[np.uint32], Ids]:
    """Number the ids in an array 1..m, in their order; 0 stays 0.

    Returns:
        The array with these numbers, and the ids `(m,)`.

    Example:
        >>> numbers, ids = numbered(np.array([7, 0, 5, 7]))
        >>> numbers.tolist(), ids.tolist()
        ([2, 0, 1, 2], [5, 7])
    """
    highest = int(labels.max(initial=0))
    # Neighbors have ids close to each other: a table from the lowest id is short.
    lowest = int(labels.min(initial=highest + 1, where=labels > 0)) - 1
    present = np.zeros(max(highest - lowest, 0) + 1, bool)
    places = np.maximum(labels.astype(np.int64, copy=False) - lowest, 0)
    present[places] = True
    present[0] = False
    numbers = np.cumsum(present, dtype=np.uint32)
    return numbers[places], np.flatnonzero(present) + lowest
