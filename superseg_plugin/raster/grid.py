# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the pixels of a raster lie: size, georeference and coordinate reference system."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import SuperSegError
from .gdal_calls import attempt
from .references import GeoTransform, areas_of_rows, leads_somewhere, same_reference, wkt_of
from .windows import Window

Points = npt.NDArray[np.float64]

# How QGIS shows a raster without georeference: one unit a pixel, y upwards.
UNREFERENCED: GeoTransform = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
# Coordinates pass through text (extents, world files), which moves corners by less than this.
SAME_CORNER_PIXELS = 1e-3
EDGE_POINTS = 21
# Further from the origin than that, coordinates do not tell one pixel from the next.
MOST_PIXELS = 2.0**50


class GroundPoint(NamedTuple):
    """A ground control point."""

    col: float
    row: float
    x: float
    y: float
    z: float = 0.0
    id: str = ""
    info: str = ""


@dataclass(frozen=True)
class Grid:
    """Size and georeference of a raster.

    Attributes:
        width, height: pixels.
        geotransform: GDAL's six numbers, or None.
        crs: WKT, "" where unknown.
        gcps: ground control points, where the raster has those instead of a geotransform.
        gcp_crs: their WKT.
    """

    width: int
    height: int
    geotransform: GeoTransform | None = None
    crs: str = ""
    gcps: tuple[GroundPoint, ...] = ()
    gcp_crs: str = ""

    @property
    def window(self) -> Window:
        """All of it."""
        return Window(0, 0, self.width, self.height)

    def cut(self, window: Window) -> Grid:
        """Return the grid of a window of this one."""
        geotransform = self.geotransform
        if geotransform is not None:
            x, y = _apply(geotransform, window.col_off, window.row_off)
            geotransform = (x, *geotransform[1:3], y, *geotransform[4:6])
        gcps = tuple(
            point._replace(col=point.col - window.col_off, row=point.row - window.row_off)
            for point in self.gcps
        )
        return Grid(window.width, window.height, geotransform, self.crs, gcps, self.gcp_crs)

    def matches(self, other: Grid) -> bool:
        """Tell whether pixels of both lie in the same places.

        An unknown coordinate reference system matches any: many programs drop it on writing.
        """
        if (self.width, self.height) != (other.width, other.height):
            return False
        if (self.geotransform is None) != (other.geotransform is None):
            return False
        if self.geotransform is not None and other.geotransform is not None:
            corners = [(0, 0), (self.width, 0), (0, self.height), (self.width, self.height)]
            there = np.array([_apply(other.geotransform, *corner) for corner in corners])
            here = _unapply(self.geotransform, there)
            if not np.abs(here - np.array(corners)).max() <= SAME_CORNER_PIXELS:
                return False
            return same_reference(self.crs, other.crs)
        if len(self.gcps) != len(other.gcps):
            return False
        mine = np.array([point[:5] for point in self.gcps])
        theirs = np.array([point[:5] for point in other.gcps])
        return bool(np.allclose(mine, theirs, rtol=1e-9, atol=1e-6)) and same_reference(
            self.gcp_crs, other.gcp_crs
        )

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
        """Turn `(n, 2)` coordinates into `(n, 2)` columns and rows, fractions included.

        Raises:
            SuperSegError: the georeference cannot be inverted.
        """
        if self.geotransform is None and self.gcps:
            return self._to_pixels_by_gcps(points)
        return _unapply(self.geotransform or UNREFERENCED, points)

    def window_of_extent(self, xmin: float, ymin: float, xmax: float, ymax: float) -> Window:
        """Find the pixels whose centers lie in an extent; at least one.

        Rotated rasters give the box around the extent's corners.

        Raises:
            SuperSegError: the extent has no area or lies off the raster.
        """
        bounds = (xmin, ymin, xmax, ymax)
        if not all(map(math.isfinite, bounds)) or xmin >= xmax or ymin >= ymax:
            raise SuperSegError(
                f"EXTENT: {_spoken(bounds)} has no area; give xmin, xmax, ymin, ymax with"
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
            f"EXTENT: {_spoken(bounds)} lies off the raster; give an extent that overlaps it, in"
            " the raster's coordinates, or leave it empty."
        )

    def row_areas(self, window: Window, map_units: bool = False) -> npt.NDArray[np.float64]:
        """Give the area of one pixel in each row of a window, `(window.height,)`.

        Square meters, on the ellipsoid where the coordinates are degrees; square units of the
        georeference where there is no coordinate reference system; 1 where there is no
        georeference either.

        Args:
            window: where.
            map_units: square units of the coordinate reference system, such as feet, in place of
                square meters; degrees still give square meters.
        """
        geotransform, crs = self.geotransform, self.crs
        if geotransform is None:
            geotransform, crs = _affine_of_gcps(self.gcps), self.gcp_crs
            if geotransform is None:
                return np.ones(window.height)
        rows = window.row_off + np.arange(window.height, dtype=np.float64) + 0.5
        return areas_of_rows(geotransform, crs, window.col_off + window.width / 2, rows, map_units)

    def _to_pixels_by_gcps(self, points: Points) -> Points:
        # The same polynomial that GDAL, and so QGIS, warps such a raster with for display.
        dataset = gdal.GetDriverByName("MEM").Create("", self.width, self.height, 1)
        dataset.SetGCPs(gdal_gcps(self.gcps), self.gcp_crs)
        transformer, error = attempt(gdal.Transformer, dataset, None, [])
        if transformer is None:
            raise SuperSegError(
                f"The raster's ground control points give no usable georeference ({error});"
                " leave EXTENT and MASK empty, or warp the raster first."
            )
        answer, _ = attempt(transformer.TransformPoints, 1, points.tolist())
        found = np.full((len(points), 2), np.nan)
        if answer is not None:
            placed = np.array(answer[1], dtype=bool)
            found[placed] = np.array(answer[0])[placed, :2]
        return found


def require_same_grid(grid: Grid, other: Grid, parameter: str, name: str) -> None:
    """Check that a second raster lies on the grid of the first.

    Args:
        grid: the grid to have.
        other: the grid of the second raster.
        parameter: the Processing parameter that gave the second raster.
        name: its file name.

    Raises:
        SuperSegError: they differ; the text says in what.
    """
    if grid.matches(other):
        return
    if (grid.width, grid.height) != (other.width, other.height):
        difference = (
            f"is {other.width} x {other.height} pixels where"
            f" {grid.width} x {grid.height} are needed"
        )
    elif (grid.geotransform is None) != (other.geotransform is None):
        which = "has no" if other.geotransform is None else "has a"
        difference = f"{which} geotransform, unlike the raster it goes with"
    else:
        difference = "lies elsewhere or has another coordinate reference system"
    raise SuperSegError(
        f"{parameter}: {name} {difference}; make it from the same raster and extent, or bring it"
        " onto that grid with Raster > Align Rasters or Warp (reproject), nearest neighbor."
    )


def extent_of_part(grid: Grid, other: Grid) -> tuple[float, float, float, float] | None:
    """Return the extent of a smaller grid within this one, as results cut by EXTENT have.

    Returns:
        (xmin, ymin, xmax, ymax), or None where the other is no smaller part of this one.
    """
    if (other.width, other.height) == (grid.width, grid.height):
        return None
    if grid.geotransform is None or other.geotransform is None:
        return None
    left, across, row_skew, top, column_skew, down = other.geotransform
    if row_skew or column_skew:
        return None
    corners = np.array([(left, top), (left + across * other.width, top + down * other.height)])
    pixels = grid.to_pixels(corners)
    half = 0.5
    if pixels.min() < -half or (pixels.max(axis=0) > (grid.width + half, grid.height + half)).any():
        return None
    (xmin, ymin), (xmax, ymax) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return xmin, ymin, xmax, ymax


def grid_of(dataset: Any) -> Grid:
    """Read the grid of an open GDAL dataset."""
    geotransform = dataset.GetGeoTransform(can_return_null=True)
    crs = wkt_of(dataset.GetSpatialRef())
    if geotransform is not None:
        geotransform = tuple(float(number) for number in geotransform)
        # Some drivers answer the identity for "none".
        nothing = geotransform == (0.0, 1.0, 0.0, 0.0, 0.0, 1.0) and not crs
        if nothing or not leads_somewhere(geotransform):
            geotransform = None
    width, height = dataset.RasterXSize, dataset.RasterYSize
    if geotransform is None and dataset.GetGCPCount():
        gcps = tuple(
            GroundPoint(p.GCPPixel, p.GCPLine, p.GCPX, p.GCPY, p.GCPZ, p.Id, p.Info)
            for p in dataset.GetGCPs()
        )
        return Grid(width, height, None, crs, gcps, wkt_of(dataset.GetGCPSpatialRef()))
    return Grid(width, height, geotransform, crs)


def gdal_gcps(points: tuple[GroundPoint, ...]) -> list[Any]:
    """Return ground control points as GDAL's own objects."""
    return [gdal.GCP(p.x, p.y, p.z, p.col, p.row, p.info, p.id) for p in points]


def _apply(geotransform: GeoTransform, col: float, row: float) -> tuple[float, float]:
    return (
        geotransform[0] + col * geotransform[1] + row * geotransform[2],
        geotransform[3] + col * geotransform[4] + row * geotransform[5],
    )


def _unapply(geotransform: GeoTransform, points: Points) -> Points:
    x, a, b, y, c, d = geotransform
    determinant = a * d - b * c
    # What is too far off to be counted is off the raster all the same.
    with np.errstate(over="ignore", invalid="ignore"):
        dx, dy = points[:, 0] - x, points[:, 1] - y
        return np.column_stack([(d * dx - b * dy), (a * dy - c * dx)]) / determinant


def _span(low: float, high: float, size: int) -> tuple[int, int]:
    """First pixel and the one after the last; a sliver inside one pixel takes that pixel."""
    low, high = max(low, 0.0), min(high, float(size))
    if high <= low:
        return 0, 0
    # A border on a pixel's center within rounding must fall the same way on both sides of a cut.
    first, last = math.ceil(low - 0.5 - 1e-6), math.ceil(high - 0.5 - 1e-6)
    if last <= first:
        first = min(int((low + high) / 2), size - 1)
        last = first + 1
    return first, last


def _spoken(bounds: tuple[float, float, float, float]) -> str:
    xmin, ymin, xmax, ymax = bounds
    return f"{xmin:g},{xmax:g},{ymin:g},{ymax:g}"


def _affine_of_gcps(points: tuple[GroundPoint, ...]) -> GeoTransform | None:
    if len(points) < 3:
        return None
    affine, _ = attempt(gdal.GCPsToGeoTransform, gdal_gcps(points), 1)
    return tuple(affine) if affine and leads_somewhere(tuple(affine)) else None
