# SPDX-License-Identifier: GPL-2.0-or-later
"""Sizes on the ground, and what a run will take."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.calibration import Calibration
from superseg_plugin.pipeline.estimate import (
    Work,
    expected_bytes,
    expected_seconds,
    in_words,
    rounded_time,
)
from superseg_plugin.pipeline.ground_sizes import least_pixels, superpixel_options
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.segmentation_options import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.stages import Stages
from superseg_plugin.raster.source import RasterSource
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape

DEGREE = 111_320.0
US_FOOT = 1200 / 3937


def grid_of(folder, side, epsg, top=5200000.0, side_y=None):
    place = (500000.0 if epsg != 4326 else 10.0, side, 0.0, top, 0.0, -(side_y or side))
    path = write_raster(
        folder / "grid.tif", np.zeros((20, 20), np.uint8), geotransform=place, epsg=epsg
    )
    with RasterSource(path) as source:
        return source.grid


@pytest.mark.parametrize(
    ("imagery", "side", "pixels"),
    [("any", 123.0, 64), ("drone", 0.05, 64), ("aerial", 0.2, 25), ("vhr", 0.5, 25),
     ("sentinel2", 10.0, 9), ("landsat", 30.0, 9), ("landsat", 15.0, 36)],
)  # fmt: skip
def test_imagery_sets_superpixels_on_the_ground(tmp_path, imagery, side, pixels):
    grid = grid_of(tmp_path, side, 32632)
    chosen = superpixel_options(imagery, 0.0, "pixels", grid, Listener())
    assert chosen.min_size == pixels
    assert chosen.scale / chosen.min_size == 0.5


def test_the_ground_is_the_same_in_degrees_and_feet(tmp_path):
    # At 60 degrees north a degree of longitude is half as long.
    degrees = grid_of(tmp_path, 0.5 / DEGREE, 4326, top=60.0, side_y=0.25 / DEGREE)
    assert superpixel_options("vhr", 0.0, "pixels", degrees, Listener()).min_size == pytest.approx(
        (2.5 / 0.25) ** 2, rel=0.02
    )
    feet = grid_of(tmp_path, 0.5 / US_FOOT, 2264, top=200000.0)
    assert superpixel_options("vhr", 0.0, "pixels", feet, Listener()).min_size == 25
    assert superpixel_options("any", 3.0, "meters", feet, Listener()).min_size == 36
    assert superpixel_options("vhr", 7.0, "pixels", feet, Listener()).min_size == 49
    assert least_pixels(10.0, "meters", feet) == 40
    assert least_pixels(10.0, "pixels", feet) == 10


def test_sizes_that_cannot_be_are_said(tmp_path):
    listener = Listener()
    coarse = grid_of(tmp_path, 30.0, 32632)
    assert superpixel_options("drone", 0.0, "pixels", coarse, listener).min_size == 9
    assert "9 are taken" in listener.lines[-1]
    path = write_raster(
        tmp_path / "bare.tif", np.zeros((9, 9), np.uint8), geotransform=None, epsg=None
    )
    with RasterSource(path) as source:
        assert superpixel_options("drone", 0.0, "pixels", source.grid, listener).min_size == 64
        assert "0.05 m" in listener.lines[-1]
        with pytest.raises(SuperSegError, match=r"SUPERPIXEL_SIZE is in meters.*UNITS"):
            superpixel_options("any", 2.0, "meters", source.grid, listener)
        with pytest.raises(SuperSegError, match="MIN_AREA is in meters"):
            least_pixels(2.0, "meters", source.grid)


WORK = Work(
    pixels=4_000_000,
    bands=3,
    smallest=64,
    tile=1024,
    tiles=4,
    preset="balanced",
    seen=60 * 4 * 256**2,
    network="light",
    device="cpu",
)


@pytest.mark.parametrize("slower", [0.2, 1.0, 7.0])
def test_one_run_teaches_the_pace_of_a_machine(tmp_path, slower):
    path = tmp_path / "calibration.json"
    first = Calibration(path)
    planned = {WORK.key(name): s for name, s in expected_seconds(WORK, first.factors, 2).items()}
    first.learn(planned, {key: slower * seconds for key, seconds in planned.items()})
    first.save()
    known = Calibration(path)
    large = replace(WORK, pixels=10 * WORK.pixels, tiles=40)
    found = sum(expected_seconds(large, known.factors, 2).values())
    assert found == pytest.approx(slower * sum(expected_seconds(large, {}, 2).values()), rel=0.1)
    # A short run that was disturbed changes little.
    small = {key: 0.05 * slower * seconds for key, seconds in planned.items()}
    known.learn(small, {key: 20 * seconds for key, seconds in small.items()})
    changed = sum(expected_seconds(large, known.factors, 2).values())
    assert 0.5 < changed / found < 2


@pytest.mark.parametrize("content", ["", "[]", '{"format_version": 1}', "{" * 100_000, "\0"])
def test_a_broken_calibration_is_as_good_as_none(tmp_path, content):
    path = tmp_path / "calibration.json"
    path.write_text(content, encoding="utf-8")
    broken = Calibration(path)
    assert broken.factors == {}
    broken.learn({"superpixels": 1.0}, {"superpixels": 2.0})
    broken.save()
    assert Calibration(path).factors == {"superpixels": pytest.approx(2.0)}
    path.write_text(
        json.dumps(
            {
                "format_version": 1,
                "auto_device": [],
                "stages": {"a": [math.nan, 1], "b": [-1, 1], "c": [3, 1]},
            }
        ),
        encoding="utf-8",
    )
    assert Calibration(path).factors == {"c": 3.0}


def test_estimates_grow_with_the_scene_and_shrink_with_cores():
    large = replace(WORK, pixels=100 * WORK.pixels, tiles=400)
    assert sum(expected_seconds(large, {}, 2).values()) > 20 * sum(
        expected_seconds(WORK, {}, 2).values()
    )
    assert sum(expected_seconds(large, {}, 16).values()) < sum(
        expected_seconds(large, {}, 2).values()
    )
    assert expected_bytes(large, 2) > expected_bytes(WORK, 2) > 1e9
    fast = expected_seconds(replace(WORK, preset="fast", seen=0), {}, 2)
    assert set(fast) == {
        "reading", "superpixels", "description", "clustering", "painting", "rendering",
    }  # fmt: skip
    words = in_words(WORK, 130.0, 2.5e9, "cpu (2 threads)")
    assert "about 2 min on cpu (2 threads), 2.5 GB" in words
    assert "4 million pixels in 4 tiles, 14,000 superpixels" in words
    assert [rounded_time(s) for s in (3, 33, 100, 1500, 9000)] == [
        "a few seconds", "about 30 s", "about 2 min", "about 25 min", "about 2.5 h",
    ]  # fmt: skip


class Clock:
    now = 0.0

    def monotonic(self):
        return self.now


def test_stages_tell_what_is_left_at_the_pace_of_the_run(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("superseg_plugin.pipeline.stages.time", clock)
    said, fractions, lines = [], [], []

    class Ear:
        def report(self, fraction, text=""):
            fractions.append(fraction)
            if text:
                said.append(text)

        def log(self, text):
            lines.append(text)

        def cancelled(self):
            return False

    stages = Stages(Ear(), {"one": 60.0, "two": 60.0, "three": 180.0}, timed=True)
    with stages.stage("one") as part:
        clock.now = 60.0
        part.report(0.5, "Cutting")
        clock.now = 120.0
    with stages.stage("two"):
        clock.now = 240.0
    with stages.stage("three") as part:
        for step in range(1, 11):
            clock.now = 240.0 + 36.0 * step
            part.report(step / 10)
    assert said[0] == "One (1 of 3), about 5 min left"
    # Half of a minute took one: what is left of it takes another half, the next stage its own time.
    assert said[1].startswith("Cutting (1 of 3), about ")
    # The first stage took twice its time, and so will the others.
    assert said[2] == "Two (2 of 3), about 8 min left"
    assert said[-1] == "Three (3 of 3), a few seconds left"
    minutes = [int(found) for text in said[2:] for found in re.findall(r"about (\d+) min", text)]
    assert minutes == sorted(minutes, reverse=True)
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)
    assert lines == ["Stage one: 120.0 s", "Stage two: 120.0 s", "Stage three: 360.0 s"]


def test_a_run_says_what_it_takes_and_remembers(tmp_path, worker, monkeypatch):
    monkeypatch.setattr("superseg_plugin.pipeline.calibration.data_folder", lambda: tmp_path)
    path = write_raster(tmp_path / "scene.tif", landscape(200, 240))
    texts = []

    class Ear(Listener):
        def report(self, fraction, text=""):
            super().report(fraction, text)
            texts.append(text)

    listener = Ear()
    with RasterSource(path) as source:
        options = SegmentationOptions(
            4, "fast", imagery="vhr", superpixel_size=14, units="meters", min_area=200.0
        )
        outputs = SegmentationOutputs(str(tmp_path / "c.tif"), str(tmp_path / "s.tif"))
        run_segmentation(source, outputs, options, worker, listener)
    estimates = [line for line in listener.lines if line.startswith("Estimate: ")]
    assert len(estimates) == 1
    assert "48,000 pixels in 1 tile" in estimates[0]
    assert listener.lines.index(estimates[0]) < next(
        place for place, line in enumerate(listener.lines) if line.startswith("Stage reading")
    )
    assert any(re.search(r"\(2 of 6\), .* left$", text) for text in texts)
    # 14 meters are 7 pixels of this image.
    sizes = np.bincount(read_raster(tmp_path / "s.tif").ravel())[1:]
    assert sizes.min() >= 49
    assert sizes.min() < 64
    known = json.loads((tmp_path / "calibration.json").read_text(encoding="utf-8"))
    assert known["stages"]
