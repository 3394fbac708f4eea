# SPDX-License-Identifier: GPL-2.0-or-later
"""MIN_AREA is one thing in every algorithm, and a larger one never leaves more patches."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.merging import MergingInputs, run_merging
from superseg_plugin.pipeline.options.ground_sizes import MinimumArea
from superseg_plugin.pipeline.options.merging import MergingOptions
from superseg_plugin.raster.source import RasterSource
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape
from tests.pipeline.test_segmentation import classify, segment
from tests.raster.test_objects import tabled

# Pixels; the last is more than the scene has.
LADDER = (0.0, 20.0, 150.0, 1000.0, 1e9)


def merged(path, area, units="pixels"):
    output = path + ".merged.tif"
    listener = Listener()
    with RasterSource(path) as source:
        run_merging(MergingInputs(source), output, MergingOptions(0, area, units), listener)
    return read_raster(output)[0], listener.lines


def patches(classes):
    return int((tabled(classes, 512)[1].classes > 0).sum())


def is_the_same_map(one, other):
    """Whether two maps are the same but for the numbers of their classes."""
    pairs = np.unique(np.stack([one.ravel(), other.ravel()]), axis=1)
    return pairs.shape[1] == len(np.unique(one)) == len(np.unique(other))


@pytest.fixture(scope="module")
def runs(tmp_path_factory, worker):
    """Results of Segment and of Classify for every step of the ladder, and their log lines."""
    folder = tmp_path_factory.mktemp("ladder")
    image = write_raster(folder / "scene.tif", landscape(160, 200))
    found = {"segment": [], "classify": []}
    for step, area in enumerate(LADDER):
        wanted = {"min_area": area, "smoothness": 0.5}
        listener = Listener()
        name = f"segment{step}.tif"
        outputs = ("model",) if step == 0 else ()
        segment(image, folder, worker, listener, outputs, name, preset="fast", **wanted)
        found["segment"].append((str(folder / name), listener.lines))
        path = folder / f"classify{step}.tif"
        classify(image, str(folder / "model.superseg"), path, worker, **wanted)
        found["classify"].append((str(path), []))
    return found


@pytest.mark.parametrize("algorithm", ["segment", "classify"])
def test_all_algorithms_dissolve_alike(runs, algorithm):
    maps = [read_raster(path)[0] for path, _ in runs[algorithm]]
    counts = [patches(classes) for classes in maps]
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) > 3
    assert counts[-1] == 1
    for area, classes in zip(LADDER[1:], maps[1:]):
        assert is_the_same_map(classes, merged(runs[algorithm][0][0], area)[0])


def test_an_area_larger_than_every_patch_is_warned_of(runs):
    path, lines = runs["segment"][-1]
    for said in (lines, merged(runs["segment"][0][0], LADDER[-1])[1]):
        assert any("MIN_AREA, 1e+09 pixels, is larger than every patch" in line for line in said)
    assert not any("larger than every patch" in line for line in runs["segment"][1][1])
    assert (read_raster(path)[0] == 1).all()


def test_square_meters_are_those_of_the_ground(tmp_path):
    classes = np.ones((40, 40), np.uint8)
    classes[5:15, 5:15] = 2
    classes[20:32, 20:32] = 3
    # At 60 degrees north, where web mercator has four times the area of the ground.
    path = write_raster(
        tmp_path / "classes.tif",
        classes,
        nodata=0,
        geotransform=(1.1e6, 10.0, 0.0, 8_399_738.0, 0.0, -10.0),
        epsg=3857,
    )
    assert set(np.unique(merged(path, 2600.0, "meters")[0])) == {1, 3}
    assert set(np.unique(merged(path, 2500.0, "meters")[0])) == {1, 2, 3}
    assert set(np.unique(merged(path, 101.0)[0])) == {1, 3}


def test_without_a_reference_system_there_are_no_meters(tmp_path):
    path = write_raster(tmp_path / "c.tif", np.ones((4, 4), np.uint8), nodata=0, epsg=None)
    with pytest.raises(SuperSegError, match="MIN_AREA is in meters, but CLASSIFICATION"):
        merged(path, 5.0, "meters")
    with pytest.raises(SuperSegError, match="MIN_AREA is in meters, but the image"):
        classify(path, "unread.superseg", tmp_path / "o.tif", None, min_area=5.0, units="meters")


@pytest.mark.parametrize("wrong", [{"area": -1.0}, {"area": np.inf}, {"units": "feet"}])
def test_minimum_areas_have_limits(wrong):
    with pytest.raises(SuperSegError, match=r"MIN_AREA|UNITS"):
        MinimumArea(**wrong)
