# SPDX-License-Identifier: GPL-2.0-or-later
"""Objects of a class raster that are too small, and what they are compared by."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.grid import Grid
from ...raster.objects import Objects, ObjectTable
from ...raster.source import RasterSource
from ...raster.windows import Window
from ..formats.merge_order import MergeStep, cophenetic
from .absorption import Absorbed, Distance, absorb_small
from .similarity import MOST_BANDS, Moments, sum_neighboring_bands
from .strips import ClassStrips

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# Areas on the ellipsoid are counted in this part of the largest pixel, as whole numbers: sums of
# these do not depend on their order.
AREA_STEPS = 2**20
# The same for colors, in parts of a band's standard deviation; nothing is farther out than that.
COLOR_STEPS = 64
FARTHEST = 64.0
MOST_LAYERS = 8
# Below this part of a standard deviation, or of the largest distance of classes, differences count
# for nothing and the shared border decides.
LEAST_DIFFERENCE = 0.05
# Each takes some 350 bytes with its borders.
MOST_OBJECTS = 20_000_000


class SmallObjects:
    """Finds the objects of a raster and lets the small ones join their neighbors.

    Args:
        strips: the class raster, surveyed.
        min_area: objects smaller than this are small, in square map units.
        regroup: `(k + 1,)` class of each place in the present, 0 for 0.
    """

    def __init__(self, strips: ClassStrips, min_area: float, regroup: Bytes) -> None:
        self._strips = strips
        self._regroup = regroup
        self.limit, self._weights = _whole_areas(strips.source.grid, min_area)
        self._image: RasterSource | None = None
        self._moments: Moments | None = None
        self._distance: Distance | None = None
        self._table: ObjectTable | None = None

    def compare_colors(self, image: RasterSource, moments: Moments) -> None:
        """Compare objects by their average colors in an image."""
        self._image, self._moments = image, moments

    def compare_classes(self, steps: Sequence[MergeStep], count: int) -> None:
        """Compare objects by how late their classes would join."""
        self._distance = ClassDistance(cophenetic(steps, count))

    def find(self, progress: Progress) -> None:
        """Find objects and borders, strip by strip.

        Raises:
            SuperSegError: there are too many.
        """
        layers = 0
        if self._moments is not None:
            layers = min(len(self._moments.origin), MOST_LAYERS) + 1
        table = ObjectTable(self.limit, layers)
        windows = self._strips.windows
        for done, window in enumerate(windows, start=1):
            stop_if_cancelled(progress)
            classes = self._regroup[self._strips.read(window)]
            weights = self._weights[window.row_off : window.row_off + window.height]
            table.add(classes, weights, self._colors(window))
            if table.count > MOST_OBJECTS:
                raise SuperSegError(
                    f"CLASSIFICATION: {self._strips.source.name} falls into more than"
                    f" {MOST_OBJECTS // 10**6} million objects; smooth or sieve it first, or set"
                    " MIN_AREA to 0."
                )
            progress.report(done / len(windows))
        self._table, self._objects = table, table.finish()

    def absorb(self, progress: Progress) -> None:
        """Let the small ones join; figures are there afterwards."""
        objects: Objects = self._objects
        distance = self._distance
        if self._moments is not None:
            distance = ColorDistance(objects, len(self._moments.origin), int(self._regroup.max()))
        if distance is None:
            raise RuntimeError("there is nothing to compare objects by")
        self._absorbed: Absorbed = absorb_small(objects, self.limit, distance, progress)
        real = objects.classes > 0
        small = real & (objects.areas < self.limit)
        self.count = int(real.sum())
        self.joined = int(self._absorbed.joined.sum())
        self.left = int(
            (small & ~self._absorbed.joined & (self._absorbed.areas < self.limit)).sum()
        )
        # What is left of each class, 0 for none; in the units of this class.
        self.areas: Floats = np.bincount(
            self._absorbed.classes, weights=objects.areas, minlength=int(self._regroup.max()) + 1
        ).astype(np.float64)

    def paint(self, index: int, classes: Bytes) -> Bytes:
        """Return the classes after joining, `(rows, cols)`, of a strip's classes before."""
        if self._table is None:
            raise RuntimeError("objects have not been looked for")
        return self._table.paint(index, classes, self._absorbed.classes)

    def _colors(self, window: Window) -> Ints | None:
        """Whole numbers to sum: the standardized colors, and a 1 for every pixel that has them."""
        if self._image is None or self._moments is None:
            return None
        values, valid = self._image.read(window)
        bands = sum_neighboring_bands(values.astype(np.float64), MOST_BANDS)
        # Rounded, so that the order in which they were summed up does not show.
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
    """Objects are as different as their classes.

    Args:
        distances: `(k, k)` between classes.
    """

    def __init__(self, distances: Floats) -> None:
        largest = float(distances.max()) or 1.0
        self._distances = np.pad(distances / largest, (1, 0)) + LEAST_DIFFERENCE

    def __call__(self, one: Ints, other: Ints, classes: Bytes, sums: Floats) -> Floats:
        """Return the distances of pairs of objects."""
        distances: Floats = self._distances[classes[one], classes[other]]
        return distances


class ColorDistance:
    """Objects are as different as their average colors.

    Args:
        objects: with sums of colors and, last, of pixels that have them.
        bands: how many bands the sums are made of.
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
        # Objects without any valid pixel are taken to look like their class.
        self._of_classes: Floats = sums[:, :-1] / np.maximum(sums[:, -1:], 1)

    def __call__(self, one: Ints, other: Ints, classes: Bytes, sums: Floats) -> Floats:
        """Return the distances of pairs of objects: root mean square over the bands."""
        squares = np.zeros(len(one))
        for layer, unit in enumerate(self._units):
            first = self._means(one, layer, classes, sums)
            second = self._means(other, layer, classes, sums)
            squares += ((first - second) / unit) ** 2
        return np.asarray(np.sqrt(squares / len(self._units)) + LEAST_DIFFERENCE)

    def _means(self, objects: Ints, layer: int, classes: Bytes, sums: Floats) -> Floats:
        pixels = sums[objects, -1]
        means = sums[objects, layer] / np.maximum(pixels, 1)
        of_classes = self._of_classes[classes[objects], layer]
        return np.asarray(np.where(pixels > 0, means, of_classes))


def _whole_areas(grid: Grid, min_area: float) -> tuple[int, Ints]:
    """Return an area, and that of one pixel of each row, `(rows,)`, in whole units."""
    areas = grid.row_areas(grid.window, map_units=True)
    unit = float(areas.max())
    if not (areas == unit).all():
        unit /= AREA_STEPS
    # A product of decimal fractions can be a hair above the pixels that it stands for.
    limit = math.ceil(min(min_area / unit, 2.0**62) * (1 - 1e-9))
    return limit, np.maximum(np.rint(areas / unit), 1).astype(np.int64)
