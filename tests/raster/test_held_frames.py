# SPDX-License-Identifier: GPL-2.0-or-later
"""Files are complete when they are written, also while a profiler holds the writing functions.

Dask's nodes sample the frames of their threads, and while a frame is held its variables live on,
such as GDAL's datasets. Here every frame is held.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, ogr

from superseg_plugin.errors import Cancelled
from superseg_plugin.progress import Progress
from superseg_plugin.raster.class_polygons import write_polygons
from superseg_plugin.raster.class_sidecar import ClassStyle, update_sidecar
from superseg_plugin.raster.class_table import read_class_table
from superseg_plugin.raster.correction_file import Corrections, read_corrections, write_corrections
from superseg_plugin.raster.grid import Grid
from superseg_plugin.raster.pieces import Piece, join_pieces, write_piece
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.superpixel_file import SuperpixelFile
from superseg_plugin.raster.thumbnails import read_small
from superseg_plugin.raster.view import write_view
from superseg_plugin.raster.windows import Window
from superseg_plugin.raster.writer import RasterProfile, RasterWriter
from tests.class_rasters import striped, write_classes, write_superpixels
from tests.conftest import write_raster
from tests.progress import Stopping

SIDE = 600
GRID = Grid(SIDE, SIDE, (500000.0, 2.0, 0.0, 5200000.0, 0.0, -2.0))


@pytest.fixture
def held():
    """Frames of all functions that are called in the test, with their variables."""
    frames = []
    before = sys.getprofile()
    sys.setprofile(lambda frame, *_: frames.append(frame))
    yield frames
    sys.setprofile(before)


@pytest.mark.parametrize("overviews", [None, "nearest", "mode", "average"])
@pytest.mark.parametrize("name", ["a.tif", "a.img"])
def test_pixels_and_overviews(tmp_path, held, name, overviews):
    values = np.random.default_rng(0).integers(1, 9, (SIDE, SIDE), np.uint8)
    profile = RasterProfile(1, np.uint8, nodata=0, overviews=overviews)
    with RasterWriter(tmp_path / name, GRID, profile) as writer:
        writer.write(GRID.window, values)
    with RasterSource(str(tmp_path / name)) as source:
        found, valid = source.read(GRID.window)
        assert source.has_overviews == bool(overviews)
    assert valid.all()
    np.testing.assert_array_equal(found[0], values)


def test_a_file_without_an_end_is_closed_as_well(tmp_path, held):
    path = tmp_path / "a.tif"
    with pytest.raises(KeyError), RasterWriter(path, GRID, RasterProfile(1, np.uint8)):
        raise KeyError
    assert str(path) not in _open_files()


@pytest.mark.parametrize("resampling", ["nearest", "mode"])
def test_a_file_whose_overviews_are_cancelled_is_closed_as_well(tmp_path, held, resampling):
    path = tmp_path / "a.tif"
    profile = RasterProfile(1, np.uint8, overviews=resampling)
    with pytest.raises(Cancelled), RasterWriter(path, GRID, profile, Stopping()) as writer:
        writer.write(GRID.window, np.ones((SIDE, SIDE), np.uint8))
    assert str(path) not in _open_files()


@pytest.fixture
def path(tmp_path):
    """A class raster."""
    return write_classes(tmp_path / "classes.tif", striped(3))


def test_a_file_that_was_read_is_closed(path, held):
    with RasterSource(path) as source:
        source.read(source.grid.window)
        assert path in _open_files()
    assert path not in _open_files()


def test_tables_of_classes_and_superpixels(path, held):
    ids = write_superpixels(path)
    styles = {number: ClassStyle(f"N{number}", (number, 2, 3), 1, "All") for number in (1, 2, 3)}
    assert update_sidecar(path, styles) == ""
    table = read_class_table(path)
    assert table.names == ("N1", "N2", "N3")
    with SuperpixelFile.open_beside(path) as kept:
        np.testing.assert_array_equal(kept.read_ids(Window(0, 0, 64, 64)), ids)
        assert kept.pixels.sum() == table.counts.sum() == 64 * 64
        assert kept.tree["tree.merges"].tolist() == [[0, 1], [3, 2]]


@pytest.fixture
def plain(tmp_path):
    """A raster without an attribute table."""
    return write_raster(tmp_path / "plain.tif", striped(2))


def test_a_file_that_cannot_be_changed_is_closed_as_well(plain, held):
    assert "no attribute table" in update_sidecar(plain, {1: ClassStyle("A", (1, 2, 3), 1, "A")})
    assert plain not in _open_files()


def test_virtual_rasters(tmp_path, held):
    left, right = (Piece.of("part", Window(col, 0, 300, SIDE)) for col in (0, 300))
    for value, piece in enumerate((left, right), start=1):
        write_piece(tmp_path / piece.name, np.full((SIDE, 300), value, np.uint32))
    path = tmp_path / "joined.tif"
    join_pieces(path, GRID, RasterProfile(1, np.uint32, nodata=0), [left, right])
    with RasterSource(str(path)) as source:
        values, _ = source.read(GRID.window)
        small, _ = read_small(source, GRID.window, 4, 4, [0])
        extent = (500000.0, 5198800.0, 501200.0, 5200000.0)
        write_view(source, tmp_path / "view.tif", extent, (4, 4), "", coarser=False)
    shown = gdal.Open(str(tmp_path / "view.tif")).ReadAsArray()
    assert values[0, 0, [0, 299, 300]].tolist() == [1, 1, 2]
    assert small[0, 0].tolist() == shown[0, 0].tolist() == [1, 1, 2, 2]


def test_polygons_and_corrections(tmp_path, path, held):
    names = {1: "One", 2: "Two", 3: "Three"}
    write_polygons(Path(path), names, tmp_path / "made.gpkg", Progress())
    assert ogr.Open(str(tmp_path / "made.gpkg")).GetLayer(0).GetFeatureCount() == 3
    points = np.array([[500001.0, 5199999.0]])
    assert write_corrections(path, Corrections(points, ["Wald"], [None]), GRID) == ""
    assert read_corrections(path).names == ["Wald"]


def _open_files():
    """Paths of the files that this process has open."""
    links = Path("/proc/self/fd").iterdir()
    return [str(link.readlink()) for link in links if link.is_symlink()]
