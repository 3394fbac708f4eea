# SPDX-License-Identifier: GPL-2.0-or-later
"""Ground control points: the georeference of rasters that have no geotransform."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import SuperSegError
from .gdal_calls import attempt
from .references import GeoTransform, is_invertible

Points = npt.NDArray[np.float64]


class GroundPoint(NamedTuple):
    """A ground control point: a position in the raster and its coordinates.

    Attributes:
        col, row: position in pixels, fractions included.
        x, y, z: coordinates in the reference system of the points.
        id, info: texts, as in the file.
    """

    col: float
    row: float
    x: float
    y: float
    z: float = 0.0
    id: str = ""
    info: str = ""


def gcps_of(dataset: Any) -> tuple[GroundPoint, ...]:
    """Read the ground control points of an open GDAL dataset."""
    return tuple(
        GroundPoint(p.GCPPixel, p.GCPLine, p.GCPX, p.GCPY, p.GCPZ, p.Id, p.Info)
        for p in dataset.GetGCPs()
    )


def gdal_gcps(gcps: tuple[GroundPoint, ...]) -> list[Any]:
    """Convert ground control points to objects of GDAL."""
    return [gdal.GCP(p.x, p.y, p.z, p.col, p.row, p.info, p.id) for p in gcps]


def affine_of_gcps(gcps: tuple[GroundPoint, ...]) -> GeoTransform | None:
    """Fit a geotransform to ground control points; None if there is no usable one."""
    if len(gcps) < 3:
        return None
    affine, _ = attempt(gdal.GCPsToGeoTransform, gdal_gcps(gcps), 1)
    return tuple(affine) if affine and is_invertible(tuple(affine)) else None


def gcps_to_pixels(
    points: Points, gcps: tuple[GroundPoint, ...], crs: str, size: tuple[int, int]
) -> Points:
    """Convert coordinates to pixels with the polynomial that GDAL fits to the control points.

    QGIS displays such rasters with the same polynomial.

    Args:
        points: `(n, 2)` coordinates in the reference system of the control points.
        gcps: the ground control points.
        crs: WKT of their reference system.
        size: width and height of the raster in pixels.

    Returns:
        `(n, 2)` columns and rows, fractions included; NaN where the polynomial has no inverse.

    Raises:
        SuperSegError: no polynomial can be fitted.
    """
    dataset = gdal.GetDriverByName("MEM").Create("", *size, 1)
    dataset.SetGCPs(gdal_gcps(gcps), crs)
    return transformed(points, dataset, [], "ground control points")


def transformed(points: Points, dataset: Any, options: list[str], what: str) -> Points:
    """Convert coordinates to pixels of a dataset by GDAL's transformer; see `gcps_to_pixels`."""
    transformer, error = attempt(gdal.Transformer, dataset, None, options)
    if transformer is None:
        raise SuperSegError(
            f"The raster's {what} give no usable georeference ({error});"
            " warp the raster first, or give neither an extent nor polygons."
        )
    answer, _ = attempt(transformer.TransformPoints, 1, points.tolist())
    found = np.full((len(points), 2), np.nan)
    if answer is not None:
        converted = np.array(answer[1], dtype=bool)
        found[converted] = np.array(answer[0])[converted, :2]
    return found
