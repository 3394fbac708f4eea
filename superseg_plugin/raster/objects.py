# SPDX-License-Identifier: GPL-2.0-or-later
"""Objects of a class raster (4-connected areas of one class) and their borders, out of core.

The raster arrives in strips of complete rows, from top to bottom. Each strip is encoded in runs:
adjacent pixels of a row with the same class. Runs of one class that touch across rows belong to one
object; the objects of a strip are the connected components of its runs. The last row of a strip is
kept and compared with the first row of the next, and `finish` joins the objects that a strip
boundary divides. `paint` then encodes the strips again to give each pixel a value of its object.

The result is exact and does not depend on the height of the strips. Memory grows with the number of
objects and borders, not with that of pixels; borders between two objects that are both at least as
large as the limit are dropped early. The cost is linear in the pixels, plus the sorting of the
borders. Arithmetic only, no files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from .object_graph import (
    Borders,
    Flags,
    Ints,
    combine_borders,
    connected_components,
    prune_borders,
)

Bytes = npt.NDArray[np.uint8]
Painted = TypeVar("Painted", npt.NDArray[np.uint8], npt.NDArray[np.uint32])


@dataclass(frozen=True)
class Objects:
    """The objects of a raster, in the order of their first pixels.

    Attributes:
        classes: `(n,)` uint8 class; objects of class 0 are nodata and have no borders.
        areas: `(n,)` int64 area, the sum of the weights of the pixels.
        borders: borders of which at least one object is smaller than the limit.
    """

    classes: Bytes
    areas: Ints
    borders: Borders


class ObjectTable:
    """The objects of a raster that arrives in strips of complete rows, from top to bottom.

    Args:
        limit: borders between two objects of at least this area are dropped; in the units of the
            weights.

    Attributes:
        count: number of objects so far; those of different strips are not joined yet.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._offsets: list[int] = []
        self._classes: list[Bytes] = []
        self._areas: list[Ints] = []
        self._seams: list[tuple[Ints, Ints]] = []
        self._borders: list[Borders] = []
        self._last_row: tuple[Flags, Bytes, Ints] | None = None
        self._numbers: Ints = np.zeros(0, np.int64)
        self.count = 0

    def add(self, values: Bytes, weights: Ints) -> None:
        """Add the next strip.

        Args:
            values: `(rows, cols)` uint8 classes, 0 for nodata.
            weights: int64 areas of the pixels, `(rows, cols)`, `(rows, 1)` or `(1, 1)`.
        """
        strip = _label(values)
        count = strip.count
        offset = self.count
        if weights.shape[1] > 1:
            run_areas = np.add.reduceat(weights.ravel(), strip.starts)
        else:
            by_row = np.broadcast_to(weights[:, 0], len(values))
            lengths = np.diff(np.append(strip.starts, values.size))
            run_areas = lengths * by_row[strip.starts // values.shape[1]]
        areas = np.bincount(strip.objects, weights=run_areas, minlength=count).astype(np.int64)
        classes = np.zeros(count, np.uint8)
        classes[strip.objects] = strip.values
        inside = prune_borders(strip.borders, areas >= self._limit)
        inside = combine_borders(inside, np.arange(count))
        self._borders.append(Borders(inside.one + offset, inside.other + offset, inside.lengths))
        self._join(strip, offset)
        self._offsets.append(offset)
        self._classes.append(classes)
        self._areas.append(areas)
        self.count += count

    def finish(self) -> Objects:
        """Join the objects that strip boundaries divide; to be called after the last strip."""
        seams = [_concatenated([seam[side] for seam in self._seams]) for side in (0, 1)]
        roots = connected_components(self.count, *seams)
        first = roots == np.arange(self.count)
        self._numbers = (np.cumsum(first) - 1)[roots]
        count = int(first.sum())
        areas = np.bincount(
            self._numbers, weights=_concatenated(self._areas), minlength=count
        ).astype(np.int64)
        classes = np.concatenate([np.zeros(0, np.uint8), *self._classes])[first]
        borders = Borders(
            _concatenated([part.one for part in self._borders]),
            _concatenated([part.other for part in self._borders]),
            _concatenated([part.lengths for part in self._borders]),
        )
        borders = combine_borders(borders, self._numbers)
        self._classes, self._areas = [], []
        self._seams, self._borders = [], []
        return Objects(classes, areas, prune_borders(borders, areas >= self._limit))

    def paint(self, index: int, values: Bytes, colors: Painted) -> Painted:
        """Give every pixel of a strip the value of its object; after `finish`.

        Args:
            index: number of the strip from 0, in the order of adding.
            values: `(rows, cols)`, the strip as it was added.
            colors: `(n,)` value of each object.

        Returns:
            `(rows, cols)` of the same type.
        """
        strip = _label(values, borders=False)
        objects = self._numbers[self._offsets[index] + strip.objects]
        lengths = np.diff(np.append(strip.starts, values.size))
        painted: Painted = np.repeat(colors[objects], lengths).reshape(values.shape)
        return painted

    def _join(self, strip: _Strip, offset: int) -> None:
        """Record which objects of a strip continue or border those of the strip above."""
        width = strip.begins.shape[1]
        if self._last_row is not None:
            begins, values, objects = self._last_row
            upper, lower, lengths = _contacts(begins, strip.begins[:1])
            above, below = values[upper], strip.values[lower]
            one, other = objects[upper], strip.objects[lower] + offset
            same = above == below
            self._seams.append((one[same], other[same]))
            different = ~same & (above > 0) & (below > 0)
            self._borders.append(Borders(one[different], other[different], lengths[different]))
        last = int(np.searchsorted(strip.starts, strip.begins.size - width))
        self._last_row = (
            strip.begins[-1:].copy(),
            strip.values[last:].copy(),
            strip.objects[last:] + offset,
        )


@dataclass(frozen=True)
class _Strip:
    """The runs and objects of one strip.

    Attributes:
        begins: `(rows, cols)`, True at the first pixel of a run.
        starts: `(r,)` flat index of the first pixel of each run.
        values: `(r,)` class of each run.
        objects: `(r,)` object of each run, numbered by their first runs.
        count: number of objects.
        borders: borders between the objects; a pair may occur repeatedly.
    """

    begins: Flags
    starts: Ints
    values: Bytes
    objects: Ints
    count: int
    borders: Borders


def object_boxes(values: Bytes) -> tuple[Bytes, Ints, Ints]:
    """Measure the objects of one array.

    Args:
        values: `(rows, cols)` uint8 classes, 0 for nodata.

    Returns:
        classes: `(n,)` uint8; objects of class 0 are listed too.
        pixels: `(n,)` int64.
        boxes: `(n, 4)` int64 first column, first row, end column and end row.
    """
    strip = _label(values, borders=False)
    width = values.shape[1]
    lengths = np.diff(np.append(strip.starts, values.size))
    rows, first = np.divmod(strip.starts, width)
    boxes = np.zeros((strip.count, 4), np.int64)
    boxes[:, :2] = max(values.shape)
    np.minimum.at(boxes[:, 0], strip.objects, first)
    np.minimum.at(boxes[:, 1], strip.objects, rows)
    np.maximum.at(boxes[:, 2], strip.objects, first + lengths)
    np.maximum.at(boxes[:, 3], strip.objects, rows + 1)
    classes = np.zeros(strip.count, np.uint8)
    classes[strip.objects] = strip.values
    pixels = np.bincount(strip.objects, weights=lengths, minlength=strip.count).astype(np.int64)
    return classes, pixels, boxes


def _label(values: Bytes, borders: bool = True) -> _Strip:
    """Encode a strip in runs and label its objects; without `borders`, leave those empty."""
    begins = np.ones(values.shape, bool)
    np.not_equal(values[:, 1:], values[:, :-1], out=begins[:, 1:])
    starts = np.flatnonzero(begins)
    classes = values.ravel()[starts]
    width = values.shape[1]
    upper, lower, lengths = _contacts(begins[:-1], begins[1:])
    lower += np.searchsorted(starts, width)
    same = classes[upper] == classes[lower]
    roots = connected_components(len(starts), upper[same], lower[same])
    first = roots == np.arange(len(starts))
    objects = (np.cumsum(first) - 1)[roots]
    found = Borders(*(np.zeros(0, np.int64) for _ in range(3)))
    if borders:
        present = classes > 0
        left = np.flatnonzero(present[1:] & present[:-1] & (starts[1:] % width > 0))
        different = ~same & present[upper] & present[lower]
        found = Borders(
            objects[np.concatenate([left, upper[different]])],
            objects[np.concatenate([left + 1, lower[different]])],
            np.concatenate([np.ones(len(left), np.int64), lengths[different]]),
        )
    return _Strip(begins, starts, classes, objects, int(first.sum()), found)


def _contacts(upper: Flags, lower: Flags) -> tuple[Ints, Ints, Ints]:
    """Pairs of runs that touch across two adjacent rows.

    Args:
        upper: `(rows, cols)`, True at the first pixel of a run.
        lower: the same for the row below each.

    Returns:
        Index of the upper and of the lower run, counted within each array, and the number of
        pixel edges that they share; each `(m,)`.
    """
    # Between two columns where a run begins in either row, one upper run touches one lower run.
    places = np.flatnonzero(upper | lower)
    lengths = np.diff(np.append(places, upper.size))
    return (
        np.cumsum(upper.ravel()[places]) - 1,
        np.cumsum(lower.ravel()[places]) - 1,
        lengths,
    )


def _concatenated(parts: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, np.int64), *parts])
