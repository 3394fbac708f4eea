# SPDX-License-Identifier: GPL-2.0-or-later
"""Extents and mask polygons on grids of every kind, against the center of every pixel."""

from __future__ import annotations

import math
import struct

import numpy as np
from hypothesis import strategies as st
from osgeo import ogr

from superseg_plugin.errors import SuperSegError
from superseg_plugin.raster.grid import Grid, grid_of
from superseg_plugin.raster.mask_polygons import MaskPolygons
from superseg_plugin.raster.windows import Window, tiles

from .raster_cases import COORDINATES, GEOREFERENCES
from .raster_files import gdal_exceptions, memory_raster
from .raster_reads import check_sentence

# Pixels whose centers are this near to a border, in pixels, may fall on either side.
NEAR = 1e-3
PARTS = st.one_of(st.floats(-0.6, 1.6), st.sampled_from([0.0, 0.25, 0.5, 1.0]))


@st.composite
def place_cases(draw: st.DrawFn) -> dict:
    """A grid, an extent in parts of it or anywhere, and polygons in parts of it or any bytes."""
    corners = st.lists(st.tuples(PARTS, PARTS).map(list), min_size=3, max_size=6)
    cols, rows = draw(st.integers(1, 30)), draw(st.integers(1, 30))
    return {
        "cols": cols,
        "rows": rows,
        "place": draw(GEOREFERENCES),
        "epsg": draw(st.sampled_from([None, 32632, 4326, 2263])),
        "exceptions": draw(st.booleans()),
        "parts": draw(st.one_of(st.none(), st.lists(PARTS, min_size=4, max_size=4))),
        "extent": draw(st.lists(COORDINATES, min_size=4, max_size=4)),
        "polygons": draw(st.lists(corners, max_size=3)),
        "bytes": draw(st.one_of(st.none(), st.binary(max_size=60).map(bytes.hex))),
        "tile": draw(st.integers(-(-max(cols, rows) // 5), max(cols, rows))),
    }


def check_places(case: dict) -> None:
    """Apply extent and polygons to the grid: valid ones select their pixels, others are refused."""
    dataset = memory_raster(case)
    with gdal_exceptions(case["exceptions"]):
        grid = grid_of(dataset)
        _check_areas(grid)
        _check_extent(grid, case)
        _check_polygons(grid, case)


def _affine(grid: Grid) -> tuple[float, ...] | None:
    """Geotransform; None for rasters with ground control points."""
    if grid.geotransform is None and grid.gcps:
        return None
    return grid.geotransform or (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)


def _check_areas(grid: Grid) -> None:
    areas = grid.pixel_areas(grid.window)
    np.broadcast_shapes(areas.shape, (grid.height, grid.width))
    if not np.isfinite(areas).all() or (areas < 0).any():
        raise AssertionError(f"areas {areas}")


def _check_extent(grid: Grid, case: dict) -> None:
    affine = _affine(grid)
    extent = case["extent"]
    if case["parts"] is not None and affine is not None:
        left, right, low, high = case["parts"]
        parts = np.array(
            [(c * grid.width, r * grid.height) for c in (left, right) for r in (low, high)]
        )
        ground = _ground(affine, parts)
        extent = [*ground.min(axis=0).tolist(), *ground.max(axis=0).tolist()]
    try:
        window = grid.window_of_extent(*extent)
    except SuperSegError as error:
        check_sentence(str(error))
        window = None
    if window is not None and (
        window.intersection(grid.window) != window or not window.width * window.height
    ):
        raise AssertionError(f"{window} is not within {grid.window}")
    if affine is None or not all(map(math.isfinite, extent)) or not _sound(affine, extent):
        return
    centers = _ground(affine, _centers(grid.window))
    xmin, ymin, xmax, ymax = extent
    reach = NEAR * max(abs(affine[1]) + abs(affine[2]), abs(affine[4]) + abs(affine[5]))
    inside = (centers > (xmin + reach, ymin + reach)) & (centers < (xmax - reach, ymax - reach))
    inside = inside.all(axis=1).reshape(grid.height, grid.width)
    outside = (centers < (xmin - reach, ymin - reach)) | (centers > (xmax + reach, ymax + reach))
    outside = outside.any(axis=1).reshape(grid.height, grid.width)
    taken = np.zeros((grid.height, grid.width), bool)
    if window is not None:
        taken[window.slices] = True
    if (inside & ~taken).any():
        raise AssertionError(f"{window} lacks {np.argwhere(inside & ~taken)[0]}")
    upright = affine[2] == affine[4] == 0
    # An extent within a pixel selects that pixel.
    sliver = window is None or min(window.width, window.height) == 1
    if upright and not sliver and (outside & taken).any():
        raise AssertionError(f"{window} has {np.argwhere(outside & taken)[0]}")


def _check_polygons(grid: Grid, case: dict) -> None:
    affine = _affine(grid)
    shapes = []
    polygons = []
    if affine is not None:
        for corners in case["polygons"]:
            pixels = np.array(corners) * (grid.width, grid.height)
            shapes.append(pixels)
            polygons.append(wkb_of(_ground(affine, pixels)))
    if case["bytes"] is not None:
        polygons.append(bytes.fromhex(case["bytes"]))
    try:
        mask = MaskPolygons(polygons, grid)
    except SuperSegError as error:
        check_sentence(str(error))
        if case["bytes"] is None and affine is not None and _sound(affine, affine):
            for pixels in shapes:
                middle = pixels.min(axis=0), pixels.max(axis=0)
                if (
                    (middle[0] + NEAR < (grid.width, grid.height)).all()
                    and (middle[1] > NEAR).all()
                    and (middle[1] - middle[0] > NEAR).all()
                ):
                    raise AssertionError(f"refused without reason: {error}") from error
        return
    whole = np.ones((grid.height, grid.width), bool)
    mask.cut(grid.window, whole)
    for tile in tiles(grid.width, grid.height, case["tile"]):
        part = np.ones((tile.height, tile.width), bool)
        mask.cut(tile, part)
        near = np.zeros(part.shape, bool)
        for pixels in shapes:
            near |= _near(_centers(tile), pixels).reshape(part.shape)
        if ((part != whole[tile.slices]) & ~near).any():
            raise AssertionError(f"{tile} is cut otherwise than the whole")
    if case["bytes"] is None and affine is not None and _sound(affine, affine):
        _compare(grid, shapes, whole)


def _compare(grid: Grid, shapes: list[np.ndarray], found: np.ndarray) -> None:
    centers = _centers(grid.window)
    inside, near = np.zeros(len(centers), bool), np.zeros(len(centers), bool)
    for pixels in shapes:
        inside |= _inside(centers, pixels)
        near |= _near(centers, pixels)
    wrong = (inside != found.ravel()) & ~near
    if wrong.any():
        raise AssertionError(f"{wrong.sum()} pixels wrongly masked, {centers[wrong][0]}")


def _sound(affine: tuple[float, ...], coordinates: object) -> bool:
    """Whether float64 coordinates distinguish neighboring pixels."""
    x, a, b, y, c, d = affine
    sizes = np.abs([a, b, c, d])
    smallest = math.sqrt(abs(a * d - b * c))
    largest = max(abs(x), abs(y), *np.abs(np.array(coordinates, float)).tolist())
    return bool(sizes.max() < 1e3 * smallest and largest < 1e8 * smallest)


def _centers(window: Window) -> np.ndarray:
    rows, cols = np.indices((window.height, window.width))
    return np.column_stack(
        [(cols + window.col_off).ravel() + 0.5, (rows + window.row_off).ravel() + 0.5]
    )


def _ground(affine: tuple[float, ...], pixels: np.ndarray) -> np.ndarray:
    x, a, b, y, c, d = affine
    with np.errstate(all="ignore"):
        return np.column_stack(
            [x + a * pixels[:, 0] + b * pixels[:, 1], y + c * pixels[:, 0] + d * pixels[:, 1]]
        )


def _inside(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Whether points are in a polygon, by the even-odd rule."""
    found = np.zeros(len(points), bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0)):
        crosses = (y1 > points[:, 1]) != (y2 > points[:, 1])
        if y1 != y2:
            found ^= crosses & (points[:, 0] < (x2 - x1) * (points[:, 1] - y1) / (y2 - y1) + x1)
    return found


def _near(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Points that lie on an edge, or so near that rounding decides."""
    found = np.zeros(len(points), bool)
    for start, end in zip(corners, np.roll(corners, -1, axis=0)):
        along = end - start
        length = float(along @ along)
        part = np.clip((points - start) @ along / length, 0, 1) if length else np.zeros(len(points))
        nearest = start + part[:, None] * along
        found |= np.hypot(*(points - nearest).T) < NEAR
    return found


def wkb_of(corners: np.ndarray) -> bytes:
    """A polygon, written by hand."""
    ring = [*corners.tolist(), corners[0].tolist()]
    return struct.pack("<BIII", 1, ogr.wkbPolygon, 1, len(ring)) + b"".join(
        struct.pack("<dd", *point) for point in ring
    )
