# SPDX-License-Identifier: GPL-2.0-or-later
"""Labelled polygons, read window by window as if they were a raster of classes.

A pixel has the label of the polygons that contain its center. Where polygons of several labels
overlap, the pixel has none: which of them is right is not known. Polygons of one label may overlap.
The polygons are in memory, the pixels are not. Cost: each window rasterizes the polygons near it
twice, in ascending and in descending order of their labels; where both differ, labels overlap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..errors import SuperSegError
from .grid import Grid
from .mask_polygons import PixelPolygons
from .texts import label_order
from .windows import Window

# Fields with more different labels hold no classes.
MOST_LABELS = 65535


class PolygonLabels:
    """Reads the labels of polygons on a grid.

    Args:
        polygons: WKB in coordinates of the grid, and label of each.
        grid: grid that the labels are read on.
        parameter: Processing parameter of the polygons, for messages.

    Attributes:
        labels: label of each number, which are from 1 in the order of the labels.

    Raises:
        SuperSegError: there are too many labels, a geometry is not a polygon, or no polygon
            overlaps the grid.
    """

    def __init__(self, polygons: Sequence[tuple[bytes, str]], grid: Grid, parameter: str) -> None:
        labels = sorted({label for _, label in polygons}, key=label_order)
        if len(labels) > MOST_LABELS:
            raise SuperSegError(
                f"{parameter}: the field has {len(labels)} different values; choose a field with"
                " the numbers or names of classes."
            )
        self.labels = dict(enumerate(labels, start=1))
        numbers = {label: number for number, label in self.labels.items()}
        self._polygons = PixelPolygons([wkb for wkb, _ in polygons], grid, parameter)
        self._numbers = [numbers[polygons[index][1]] for index in self._polygons.indices]

    def read(self, window: Window) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
        """Read the numbers of the labels.

        Returns:
            Numbers `(rows, cols)`, 0 for no label, and where polygons of several labels overlap,
            `(rows, cols)`; there the number is 0, too.

        Raises:
            SuperSegError: GDAL cannot rasterize the polygons.
        """
        near = sorted(self._polygons.near(window), key=lambda place: self._numbers[place])
        ascending = [self._numbers[place] for place in near]
        highest = self._polygons.burn(near, ascending, window)
        if len(set(ascending)) < 2:
            return highest, np.zeros(highest.shape, bool)
        lowest = self._polygons.burn(near[::-1], ascending[::-1], window)
        overlapping = highest != lowest
        highest[overlapping] = 0
        return highest, overlapping
