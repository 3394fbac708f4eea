# SPDX-License-Identifier: GPL-2.0-or-later
"""What a grid means on the ground: the size of its pixels, and the words for it."""

from __future__ import annotations

import math

from osgeo import osr

from .gdal_calls import attempt
from .grid import Grid
from .windows import Window


def pixel_side(grid: Grid) -> float | None:
    """Side of a square as large as the pixel in the middle, meters where the units are known.

    On the ellipsoid where the coordinates are degrees.

    Returns:
        None without georeference; map units without a coordinate reference system.
    """
    if grid.geotransform is None and not grid.gcps:
        return None
    middle = Window(grid.width // 2, grid.height // 2, 1, 1)
    area = float(grid.row_areas(middle)[0])
    return math.sqrt(area) if area > 0 else None


def has_meters(grid: Grid) -> bool:
    """Tell whether lengths and areas of a grid come in meters, not in unknown units."""
    return bool(grid.crs or grid.gcp_crs) and pixel_side(grid) is not None


def crs_name(grid: Grid) -> str:
    """Name of the coordinate reference system, with its code where it has one; "" where unknown."""
    wkt = grid.crs or grid.gcp_crs
    if not wkt:
        return ""
    system = osr.SpatialReference()
    code, _ = attempt(system.ImportFromWkt, wkt)
    if code != 0:
        return ""
    name = system.GetName() or ""
    authority, number = system.GetAuthorityName(None), system.GetAuthorityCode(None)
    return f"{name} ({authority}:{number})" if authority and number else name
