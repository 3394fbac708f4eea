# SPDX-License-Identifier: GPL-2.0-or-later
"""MIN_AREA: small objects of a class raster take the class of a neighbor.

Every algorithm with MIN_AREA does it here. An object is a connected patch of pixels of one class
(neighbors along edges). All objects, their areas and the borders of the small ones are found strip
by strip (`raster/objects.py`); the small ones then merge into neighbors, by the length of the
common border and the similarity of the classes (`absorption.py`), and the raster is painted with
the classes afterwards. Classes are as similar as the merge order says (cophenetic distance); where
there is none, all are equally similar, and the longest border decides.

Areas are summed as integers, so that sums do not depend on the order of strips: in pixels, or in
2^-20 of the pixel in the middle where pixels differ in size.

Memory: some 150 bytes an object; 20 million objects are the most.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep
from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.grid import Grid
from ...raster.objects import ObjectTable
from ...raster.windows import Window
from ...wording import are, counted
from ..formats.merge_order import cophenetic
from ..options.ground_sizes import MinimumArea
from .absorption import Absorbed, absorb_small
from .strips import ClassStrips

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# Units of area in the pixel in the middle, where pixels differ in size.
AREA_STEPS = 2**20
# Added to all distances, as a share of the largest distance of classes: between classes that differ
# less, the length of the shared border decides.
LEAST_DIFFERENCE = 0.05
# Decimals of distances. Those that are equal must stay equal through the rounding of files.
DECIMALS = 9
# 3 GB with their borders.
MOST_OBJECTS = 20_000_000


class SmallObjects:
    """Finds the objects of a class raster and merges the small ones into neighbors.

    Call `dissolve`, then `paint` for every strip.

    Args:
        strips: the class raster; `count_classes` has run.
        minimum: smaller objects are small.
        merged_of: `(k + 1,)` merged class, from 1, of each class of the strips; 0 for 0.

    Attributes:
        limit: the minimum area in integer units; nothing is small if no pixel is smaller.
        areas: `(k + 1,)` area of each class after `dissolve`, in integer units.
    """

    def __init__(self, strips: ClassStrips, minimum: MinimumArea, merged_of: Bytes) -> None:
        self._strips = strips
        self._merged_of = merged_of
        self._minimum = minimum
        self._pixels = WholeAreas(strips.source.grid, minimum.units)
        self.limit = self._pixels.limit(minimum.area)
        self._table = ObjectTable(self.limit)

    def dissolve(self, steps: Sequence[MergeStep], progress: Progress) -> None:
        """Find the objects and merge the small ones, with log lines on how many there were.

        Args:
            steps: merge order of the merged classes; empty if unknown.
            progress: reports every strip.

        Raises:
            SuperSegError: there are more than `MOST_OBJECTS`.
            Cancelled: the user cancelled.
        """
        windows = self._strips.windows
        for done, window in enumerate(windows, start=1):
            stop_if_cancelled(progress)
            classes = self._merged_of[self._strips.read(window)]
            self._table.add(classes, self._pixels.read(window))
            if self._table.count > MOST_OBJECTS:
                raise SuperSegError(
                    f"MIN_AREA: {self._strips.source.name} falls into more than"
                    f" {MOST_OBJECTS // 10**6} million patches; set MIN_AREA to 0, or make the"
                    " classes with a higher SMOOTHNESS."
                )
            progress.report(0.7 * done / len(windows))
        objects = self._table.finish()
        count = int(self._merged_of.max())
        distances = class_distances(steps, count)
        part = progress.part(0.7, 1.0)
        self._absorbed: Absorbed = absorb_small(objects, self.limit, distances, part)
        real = objects.classes > 0
        small = real & (objects.areas < self.limit)
        left = small & (self._absorbed.areas < self.limit)
        text, kept = self._minimum.text, int(left.sum())
        progress.log(
            f"{int(small.sum()) - kept:,} of {counted(int(real.sum()), 'patch')} merged into a"
            f" neighbor: smaller than MIN_AREA, {text}"
        )
        if kept:
            progress.log(
                f"{counted(kept, 'patch')} smaller than MIN_AREA without a large neighbor"
                f" {are(kept)} kept"
            )
        if small.any() and small.sum() == real.sum():
            progress.log(
                f"Warning: MIN_AREA, {text}, is larger than every patch; patches that touch have"
                " been merged until that area was reached, in the end into one class. Give a"
                " smaller MIN_AREA to keep patches"
            )
        self.areas: Floats = np.bincount(
            self._absorbed.classes, weights=objects.areas, minlength=count + 1
        ).astype(np.float64)

    def paint(self, index: int, classes: Bytes) -> Bytes:
        """Return the classes of a strip after merging.

        Args:
            index: of the strip, from 0.
            classes: `(rows, cols)` merged classes before.
        """
        return self._table.paint(index, classes, self._absorbed.classes)


def class_distances(steps: Sequence[MergeStep], count: int) -> Floats:
    """Return the distances between the classes 0 to `count` of a merge order.

    Returns:
        `(count + 1, count + 1)`, from `LEAST_DIFFERENCE`; all 1 without a merge order.
    """
    if not steps:
        return np.ones((count + 1, count + 1))
    distances = cophenetic(steps, count)
    largest = float(distances.max()) or 1.0
    padded = np.pad(distances / largest, (1, 0))
    return np.asarray(np.round(padded, DECIMALS) + LEAST_DIFFERENCE, dtype=np.float64)


class WholeAreas:
    """Areas of pixels as integers, whose sums do not depend on their order.

    Args:
        grid: of the raster.
        units: `pixels`, or `meters` for square meters.
    """

    def __init__(self, grid: Grid, units: str) -> None:
        self._grid = grid if units != "pixels" else Grid(grid.width, grid.height)
        corners = [
            self._grid.pixel_areas(Window(col, row, 1, 1))
            for col in (0, grid.width // 2, grid.width - 1)
            for row in (0, grid.height // 2, grid.height - 1)
        ]
        self._unit = float(corners[4][0, 0])
        if any(corner != corners[0] for corner in corners):
            self._unit /= AREA_STEPS

    def limit(self, area: float) -> int:
        """Return an area in integer units, rounded up."""
        # Rounding of decimal fractions must not raise the limit by one pixel.
        return math.ceil(min(area / self._unit, 2.0**62) * (1 - 1e-9))

    def read(self, window: Window) -> Ints:
        """Return the areas of the pixels of a window, in the shape of `Grid.pixel_areas`."""
        areas = self._grid.pixel_areas(window) / self._unit
        return np.maximum(np.rint(areas), 1).astype(np.int64)
