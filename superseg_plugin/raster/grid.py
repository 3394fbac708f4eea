# SPDX-License-Identifier: GPL-2.0-or-later
"""The grid of a raster: size, georeference, and arithmetic between pixels and coordinates.

A grid has a geotransform (GDAL's six numbers), or ground control points, or rational polynomial
coefficients (RPC), or none of them; then it is read as QGIS displays it, one unit a pixel with y
upwards. Pixel coordinates are columns and rows from the upper left corner of the raster, with
fractions: the center of the first pixel is (0.5, 0.5). Extents select the pixels whose centers they
contain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import SuperSegError
from .ground_points import GroundPoint, affine_of_gcps, gcps_of, gcps_to_pixels
from .pixel_areas import pixel_areas
from .rational_model import RationalModel, rpc_of, rpc_to_pixels, same_model, shifted
from .references import GeoTransform, is_invertible, same_reference, transformed, wkt_of
from .windows import Window

Points = npt.NDArray[np.float64]

# How QGIS displays a raster without georeference.
UNREFERENCED: GeoTransform = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
# Grids whose corners are closer than this are the same: coordinates that were written as text, in
# extents and world files, are rounded by less.
SAME_CORNER_PIXELS = 1e-3
# Coordinates that are so near, in pixels, are the same place: ETRS89 and WGS 84 are less than a
# meter apart.
NEAR_PIXELS = 0.5
# Points on each edge of an extent. Ground control points may map a straight edge to a curve.
EDGE_POINTS = 21
# Farther from the origin than this, float64 does not distinguish neighboring pixels.
MOST_PIXELS = 2.0**50


@dataclass(frozen=True)
class Grid:
    """Size and georeference of a raster.

    Attributes:
        width, height: pixels.
        geotransform: GDAL's six numbers, or None.
        crs: WKT of the coordinate reference system, "" if unknown.
        gcps: ground control points, if the raster has those instead of a geotransform.
        gcp_crs: WKT of the system of the ground control points, "" if unknown.
        rpc: GDAL's names and texts of the rational polynomial coefficients, if the raster has them.
    """

    width: int
    height: int
    geotransform: GeoTransform | None = None
    crs: str = ""
    gcps: tuple[GroundPoint, ...] = ()
    gcp_crs: str = ""
    rpc: RationalModel = ()

    @property
    def window(self) -> Window:
        """The window of the whole raster."""
        return Window(0, 0, self.width, self.height)

    def cut(self, window: Window) -> Grid:
        """Return the grid of a window of this grid."""
        geotransform = self.geotransform
        if geotransform is not None:
            x, y = _apply(geotransform, window.col_off, window.row_off)
            geotransform = (x, *geotransform[1:3], y, *geotransform[4:6])
        gcps = tuple(
            point._replace(col=point.col - window.col_off, row=point.row - window.row_off)
            for point in self.gcps
        )
        rpc = shifted(self.rpc, window.col_off, window.row_off)
        return Grid(window.width, window.height, geotransform, self.crs, gcps, self.gcp_crs, rpc)

    def matches(self, other: Grid) -> bool:
        """Whether both grids have the same pixels, up to a thousandth of a pixel.

        An unknown coordinate reference system equals any other, because many programs do not
        write it. Two systems whose coordinates agree here within `NEAR_PIXELS` count as one.
        """
        if (self.width, self.height) != (other.width, other.height):
            return False
        if (self.geotransform is None) != (other.geotransform is None):
            return False
        if self.geotransform is not None and other.geotransform is not None:
            ends = [(0, 0), (self.width, 0), (0, self.height), (self.width, self.height)]
            corners = np.array(ends)
            pixels = _unapply(self.geotransform, other.to_coordinates(corners))
            if not np.abs(pixels - corners).max() <= SAME_CORNER_PIXELS:
                return False
            return self.is_in(other.crs)
        if not self.gcps and not other.gcps:
            return same_model(self.rpc, other.rpc)
        if len(self.gcps) != len(other.gcps):
            return False
        mine = np.array([point[:5] for point in self.gcps])
        theirs = np.array([point[:5] for point in other.gcps])
        return bool(np.allclose(mine, theirs, rtol=1e-9, atol=1e-6)) and same_reference(
            self.gcp_crs, other.gcp_crs
        )

    def is_in(self, crs: str) -> bool:
        """Whether coordinates of the grid mean the same place in another reference system.

        Args:
            crs: WKT; "" for an unknown system, which agrees with any.
        """
        if same_reference(self.crs, crs):
            return True
        if self.geotransform is None:
            return False
        xs, ys = np.meshgrid((0, self.width / 2, self.width), (0, self.height / 2, self.height))
        corners = np.column_stack([xs.ravel(), ys.ravel()])
        coordinates = self.to_coordinates(corners)
        found = transformed(coordinates, crs, self.crs)
        if found is None or not np.isfinite(found).all():
            return False
        return bool(np.abs(_unapply(self.geotransform, found) - corners).max() <= NEAR_PIXELS)

    def shift_to(self, other: Grid) -> tuple[int, int] | None:
        """Column and row of the upper left pixel of another grid of the same lattice.

        Returns:
            Whole numbers, which may lie off this grid; None if the pixels of the two grids do not
            coincide, or a georeference is missing.
        """
        if self.geotransform is None or other.geotransform is None or not self.is_in(other.crs):
            return None
        corners = np.array([(0, 0), (other.width, 0), (0, other.height)])
        pixels = _unapply(self.geotransform, other.to_coordinates(corners))
        shift = np.rint(pixels[0])
        if not np.abs(pixels - shift - corners).max() <= SAME_CORNER_PIXELS:
            return None
        return int(shift[0]), int(shift[1])

    def global_offset(self) -> tuple[int, int]:
        """Column and row offset of this grid from the origin of its coordinates, in pixels.

        Grids with the same pixels on the ground count alike, whatever part of the ground they
        cover. (0, 0) without a georeference, or with a rotated one.
        """
        x, across, row_skew, y, column_skew, down = self.geotransform or UNREFERENCED
        if row_skew or column_skew:
            return 0, 0
        # Origins are mostly at whole or half pixels. With 0.25 added, rounding errors of either
        # do not change the result.
        col_off, row_off = [
            math.floor(number + 0.25) if abs(number) < MOST_PIXELS else 0
            for number in (x / across, y / down)
        ]
        return col_off, row_off

    def tile_phase(self, size: int) -> tuple[int, int]:
        """Phase of tiles of `size` pixels whose boundaries lie at the same places on the ground.

        Returns:
            The first column and row, each from 0 to `size` - 1, whose offset from the origin of
            the coordinates is a multiple of `size`; for `tiles`.
        """
        col_off, row_off = self.global_offset()
        return -col_off % size, -row_off % size

    def to_pixels(self, points: Points) -> Points:
        """Convert `(n, 2)` coordinates to `(n, 2)` columns and rows, fractions included.

        Raises:
            SuperSegError: the georeference cannot be inverted.
        """
        if self.geotransform is None and self.gcps:
            return gcps_to_pixels(points, self.gcps, self.gcp_crs, (self.width, self.height))
        if self.geotransform is None and self.rpc:
            return rpc_to_pixels(points, self.rpc, (self.width, self.height))
        return _unapply(self.geotransform or UNREFERENCED, points)

    def to_coordinates(self, pixels: Points) -> Points:
        """Convert `(n, 2)` columns and rows of a grid with a geotransform to coordinates."""
        geotransform = self.geotransform or UNREFERENCED
        return np.array([_apply(geotransform, col, row) for col, row in pixels.tolist()])

    def window_of_extent(self, xmin: float, ymin: float, xmax: float, ymax: float) -> Window:
        """Return the window of the pixels whose centers lie in an extent; at least one pixel.

        In a rotated raster, or one with ground control points, it is the bounding window of the
        extent's outline.

        Args:
            xmin: left edge, in coordinates of the raster.
            ymin: lower edge.
            xmax: right edge.
            ymax: upper edge.

        Raises:
            SuperSegError: the extent has no area or does not overlap the raster.
        """
        bounds = (xmin, ymin, xmax, ymax)
        if not all(map(math.isfinite, bounds)) or xmin >= xmax or ymin >= ymax:
            raise SuperSegError(
                f"EXTENT: {_extent_text(bounds)} has no area; give xmin, xmax, ymin, ymax with"
                " xmin below xmax and ymin below ymax, or leave it empty."
            )
        steps = np.linspace(0.0, 1.0, EDGE_POINTS if self.geotransform is None else 2)
        xs, ys = xmin + steps * (xmax - xmin), ymin + steps * (ymax - ymin)
        outline = np.concatenate(
            [np.column_stack([xs, np.full_like(xs, edge)]) for edge in (ymin, ymax)]
            + [np.column_stack([np.full_like(ys, edge), ys]) for edge in (xmin, xmax)]
        )
        pixels = self.to_pixels(outline)
        pixels = pixels[np.isfinite(pixels).all(axis=1)]
        if len(pixels):
            low = pixels.min(axis=0)
            high = pixels.max(axis=0)
            first_col, last_col = _span(float(low[0]), float(high[0]), self.width)
            first_row, last_row = _span(float(low[1]), float(high[1]), self.height)
            if last_col > first_col and last_row > first_row:
                return Window(first_col, first_row, last_col - first_col, last_row - first_row)
        raise SuperSegError(
            f"EXTENT: {_extent_text(bounds)} lies off the raster; give an extent that overlaps it,"
            " in the raster's coordinates, or leave it empty."
        )

    def pixel_areas(self, window: Window) -> npt.NDArray[np.float64]:
        """Return the areas of the pixels of a window, on the ellipsoid.

        The unit is the square meter, without a reference system the square of the raster's unit,
        without a georeference the pixel. See `raster/pixel_areas.py` for method and precision.

        Returns:
            `(rows, cols)` float64; `(rows, 1)` if all pixels of each row have the same area, and
            `(1, 1)` if all pixels have.
        """
        rows, columns = self.area_factors(window)
        return np.asarray(np.maximum(rows @ columns, 0.0))

    def area_factors(self, window: Window) -> tuple[npt.NDArray[np.float64], ...]:
        """Return two small matrices whose product is `pixel_areas`, with 0 for values below."""
        geotransform, crs = self.geotransform, self.crs
        if geotransform is None:
            geotransform, crs = affine_of_gcps(self.gcps), self.gcp_crs
        if geotransform is None:
            return np.ones((1, 1)), np.ones((1, 1))
        return pixel_areas(geotransform, crs, self.width, self.height).factors(window)


def grid_of(dataset: Any) -> Grid:
    """Return the grid of an open GDAL dataset."""
    geotransform = dataset.GetGeoTransform(can_return_null=True)
    crs = wkt_of(dataset.GetSpatialRef())
    if geotransform is not None:
        geotransform = tuple(float(number) for number in geotransform)
        # Some drivers return the identity for a raster without geotransform.
        absent = geotransform == (0.0, 1.0, 0.0, 0.0, 0.0, 1.0) and not crs
        if absent or not is_invertible(geotransform):
            geotransform = None
    width, height = dataset.RasterXSize, dataset.RasterYSize
    if geotransform is None and dataset.GetGCPCount():
        points_crs = wkt_of(dataset.GetGCPSpatialRef())
        return Grid(width, height, None, crs, gcps_of(dataset), points_crs, rpc_of(dataset))
    return Grid(width, height, geotransform, crs, rpc=rpc_of(dataset))


def _apply(geotransform: GeoTransform, col: float, row: float) -> tuple[float, float]:
    return (
        geotransform[0] + col * geotransform[1] + row * geotransform[2],
        geotransform[3] + col * geotransform[4] + row * geotransform[5],
    )


def _unapply(geotransform: GeoTransform, points: Points) -> Points:
    x, a, b, y, c, d = geotransform
    determinant = a * d - b * c
    # Coordinates too large for float64 become infinite, which is off the raster as well.
    with np.errstate(over="ignore", invalid="ignore"):
        dx, dy = points[:, 0] - x, points[:, 1] - y
        return np.column_stack([(d * dx - b * dy), (a * dy - c * dx)]) / determinant


def _span(low: float, high: float, size: int) -> tuple[int, int]:
    """First and end index of the pixels whose centers lie in a range, at least one pixel."""
    low, high = max(low, 0.0), min(high, float(size))
    if high <= low:
        return 0, 0
    # An edge that lies on a pixel's center, up to rounding, must select the pixel for exactly one
    # of two adjacent extents.
    first, last = math.ceil(low - 0.5 - 1e-6), math.ceil(high - 0.5 - 1e-6)
    if last <= first:
        first = min(int((low + high) / 2), size - 1)
        last = first + 1
    return first, last


def _extent_text(bounds: tuple[float, float, float, float]) -> str:
    xmin, ymin, xmax, ymax = bounds
    return f"{xmin:g},{xmax:g},{ymin:g},{ymax:g}"
