# SPDX-License-Identifier: GPL-2.0-or-later
"""Small objects of a class raster: finding them, their distances, and painting the result.

An object is a connected patch of pixels of one class (neighbors along edges). All objects, their
areas and the borders of the small ones are found strip by strip (`raster/objects.py`); the small
ones then merge into neighbors (`absorption.py`), and the raster is painted with the classes
afterwards. Neighbors are compared by mean color where there is an image (`ColorDistance`), else by
the cophenetic distance of their classes (`ClassDistance`).

Areas and colors are summed as integers, so that sums do not depend on the order of strips: areas
in 2^-20 of a pixel where pixels differ in size, colors in 1/64 of a standard deviation.

Memory: some 350 bytes an object; 20 million objects are the most. Why Segment and Classify use a
different algorithm for MIN_AREA is said in `absorption.py`.
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
from ...raster.objects import Objects, ObjectTable
from ...raster.source import RasterSource
from ...raster.windows import Window
from ..formats.merge_order import cophenetic
from .absorption import Absorbed, Distance, absorb_small
from .similarity import MOST_BANDS, Moments, sum_neighboring_bands
from .strips import ClassStrips

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# Units of area in the pixel in the middle, where pixels differ in size.
AREA_STEPS = 2**20
# Units of color in a band's standard deviation.
COLOR_STEPS = 64
# Colors are clipped to this many standard deviations, which keeps their sums within 64 bits.
FARTHEST = 64.0
# More bands than this are summed with their neighbors, to bound the memory an object takes.
MOST_LAYERS = 8
# Added to all distances, in standard deviations or in shares of the largest distance of classes:
# between objects that differ less, the length of the shared border decides.
LEAST_DIFFERENCE = 0.05
# 7 GB with their borders.
MOST_OBJECTS = 20_000_000


class SmallObjects:
    """Finds the objects of a class raster and merges the small ones into neighbors.

    Call `compare_colors` or `compare_classes`, then `find`, then `absorb`, then `paint` for every
    strip.

    Args:
        strips: the class raster; `count_classes` has run.
        min_area: objects below this area are small; see `Grid.pixel_areas` for the unit.
        merged_of: `(k + 1,)` merged class, from 1, of each class of the strips; 0 for 0.

    Attributes:
        limit: the minimum area in integer units; nothing is small if it is 1 or less.
        count: number of objects, after `absorb`.
        merged: number of small objects that were merged into a neighbor, after `absorb`.
        left: number of small objects that have no neighbor, after `absorb`.
        areas: `(k + 1,)` area of each class after `absorb`, in integer units.
    """

    def __init__(self, strips: ClassStrips, min_area: float, merged_of: Bytes) -> None:
        self._strips = strips
        self._merged_of = merged_of
        self._areas = WholeAreas(strips.source.grid)
        self.limit = self._areas.limit(min_area)
        self._image: RasterSource | None = None
        self._moments: Moments | None = None
        self._distance: Distance | None = None
        self._table: ObjectTable | None = None

    def compare_colors(self, image: RasterSource, moments: Moments) -> None:
        """Compare objects by their mean colors in an image."""
        self._image, self._moments = image, moments

    def compare_classes(self, steps: Sequence[MergeStep], count: int) -> None:
        """Compare objects by the distance at which a merge order merges their classes."""
        self._distance = ClassDistance(cophenetic(steps, count))

    def find(self, progress: Progress) -> None:
        """Find objects and borders, strip by strip.

        Raises:
            SuperSegError: there are more than `MOST_OBJECTS`.
        """
        layers = 0
        if self._moments is not None:
            layers = min(len(self._moments.origin), MOST_LAYERS) + 1
        table = ObjectTable(self.limit, layers)
        windows = self._strips.windows
        for done, window in enumerate(windows, start=1):
            stop_if_cancelled(progress)
            classes = self._merged_of[self._strips.read(window)]
            table.add(classes, self._areas.read(window), self._colors(window))
            if table.count > MOST_OBJECTS:
                raise SuperSegError(
                    f"CLASSIFICATION: {self._strips.source.name} falls into more than"
                    f" {MOST_OBJECTS // 10**6} million objects; smooth or sieve it first, or set"
                    " MIN_AREA to 0."
                )
            progress.report(done / len(windows))
        self._table, self._objects = table, table.finish()

    def absorb(self, progress: Progress) -> None:
        """Merge the small objects into neighbors."""
        objects: Objects = self._objects
        distance = self._distance
        if self._moments is not None:
            distance = ColorDistance(objects, len(self._moments.origin), int(self._merged_of.max()))
        if distance is None:
            raise RuntimeError("call compare_colors or compare_classes first")
        self._absorbed: Absorbed = absorb_small(objects, self.limit, distance, progress)
        real = objects.classes > 0
        small = real & (objects.areas < self.limit)
        self.count = int(real.sum())
        self.merged = int(self._absorbed.merged.sum())
        self.left = int(
            (small & ~self._absorbed.merged & (self._absorbed.areas < self.limit)).sum()
        )
        self.areas: Floats = np.bincount(
            self._absorbed.classes, weights=objects.areas, minlength=int(self._merged_of.max()) + 1
        ).astype(np.float64)

    def paint(self, index: int, classes: Bytes) -> Bytes:
        """Return the classes of a strip after merging.

        Args:
            index: of the strip, from 0.
            classes: `(rows, cols)` merged classes before.
        """
        if self._table is None:
            raise RuntimeError("call find first")
        return self._table.paint(index, classes, self._absorbed.classes)

    def _colors(self, window: Window) -> Ints | None:
        """Return the integers to sum by object, `(layers, rows, cols)`.

        These are the standardized colors, and last a 1 for every valid pixel.
        """
        if self._image is None or self._moments is None:
            return None
        values, valid = self._image.read(window)
        bands = sum_neighboring_bands(values.astype(np.float64), MOST_BANDS)
        # Rounding hides the rounding errors of sums, which depend on the strips.
        center = [float(f"{number:.5g}") for number in self._moments.center]
        spread = [float(f"{number:.5g}") for number in self._moments.spread]
        layers = np.zeros((len(bands) + 1, *valid.shape), np.int64)
        for layer, band, middle, unit in zip(layers, bands, center, spread):
            band -= middle
            band /= unit
            np.clip(band, -FARTHEST, FARTHEST, out=band, where=valid)
            np.rint(np.where(valid, band * COLOR_STEPS, 0), out=band)
            layer[:] = band
        layers[-1] = valid
        if len(bands) > MOST_LAYERS:
            return np.concatenate([sum_neighboring_bands(layers[:-1], MOST_LAYERS), layers[-1:]])
        return layers


class ClassDistance:
    """The distance of two objects is that of their classes.

    Args:
        distances: `(k, k)` between classes, in any unit.
    """

    def __init__(self, distances: Floats) -> None:
        largest = float(distances.max()) or 1.0
        self._distances = np.pad(distances / largest, (1, 0)) + LEAST_DIFFERENCE

    def __call__(self, one: Ints, other: Ints, classes: Bytes, sums: Floats) -> Floats:
        """Return the distances of pairs of objects."""
        distances: Floats = self._distances[classes[one], classes[other]]
        return distances


class ColorDistance:
    """The distance of two objects is that of their mean colors, in standard deviations.

    Args:
        objects: with sums of colors and, last, of valid pixels.
        bands: number of bands that the sums are made of.
        count: number of classes.
    """

    def __init__(self, objects: Objects, bands: int, count: int) -> None:
        layers = objects.sums.shape[1] - 1
        edges = np.arange(layers + 1) * bands // layers
        self._units = COLOR_STEPS * np.diff(edges)
        sums = np.column_stack(
            [
                np.bincount(objects.classes, weights=column, minlength=count + 1)
                for column in objects.sums.T
            ]
        )
        # For objects without any valid pixel.
        self._class_means: Floats = sums[:, :-1] / np.maximum(sums[:, -1:], 1)

    def __call__(self, one: Ints, other: Ints, classes: Bytes, sums: Floats) -> Floats:
        """Return the distances of pairs of objects: root mean square over the layers."""
        squares = np.zeros(len(one))
        for layer, unit in enumerate(self._units):
            first = self._means(one, layer, classes, sums)
            second = self._means(other, layer, classes, sums)
            squares += ((first - second) / unit) ** 2
        return np.asarray(np.sqrt(squares / len(self._units)) + LEAST_DIFFERENCE)

    def _means(self, objects: Ints, layer: int, classes: Bytes, sums: Floats) -> Floats:
        pixels = sums[objects, -1]
        means = sums[objects, layer] / np.maximum(pixels, 1)
        class_means = self._class_means[classes[objects], layer]
        return np.asarray(np.where(pixels > 0, means, class_means))


class WholeAreas:
    """Areas of pixels as integers, whose sums do not depend on their order.

    Args:
        grid: of the raster.
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        first = grid.pixel_areas(Window(0, 0, 1, 1))
        middle = grid.pixel_areas(Window(grid.width // 2, grid.height // 2, 1, 1))
        last = grid.pixel_areas(Window(grid.width - 1, grid.height - 1, 1, 1))
        self._unit = float(middle[0, 0])
        if not first == middle == last:
            self._unit /= AREA_STEPS

    def limit(self, area: float) -> int:
        """Return an area in integer units, rounded up."""
        # Rounding of decimal fractions must not raise the limit by one pixel.
        return math.ceil(min(area / self._unit, 2.0**62) * (1 - 1e-9))

    def read(self, window: Window) -> Ints:
        """Return the areas of the pixels of a window, in the shape of `Grid.pixel_areas`."""
        areas = self._grid.pixel_areas(window) / self._unit
        return np.maximum(np.rint(areas), 1).astype(np.int64)
