# SPDX-License-Identifier: GPL-2.0-or-later
"""Coordinate reference systems: reading, comparing, and the area of pixels in them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import osr

from .gdal_calls import attempt

Floats = npt.NDArray[np.float64]
GeoTransform = tuple[float, float, float, float, float, float]

# Range of pixel areas with which float64 arithmetic neither overflows nor underflows.
SMALLEST, LARGEST = 1e-60, 1e60


def is_invertible(geotransform: GeoTransform) -> bool:
    """Whether a geotransform is finite and can be inverted; files may contain any numbers."""
    _, a, b, _, c, d = geotransform
    return all(map(math.isfinite, geotransform)) and SMALLEST < abs(a * d - b * c) < LARGEST


def areas_of_rows(
    geotransform: GeoTransform,
    crs: str,
    center: float,
    rows: Floats,
    map_units: bool,
) -> Floats:
    """Area of one pixel in each of some rows, `(n,)`; see `Grid.row_areas`.

    In a geographic system it is the area element of the ellipsoid at the latitude of the row,
    `a^2 (1 - e^2) cos(lat) / (1 - e^2 sin(lat)^2)^2` for a square radian.

    Args:
        geotransform: GDAL's six numbers.
        crs: WKT, "" if unknown.
        center: column at which the latitude is taken, in pixels.
        rows: `(n,)` center of each row, in pixels.
        map_units: True for square units of the reference system instead of square meters.
    """
    area = abs(geotransform[1] * geotransform[5] - geotransform[2] * geotransform[4])
    srs = reference_of(crs)
    if srs is None or (map_units and not srs.IsGeographic()):
        return np.full(len(rows), area)
    if not srs.IsGeographic():
        return np.full(len(rows), area * float(srs.GetLinearUnits()) ** 2)
    degree = float(srs.GetAngularUnits())
    latitude = (geotransform[3] + geotransform[4] * center + geotransform[5] * rows) * degree
    latitude = np.clip(latitude, -math.pi / 2, math.pi / 2)
    axis = float(srs.GetSemiMajor())
    inverse_flattening = float(srs.GetInvFlattening())
    flattening = 1 / inverse_flattening if inverse_flattening else 0.0
    squared = flattening * (2 - flattening)
    curvature = 1 - squared * np.sin(latitude) ** 2
    meters = axis**2 * (1 - squared) * np.cos(latitude) / curvature**2
    return np.asarray(area * degree**2 * meters, dtype=np.float64)


def reference_of(wkt: str) -> Any:
    """Parse WKT into an OSR reference system; None if it is empty or GDAL cannot parse it."""
    if not wkt:
        return None
    srs = osr.SpatialReference()
    code, _ = attempt(srs.ImportFromWkt, wkt)
    return srs if code == 0 else None


def wkt_of(srs: Any) -> str:
    """WKT of an OSR reference system, "" for None."""
    if srs is None:
        return ""
    wkt, _ = attempt(srs.ExportToWkt)
    # Some systems (derived ones, some vertical ones) exist in WKT2 only.
    if not wkt:
        wkt, _ = attempt(srs.ExportToWkt, ["FORMAT=WKT2_2018"])
    return wkt or ""


def same_reference(one: str, other: str) -> bool:
    """Whether two WKTs are the same system; an unknown one ("") equals any."""
    if not one or not other or one == other:
        return True
    first, second = reference_of(one), reference_of(other)
    if first is None or second is None:
        return False
    return bool(
        first.IsSame(second, ["IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES", "CRITERION=EQUIVALENT"])
    )


def transformed(points: Floats, source: str, target: str) -> Floats | None:
    """Transform coordinates between two reference systems.

    Args:
        points: `(n, 2)` x and y.
        source: WKT of their system.
        target: WKT of the wanted system.

    Returns:
        `(n, 2)` x and y, infinite where there is none; None if the systems cannot be transformed.
    """
    first, second = reference_of(source), reference_of(target)
    if first is None or second is None:
        return None
    for system in (first, second):
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    transformation, error = attempt(osr.CoordinateTransformation, first, second)
    if transformation is None or error:
        return None
    found, error = attempt(transformation.TransformPoints, points.tolist())
    if found is None or error:
        return None
    return np.array(found, dtype=np.float64).reshape(-1, 3)[:, :2]
