# SPDX-License-Identifier: GPL-2.0-or-later
"""Coordinate reference systems: reading, comparing, and transforming coordinates."""

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
