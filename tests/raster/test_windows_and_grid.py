# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import math

import numpy as np
import pytest
from osgeo import osr

from superseg_plugin.errors import SuperSegError
from superseg_plugin.raster.grid import Grid
from superseg_plugin.raster.grid_comparison import require_same_grid
from superseg_plugin.raster.ground_points import GroundPoint
from superseg_plugin.raster.windows import Window, tiles

NORTH_UP = (500000.0, 2.0, 0.0, 5200000.0, 0.0, -2.0)
SOUTH_UP = (0.0, 100.0, 0.0, 0.0, 0.0, 100.0)
ROTATED = (100.0, 17.32, 5.0, 200.0, 10.0, -8.66)


def wkt(code):
    system = osr.SpatialReference()
    system.ImportFromEPSG(code)
    return system.ExportToWkt()


@pytest.mark.parametrize(("width", "height", "size"), [(1, 1, 4), (10, 7, 4), (8, 8, 4), (3, 2, 9)])
def test_tiles_cover_every_pixel_once(width, height, size):
    seen = np.zeros((height, width), dtype=int)
    for tile in tiles(width, height, size):
        seen[tile.slices] += 1
    assert (seen == 1).all()


@pytest.mark.parametrize("phase", [(0, 0), (3, 1), (1, 4)])
@pytest.mark.parametrize("column_block", [0, 6])
def test_tiles_follow_their_phase_and_cover_every_pixel_once(phase, column_block):
    seen = np.zeros((23, 17), dtype=int)
    for tile in tiles(17, 23, 5, column_block, phase):
        seen[tile.slices] += 1
        assert tile.width > 0
        assert tile.col_off == 0 or tile.col_off % 5 == phase[0]
        assert tile.row_off == 0 or tile.row_off % 5 == phase[1]
    assert (seen == 1).all()


@pytest.mark.parametrize(
    "geotransform",
    [
        NORTH_UP,
        SOUTH_UP,
        (499785.0, 30.0, 0.0, 4100015.0, 0.0, -30.0),
        (-73.98, 1e-5, 0.0, 40.7, 0.0, -1e-5),
    ],
)
def test_tile_boundaries_lie_on_the_same_ground_for_every_extent(geotransform):
    grid = Grid(5000, 4000, geotransform)
    col, row = grid.tile_phase(1024)
    assert 0 <= col < 1024
    assert 0 <= row < 1024
    for first in (1, 30, 511, 1023, 1024, 2900):
        cut = grid.cut(Window(first, first + 7, 900, 900))
        assert cut.tile_phase(1024) == ((col - first) % 1024, (row - first - 7) % 1024)


@pytest.mark.parametrize("geotransform", [None, ROTATED, (1e300, 1e-3, 0.0, -1e300, 0.0, 1e-3)])
def test_without_georeference_tiles_begin_with_the_raster(geotransform):
    assert Grid(50, 40, geotransform).tile_phase(16) == (0, 0)


def test_a_tile_size_of_zero_is_refused():
    with pytest.raises(ValueError, match="tile size"):
        tiles(4, 4, 0)


def test_a_halo_stays_within_the_raster_and_can_be_cropped_again():
    tile = Window(4, 0, 4, 4)
    grown = tile.expand(3, 9, 20)
    assert grown == Window(1, 0, 8, 7)
    scene = np.arange(180).reshape(20, 9)
    inside = tile.relative_to(grown)
    assert (scene[grown.slices][inside.slices] == scene[tile.slices]).all()


def test_windows_apart_share_no_pixel():
    shared = Window(0, 0, 4, 4).intersection(Window(9, 1, 2, 2))
    assert shared.width * shared.height == 0


@pytest.mark.parametrize("geotransform", [NORTH_UP, SOUTH_UP, ROTATED, None])
def test_a_cut_grid_has_its_pixels_where_they_were(geotransform):
    grid = Grid(50, 40, geotransform)
    cut = grid.cut(Window(7, 5, 20, 10))
    if geotransform is None:
        assert cut.geotransform is None
        return
    x, a, b, y, c, d = cut.geotransform
    centre = np.array([[x + 0.5 * (a + b), y + 0.5 * (c + d)]])
    assert grid.to_pixels(centre)[0] == pytest.approx([7.5, 5.5])


@pytest.mark.parametrize("geotransform", [NORTH_UP, SOUTH_UP])
def test_an_extent_finds_the_pixels_it_covers(geotransform):
    grid = Grid(50, 40, geotransform)
    window = Window(7, 5, 20, 10)
    x, a, _, y, _, d = grid.cut(window).geotransform
    xs, ys = sorted([x, x + a * 20]), sorted([y, y + d * 10])
    assert grid.window_of_extent(xs[0], ys[0], xs[1], ys[1]) == window


def test_an_extent_on_a_raster_without_georeference_is_as_qgis_shows_it():
    assert Grid(50, 40).window_of_extent(10, -20, 30, -5) == Window(10, 5, 20, 15)


def test_an_extent_on_a_rotated_raster_takes_the_box_around_it():
    grid = Grid(20, 20, ROTATED)
    window = grid.window_of_extent(190, 190, 230, 230)
    corners = grid.to_pixels(np.array([(190.0, 190), (190, 230), (230, 190), (230, 230)]))
    assert window.col_off <= math.ceil(corners[:, 0].min())
    assert window.col_off + window.width >= math.floor(corners[:, 0].max())


def test_an_extent_over_ground_control_points():
    points = tuple(
        GroundPoint(col, row, 10 + col / 100, 50 - row / 100)
        for col in (0, 50, 100)
        for row in (0, 40, 80)
    )
    grid = Grid(100, 80, None, "", points, wkt(4326))
    assert grid.window_of_extent(10.2, 49.5, 10.6, 49.9) == Window(20, 10, 40, 40)
    assert grid.cut(Window(20, 10, 40, 40)).window_of_extent(10.2, 49.8, 10.3, 49.9) == Window(
        0, 0, 10, 10
    )


def test_an_extent_within_a_pixel_selects_that_pixel():
    assert Grid(10, 10, SOUTH_UP).window_of_extent(310, 420, 311, 421) == Window(3, 4, 1, 1)


@pytest.mark.parametrize(
    "extent",
    [
        (0, 0, 0, 10),
        (10, 0, 5, 10),
        (0, 5, 10, 5),
        (math.nan, 0, 1, 1),
        (-500, -500, -100, -100),
        (1e6, 1e6, 2e6, 2e6),
    ],
)
def test_a_useless_extent_is_refused_by_name(extent):
    with pytest.raises(SuperSegError, match="EXTENT"):
        Grid(10, 10, SOUTH_UP).window_of_extent(*extent)


def test_the_earth_has_the_area_of_the_earth():
    grid = Grid(720, 360, (-180.0, 0.5, 0.0, 90.0, 0.0, -0.5), wkt(4326))
    area = grid.pixel_areas(grid.window).sum() * grid.width
    assert area == pytest.approx(510_065_621_724_089, rel=1e-7)


def test_feet_are_turned_into_meters():
    # On the central meridian and a standard parallel of the projection the map has no distortion.
    grid = Grid(4, 3, (984250.0, 10.0, 0.0, 184500.0, 0.0, -10.0), wkt(2263))
    areas = grid.pixel_areas(grid.window)
    assert areas == pytest.approx(np.full(areas.shape, 100 * 0.3048006096**2), rel=1e-4)


def test_areas_without_reference_system_are_square_units():
    assert Grid(4, 3, NORTH_UP).pixel_areas(Window(0, 0, 4, 3)).tolist() == [[4.0]]
    assert Grid(4, 3).pixel_areas(Window(0, 0, 4, 3)).tolist() == [[1.0]]
    rotated = Grid(4, 3, ROTATED).pixel_areas(Window(0, 0, 4, 3))
    assert rotated == pytest.approx(np.array([[abs(17.32 * -8.66 - 5 * 10)]]))


def test_grids_match_up_to_the_rounding_of_text():
    grid = Grid(1000, 1000, NORTH_UP, wkt(32632))
    moved = (NORTH_UP[0] + 1e-6, *NORTH_UP[1:])
    assert grid.matches(Grid(1000, 1000, moved, wkt(32632)))
    assert grid.matches(Grid(1000, 1000, NORTH_UP, ""))
    assert not grid.matches(Grid(1000, 999, NORTH_UP, wkt(32632)))
    assert not grid.matches(Grid(1000, 1000, (NORTH_UP[0] + 2, *NORTH_UP[1:]), wkt(32632)))
    assert not grid.matches(Grid(1000, 1000, NORTH_UP, wkt(32633)))
    assert not grid.matches(Grid(1000, 1000))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (Grid(9, 10, NORTH_UP), "9 x 10"),
        (Grid(10, 10), "no geotransform"),
        (Grid(10, 10, SOUTH_UP), "50 x 50 times the size"),
        (Grid(10, 10, (*NORTH_UP[:5], -NORTH_UP[5])), "flipped"),
    ],
)
def test_a_raster_on_another_grid_is_refused_with_the_difference_and_the_cure(other, said):
    with pytest.raises(SuperSegError, match=said) as error:
        require_same_grid(Grid(10, 10, NORTH_UP), other, "SUPERPIXELS", "labels.tif")
    assert "SUPERPIXELS: labels.tif" in str(error.value)
    assert "Align Rasters" in str(error.value)
