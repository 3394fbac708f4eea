# SPDX-License-Identifier: GPL-2.0-or-later
"""GDAL's cache is bounded while rasters are read, and restored afterwards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.errors import SuperSegError
from superseg_plugin.raster import block_cache
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.windows import tiles
from tests.conftest import write_raster

MEGABYTE = 1 << 20


@pytest.fixture(params=[64 * MEGABYTE, 8000 * MEGABYTE], ids=["small", "large"])
def of_host(request):
    before = gdal.GetCacheMax()
    gdal.SetCacheMax(request.param)
    yield request.param
    gdal.SetCacheMax(before)


@pytest.fixture
def path(tmp_path):
    # 3 bands of 4 bytes, 2000 columns: 24 kB a row.
    return write_raster(tmp_path / "a.tif", np.ones((3, 1000, 2000), "float32"))


def test_the_cache_is_bounded_while_a_raster_is_open(path, of_host):
    with RasterSource(path):
        one = gdal.GetCacheMax()
        with RasterSource(path):
            two = gdal.GetCacheMax()
        assert gdal.GetCacheMax() == one
    assert gdal.GetCacheMax() == of_host
    assert max(one, two) <= of_host
    if of_host > 1000 * MEGABYTE:
        assert two - one == 1000 * 2000 * 12
        assert one < 300 * MEGABYTE


def test_a_raster_that_cannot_be_used_changes_nothing(path, of_host):
    with pytest.raises(SuperSegError):
        RasterSource(path, bands=[7])
    with pytest.raises(SuperSegError):
        RasterSource(f"{path}.none")
    assert gdal.GetCacheMax() == of_host


def test_closing_twice_is_closing_once(path, of_host):
    with RasterSource(path):
        other = RasterSource(path)
        other.close()
        bounded = gdal.GetCacheMax()
        other.close()
        assert gdal.GetCacheMax() == bounded
    assert gdal.GetCacheMax() == of_host


def bytes_read():
    """Bytes that this process has read by system calls."""
    status = Path("/proc/self/io").read_text(encoding="ascii")
    return int(status.split("rchar:")[1].split()[0])


def read_with_halo(source, column_block, halo=96):
    """Read a raster in overlapping tiles; return how often each byte of its file was read."""
    before = bytes_read()
    grid = source.grid
    for window in tiles(grid.width, grid.height, 1024, column_block):
        source.read(window.expand(halo, grid.width, grid.height))
    return (bytes_read() - before) / Path(source.path).stat().st_size


@pytest.mark.parametrize(
    "options",
    [["TILED=YES"], ["TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512"], ["BLOCKYSIZE=16"]],
    ids=["tiles", "large tiles", "rows"],
)
def test_column_blocks_of_a_wide_raster_decode_few_blocks_twice(tmp_path, options, monkeypatch):
    monkeypatch.setattr(block_cache, "COMMON", 0)
    noise = np.random.default_rng(0).integers(0, 255, (1, 2300, 12000), np.uint8)
    path = write_raster(tmp_path / "wide.tif", noise, options=[*options, "COMPRESS=DEFLATE"])
    before = gdal.GetCacheMax()
    with RasterSource(path) as source:
        tiled = options[0] == "TILED=YES"
        # A TIFF strip is as wide as the raster, so one column block covers all columns.
        assert source.column_block == (4096 if tiled else 12000)
        of_column_block = gdal.GetCacheMax()
        assert read_with_halo(source, source.column_block) < (1.3 if tiled else 1.05)
        with source.whole_rows():
            assert gdal.GetCacheMax() >= of_column_block * (2 if tiled else 1)
            assert read_with_halo(source, 0) < 1.05
        assert gdal.GetCacheMax() == of_column_block
    with source.whole_rows():
        assert gdal.GetCacheMax() == before


@pytest.mark.parametrize("column_block", [0, 1, 64, 100, 300, 1000])
def test_column_blocks_cover_every_pixel_once(column_block):
    seen = np.zeros((130, 330), int)
    windows = tiles(330, 130, 64, column_block)
    for window in windows:
        seen[window.slices] += 1
    assert (seen == 1).all()
    lefts = [window.col_off for window in windows if window.row_off == 0]
    assert lefts == sorted(lefts)
    across = max(column_block, 1) if column_block else 330
    turns = sum(after.row_off < before.row_off for before, after in zip(windows, windows[1:]))
    assert turns == -(-330 // (-(-across // 64) * 64)) - 1
