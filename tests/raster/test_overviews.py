# SPDX-License-Identifier: GPL-2.0-or-later
"""Overviews: present when a viewer needs them, and equal to the pixels."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.errors import Cancelled, SuperSegError
from superseg_plugin.progress import Progress
from superseg_plugin.raster.class_table import ClassTable, read_class_table, write_class_table
from superseg_plugin.raster.grid import Grid
from superseg_plugin.raster.overviews import add_overviews
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.writer import RasterProfile, RasterWriter
from tests.conftest import write_raster
from tests.progress import Stopping

GRID = Grid(1101, 700, (500000.0, 2.0, 0.0, 5200000.0, 0.0, -2.0))
SHAPE = (GRID.height, GRID.width)


def written(path, values, overviews="nearest", progress=None, valid=None, **options):
    bands = values.shape[0] if values.ndim == 3 else 1
    with RasterWriter(
        path,
        GRID,
        RasterProfile(
            bands, values.dtype, overviews=overviews, with_mask=valid is not None, **options
        ),
        progress=progress,
    ) as writer:
        writer.write(GRID.window, values)
        if valid is not None:
            writer.write_mask(GRID.window, valid)
    return path


def copies(path, number=1, mask=False):
    """The pixels of every copy."""
    dataset = gdal.Open(str(path))
    band = dataset.GetRasterBand(number)
    found = [band.GetOverview(index) for index in range(band.GetOverviewCount())]
    return [(copy.GetMaskBand() if mask else copy).ReadAsArray() for copy in found]


def random(dtype, low=0, high=9, shape=SHAPE):
    return np.random.default_rng(0).integers(low, high, shape).astype(dtype)


def test_overviews_halve_down_to_one_block_inside_the_file(tmp_path):
    path = written(tmp_path / "a.tif", random("uint8"), "mode")
    assert [copy.shape for copy in copies(path)] == [(350, 551), (175, 276), (88, 138)]
    assert [file.name for file in tmp_path.iterdir()] == ["a.tif"]
    plain = written(tmp_path / "b.tif", np.ones(SHAPE, np.uint8), "mode")
    assert (copies(plain)[-1] == 1).all()
    # A single class takes hardly any space: overviews are compressed like the raster.
    assert plain.stat().st_size < 20_000


def test_large_superpixel_ids_are_unchanged(tmp_path):
    ids = random("uint32", 2**32 - 500, 2**32 - 1)
    larger = ids
    for copy in copies(written(tmp_path / "a.tif", ids, nodata=0)):
        larger = larger[::2, ::2]
        assert (copy == larger).all()


def test_classes_are_never_mixed(tmp_path):
    classes = np.where(random("uint8") < 6, 2, 9).astype(np.uint8)
    classes[:, 600:] = 0
    for copy in copies(written(tmp_path / "a.tif", classes, "mode", nodata=0)):
        assert set(np.unique(copy)) <= {0, 2, 9}
        assert (copy[:, copy.shape[1] * 2 // 3 :] == 0).all()
    # Of the 64 pixels behind each of the smallest, two thirds are of class 2.
    assert (copy[:, : copy.shape[1] // 2] == 2).mean() > 0.95


def test_averages_ignore_invalid_pixels(tmp_path):
    percent = np.full(SHAPE, 255, np.uint8)
    percent[::2] = 40
    for copy in copies(written(tmp_path / "a.tif", percent, "average", nodata=255))[:1]:
        assert (copy == 40).all()
    colors = np.stack([np.full(SHAPE, value, np.uint8) for value in (10, 20, 30)])
    valid = np.zeros(SHAPE, bool)
    valid[:, :512] = True
    path = written(tmp_path / "b.tif", colors, "average", valid=valid)
    for number, value in enumerate((10, 20, 30), start=1):
        assert (copies(path, number)[0][:, :256] == value).all()
    mask = copies(path, mask=True)[0]
    assert mask[:, :256].all()
    assert not mask[:, 257:].any()


@pytest.mark.parametrize("overviews", ["nearest", "average"])
def test_other_formats_have_overviews_beside(tmp_path, overviews):
    assert len(copies(written(tmp_path / "a.img", random("uint8"), overviews))) == 3
    assert (tmp_path / "a.img.ovr").exists()


def test_no_overviews_if_none_are_wanted_or_needed(tmp_path):
    assert not copies(written(tmp_path / "a.tif", random("uint8"), None))
    small = Grid(256, 200)
    with RasterWriter(
        tmp_path / "b.tif", small, RasterProfile(1, np.uint8, overviews="mode")
    ) as writer:
        writer.write(small.window, np.ones((200, 256), np.uint8))
    assert not copies(tmp_path / "b.tif")


def test_the_class_table_goes_into_the_same_file(tmp_path):
    path = tmp_path / "a.tif"
    written(path, random("uint8"), "mode", nodata=0)
    colors = np.array([[1, 2, 3], [200, 90, 7]], np.uint8)
    table = ClassTable(("Lake", "Wood"), colors, np.ones(2, np.int64), np.ones(2), np.ones((2, 1)))
    write_class_table(path, table)
    dataset = gdal.Open(str(path))
    assert len(copies(path)) == 3
    assert dataset.GetRasterBand(1).GetRasterColorTable().GetColorEntry(2) == (200, 90, 7, 255)
    assert read_class_table(path).names == ("Lake", "Wood")


def test_a_source_knows_whether_it_has_overviews(tmp_path):
    path = write_raster(tmp_path / "a.tif", random("uint8", shape=(600, 600)))
    with RasterSource(path) as source:
        assert not source.has_overviews
    gdal.Open(path).BuildOverviews("nearest", [2])  # read only, so beside the file
    with RasterSource(path) as source:
        assert source.has_overviews


@pytest.mark.parametrize("overviews", ["nearest", "mode"])
def test_building_overviews_can_be_cancelled(tmp_path, overviews):
    with pytest.raises(Cancelled):
        written(tmp_path / "a.tif", random("uint8"), overviews, Stopping())


def test_a_missing_raster_is_named(tmp_path):
    with pytest.raises(SuperSegError, match=r"gone\.tif: overviews cannot be written"):
        add_overviews(tmp_path / "gone.tif", "mode", Progress())


def test_settings_of_gdal_are_restored(tmp_path):
    names = ("GDAL_NUM_THREADS", "GDAL_TIFF_OVR_BLOCKSIZE", "COMPRESS_OVERVIEW")
    before = [gdal.GetConfigOption(name) for name in names]
    written(tmp_path / "a.img", random("uint8"), "average")
    assert [gdal.GetConfigOption(name) for name in names] == before


@pytest.mark.parametrize("resampling", ["nearest", "average"])
def test_64_bit_integers_with_nodata(tmp_path, resampling):
    path = str(tmp_path / "a.tif")
    dataset = gdal.GetDriverByName("GTiff").Create(path, 600, 600, 1, gdal.GDT_Int64)
    dataset.GetRasterBand(1).SetNoDataValue(7)
    dataset.GetRasterBand(1).Fill(2**40)
    dataset = None
    add_overviews(path, resampling, Progress())
    dataset = gdal.Open(path)
    band = dataset.GetRasterBand(1)
    assert band.GetOverviewCount() == 2
    assert (band.GetOverview(1).ReadAsArray() == 2**40).all()


def test_a_nodata_value_that_the_type_cannot_represent(tmp_path):
    path = tmp_path / "a.tif"
    written(path, np.ones(SHAPE, "float32"), overviews="average", nodata=1e-300)
    dataset = gdal.Open(str(path))
    assert dataset.GetRasterBand(1).GetNoDataValue() == 0
    assert (dataset.GetRasterBand(1).GetOverview(0).ReadAsArray() == 1).all()
