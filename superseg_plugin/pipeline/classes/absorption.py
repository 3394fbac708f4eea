# SPDX-License-Identifier: GPL-2.0-or-later
"""Small objects join the most similar of their neighbors, the smallest first.

All objects that are smaller than each of their neighbors choose at once. No two of them touch, so
none changes what another one chooses from; then areas and colors of the joint objects are put
together, and the next ones choose. The order of files, strips or threads has no say in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ...progress import Progress, stop_if_cancelled
from ...raster.objects import Borders, Objects, components, joined_borders

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Odd, so that different numbers stay different (Knuth's multiplicative hashing).
SCATTER = np.uint64(11400714819323198485)


class Distance(Protocol):
    """How different two objects are."""

    def __call__(
        self, one: Ints, other: Ints, classes: npt.NDArray[np.uint8], sums: Floats
    ) -> Floats:
        """Return `(m,)` distances above 0 between `(m,)` pairs of objects."""


@dataclass(frozen=True)
class Absorbed:
    """What became of the objects.

    Attributes:
        classes: `(n,)` uint8, class of each object afterwards.
        areas: `(n,)` int64 of the object that each belongs to afterwards.
        joined: `(n,)`, True for small objects that took over another's class.
    """

    classes: npt.NDArray[np.uint8]
    areas: Ints
    joined: Flags


def absorb_small(objects: Objects, limit: int, distance: Distance, progress: Progress) -> Absorbed:
    """Let every object smaller than a limit join a neighbor.

    It joins the one with the largest (shared border) / (distance). Objects that grow beyond the
    limit by being joined stay; objects without neighbors stay.

    Args:
        objects: with all borders of the small ones.
        limit: in units of their areas.
        distance: between two objects.
        progress: told of every round.

    Raises:
        Cancelled: the user asked to stop.
    """
    state = _State(objects, limit, distance)
    start = max(state.waiting, 1)
    while state.advance():
        stop_if_cancelled(progress)
        progress.report(1 - state.waiting / start)
    return state.result()


class _State:
    """Objects of which some have joined already; the joint ones go by the index of one of them."""

    def __init__(self, objects: Objects, limit: int, distance: Distance) -> None:
        self._limit = limit
        self._distance = distance
        self._classes = objects.classes.copy()
        self._areas = objects.areas.copy()
        self._sums = objects.sums.copy()
        self._borders = objects.borders
        count = len(objects.classes)
        self._owners = np.arange(count)
        self._joined = np.zeros(count, bool)
        # Many objects are of equal size. Taken by number they would have to wait for each other
        # in long rows, taken by scattered numbers hardly any has to.
        self._turns = np.arange(count, dtype=np.uint64) * SCATTER

    @property
    def waiting(self) -> int:
        """How many borders are still to be looked at."""
        return len(self._borders.one)

    def advance(self) -> bool:
        """Let those that can choose do so; tell whether there were any."""
        one, other = self._borders.one, self._borders.other
        if not len(one):
            return False
        first = self._is_before(one, other)
        waits = np.zeros(len(self._areas), bool)
        waits[np.where(first, other, one)] = True
        joining, target = self._choices(waits)
        self._owners[joining] = target
        self._joined[joining] = True
        self._gather(joining, target)
        self._renumber()
        self._fuse()
        return True

    def result(self) -> Absorbed:
        """Say what every object has become."""
        owners = self._owners
        while True:
            further = owners[owners]
            if np.array_equal(further, owners):
                break
            owners = further
        return Absorbed(self._classes[owners], self._areas[owners], self._joined)

    def _is_before(self, one: Ints, other: Ints) -> Flags:
        mine, its = self._areas[one], self._areas[other]
        before: Flags = (mine < its) | ((mine == its) & (self._turns[one] < self._turns[other]))
        return before

    def _choices(self, waits: Flags) -> tuple[Ints, Ints]:
        """The objects whose turn it is, and which one each of them joins."""
        borders = self._borders
        chooser = np.concatenate([borders.one, borders.other])
        candidate = np.concatenate([borders.other, borders.one])
        turn = ~waits[chooser]
        chooser, candidate = chooser[turn], candidate[turn]
        lengths = np.concatenate([borders.lengths, borders.lengths])[turn]
        distances = self._distance(chooser, candidate, self._classes, self._sums)
        order = np.lexsort((candidate, -lengths / distances, chooser))
        chooser, candidate = chooser[order], candidate[order]
        best = np.append(True, chooser[1:] != chooser[:-1])
        return chooser[best], candidate[best]

    def _gather(self, source: Ints, target: Ints) -> None:
        """Add areas and sums of some objects to those that they have joined."""
        targets, places = np.unique(target, return_inverse=True)
        more = np.bincount(places, weights=self._areas[source])
        self._areas[targets] += more.astype(np.int64)
        for column in self._sums.T:
            column[targets] += np.bincount(places, weights=column[source])

    def _renumber(self) -> None:
        joined = joined_borders(self._borders, self._owners)
        small = self._areas < self._limit
        kept = small[joined.one] | small[joined.other]
        self._borders = Borders(joined.one[kept], joined.other[kept], joined.lengths[kept])

    def _fuse(self) -> None:
        """Make one of objects that touch and have become the same class."""
        one, other = self._borders.one, self._borders.other
        same = self._classes[one] == self._classes[other]
        if not same.any():
            return
        nodes, places = np.unique(np.concatenate([one[same], other[same]]), return_inverse=True)
        half = len(places) // 2
        roots = nodes[components(len(nodes), places[:half], places[half:])]
        moved = roots != nodes
        self._owners[nodes[moved]] = roots[moved]
        self._gather(nodes[moved], roots[moved])
        self._renumber()
