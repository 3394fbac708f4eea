# SPDX-License-Identifier: GPL-2.0-or-later
"""Sizes on the ground, and what a run will take."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from superseg_plugin.pipeline.planning.plan.plan import Outline, outlook

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.formats.model_file import read_header
from superseg_plugin.pipeline.options.ground_sizes import (
    GroundSize,
    least_pixels,
    require_one_size,
    superpixel_options,
)
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.options.training import TrainingOptions
from superseg_plugin.pipeline.planning.calibration import Calibration
from superseg_plugin.pipeline.planning.estimate import (
    Work,
    expected_bytes,
    expected_seconds,
    in_words,
    rounded_time,
)
from superseg_plugin.pipeline.planning.stages import Stages
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.steps.band_statistics import count_valid_pixels
from superseg_plugin.pipeline.superpixels import run_superpixels
from superseg_plugin.pipeline.training import run_training
from superseg_plugin.raster.grid import Grid
from superseg_plugin.raster.source import RasterSource
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape

DEGREE = 111_320.0
US_FOOT = 1200 / 3937

PLANNING = "superseg_plugin.pipeline.planning"


def grid_of(folder, side, epsg, top=5200000.0, side_y=None):
    place = (500000.0 if epsg != 4326 else 10.0, side, 0.0, top, 0.0, -(side_y or side))
    path = write_raster(
        folder / "grid.tif", np.zeros((20, 20), np.uint8), geotransform=place, epsg=epsg
    )
    with RasterSource(path) as source:
        return source.grid


@pytest.mark.parametrize(
    ("imagery", "side", "pixels"),
    [("any", 123.0, 9), ("drone", 0.05, 64), ("aerial", 0.2, 25), ("vhr", 0.5, 25),
     ("sentinel2", 10.0, 9), ("landsat", 30.0, 9), ("landsat", 15.0, 36)],
)  # fmt: skip
def test_imagery_sets_superpixels_on_the_ground(tmp_path, imagery, side, pixels):
    grid = grid_of(tmp_path, side, 32632)
    chosen = superpixel_options(GroundSize(imagery), grid, Listener())
    assert chosen.min_size == pixels
    assert chosen.scale / chosen.min_size == 0.5


@pytest.mark.parametrize(
    ("columns", "rows", "pixels"), [(90, 70, 9), (512, 512, 16), (1024, 1024, 64), (9000, 9000, 64)]
)
def test_a_small_scene_is_cut_finer_but_not_by_the_letter(columns, rows, pixels):
    grid = Grid(columns, rows)
    chosen = SegmentationOptions().superpixels(grid, Listener())
    assert (chosen.min_size, chosen.scale) == (pixels, pixels / 2)
    letter = SegmentationOptions(preset="published").superpixels(grid, Listener())
    assert letter == SuperpixelOptions()
    larger = SegmentationOptions(superpixel_size=10.0).superpixels(grid, Listener())
    assert larger.min_size == 100


def test_a_small_scene_amid_nodata_is_cut_as_finely_as_alone(tmp_path):
    image = np.zeros((600, 900), np.uint8)
    image[100:300, 200:500] = 7
    path = write_raster(tmp_path / "amid.tif", image, nodata=0)
    with RasterSource(path) as source:
        seen = count_valid_pixels(source, Listener())
        assert seen == 200 * 300
        assert SegmentationOptions().superpixels(source.grid, Listener()).min_size == 32
        assert SegmentationOptions().superpixels(source.grid, Listener(), seen).min_size == 9


def test_the_ground_is_the_same_in_degrees_and_feet(tmp_path):
    # At 60 degrees north a degree of longitude is half as long.
    degrees = grid_of(tmp_path, 0.5 / DEGREE, 4326, top=60.0, side_y=0.25 / DEGREE)
    assert superpixel_options(GroundSize("vhr"), degrees, Listener()).min_size == pytest.approx(
        (2.5 / 0.25) ** 2, rel=0.02
    )
    feet = grid_of(tmp_path, 0.5 / US_FOOT, 2264, top=200000.0)
    assert superpixel_options(GroundSize("vhr"), feet, Listener()).min_size == 25
    assert superpixel_options(GroundSize("any", 3.0, "meters"), feet, Listener()).min_size == 36
    assert superpixel_options(GroundSize("vhr", 7.0, "pixels"), feet, Listener()).min_size == 49
    assert least_pixels(10.0, "meters", feet) == 40
    assert least_pixels(10.0, "pixels", feet) == 10


def test_sizes_that_cannot_be_are_said(tmp_path):
    listener = Listener()
    coarse = grid_of(tmp_path, 30.0, 32632)
    assert superpixel_options(GroundSize("drone"), coarse, listener).min_size == 9
    assert "9 are taken" in listener.lines[-1]
    path = write_raster(
        tmp_path / "bare.tif", np.zeros((9, 9), np.uint8), geotransform=None, epsg=None
    )
    with RasterSource(path) as source:
        assert superpixel_options(GroundSize("drone"), source.grid, listener).min_size == 64
        assert "0.05 m" in listener.lines[-1]
        with pytest.raises(SuperSegError, match=r"SUPERPIXEL_SIZE is in meters.*UNITS"):
            superpixel_options(GroundSize("any", 2.0, "meters"), source.grid, listener)
        with pytest.raises(SuperSegError, match="MIN_AREA is in meters"):
            least_pixels(2.0, "meters", source.grid)


def test_sizes_on_the_ground_leave_the_rest_as_asked_for(tmp_path):
    grid = grid_of(tmp_path, 10.0, 32632)
    own = SuperpixelOptions(method="slic", sigma=2.0, compactness=9.0, tile_size=128)
    assert superpixel_options(GroundSize(), grid, Listener(), own) == own
    found = superpixel_options(GroundSize(size=40.0, units="meters"), grid, Listener(), own)
    # Half the usual side, of the smallest and of the typical ones.
    assert found == replace(own, min_size=16, scale=8.0, region_size=8)


@pytest.mark.parametrize("wanted", [GroundSize("landsat"), GroundSize(size=5.0)])
def test_a_size_is_set_in_one_place(wanted):
    usual, slic = SuperpixelOptions(), SuperpixelOptions(method="slic")
    for options in (usual, slic, replace(usual, region_size=5), replace(slic, min_size=5)):
        require_one_size(options, wanted)
    require_one_size(replace(usual, min_size=5), GroundSize(units="meters"))
    with pytest.raises(SuperSegError, match=f"{wanted.said} .* SCALE and MIN_SIZE; leave SCALE 32"):
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
            run_training(source, None, model, None, quick, worker, listener, wanted=wanted)
            known = read_header(model).options.get("superpixels")
            assert known == (sizes and {"min_size": sizes[0], "scale": sizes[1]})
    # Pixels are of 2 m.
    assert [counts[size].min() for size in (6.0, 0.0, 20.0)] == pytest.approx([9, 64, 100], rel=0.3)
    assert len(counts[6.0]) > len(counts[0.0]) > len(counts[20.0])


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
    assert in_words(WORK, 130.0, 2.5e9, "CPU (2 threads)") == (
        "about 2 min on CPU (2 threads), 2.5 GB of memory: 4 million pixels in 4 tiles, about "
        "14,000 superpixels; smallest superpixels 8 x 8 pixels"
    )
    for side, pixels, words in (
        (0.05, 64, "0.4 m (8 x 8 pixels)"), (30.0, 9, "90 m (3 x 3 pixels)"),
        (0.3, 69, "2.5 m (69 pixels)"), (1000.0, 16, "4000 m (4 x 4 pixels)"),
    ):  # fmt: skip
        said = in_words(replace(WORK, smallest=pixels, meters=side, tiles=1), 3, 1e9, "CPU")
        assert said.endswith(f"in 1 tile, about {said.split('about ')[1]}")
        assert said.endswith(f"; smallest superpixels {words}")
    assert [rounded_time(s) for s in (3, 33, 100, 1500, 9000)] == [
        "a few seconds", "about 30 s", "about 2 min", "about 25 min", "about 2.5 h",
    ]  # fmt: skip


def test_the_outlook_is_what_the_run_says(tmp_path, worker, monkeypatch):
    monkeypatch.setattr(
        "superseg_plugin.pipeline.planning.calibration.data_folder", lambda: tmp_path
    )
    path = write_raster(tmp_path / "scene.tif", landscape(64, 80))
    options = SegmentationOptions(3, "fast", imagery="aerial", tile_size=64)
    scene = Outline(path, [1, 3])

    def said_before(device):
        return outlook(scene, options, False, True, device)

    assert "The first run finds out" in said_before("auto")
    assert "The first run finds out" not in said_before("cpu")
    assert said_before("cuda").startswith("A few seconds on CUDA")
    listener = Listener()
    outputs = SegmentationOutputs(str(tmp_path / "c.tif"), report=str(tmp_path / "r.html"))
    for _ in range(2):
        before = said_before("auto")
        with RasterSource(path, [1, 3]) as source:
            run_segmentation(source, outputs, options, worker, listener)
    said = [line for line in listener.lines if line.startswith("Estimate: ")][-1]
    text = said[len("Estimate: ") :]
    assert before.split("\n")[0] == text[0].upper() + text[1:] + "."
    assert "5,100 pixels in 2 tiles" in before
    # Aerial images have pixels of 0.2 m, this one of 2 m.
    assert "9 are taken, as superpixels need from 9 to 4096." in before
    (tmp_path / "scene.tif").unlink()
    with pytest.raises(SuperSegError, match="does not exist"):
        said_before("cpu")


def test_an_area_in_meters_fails_before_the_run_where_there_are_none(tmp_path, worker):
    path = write_raster(tmp_path / "bare.tif", landscape(40, 40), geotransform=None, epsg=None)
    asked = SegmentationOptions(3, "fast", units="meters", min_area=9.0)
    listener = Listener()
    outputs = SegmentationOutputs(str(tmp_path / "c.tif"))
    with RasterSource(path) as source, pytest.raises(SuperSegError, match="MIN_AREA is in meters"):
        run_segmentation(source, outputs, asked, worker, listener)
    assert not any(line.startswith("Stage ") for line in listener.lines)
    with pytest.raises(SuperSegError, match="MIN_AREA is in meters"):
        outlook(Outline(path), asked, False, False, "cpu")
    assert outlook(Outline(path), replace(asked, min_area=0.0), False, False, "cpu")
    with RasterSource(path) as source:
        assert least_pixels(0.0, "meters", source.grid) == 0


def test_the_outlook_counts_what_is_to_be_copied_first(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "superseg_plugin.pipeline.planning.calibration.data_folder", lambda: tmp_path
    )
    grid = replace(grid_of(tmp_path, 5.0, 32632), width=40_000, height=30_000)
    scene = Outline(copied=(grid, 3), note="It is fetched.")
    fast = SegmentationOptions(preset="fast")
    smaller = Outline(copied=(replace(grid, width=3000, height=2000), 3))
    short, long = (outlook(smaller, fast, model, False, "cpu") for model in (False, True))
    assert short != long
    for size in (0, 64):
        options = SegmentationOptions(imagery="sentinel2", tile_size=size)
        first, note = outlook(scene, options, False, False, "cpu").split("\n")
        assert "1.2e+03" not in first
        assert "1,200 million pixels" in first
        assert first.endswith("smallest superpixels 30 m (6 x 6 pixels).")
        assert note == "It is fetched."


class Clock:
    now = 0.0

    def monotonic(self):
        return self.now


def test_stages_tell_what_is_left_at_the_pace_of_the_run(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(f"{PLANNING}.stages.time", clock)
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
    monkeypatch.setattr(
        "superseg_plugin.pipeline.planning.calibration.data_folder", lambda: tmp_path
    )
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


def test_stages_end_at_one():
    listener = Listener()
    # Their shares add up to more than 1, by rounding.
    stages = Stages(listener, {"a": 2.0, "b": 5.0, "c": 3.0, "d": 3.0})
    for name in "abcd":
        with stages.stage(name) as progress:
            progress.report(1.0)
    assert listener.fractions[-1] == 1.0
    assert max(listener.fractions) == 1.0
