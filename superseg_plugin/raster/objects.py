# SPDX-License-Identifier: GPL-2.0-or-later
"""Connected objects of a class raster and their borders, found strip by strip.

A strip is cut into runs, equal pixels side by side in a row; runs that touch along pixel edges and
are of one class make an object. What is kept grows with the objects and their borders, not with
the pixels, and does not depend on how the raster is cut into strips. Arithmetic only, no files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NUMBER_BITS = 32


@dataclass(frozen=True)
class Borders:
    """Which objects touch, each pair once.

    Attributes:
        one, other: `(m,)` object indices, one < other.
        lengths: `(m,)` pixel edges that they share.
    """

    one: Ints
    other: Ints
    lengths: Ints


@dataclass(frozen=True)
class Objects:
    """All objects of a raster, in the order of their first pixels.

    Attributes:
        classes: `(n,)` uint8; objects of class 0 are nodata and have no borders.
        areas: `(n,)` int64, sums of the rows' weights.
        sums: `(n, layers)` float64.
        borders: between objects of which at least one is smaller than the limit.
    """

    classes: Bytes
    areas: Ints
    sums: Floats
    borders: Borders


class ObjectTable:
    """Objects of a raster that arrives in strips, from top to bottom.

    Args:
        limit: borders between two objects of at least this area are of no interest.
        layers: how many layers of numbers are summed by object.
    """

    def __init__(self, limit: int, layers: int = 0) -> None:
        self._limit = limit
        self._layers = layers
        self._offsets: list[int] = []
        self._classes: list[Bytes] = []
        self._areas: list[Ints] = []
        self._sums: list[Floats] = []
        self._seams: list[tuple[Ints, Ints]] = []
        self._borders: list[Borders] = []
        self._last_row: tuple[Flags, Bytes, Ints] | None = None
        self._numbers: Ints = np.zeros(0, np.int64)
        self.count = 0

    def add(
        self, values: Bytes, weights: Ints, layers: npt.NDArray[np.int64] | None = None
    ) -> None:
        """Take in the next strip.

        Args:
            values: `(rows, cols)` classes, 0 for none.
            weights: `(rows,)` area of one pixel of each row, in whole units.
            layers: `(layers, rows, cols)` whole numbers to be summed by object.
        """
        strip = _label(values)
        count = strip.count
        offset = self.count
        lengths = np.diff(np.append(strip.starts, values.size))
        of_runs = lengths * weights[strip.starts // values.shape[1]]
        areas = np.bincount(strip.objects, weights=of_runs, minlength=count).astype(np.int64)
        classes = np.zeros(count, np.uint8)
        classes[strip.objects] = strip.values
        sums = np.zeros((count, self._layers))
        for index in range(self._layers):
            if layers is not None:
                by_run = np.add.reduceat(layers[index].ravel(), strip.starts, dtype=np.int64)
                sums[:, index] = np.bincount(strip.objects, weights=by_run, minlength=count)
        inside = _pruned(strip.borders, areas >= self._limit)
        inside = joined_borders(inside, np.arange(count))
        self._borders.append(Borders(inside.one + offset, inside.other + offset, inside.lengths))
        self._join(strip, offset)
        self._offsets.append(offset)
        self._classes.append(classes)
        self._areas.append(areas)
        self._sums.append(sums)
        self.count += count

    def finish(self) -> Objects:
        """Join what the strips have cut and describe the objects."""
        seams = [_joined([seam[side] for seam in self._seams]) for side in (0, 1)]
        roots = components(self.count, *seams)
        first = roots == np.arange(self.count)
        self._numbers = (np.cumsum(first) - 1)[roots]
        count = int(first.sum())
        areas = np.bincount(self._numbers, weights=_joined(self._areas), minlength=count).astype(
            np.int64
        )
        classes = np.concatenate([np.zeros(0, np.uint8), *self._classes])[first]
        sums = np.zeros((count, self._layers))
        for index in range(self._layers):
            column = np.concatenate([part[:, index] for part in self._sums])
            sums[:, index] = np.bincount(self._numbers, weights=column, minlength=count)
        borders = Borders(
            _joined([part.one for part in self._borders]),
            _joined([part.other for part in self._borders]),
            _joined([part.lengths for part in self._borders]),
        )
        borders = joined_borders(borders, self._numbers)
        self._classes, self._areas, self._sums = [], [], []
        self._seams, self._borders = [], []
        return Objects(classes, areas, sums, _pruned(borders, areas >= self._limit))

    def paint(self, index: int, values: Bytes, colors: Bytes) -> Bytes:
        """Give every pixel of a strip what belongs to its object, after `finish`.

        Args:
            index: which strip, in the order of adding.
            values: the same `(rows, cols)` as then.
            colors: `(n,)`, one an object.

        Returns:
            `(rows, cols)` uint8.
        """
        strip = _label(values, borders=False)
        objects = self._numbers[self._offsets[index] + strip.objects]
        lengths = np.diff(np.append(strip.starts, values.size))
        painted: Bytes = np.repeat(colors[objects], lengths).reshape(values.shape)
        return painted

    def _join(self, strip: _Strip, offset: int) -> None:
        """Join the first row of a strip to the last one of the strip above."""
        width = strip.begins.shape[1]
        if self._last_row is not None:
            begins, values, objects = self._last_row
            upper, lower, lengths = _contacts(begins, strip.begins[:1])
            above, below = values[upper], strip.values[lower]
            one, other = objects[upper], strip.objects[lower] + offset
            same = above == below
            self._seams.append((one[same], other[same]))
            apart = ~same & (above > 0) & (below > 0)
            self._borders.append(Borders(one[apart], other[apart], lengths[apart]))
        last = int(np.searchsorted(strip.starts, strip.begins.size - width))
        self._last_row = (
            strip.begins[-1:].copy(),
            strip.values[last:].copy(),
            strip.objects[last:] + offset,
        )


def components(count: int, one: Ints, other: Ints) -> Ints:
    """Find what hangs together.

    Every root hooks onto the smallest root that an edge joins it to, and all pointers are then
    shortened to the roots, until no edge joins two roots.

    Args:
        count: number of nodes.
        one: `(m,)` nodes where edges begin.
        other: `(m,)` nodes where they end.

    Returns:
        `(count,)` the smallest node that each hangs together with.
    """
    parents = np.arange(count)
    first = True
    while len(one):
        low, high = np.minimum(one, other), np.maximum(one, other)
        # Of several values for one place the last one stays. Edges come in the order of their
        # pixels, so backwards is good enough for the first time; a star would take long like that.
        order = slice(None, None, -1) if first else np.argsort(-low, kind="stable")
        parents[high[order]] = low[order]
        first = False
        while True:
            shorter = parents[parents]
            if np.array_equal(shorter, parents):
                break
            parents = shorter
        one, other = parents[one], parents[other]
        apart = one != other
        one, other = one[apart], other[apart]
    return parents


@dataclass(frozen=True)
class _Strip:
    """One strip by itself.

    Attributes:
        begins: `(rows, cols)`, True where a run begins.
        starts: `(r,)` flat index of each run's first pixel.
        values: `(r,)` class of each run.
        objects: `(r,)` object of each run, numbered by their first runs.
        count: number of objects.
        borders: between the objects, pairs as they come.
    """

    begins: Flags
    starts: Ints
    values: Bytes
    objects: Ints
    count: int
    borders: Borders


def _label(values: Bytes, borders: bool = True) -> _Strip:
    begins = np.ones(values.shape, bool)
    np.not_equal(values[:, 1:], values[:, :-1], out=begins[:, 1:])
    starts = np.flatnonzero(begins)
    of_runs = values.ravel()[starts]
    width = values.shape[1]
    upper, lower, lengths = _contacts(begins[:-1], begins[1:])
    lower += np.searchsorted(starts, width)
    same = of_runs[upper] == of_runs[lower]
    roots = components(len(starts), upper[same], lower[same])
    first = roots == np.arange(len(starts))
    objects = (np.cumsum(first) - 1)[roots]
    found = Borders(*(np.zeros(0, np.int64) for _ in range(3)))
    if borders:
        present = of_runs > 0
        left = np.flatnonzero(present[1:] & present[:-1] & (starts[1:] % width > 0))
        apart = ~same & present[upper] & present[lower]
        found = Borders(
            objects[np.concatenate([left, upper[apart]])],
            objects[np.concatenate([left + 1, lower[apart]])],
            np.concatenate([np.ones(len(left), np.int64), lengths[apart]]),
        )
    return _Strip(begins, starts, of_runs, objects, int(first.sum()), found)


def _contacts(upper: Flags, lower: Flags) -> tuple[Ints, Ints, Ints]:
    """Find which runs touch across rows.

    Args:
        upper: `(rows, cols)`, True where a run begins.
        lower: the same of the rows right below those.

    Returns:
        Indices of the upper and of the lower run, counted within each array, and the pixels that
        they share; each `(m,)`.
    """
    # Between two places where either row has a run begin, one run touches one other.
    places = np.flatnonzero(upper | lower)
    lengths = np.diff(np.append(places, upper.size))
    return (
        np.cumsum(upper.ravel()[places]) - 1,
        np.cumsum(lower.ravel()[places]) - 1,
        lengths,
    )


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, np.int64), *parts])


def _pruned(borders: Borders, large: Flags) -> Borders:
    """Drop the borders between two large objects."""
    kept = ~(large[borders.one] & large[borders.other])
    return Borders(borders.one[kept], borders.other[kept], borders.lengths[kept])


def joined_borders(borders: Borders, numbers: Ints) -> Borders:
    """Renumber the objects of borders, and make one of those between the same two.

    Args:
        borders: pairs in any order, more than once too.
        numbers: `(n,)` new index of each object.
    """
    one, other = numbers[borders.one], numbers[borders.other]
    apart = one != other
    one, other = one[apart], other[apart]
    keys = (np.minimum(one, other) << NUMBER_BITS) | np.maximum(one, other)
    order = np.argsort(keys, kind="stable")
    keys, lengths = keys[order], borders.lengths[apart][order]
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    if len(first):
        lengths = np.add.reduceat(lengths, first)
    keys = keys[first]
    return Borders(keys >> NUMBER_BITS, keys & ((1 << NUMBER_BITS) - 1), lengths)
