# SPDX-License-Identifier: GPL-2.0-or-later
"""GDAL's cache is bounded while rasters are read, and then the host's again."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.errors import SuperSegError
from superseg_plugin.raster.source import RasterSource
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


def test_it_is_bounded_while_a_raster_is_open(path, of_host):
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
