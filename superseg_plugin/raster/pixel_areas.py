# SPDX-License-Identifier: GPL-2.0-or-later
"""Areas of pixels on the ellipsoid, in any coordinate reference system.

The area of a pixel is its area on the map times the area scale there: square meters on the
ellipsoid for one square unit of the map. In geographic systems the scale has a closed form. In
others a cross of one kilometer is transformed to geographic coordinates and these to geocentric
ones, where the cross product of its two lines is an area; this has no singularity at the poles or
at the antimeridian. The ellipsoid is that of the coordinate reference system.

The scale is computed at the nodes of a lattice over the raster and interpolated by cubic
polynomials in between: the deviation from the exact integral over a pixel is below 1e-7 (1e-6 for
pixels of 25 km). Where a projection has no inverse, beyond the edge of a world map, the scale of
the nearest place is taken. A lattice takes milliseconds, at most two seconds for a map of the
world; then a pixel costs some nanoseconds, and none if areas do not change along rows.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import osr

from .gdal_calls import attempt
from .references import GeoTransform, reference_of
from .windows import Window

Floats = npt.NDArray[np.float64]

# Cells of the lattice. The area scale of projections changes over distances of the Earth's radius
# R; cubic interpolation over h deviates by up to 0.4 (h / R)^4, 2e-8 for this size.
CELL_METERS = 100_000.0
# Cells on a side at most, 160 km for the whole world: 1e-7.
MOST_CELLS = 256
# Nodes that a cubic polynomial needs.
NODES = 4
# Half the length of the lines that are transformed: (h / R)^2 / 6 = 1e-9 is the error by curvature,
# and the rounding of PROJ, some nanometers, is less.
HALF_LINE_METERS = 500.0
METERS_OF_RADIAN = 6.4e6
# Areas that differ by less are equal: this is the rounding of the transformation.
SAME = 1e-9
# Abscissas of Gauss's quadrature with two points, for the mean over a pixel.
GAUSS = (-0.5 / math.sqrt(3), 0.5 / math.sqrt(3))


class PixelAreas:
    """Areas of the pixels of a raster.

    Args:
        geotransform: GDAL's six numbers.
        crs: WKT, "" if unknown; areas are then in squares of the raster's unit.
        width: of the raster, pixels.
        height: of the raster, pixels.
    """

    def __init__(self, geotransform: GeoTransform, crs: str, width: int, height: int) -> None:
        self._size = width, height
        a, b, c, d = (geotransform[i] for i in (1, 2, 4, 5))
        reference = reference_of(crs)
        if reference is None:
            self._lattice = np.full((1, 1), abs(a * d - b * c))
            return
        unit = _meters_of_unit(reference)
        sides = width * math.hypot(a, c) * unit, height * math.hypot(b, d) * unit
        across, down = (
            min(max(math.ceil(side / CELL_METERS), NODES - 1), MOST_CELLS) for side in sides
        )
        cols, rows = np.meshgrid(
            np.linspace(0, width, across + 1), np.linspace(0, height, down + 1)
        )
        # Only in degrees are there pixels so large that the scale changes within one.
        parts = GAUSS if reference.IsGeographic() else (0.0,)
        scale = np.zeros(cols.shape)
        for right in parts:
            for below in parts:
                x = geotransform[0] + a * (cols + right) + b * (rows + below)
                y = geotransform[3] + c * (cols + right) + d * (rows + below)
                scale += _area_scale(reference, x, y) / len(parts) ** 2
        lattice = _filled(scale, unit**2) * abs(a * d - b * c)
        mean = lattice.mean()
        if np.ptp(lattice) <= SAME * mean:
            lattice = np.full((1, 1), mean)
        elif (np.ptp(lattice, axis=1) <= SAME * lattice.mean(axis=1)).all():
            lattice = lattice.mean(axis=1, keepdims=True)
        self._lattice = lattice

    def factors(self, window: Window) -> tuple[Floats, Floats]:
        """Return two matrices whose product is the areas of the pixels of a window.

        They are small where areas of single pixels are not: a few numbers a row and a column. The
        product has a row and a column for each pixel, or one for all that are equal. Beyond the
        poles it is below 0.
        """
        areas = self._lattice
        width, height = self._size
        if areas.shape[0] > 1:
            first, weights = _weights(window.row_off, window.height, height, areas.shape[0])
            areas = weights @ areas[first : first + weights.shape[1]]
        if areas.shape[1] == 1:
            return areas, np.ones((1, 1))
        first, weights = _weights(window.col_off, window.width, width, areas.shape[1])
        return areas[:, first : first + weights.shape[1]], weights.T


@lru_cache(maxsize=32)
def pixel_areas(geotransform: GeoTransform, crs: str, width: int, height: int) -> PixelAreas:
    """Return the areas of the pixels of a raster; see `PixelAreas`."""
    return PixelAreas(geotransform, crs, width, height)


def _weights(start: int, count: int, size: int, nodes: int) -> tuple[int, Floats]:
    """Weights of the nodes for the centers of some pixels (Lagrange polynomials).

    Args:
        start: the first pixel.
        count: number of pixels.
        size: pixels of the raster in this direction.
        nodes: of the lattice, from the first edge of the raster to the last.

    Returns:
        The first node that is needed, and `(count, nodes needed)` weights.
    """
    places = (start + np.arange(count) + 0.5) * ((nodes - 1) / size)
    before = np.clip(np.floor(places).astype(np.int64) - 1, 0, nodes - NODES)
    first = int(before[0])
    weights = np.zeros((count, int(before[-1]) - first + NODES))
    u = places - before
    pixels = np.arange(count)
    for node, polynomial in enumerate(
        (
            (1 - u) * (u - 2) * (u - 3) / 6,
            u * (u - 2) * (u - 3) / 2,
            u * (1 - u) * (u - 3) / 2,
            u * (u - 1) * (u - 2) / 6,
        )
    ):
        weights[pixels, before - first + node] = polynomial
    return first, weights


def _area_scale(reference: Any, x: Floats, y: Floats) -> Floats:
    """Square meters on the ellipsoid for one square unit of the map, at some points.

    Args:
        reference: OSR reference system.
        x: coordinates of the points, to the east.
        y: coordinates of the points, to the north.

    Returns:
        As the points; NaN where the projection has no inverse.
    """
    axis, squared = _ellipsoid(reference)
    if reference.IsGeographic() and not reference.IsDerivedGeographic():
        radian = float(reference.GetAngularUnits())
        # Beyond the poles the scale goes on below 0, so that its interpolation is exact up to them.
        latitude = np.clip(y * radian, -math.pi, math.pi)
        # The area element a^2 (1 - e^2) cos(lat) / (1 - e^2 sin(lat)^2)^2, for a square radian.
        curvature = 1 - squared * np.sin(latitude) ** 2
        return np.asarray(axis**2 * (1 - squared) * np.cos(latitude) / curvature**2 * radian**2)
    inverse = _to_geographic(reference)
    if inverse is None:
        return np.full(x.shape, _meters_of_unit(reference) ** 2)
    half = HALF_LINE_METERS / _meters_of_unit(reference)
    ends = [_geocentric(inverse, x + h, y + v, axis, squared)
            for h, v in ((half, 0), (-half, 0), (0, half), (0, -half))]  # fmt: skip
    crossed = np.cross(ends[0] - ends[1], ends[2] - ends[3])
    scale = np.sqrt((crossed**2).sum(axis=-1)) / (2 * half) ** 2
    return np.where(np.isfinite(scale) & (scale > 0), scale, np.nan)


def _geocentric(inverse: Any, x: Floats, y: Floats, axis: float, squared: float) -> Floats:
    """Geocentric coordinates `(..., 3)` in meters of points on the map; NaN if there are none."""
    transformation, radian = inverse
    points = np.column_stack([x.ravel(), y.ravel()]).tolist()
    found, _ = attempt(transformation.TransformPoints, points)
    if found is None or len(found) != len(points):
        return np.full((*x.shape, 3), np.nan)
    degrees = np.array(found, dtype=np.float64)[:, :2].reshape(*x.shape, 2)
    degrees[~np.isfinite(degrees)] = np.nan
    longitude, latitude = degrees[..., 0] * radian, degrees[..., 1] * radian
    normal = axis / np.sqrt(1 - squared * np.sin(latitude) ** 2)
    return np.stack(
        [
            normal * np.cos(latitude) * np.cos(longitude),
            normal * np.cos(latitude) * np.sin(longitude),
            normal * (1 - squared) * np.sin(latitude),
        ],
        axis=-1,
    )


def _to_geographic(reference: Any) -> tuple[Any, float] | None:
    """Transformation to geographic coordinates on the same ellipsoid, and their unit in radians.

    None if there is no such transformation: the system is a local one.
    """
    source = reference.Clone()
    if source.IsCompound():
        attempt(source.StripVertical)
    target, _ = attempt(source.CloneGeogCS)
    if target is not None and target.IsDerivedGeographic():
        # Systems with a rotated pole: their base system, of which OSR tells the ellipsoid only.
        target = osr.SpatialReference()
        flattening = float(source.GetInvFlattening())
        shape = f"+rf={flattening!r}" if flattening else f"+b={float(source.GetSemiMajor())!r}"
        target.ImportFromProj4(f"+proj=longlat +a={float(source.GetSemiMajor())!r} {shape}")
    if target is None or not (source.IsProjected() or source.IsDerivedGeographic()):
        return None
    for system in (source, target):
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    transformation, _ = attempt(osr.CoordinateTransformation, source, target)
    return None if transformation is None else (transformation, float(target.GetAngularUnits()))


def _ellipsoid(reference: Any) -> tuple[float, float]:
    """Semi-major axis in meters and squared eccentricity."""
    inverse_flattening = float(reference.GetInvFlattening())
    flattening = 1 / inverse_flattening if inverse_flattening else 0.0
    return float(reference.GetSemiMajor()), flattening * (2 - flattening)


def _meters_of_unit(reference: Any) -> float:
    """Length of the unit of the map, for degrees on the equator."""
    if reference.IsGeographic():
        return float(reference.GetAngularUnits()) * METERS_OF_RADIAN
    return float(reference.GetLinearUnits())


def _filled(scale: Floats, otherwise: float) -> Floats:
    """Replace NaN by the mean of the neighbors, from the edge outwards."""
    if np.isnan(scale).all():
        return np.full(scale.shape, otherwise)
    while True:
        missing = np.isnan(scale)
        if not missing.any():
            return scale
        padded = np.pad(scale, 1, constant_values=np.nan)
        around = np.stack(
            [padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]]
        )
        known = np.isfinite(around)
        count = known.sum(axis=0)
        means = np.where(known, around, 0.0).sum(axis=0) / np.maximum(count, 1)
        scale = np.where(missing & (count > 0), means, scale)
