# SPDX-License-Identifier: GPL-2.0-or-later
"""Sizes of superpixels on the ground."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.formats.model_file import read_header
from superseg_plugin.pipeline.options.ground_sizes import (
    GroundSize,
    MinimumArea,
    require_one_size,
    superpixel_options,
)
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions
from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.options.training import TrainingOptions
from superseg_plugin.pipeline.steps.band_statistics import count_valid_pixels
from superseg_plugin.pipeline.superpixels import run_superpixels
from superseg_plugin.pipeline.training import TrainingInputs, TrainingOutputs, run_training
from superseg_plugin.raster.grid import Grid
from superseg_plugin.raster.source import RasterSource
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, grid_of, landscape

DEGREE = 111_320.0
US_FOOT = 1200 / 3937


@pytest.mark.parametrize(
    ("imagery", "side", "pixels"),
    [("any", 123.0, 9), ("drone", 0.05, 64), ("aerial", 0.2, 25), ("vhr", 0.5, 25),
     ("sentinel2", 10.0, 9), ("landsat", 30.0, 9), ("landsat", 15.0, 36),
     ("embedding", 10.0, 9)],
)  # fmt: skip
def test_imagery_sets_superpixels_on_the_ground(tmp_path, imagery, side, pixels):
    grid = grid_of(tmp_path, side, 32632)
    chosen = superpixel_options(GroundSize(imagery), grid, Listener().log)
    assert chosen.min_size == pixels
    assert chosen.scale / chosen.min_size == 0.5


@pytest.mark.parametrize(
    ("columns", "rows", "pixels"), [(90, 70, 9), (512, 512, 16), (1024, 1024, 64), (9000, 9000, 64)]
)
def test_a_small_scene_has_smaller_superpixels_unless_published(columns, rows, pixels):
    grid = Grid(columns, rows)
    chosen = SegmentationOptions().superpixels(grid, Listener().log)
    assert (chosen.min_size, chosen.scale) == (pixels, pixels / 2)
    letter = SegmentationOptions(preset="published").superpixels(grid, Listener().log)
    assert letter == SuperpixelOptions()
    larger = SegmentationOptions(superpixel_size=10.0).superpixels(grid, Listener().log)
    assert larger.min_size == 100


def test_only_valid_pixels_count_for_the_size_of_superpixels(tmp_path):
    image = np.zeros((600, 900), np.uint8)
    image[100:300, 200:500] = 7
    path = write_raster(tmp_path / "amid.tif", image, nodata=0)
    with RasterSource(path) as source:
        seen = count_valid_pixels(source, Listener())
        assert seen == 200 * 300
        assert SegmentationOptions().superpixels(source.grid, Listener().log).min_size == 32
        assert SegmentationOptions().superpixels(source.grid, Listener().log, seen).min_size == 9


def test_sizes_on_the_ground_in_degrees_and_feet(tmp_path):
    # At 60 degrees north a degree of longitude is half as long.
    degrees = grid_of(tmp_path, 0.5 / DEGREE, 4326, top=60.0, side_y=0.25 / DEGREE)
    assert superpixel_options(GroundSize("vhr"), degrees, Listener().log).min_size == pytest.approx(
        (2.5 / 0.25) ** 2, rel=0.02
    )
    # On a standard parallel of the projection, where a map is as large as the ground.
    feet = grid_of(tmp_path, 0.5 / US_FOOT, 2264, top=900_000.0)
    assert superpixel_options(GroundSize("vhr"), feet, Listener().log).min_size == 25
    assert superpixel_options(GroundSize("any", 3.0, "meters"), feet, Listener().log).min_size == 36
    assert superpixel_options(GroundSize("vhr", 7.0, "pixels"), feet, Listener().log).min_size == 49


def test_impossible_sizes_are_logged_or_refused(tmp_path):
    listener = Listener()
    coarse = grid_of(tmp_path, 30.0, 32632)
    assert superpixel_options(GroundSize("drone"), coarse, listener.log).min_size == 9
    assert "9 are used" in listener.lines[-1]
    path = write_raster(
        tmp_path / "bare.tif", np.zeros((9, 9), np.uint8), geotransform=None, epsg=None
    )
    with RasterSource(path) as source:
        assert superpixel_options(GroundSize("drone"), source.grid, listener.log).min_size == 64
        assert "0.05 m" in listener.lines[-1]
        with pytest.raises(SuperSegError, match=r"SUPERPIXEL_SIZE is in meters.*UNITS"):
            superpixel_options(GroundSize("any", 2.0, "meters"), source.grid, listener.log)
        with pytest.raises(SuperSegError, match="MIN_AREA is in meters"):
            MinimumArea(2.0, "meters").check(source.grid)


def test_sizes_on_the_ground_keep_the_other_options(tmp_path):
    grid = grid_of(tmp_path, 10.0, 32632)
    own = SuperpixelOptions(method="slic", sigma=2.0, compactness=9.0, tile_size=128)
    assert superpixel_options(GroundSize(), grid, Listener().log, own) == own
    found = superpixel_options(GroundSize(size=40.0, units="meters"), grid, Listener().log, own)
    # Half the usual side, of the smallest and of the typical ones.
    assert found == replace(own, min_size=16, scale=8.0, region_size=8)


@pytest.mark.parametrize("wanted", [GroundSize("landsat"), GroundSize(size=5.0)])
def test_a_size_is_set_in_one_place(wanted):
    usual, slic = SuperpixelOptions(), SuperpixelOptions(method="slic")
    for options in (usual, slic, replace(usual, region_size=5), replace(slic, min_size=5)):
        require_one_size(options, wanted)
    require_one_size(replace(usual, min_size=5), GroundSize(units="meters"))
    with pytest.raises(
        SuperSegError, match=f"{wanted.parameter} .* SCALE and MIN_SIZE; leave SCALE 32"
    ):
        require_one_size(replace(usual, min_size=5, scale=3.0), wanted)
    with pytest.raises(SuperSegError, match=r"REGION_SIZE; leave REGION_SIZE 16"):
        require_one_size(replace(slic, region_size=5), wanted)


@pytest.mark.parametrize(
    "wrong", [{"imagery": "moon"}, {"units": "feet"}, {"size": -1.0}, {"size": math.nan}]
)
def test_sizes_have_limits(wrong):
    with pytest.raises(SuperSegError, match="must be"):
        GroundSize(**wrong)


def test_superpixels_and_training_take_sizes_on_the_ground(tmp_path, worker):
    path = write_raster(tmp_path / "scene.tif", landscape(96, 120))
    listener = Listener()
    counts = {}
    with RasterSource(path) as source:
        for size in (0.0, 6.0, 20.0):
            output = str(tmp_path / "s.tif")
            wanted = GroundSize(size=size, units="meters")
            run_superpixels(source, output, SuperpixelOptions(), worker, listener, wanted)
            counts[size] = np.bincount(read_raster(output).ravel())[1:]
        model = str(tmp_path / "m.superseg")
        quick = TrainingOptions(classes=3, steps=2, patch_size=32, batch_size=1)
        for wanted, sizes in ((GroundSize(), None), (GroundSize(size=3.0), (9, 4.5))):
            inputs, outputs = TrainingInputs(source, wanted), TrainingOutputs(model)
            run_training(inputs, outputs, quick, worker, listener)
            known = read_header(model).options.get("superpixels")
            assert known == (sizes and {"min_size": sizes[0], "scale": sizes[1]})
    # Pixels are of 2 m.
    assert [counts[size].min() for size in (6.0, 0.0, 20.0)] == pytest.approx([9, 64, 100], rel=0.3)
    assert len(counts[6.0]) > len(counts[0.0]) > len(counts[20.0])
