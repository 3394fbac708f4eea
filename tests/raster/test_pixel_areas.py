# SPDX-License-Identifier: GPL-2.0-or-later
"""Areas of pixels on the ellipsoid, against closed forms; tests/qgis compares them with QGIS."""

from __future__ import annotations

import math

import numpy as np
import pytest
from osgeo import osr

from superseg_plugin.raster.grid import Grid
from superseg_plugin.raster.ground import pixel_side
from superseg_plugin.raster.windows import Window

AXIS, SQUARED = 6378137.0, 0.00669437999014
ECCENTRICITY = math.sqrt(SQUARED)


def wkt(text):
    system = osr.SpatialReference()
    system.SetFromUserInput(text)
    return system.ExportToWkt()


def band(south, north):
    """Area of the ellipsoid WGS 84 between two latitudes in radians, for a radian of longitude."""

    def below(latitude):
        sine = math.sin(latitude)
        return sine / (1 - SQUARED * sine**2) + math.atanh(ECCENTRICITY * sine) / ECCENTRICITY

    return AXIS**2 * (1 - SQUARED) / 2 * (below(north) - below(south))


def latitude_of_mercator(y):
    """Latitude in radians of web mercator."""
    return math.pi / 2 - 2 * math.atan(math.exp(-y / AXIS))


@pytest.mark.parametrize("north", [0.0, 4e6, 8.4e6, 1.5e7])
def test_rows_of_web_mercator(north):
    side = 1000.0
    grid = Grid(300, 200, (2e6, side, 0.0, north, 0.0, -side), wkt("EPSG:3857"))
    areas = grid.pixel_areas(grid.window)
    assert areas.shape == (200, 1)
    for row in (0, 77, 199):
        top = north - row * side
        exact = side / AXIS * band(latitude_of_mercator(top - side), latitude_of_mercator(top))
        assert areas[row, 0] == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize(("size", "north"), [(0.001, 60.0), (1.0, 40.0), (2.5, 90.0)])
def test_rows_of_degrees(size, north):
    grid = Grid(20, 16, (5.0, size, 0.0, north, 0.0, -size), wkt("EPSG:4326"))
    areas = grid.pixel_areas(grid.window)
    for row in (0, 9, 15):
        top = math.radians(north - row * size)
        exact = math.radians(size) * band(top - math.radians(size), top)
        assert areas[row, 0] == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("crs", ["EPSG:6933", "EPSG:3035", "EPSG:3408"])
def test_equal_area_projections_are_equal_area(crs):
    place = (4.2e6, 3.1e6) if crs == "EPSG:3035" else (1.0e6, 2.0e6)
    grid = Grid(50, 40, (place[0], 1000.0, 0.0, place[1], 0.0, -1000.0), wkt(crs))
    # EPSG:3408 is equal-area on a sphere, that of EPSG:3408 itself.
    assert grid.pixel_areas(grid.window) == pytest.approx(np.array([[1e6]]), rel=1e-5)


@pytest.mark.parametrize("crs", ["EPSG:3413", "EPSG:32632", "EPSG:2263", "ESRI:54009"])
def test_windows_and_cuts_have_the_same_areas(crs):
    grid = Grid(700, 500, (3e5, 400.0, 30.0, 4e5, 20.0, -400.0), wkt(crs))
    areas = grid.pixel_areas(grid.window)
    window = Window(311, 123, 64, 50)
    assert grid.pixel_areas(window) == pytest.approx(areas[window.slices], rel=1e-12)
    cut = grid.cut(window)
    assert np.broadcast_to(cut.pixel_areas(cut.window), (50, 64)) == pytest.approx(
        areas[window.slices], rel=1e-7
    )


def test_the_pole_is_no_exception():
    grid = Grid(200, 200, (-1e5, 1000.0, 0.0, 1e5, 0.0, -1000.0), wkt("EPSG:3413"))
    areas = grid.pixel_areas(grid.window)
    assert areas.max() == pytest.approx(areas.min(), rel=1e-3)
    # The scale of the polar stereographic projection with a standard parallel at 70 degrees north.
    assert areas[100, 100] == pytest.approx(1e6 / 0.96984**2, rel=1e-3)


def test_beyond_the_edge_of_a_world_map_areas_are_finite():
    grid = Grid(360, 180, (-1.8e7, 1e5, 0.0, 9e6, 0.0, -1e5), wkt("ESRI:54009"))
    areas = grid.pixel_areas(grid.window)
    assert np.isfinite(areas).all()
    assert (areas > 9e9).all()
    assert (areas < 1.1e10).all()


def test_the_side_of_a_pixel_is_measured_on_the_ground():
    grid = Grid(100, 100, (1.1e6, 10.0, 0.0, 8.4e6, 0.0, -10.0), wkt("EPSG:3857"))
    latitude = latitude_of_mercator(8.4e6 - 500)
    # A map of web mercator is 1 / cos(latitude) of the sphere.
    assert pixel_side(grid) == pytest.approx(10 * math.cos(latitude), rel=2e-3)


@pytest.mark.parametrize(
    ("crs", "side", "numbers"),
    [("EPSG:32633", 10.0, 40_000), ("EPSG:4326", 1e-4, 4_096), ("", 1.0, 2)],
)
def test_the_areas_of_a_tile_are_sent_to_nodes_as_few_numbers(crs, side, numbers):
    origin = (10.0, 50.0) if crs == "EPSG:4326" else (500_000.0, 5_600_000.0)
    transform = (origin[0], side, 0.0, origin[1], 0.0, -side)
    grid = Grid(30_000, 30_000, transform, wkt(crs) if crs else "")
    window = Window(2048, 4096, 1024, 1024)
    rows, columns = grid.area_factors(window)
    assert rows.size + columns.size <= numbers
    assert (np.maximum(rows @ columns, 0) == grid.pixel_areas(window)).all()
