# SPDX-License-Identifier: GPL-2.0-or-later
"""Patches of classes: their boxes and their order, in small and in large rasters."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.raster.class_patches import box_of, find_patches
from superseg_plugin.raster.displayed_values import RasterIntegers
from superseg_plugin.raster.windows import Window
from tests.conftest import write_raster


@pytest.fixture
def values():
    made = np.ones((90, 120), np.uint8)
    made[10:20, 5:35] = 2
    made[20:24, 30:33] = 3
    made[60:64, 100:120] = 2
    made[80, 7] = 2
    made[81, 8] = 2
    return made


def test_patches_are_listed_by_size_with_their_boxes(tmp_path, values):
    reader = RasterIntegers(write_raster(tmp_path / "c.tif", values, nodata=0))
    found = find_patches(reader, {2})
    # Pixels that touch at a corner only are two patches.
    assert [patch.pixels for patch in found] == [300, 80, 1, 1]
    assert found[0].window == Window(5, 10, 30, 10)
    assert found[1].window == Window(100, 60, 20, 4)
    joined = find_patches(reader, {2, 3})
    assert joined[0] == type(joined[0])(Window(5, 10, 30, 14), 312)
    assert find_patches(reader, {9}) == []


def test_a_box_in_coordinates_holds_the_patch(tmp_path, values):
    path = write_raster(
        tmp_path / "c.tif", values, nodata=0, geotransform=(1000, 2, 0, 5000, 0, -3)
    )
    reader = RasterIntegers(path)
    assert box_of(reader.grid, Window(5, 10, 30, 10)) == (1010, 4940, 1070, 4970)


def test_a_class_that_a_reduced_copy_lacks_is_found(tmp_path):
    values = np.ones((3000, 5000), np.uint8)
    values[100:400, 3000:3500] = 2
    values[2500, 4003] = 3
    values[2999, 4999] = 4
    reader = RasterIntegers(write_raster(tmp_path / "c.tif", values, nodata=0))
    (large,) = find_patches(reader, {2})
    assert abs(large.pixels - 150000) < 3000
    window = large.window
    assert abs(window.col_off - 3000) <= 5
    assert abs(window.height - 300) <= 6
    for number, place in ((3, (4003, 2500)), (4, (4999, 2999))):
        (found,) = find_patches(reader, {number})
        assert (found.window.col_off, found.window.row_off) == place
        assert found.pixels == 1
