# SPDX-License-Identifier: GPL-2.0-or-later
"""Region merging: small objects take the class of their most similar neighbor, smallest first.

An object below the minimum area merges with the neighbor of the largest (shared border) /
(distance). All objects that come before each of their neighbors, by area, merge in one round: no
two of them touch, so none changes the choice of another. Areas, color sums and borders are then
added up, objects that touch and now share a class become one, and the next round begins. This is
exact: the result is that of merging one by one in order of area, and does not depend on strips or
threads. Objects of equal area are ordered by a hash of their index, so that few rounds are needed;
each round takes time in proportion to the borders that are left (sorting).

Merge classes works this way. Segment and Classify use `raster/sieve.py` for their MIN_AREA, which
differs: GDAL's sieve gives a patch the class of its largest neighbor, counts pixels instead of
areas, works on the raster in place and needs neither objects in memory nor distances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ...progress import Progress, stop_if_cancelled
from ...raster.object_graph import Borders, combine_borders, connected_components
from ...raster.objects import Objects

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Multiplicative hashing (D. E. Knuth, The Art of Computer Programming 3, section 6.4): 2^64 divided
# by the golden ratio, odd, so that different indices have different hashes.
HASH_FACTOR = np.uint64(11400714819323198485)


class Distance(Protocol):
    """A distance between objects."""

    def __call__(
        self, one: Ints, other: Ints, classes: npt.NDArray[np.uint8], sums: Floats
    ) -> Floats:
        """Compute the distances of pairs of objects.

        Args:
            one: `(m,)` index of the first object of each pair.
            other: `(m,)` index of the second one.
            classes: `(n,)` classes of all objects.
            sums: `(n, layers)` sums of all objects.

        Returns:
            `(m,)`, above 0.
        """


@dataclass(frozen=True)
class Absorbed:
    """The objects after merging.

    Attributes:
        classes: `(n,)` uint8, class of each object.
        areas: `(n,)` int64, area of the merged object that each belongs to.
        merged: `(n,)`, True for small objects that were merged into a neighbor.
    """

    classes: npt.NDArray[np.uint8]
    areas: Ints
    merged: Flags


def absorb_small(objects: Objects, limit: int, distance: Distance, progress: Progress) -> Absorbed:
    """Merge every object below a minimum area into a neighbor.

    Objects that reach the limit by merging stay, and so do objects without neighbors.

    Args:
        objects: with all borders of the small ones.
        limit: minimum area, in the units of `objects.areas`.
        distance: between two objects.
        progress: reports every round.

    Raises:
        Cancelled: the user cancelled.
    """
    state = _State(objects, limit, distance)
    start = max(state.pending, 1)
    while state.merge_round():
        stop_if_cancelled(progress)
        progress.report(1 - state.pending / start)
    return state.result()


class _State:
    """The objects between rounds; a merged object goes by the index of one of its objects."""

    def __init__(self, objects: Objects, limit: int, distance: Distance) -> None:
        self._limit = limit
        self._distance = distance
        self._classes = objects.classes.copy()
        self._areas = objects.areas.copy()
        self._sums = objects.sums.copy()
        self._borders = objects.borders
        count = len(objects.classes)
        self._owners = np.arange(count)
        self._merged = np.zeros(count, bool)
        # Many objects have equal areas. Ordered by index, neighbors would form long chains that
        # merge one a round; ordered by hash, the chains are short.
        self._tie_breaks = np.arange(count, dtype=np.uint64) * HASH_FACTOR

    @property
    def pending(self) -> int:
        """Number of borders of small objects."""
        return len(self._borders.one)

    def merge_round(self) -> bool:
        """Merge the objects that come before all their neighbors; False if there are none."""
        one, other = self._borders.one, self._borders.other
        if not len(one):
            return False
        first = self._is_before(one, other)
        is_later = np.zeros(len(self._areas), bool)
        is_later[np.where(first, other, one)] = True
        merging, target = self._choices(is_later)
        self._owners[merging] = target
        self._merged[merging] = True
        self._add_up(merging, target)
        self._renumber()
        self._unite_equal()
        return True

    def result(self) -> Absorbed:
        """Return class and area of every object."""
        owners = self._owners
        while True:
            roots = owners[owners]
            if np.array_equal(roots, owners):
                break
            owners = roots
        return Absorbed(self._classes[owners], self._areas[owners], self._merged)

    def _is_before(self, one: Ints, other: Ints) -> Flags:
        """Compare pairs of objects by area, then by tie-break."""
        area, other_area = self._areas[one], self._areas[other]
        before: Flags = (area < other_area) | (
            (area == other_area) & (self._tie_breaks[one] < self._tie_breaks[other])
        )
        return before

    def _choices(self, is_later: Flags) -> tuple[Ints, Ints]:
        """Return the objects that merge in this round, and the neighbor of each."""
        borders = self._borders
        source = np.concatenate([borders.one, borders.other])
        neighbor = np.concatenate([borders.other, borders.one])
        first = ~is_later[source]
        source, neighbor = source[first], neighbor[first]
        lengths = np.concatenate([borders.lengths, borders.lengths])[first]
        distances = self._distance(source, neighbor, self._classes, self._sums)
        order = np.lexsort((neighbor, -lengths / distances, source))
        source, neighbor = source[order], neighbor[order]
        best = np.append(True, source[1:] != source[:-1])
        return source[best], neighbor[best]

    def _add_up(self, source: Ints, target: Ints) -> None:
        """Add areas and sums of merged objects to their targets."""
        targets, indices = np.unique(target, return_inverse=True)
        added = np.bincount(indices, weights=self._areas[source])
        self._areas[targets] += added.astype(np.int64)
        for column in self._sums.T:
            column[targets] += np.bincount(indices, weights=column[source])

    def _renumber(self) -> None:
        """Give the borders the indices of the merged objects; keep those of small objects."""
        borders = combine_borders(self._borders, self._owners)
        small = self._areas < self._limit
        kept = small[borders.one] | small[borders.other]
        self._borders = Borders(borders.one[kept], borders.other[kept], borders.lengths[kept])

    def _unite_equal(self) -> None:
        """Unite objects that touch and have the same class now."""
        one, other = self._borders.one, self._borders.other
        same = self._classes[one] == self._classes[other]
        if not same.any():
            return
        nodes, indices = np.unique(np.concatenate([one[same], other[same]]), return_inverse=True)
        half = len(indices) // 2
        roots = nodes[connected_components(len(nodes), indices[:half], indices[half:])]
        moved = roots != nodes
        self._owners[nodes[moved]] = roots[moved]
        self._add_up(nodes[moved], roots[moved])
        self._renumber()
