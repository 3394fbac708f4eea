# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons on the pixels of a raster, and masks of them: pixels with their centers inside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal, ogr

from ..errors import SuperSegError
from .gdal_calls import attempt
from .grid import Grid
from .pixels import read_pixels
from .windows import Window

# With ground control points, a straight edge may become a curve in pixel coordinates. Edges are
# divided into pieces of at most the polygon's larger side divided by this number.
EDGE_PARTS = 200
NUMBER = "number"


class PixelPolygons:
    """Polygons in pixel coordinates of a grid, which are found by window and rasterized there.

    Args:
        polygons: WKB, in coordinates of the raster.
        grid: grid of the raster.
        parameter: Processing parameter of the polygons, for messages.

    Attributes:
        indices: index in `polygons` of each polygon that overlaps the grid, by their upper edges.

    Raises:
        SuperSegError: a geometry is not a polygon, or no polygon overlaps the grid.
    """

    def __init__(self, polygons: Sequence[bytes], grid: Grid, parameter: str) -> None:
        self._parameter = parameter
        shapes: list[Any] = []
        indices: list[int] = []
        envelopes: list[tuple[float, float, float, float]] = []
        for index, wkb in enumerate(polygons):
            shape = _polygon_in_pixels(wkb, grid, parameter)
            if shape is None:
                continue
            envelope = shape.GetEnvelope()
            if all(map(math.isfinite, envelope)) and len(
                _overlapping(np.array([envelope]), grid.window)
            ):
                shapes.append(shape)
                indices.append(index)
                envelopes.append(envelope)
        if not shapes:
            raise SuperSegError(
                f"{parameter}: no polygon lies on the raster; give polygons that overlap it."
            )
        # `(n, 4)` left, right, top and bottom, ordered by the top, so that a bisection and one
        # comparison of arrays find the polygons of a window.
        found = np.array(envelopes).reshape(-1, 4)
        order = np.argsort(found[:, 2], kind="stable").tolist()
        self._envelopes = found[order]
        self._shapes = [shapes[index] for index in order]
        self.indices = [indices[index] for index in order]

    def near(self, window: Window) -> list[int]:
        """Return which polygons may have pixels in a window, as places in `indices`."""
        end = int(np.searchsorted(self._envelopes[:, 2], window.row_off + window.height))
        return _overlapping(self._envelopes[:end], window)

    def burn(
        self, places: Sequence[int], numbers: Sequence[int], window: Window
    ) -> npt.NDArray[np.int32]:
        """Rasterize polygons: each sets its number in the pixels whose centers it contains.

        Args:
            places: of the polygons, in the order in which they are drawn.
            numbers: the number of each.
            window: window of the grid.

        Returns:
            `(rows, cols)`; 0 outside all polygons.

        Raises:
            SuperSegError: GDAL cannot rasterize the polygons.
        """
        vector = _memory_vectors().CreateDataSource("")
        layer = vector.CreateLayer("polygons", geom_type=ogr.wkbUnknown)
        layer.CreateField(ogr.FieldDefn(NUMBER, ogr.OFTInteger))
        for place, number in zip(places, numbers):
            feature = ogr.Feature(layer.GetLayerDefn())
            feature.SetGeometry(self._shapes[place])
            feature.SetField(NUMBER, number)
            layer.CreateFeature(feature)
        size = (window.width, window.height, 1, gdal.GDT_Int32)
        target = gdal.GetDriverByName("MEM").Create("", *size)
        target.SetGeoTransform((window.col_off, 1.0, 0.0, window.row_off, 0.0, 1.0))
        options = [f"ATTRIBUTE={NUMBER}"]
        code, error = attempt(gdal.RasterizeLayer, target, [1], layer, options=options)
        burnt = None
        if code == 0:
            whole = Window(0, 0, window.width, window.height)
            burnt, error = read_pixels(target, whole, np.dtype(np.int32))
        if burnt is None:
            raise SuperSegError(
                f"{self._parameter}: the polygons cannot be rasterized ({error}); repair them with"
                " Fix geometries."
            )
        return np.asarray(burnt[0], np.int32)


class MaskPolygons:
    """The polygons of a mask.

    Args:
        polygons: WKB, in coordinates of the raster.
        grid: grid of the raster.

    Raises:
        SuperSegError: as `PixelPolygons`.
    """

    def __init__(self, polygons: Sequence[bytes], grid: Grid) -> None:
        self._polygons = PixelPolygons(polygons, grid, "MASK")

    def cut(self, window: Window, valid: npt.NDArray[np.bool_]) -> None:
        """Set `valid` `(rows, cols)` to False outside the polygons.

        Args:
            window: window of the grid.
            valid: validity of its pixels, changed in place.

        Raises:
            SuperSegError: GDAL cannot rasterize the polygons.
        """
        near = self._polygons.near(window)
        if not near:
            valid[:] = False
            return
        valid &= self._polygons.burn(near, [1] * len(near), window) != 0


def _polygon_in_pixels(wkb: bytes, grid: Grid, parameter: str) -> Any:
    """Return a polygon in pixel coordinates of a grid as an OGR geometry; None for an empty one.

    Args:
        wkb: the polygon in coordinates of the raster.
        grid: grid of the raster.
        parameter: Processing parameter of the polygons, for the message.

    Raises:
        SuperSegError: it is not a polygon.
    """
    shape, _ = attempt(ogr.CreateGeometryFromWkb, bytes(wkb))
    if shape is not None:
        shape, _ = attempt(shape.GetLinearGeometry)
    if shape is None or ogr.GT_Flatten(shape.GetGeometryType()) not in (
        ogr.wkbPolygon,
        ogr.wkbMultiPolygon,
        ogr.wkbGeometryCollection,
    ):
        raise SuperSegError(f"{parameter}: a feature is not a polygon; give a polygon layer.")
    if shape.IsEmpty():
        return None
    if grid.geotransform is None and (grid.gcps or grid.rpc):
        left, right, bottom, top = shape.GetEnvelope()
        shape.Segmentize(max(right - left, top - bottom) / EDGE_PARTS)
    shape.FlattenTo2D()
    _to_pixels(shape, grid)
    return shape


def _memory_vectors() -> Any:
    """Return the OGR driver of datasets in memory."""
    # From GDAL 3.11 on the driver MEM also holds vectors, and Memory is deprecated.
    name = "MEM" if int(gdal.VersionInfo("VERSION_NUM")) >= 3110000 else "Memory"
    return ogr.GetDriverByName(name)


def _to_pixels(shape: Any, grid: Grid) -> None:
    for index in range(shape.GetGeometryCount()):
        _to_pixels(shape.GetGeometryRef(index), grid)
    if shape.GetPointCount():
        points = np.array(shape.GetPoints(), dtype=np.float64)[:, :2]
        for index, (col, row) in enumerate(grid.to_pixels(points).tolist()):
            shape.SetPoint_2D(index, col, row)


def _overlapping(envelopes: npt.NDArray[np.float64], window: Window) -> list[int]:
    """Indices of the envelopes, `(n, 4)` left, right, top, bottom, that overlap a window."""
    left, right, top, bottom = envelopes.T
    inside = (left < window.col_off + window.width) & (right > window.col_off)
    inside &= (top < window.row_off + window.height) & (bottom > window.row_off)
    return np.flatnonzero(inside).tolist()
