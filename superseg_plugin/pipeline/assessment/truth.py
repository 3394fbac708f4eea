# SPDX-License-Identifier: GPL-2.0-or-later
"""What classes are compared with pixel by pixel: a raster, or polygons with labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...raster.class_legend import read_legend
from ...raster.grid import Grid
from ...raster.grid_comparison import require_same_grid
from ...raster.polygon_labels import PolygonLabels
from ...raster.source import RasterSource
from ...raster.windows import Window
from ..classes.reading import whole_numbers

Numbers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


class Truth(Protocol):
    """Reads the true classes on a grid.

    Attributes:
        parameter: the Processing parameter, for messages.
    """

    parameter: str

    @property
    def name(self) -> str:
        """Name of file or layer."""

    def read(self, window: Window, of: Booleans) -> tuple[Numbers, Booleans]:
        """Read some pixels of a window.

        Args:
            window: of the grid.
            of: `(rows, cols)` the pixels that are needed, n in number.

        Returns:
            `(n,)` true classes, and whether they are known.
        """

    def names(self) -> dict[int, str]:
        """Names of the true classes, as far as they have any."""

    @property
    def overlapping(self) -> int:
        """Pixels read so far that lie in polygons of several labels."""


class RasterTruth:
    """The true classes in a raster.

    Args:
        reference: any whole numbers, on the same grid.
        unlabelled: the number for "not labelled". If None, the nodata values of the raster, or 0 if
            it has none. Nodata never counts as a label.
        grid: of the classes.

    Raises:
        SuperSegError: the grids differ, or the raster has several bands.
    """

    parameter = "REFERENCE"
    overlapping = 0

    def __init__(self, reference: RasterSource, unlabelled: int | None, grid: Grid) -> None:
        require_same_grid(grid, reference.grid, self.parameter, reference.name)
        require_one_band(reference, self.parameter)
        if unlabelled is None and reference.nodata[0] is None and not reference.zero_is_value:
            unlabelled = 0
        self._reference, self._unlabelled = reference, unlabelled

    @property
    def name(self) -> str:
        """Name of the file."""
        return self._reference.name

    def read(self, window: Window, of: Booleans) -> tuple[Numbers, Booleans]:
        """Read some pixels; see `Truth`."""
        values, known = self._reference.read(window)
        known, truth = known[of], values[0][of]
        if self._unlabelled is not None:
            known = known & (truth != self._unlabelled)
        numbers = np.zeros(len(truth), np.int64)
        numbers[known] = require_whole(truth[known], self.parameter, self.name)
        return numbers, known

    def names(self) -> dict[int, str]:
        """Return the names in the raster."""
        return read_legend(self._reference.path, self._reference.zero_is_value).names


@dataclass(frozen=True)
class LabelledPolygons:
    """Polygons that show where reference classes are.

    Attributes:
        polygons: WKB in coordinates of the classes, and label of each.
        name: of the layer.
    """

    polygons: Sequence[tuple[bytes, str]]
    name: str


class PolygonTruth:
    """The true classes in labelled polygons, rasterized window by window.

    Args:
        reference: the polygons.
        unlabelled: number that is not a label where it is one; None if all labels count.
        grid: of the classes.

    Raises:
        SuperSegError: no polygon with a label overlaps the grid, or there are too many labels.
    """

    parameter = "POLYGONS"

    def __init__(self, reference: LabelledPolygons, unlabelled: int | None, grid: Grid) -> None:
        used = [each for each in reference.polygons if each[1] not in ("", str(unlabelled))]
        self.name, self.overlapping = reference.name, 0
        self._labels = PolygonLabels(used, grid, self.parameter)

    def read(self, window: Window, of: Booleans) -> tuple[Numbers, Booleans]:
        """Read some pixels; see `Truth`."""
        numbers, overlapping = self._labels.read(window)
        self.overlapping += int(np.count_nonzero(overlapping & of))
        found = numbers[of].astype(np.int64)
        return found, found > 0

    def names(self) -> dict[int, str]:
        """Return the labels."""
        return self._labels.labels


def require_whole(numbers: npt.NDArray[Any], parameter: str, name: str) -> Numbers:
    """Convert to int64; refuse fractions."""
    whole = whole_numbers(numbers)
    if whole is None:
        raise SuperSegError(
            f"{parameter}: {name} holds numbers that are not whole and looks like an image; give"
            " a raster of class numbers."
        )
    return whole


def require_one_band(source: RasterSource, parameter: str) -> None:
    """Refuse rasters of several bands."""
    if source.band_count > 1:
        raise SuperSegError(
            f"{parameter}: {source.name} has {source.band_count} bands; give a raster of one band"
            " that holds class numbers."
        )
