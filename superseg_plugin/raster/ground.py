# SPDX-License-Identifier: GPL-2.0-or-later
"""Pixel size of a grid on the ground, and the name of its reference system."""

from __future__ import annotations

import math

from .grid import Grid
from .references import reference_of
from .windows import Window


def pixel_side(grid: Grid) -> float | None:
    """Pixel size: the side of a square with the area of the pixel in the middle of the raster.

    Returns:
        Meters on the ellipsoid; the raster's own unit without a coordinate reference system; None
        without a georeference.
    """
    if grid.geotransform is None and not grid.gcps:
        return None
    middle = Window(grid.width // 2, grid.height // 2, 1, 1)
    area = float(grid.pixel_areas(middle)[0, 0])
    return math.sqrt(area) if area > 0 else None


def has_meters(grid: Grid) -> bool:
    """Whether `pixel_side` and `Grid.pixel_areas` are in meters, not in an unknown unit."""
    return bool(grid.crs or grid.gcp_crs) and pixel_side(grid) is not None


def crs_name(grid: Grid) -> str:
    """Name and code of the coordinate reference system, such as `WGS 84 (EPSG:4326)`, or ""."""
    system = reference_of(grid.crs or grid.gcp_crs)
    if system is None:
        return ""
    name = system.GetName() or ""
    authority, number = system.GetAuthorityName(None), system.GetAuthorityCode(None)
    return f"{name} ({authority}:{number})" if authority and number else name
