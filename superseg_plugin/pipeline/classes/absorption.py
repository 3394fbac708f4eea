# SPDX-License-Identifier: GPL-2.0-or-later
"""Region merging: small objects take the class of a neighbor, the smallest first.

An object below the minimum area takes the class with the largest (border shared with objects of
that class) / (distance between the classes), and becomes one with the objects of that class that it
touches. All objects that come before each of their neighbors, by area, merge in one round: no two
of them touch, so none changes the choice of another. The choice depends only on the classes around
an object, and these objects are larger and merge later. So the result is exactly that of merging
one by one in order of area, and does not depend on strips or threads; and a larger minimum area
continues where a smaller one has ended: it never leaves more objects. Objects of equal area are
ordered by a hash of their index, so that few rounds are needed; each round takes time in proportion
to the borders that are left (sorting).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...contracts import CLASS_NUMBERS
from ...progress import Progress, stop_if_cancelled
from ...raster.object_graph import Borders, combine_borders, connected_components
from ...raster.objects import Objects

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Multiplicative hashing (D. E. Knuth, The Art of Computer Programming 3, section 6.4): 2^64 divided
# by the golden ratio, odd, so that different indices have different hashes.
HASH_FACTOR = np.uint64(11400714819323198485)


@dataclass(frozen=True)
class Absorbed:
    """The objects after merging.

    Attributes:
        classes: `(n,)` uint8, class of each object.
        areas: `(n,)` int64, area of the merged object that each belongs to.
    """

    classes: npt.NDArray[np.uint8]
    areas: Ints


def absorb_small(objects: Objects, limit: int, distances: Floats, progress: Progress) -> Absorbed:
    """Merge every object below a minimum area into neighbors.

    Objects that reach the limit by merging stay, and so do objects without neighbors.

    Args:
        objects: with all borders of the small ones.
        limit: minimum area, in the units of `objects.areas`.
        distances: `(k + 1, k + 1)` between the classes 0 to k, above 0.
        progress: reports every round.

    Raises:
        Cancelled: the user cancelled.
    """
    state = _State(objects, limit, distances)
    start = max(state.pending, 1)
    while state.merge_round():
        stop_if_cancelled(progress)
        progress.report(1 - state.pending / start)
    return state.result()


class _State:
    """The objects between rounds; a merged object goes by the lowest index of its objects."""

    def __init__(self, objects: Objects, limit: int, distances: Floats) -> None:
        self._limit = limit
        self._distances = distances
        self._classes = objects.classes.copy()
        self._areas = objects.areas.copy()
        self._borders = objects.borders
        count = len(objects.classes)
        self._owners = np.arange(count)
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
        merging, classes = self._choices(is_later)
        self._classes[merging] = classes
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
        return Absorbed(self._classes[owners], self._areas[owners])

    def _is_before(self, one: Ints, other: Ints) -> Flags:
        """Compare pairs of objects by area, then by tie-break."""
        area, other_area = self._areas[one], self._areas[other]
        before: Flags = (area < other_area) | (
            (area == other_area) & (self._tie_breaks[one] < self._tie_breaks[other])
        )
        return before

    def _choices(self, is_later: Flags) -> tuple[Ints, Ints]:
        """Return the objects that merge in this round, and the class that each takes."""
        borders = self._borders
        source = np.concatenate([borders.one, borders.other])
        neighbor = np.concatenate([borders.other, borders.one])
        first = ~is_later[source]
        source, lengths = source[first], np.concatenate([borders.lengths, borders.lengths])[first]
        pairs = source * CLASS_NUMBERS + self._classes[neighbor[first]]
        pairs, indices = np.unique(pairs, return_inverse=True)
        shared = np.bincount(indices, weights=lengths)
        source, classes = pairs // CLASS_NUMBERS, pairs % CLASS_NUMBERS
        scores = shared / self._distances[self._classes[source], classes]
        order = np.lexsort((classes, -scores, source))
        source, classes = source[order], classes[order]
        best = np.append(True, source[1:] != source[:-1])
        return source[best], classes[best]

    def _unite_equal(self) -> None:
        """Unite objects that touch and have the same class now."""
        one, other = self._borders.one, self._borders.other
        same = self._classes[one] == self._classes[other]
        nodes, indices = np.unique(np.concatenate([one[same], other[same]]), return_inverse=True)
        half = len(indices) // 2
        roots = nodes[connected_components(len(nodes), indices[:half], indices[half:])]
        moved = roots != nodes
        self._owners[nodes[moved]] = roots[moved]
        np.add.at(self._areas, roots[moved], self._areas[nodes[moved]])
        borders = combine_borders(self._borders, self._owners)
        small = self._areas < self._limit
        kept = small[borders.one] | small[borders.other]
        self._borders = Borders(borders.one[kept], borders.other[kept], borders.lengths[kept])
