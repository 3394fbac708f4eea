# SPDX-License-Identifier: GPL-2.0-or-later
"""The values of a raster of integers at the pixels of a map, by nearest neighbor.

The map may be rotated and in another reference system. The coordinates of a lattice of points on
the map, 32 pixels apart, are given in the reference system of the raster. The grid of the raster
converts them to columns and rows, and bilinear interpolation between them gives the column and row
of every pixel of the map. The window that these cover is read at the resolution of the map, from
overviews if the raster has them, and each pixel of the map takes the value it lies in.

Exact for a map in the reference system of the raster; otherwise the transformation is interpolated
over 32 pixels of the map. The cost is one reduced reading and one pass over the pixels of the map,
whatever the size of the raster.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import SuperSegError
from .gdal_calls import attempt, open_raster
from .grid import Grid, grid_of
from .pixels import gdal_type, numpy_type
from .texts import LONGEST_MESSAGE, one_line
from .windows import Window

Values = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]

# Distance between the points of the lattice in pixels of the map.
STEP = 32
# The reduced copy has at most so many times the pixels of the map: a transformation far outside the
# area of its reference system may ask for any size.
MOST_PIXELS_PER_PIXEL = 4
# Deviation, in pixels of the raster, up to which a lattice counts as parallel to rows and columns.
PARALLEL = 1e-3


class IntegerReader(Protocol):
    """Reads integers at reduced resolution, such as class numbers or superpixel ids."""

    @property
    def grid(self) -> Grid:
        """The grid at full resolution."""

    def read(self, window: Window, width: int, height: int) -> Values:
        """Read a window at reduced resolution, nearest pixels.

        Args:
            window: of `grid`.
            width: columns of the result, 1 to those of the window.
            height: rows of the result, 1 to those of the window.

        Returns:
            `(height, width)` integers from 0; 0 for nodata.

        Raises:
            SuperSegError: the raster cannot be read.
        """


class RasterIntegers:
    """Reads band 1 of a raster file. The file is open only while it is read.

    Args:
        path: GDAL's name of a raster of unsigned integers whose nodata is 0.

    Raises:
        SuperSegError: the raster cannot be opened, or its values are not integers.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        dataset = open_raster(path)
        dtype = numpy_type(dataset.GetRasterBand(1).DataType)
        if dtype is None or dtype.kind not in "iu":
            raise SuperSegError(
                f"{Path(path).name} does not hold integers; choose a class raster or superpixels."
            )
        self._dtype = dtype
        self._grid = grid_of(dataset)

    @property
    def grid(self) -> Grid:
        """The grid at full resolution."""
        return self._grid

    def read(self, window: Window, width: int, height: int) -> Values:
        """Read a window at reduced resolution; see `IntegerReader.read`."""
        values: Values = np.empty((height, width), self._dtype)
        dataset, error = attempt(gdal.OpenEx, self._path, gdal.OF_RASTER)
        done = None
        if dataset is not None:
            band = dataset.GetRasterBand(1)
            done, error = attempt(
                band.ReadRaster,
                window.col_off,
                window.row_off,
                window.width,
                window.height,
                buf_xsize=width,
                buf_ysize=height,
                buf_type=gdal_type(self._dtype),
                buf_obj=values,
            )
        if done is None or error:
            reason = one_line(error or "unknown error", LONGEST_MESSAGE)
            raise SuperSegError(
                f"{Path(self._path).name} cannot be read ({reason}); open the layer again."
            )
        return values


def lattice(corners: Floats, size: tuple[int, int]) -> Floats:
    """Return the map coordinates of the points whose coordinates in the raster are needed.

    Args:
        corners: `(3, 2)` x and y of the map's upper left, upper right and lower left corner.
        size: columns and rows of the map in pixels.

    Returns:
        `(rows, cols, 2)` x and y of points that are `STEP` pixels apart and cover the map.
    """
    origin, right, down = np.asarray(corners, dtype=np.float64)
    cols, rows = (np.arange(0, length + STEP, STEP) / length for length in size)
    steps = cols[:, np.newaxis] * (right - origin)
    return np.asarray(origin + steps + (rows[:, np.newaxis] * (down - origin))[:, np.newaxis])


def displayed_values(reader: IntegerReader, points: Floats, size: tuple[int, int]) -> Values:
    """Return the value of a raster at every pixel of a map.

    Args:
        reader: of the raster.
        points: `(rows, cols, 2)` the points of `lattice`, in coordinates of the raster; not finite
            where there are none.
        size: columns and rows of the map.

    Returns:
        `(rows, cols)` integers; 0 outside the raster.

    Raises:
        SuperSegError: the raster cannot be read.
    """
    width, height = size
    grid = reader.grid
    with np.errstate(invalid="ignore"):
        places = grid.to_pixels(points.reshape(-1, 2)).reshape(points.shape)
    window = _covered(places, grid)
    if window is None:
        return np.zeros((height, width), np.uint8)
    shrinking = _shrinking(places)
    most = math.sqrt(MOST_PIXELS_PER_PIXEL * width * height)
    across = min(max(round(window.width / shrinking), 1), window.width, math.ceil(most))
    down = min(max(round(window.height / shrinking), 1), window.height, math.ceil(most))
    values = reader.read(window, across, down)
    # From here on in columns and rows of what was read.
    offset = np.array([window.col_off, window.row_off])
    places = (places - offset) * np.array([across / window.width, down / window.height])
    return _picked(values, places, size)


def _covered(places: Floats, grid: Grid) -> Window | None:
    """Return the window of a grid that the points of a lattice cover, None if there is none."""
    known = places[np.isfinite(places).all(axis=-1)]
    if not len(known):
        return None
    low = np.clip(np.floor(known.min(axis=0)), 0, (grid.width, grid.height)).astype(int)
    high = np.clip(np.ceil(known.max(axis=0)), 0, (grid.width, grid.height)).astype(int)
    cols, rows = (high - low).tolist()
    return Window(int(low[0]), int(low[1]), cols, rows) if cols > 0 and rows > 0 else None


def _shrinking(places: Floats) -> float:
    """Return how many pixels of the raster lie along one pixel of the map, at least 1."""
    steps = np.concatenate(
        [
            np.hypot(*np.moveaxis(np.diff(places, axis=axis), -1, 0)).ravel() / STEP
            for axis in (0, 1)
        ]
    )
    steps = steps[np.isfinite(steps)]
    return max(float(np.median(steps)), 1.0) if len(steps) else 1.0


def _picked(values: Values, places: Floats, size: tuple[int, int]) -> Values:
    """Return the value at every pixel of the map.

    Args:
        values: `(rows, cols)` that were read.
        places: `(rows, cols, 2)` column and row in `values` of the points of the lattice.
        size: columns and rows of the map.
    """
    width, height = size
    with np.errstate(invalid="ignore"):
        parallel = (
            np.abs(places[..., 0] - places[:1, :, 0]).max() <= PARALLEL
            and np.abs(places[..., 1] - places[:, :1, 1]).max() <= PARALLEL
        )
    padded = np.zeros((values.shape[0] + 1, values.shape[1] + 1), values.dtype)
    padded[:-1, :-1] = values
    if parallel:
        cols = _indices(_between(places[0, :, 0], width), values.shape[1])
        rows = _indices(_between(places[:, 0, 1], height), values.shape[0])
        return np.asarray(padded[rows[:, np.newaxis], cols])
    # Single precision is enough: what was read is little larger than the map.
    places = places.astype(np.float32)
    found = [_between(_between(places[..., axis].T, width).T, height) for axis in (0, 1)]
    cols, rows = (_indices(one, count) for one, count in zip(found, values.shape[::-1]))
    # Outside in either direction is outside: the last row and column of `padded` are 0.
    return np.asarray(padded.ravel().take(rows * padded.shape[1] + cols))


def _between(nodes: npt.NDArray[Any], length: int) -> npt.NDArray[Any]:
    """Interpolate along the first axis at the centers of `length` pixels."""
    steps = (np.arange(length) + 0.5) / STEP
    before = steps.astype(np.intp)
    weights = (steps - before).astype(nodes.dtype)
    weights = weights.reshape(-1, *(1,) * (nodes.ndim - 1))
    return np.asarray(nodes[before] * (1 - weights) + nodes[before + 1] * weights)


def _indices(places: npt.NDArray[Any], count: int) -> npt.NDArray[np.intp]:
    """Return whole numbers, `count` for those outside 0 to `count`."""
    inside = (places >= 0) & (places < count)
    return np.where(inside, places, count).astype(np.intp)
