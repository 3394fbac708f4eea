# SPDX-License-Identifier: GPL-2.0-or-later
"""Coordinate reference systems, and how much ground a pixel covers in them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import osr

from .gdal_calls import attempt

Floats = npt.NDArray[np.float64]
GeoTransform = tuple[float, float, float, float, float, float]

# Areas of pixels that are no longer numbers to compute with.
SMALLEST, LARGEST = 1e-60, 1e60


def leads_somewhere(geotransform: GeoTransform) -> bool:
    """Tell whether a geotransform leads to numbers and back: files may hold anything."""
    _, a, b, _, c, d = geotransform
    return all(map(math.isfinite, geotransform)) and SMALLEST < abs(a * d - b * c) < LARGEST


def areas_of_rows(
    geotransform: GeoTransform,
    crs: str,
    center: float,
    rows: Floats,
    map_units: bool,
) -> Floats:
    """Give the area of one pixel in each of some rows; see `Grid.row_areas`.

    Args:
        geotransform: GDAL's six numbers.
        crs: WKT, "" where unknown.
        center: column whose pixels are measured.
        rows: `(n,)` middle of each row.
        map_units: square units of the reference system in place of square meters.
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
    """Read a reference system; None where there is none that GDAL understands."""
    if not wkt:
        return None
    srs = osr.SpatialReference()
    code, _ = attempt(srs.ImportFromWkt, wkt)
    return srs if code == 0 else None


def wkt_of(srs: Any) -> str:
    """Write one, "" for none."""
    if srs is None:
        return ""
    wkt, _ = attempt(srs.ExportToWkt)
    # Some systems (derived, some vertical ones) have no words in the older dialect.
    if not wkt:
        wkt, _ = attempt(srs.ExportToWkt, ["FORMAT=WKT2_2018"])
    return wkt or ""


def same_reference(one: str, other: str) -> bool:
    """Tell whether two mean the same; an unknown one matches any."""
    if not one or not other or one == other:
        return True
    first, second = reference_of(one), reference_of(other)
    if first is None or second is None:
        return False
    return bool(
        first.IsSame(second, ["IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES", "CRITERION=EQUIVALENT"])
    )
