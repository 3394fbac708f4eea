# SPDX-License-Identifier: GPL-2.0-or-later
"""Estimates of time and memory, and the stages of a run."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.options.ground_sizes import MinimumArea
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.planning.calibration import FORMAT_VERSION, Calibration
from superseg_plugin.pipeline.planning.estimate import (
    Estimate,
    EstimateRequest,
    estimate_segmentation,
    raster_size,
    rounded,
)
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.steps.tiling import tiles_together
from superseg_plugin.progress import Stages
from superseg_plugin.raster.grid import Grid
from superseg_plugin.raster.source import RasterSource
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, grid_of, landscape

PLANNING = "superseg_plugin.pipeline.planning"
BALANCED = EstimateRequest(SegmentationOptions(), device="cpu")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{PLANNING}.calibration.data_folder", lambda: tmp_path)
    return tmp_path


def estimated(side, request=BALANCED, bands=3):
    """An estimate for a square without georeference."""
    return estimate_segmentation(lambda: (Grid(side, side), bands), request)


def total_seconds(side):
    return sum(estimated(side).seconds.values())


@pytest.mark.parametrize("slower", [0.2, 1.0, 7.0])
def test_one_run_of_a_large_scene_calibrates_the_estimate(slower):
    first, initial = estimated(4000), total_seconds(6000)
    first.learn({stage: slower * seconds for stage, seconds in first.seconds.items()})
    found = total_seconds(6000)
    assert found == pytest.approx(slower * initial, rel=0.3)
    # A short run that was disturbed changes little.
    small = estimated(450)
    small.learn({stage: 20 * seconds for stage, seconds in small.seconds.items()})
    assert 0.5 < total_seconds(6000) / found < 2


def test_small_scenes_do_not_tell_how_long_a_large_one_takes():
    """Most of their time is that of the start, which a worker that runs already does not take."""
    initial = total_seconds(6000)
    for _ in range(50):
        small = estimated(450)
        small.learn({stage: 0.2 * seconds for stage, seconds in small.seconds.items()})
    assert total_seconds(6000) == pytest.approx(initial, rel=0.2)


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"format_version": 4}', "{" * 100_000, "\0",
     '{"format_version": 4, "devices": [], "stages": []}',
     '{"format_version": 1, "auto_device": ["cpu", "cpu"], "stages": {"painting": [9.0, 5.0]}}',
     '{"format_version": 2, "auto_device": ["cpu", "cpu"], "stages": {"painting": [9.0, 5, 1]}}'],
)  # fmt: skip
def test_a_broken_or_older_calibration_is_ignored(home, content):
    path = home / "calibration.json"
    initial = estimated(2000).seconds
    path.write_text(content, encoding="utf-8")
    broken = estimated(2000)
    assert broken.seconds == initial
    assert not estimated(2000, replace(BALANCED, device="auto")).device_known
    broken.learn({"superpixels": 2 * initial["superpixels"]})
    known = dict(estimated(2000).seconds)
    assert 1.4 < known.pop("superpixels") / initial["superpixels"] < 2
    assert known == {key: value for key, value in initial.items() if key != "superpixels"}
    content = {
        "format_version": FORMAT_VERSION,
        "devices": {},
        "stages": {
            "superpixels light cpu": [math.nan, 1],
            "painting light cpu": [-1, 1],
            "clustering light cpu": [1, math.inf],
            "unknown": [1, 1],
            "rendering light cpu": [3, 1e12],
        },
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    initial["rendering"] *= 3 / Calibration().ratio("none", "light cpu")
    assert estimated(2000).seconds == pytest.approx(initial, rel=1e-4)


def test_estimates_grow_with_the_scene_and_shrink_with_cores(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    two = total_seconds(20_000)
    assert two > 20 * total_seconds(2000)
    assert estimated(20_000).memory > estimated(2000).memory > 1e9
    fast = EstimateRequest(SegmentationOptions(preset="fast"))
    assert list(estimated(2000, fast).seconds) == [
        "reading", "superpixels", "description", "clustering", "painting", "rendering",
    ]  # fmt: skip
    published = EstimateRequest(SegmentationOptions(preset="published"), report=True)
    assert list(estimated(2000, published).seconds) == [
        "reading", "superpixels", "training", "classification", "rendering", "report",
    ]  # fmt: skip
    monkeypatch.setattr("os.cpu_count", lambda: 16)
    assert total_seconds(20_000) < two


def test_64_bands_are_expected_to_take_two_to_four_times_as_long_as_three():
    three, many = (estimated(8192, bands=bands).seconds for bands in (3, 64))
    assert 2 < sum(many.values()) / sum(three.values()) < 4
    # AlphaEarth's tiles are not read once more for their classes; other rasters are.
    three, many, other = (
        estimated(8192, EstimateRequest(options, device="cpu"), bands=bands).seconds["painting"]
        for options, bands in (
            (SegmentationOptions(refine_borders=False), 3),
            (SegmentationOptions(refine_borders=False), 64),
            (SegmentationOptions(refine_borders=False, values="as they are"), 64),
        )
    )
    assert many == three < other / 3


@pytest.mark.parametrize(
    ("side", "told"),
    [
        (1, "1 pixel in 1 tile, about 1 superpixel; smallest"),
        (6, "36 pixels in 1 tile, about 1 superpixel; smallest"),
        (20, "400 pixels in 1 tile, about 10 superpixels; smallest"),
        (2000, "4 million pixels in 4 tiles, about 99,000 superpixels; smallest"),
    ],
)
def test_an_estimate_counts_in_singular_and_plural(side, told):
    cut = SuperpixelOptions(min_size=9)
    estimate = Estimate((Grid(side, side), 3), cut, BALANCED, Calibration())
    assert told in estimate.text()


def test_an_estimate_is_a_clause_in_the_log(monkeypatch, tmp_path):
    def clause(seconds, smallest, tile=0, pixel=None, device=BALANCED.device):
        known = Calibration()
        known.devices["cpu"] = "cpu", "cpu (2 threads)"
        grid = Grid(2000, 2000)
        if pixel is not None:
            grid = replace(grid_of(tmp_path, pixel, 32632), width=2000, height=2000)
        options = SegmentationOptions(tile_size=tile)
        cut = SuperpixelOptions(min_size=smallest)
        estimate = Estimate((grid, 3), cut, EstimateRequest(options, device=device), known)
        estimate.seconds = {"one": seconds / 2, "two": seconds / 2}
        estimate.memory = 2.54e9
        return estimate.text()

    assert clause(120.0, 64) == (
        "about 2 min on CPU (2 threads), 2.5 GB of memory: 4 million pixels in 4 tiles, about "
        "14,000 superpixels; smallest superpixels 8 x 8 pixels"
    )
    assert clause(3.0, 64, device="cuda").startswith("a few seconds on CUDA, ")
    for side, pixels, size in (
        (0.05, 64, "0.4 m (8 x 8 pixels)"), (30.0, 9, "90 m (3 x 3 pixels)"),
        (0.3, 69, "2.5 m (8.3 x 8.3 pixels)"), (1000.0, 16, "4,000 m (4 x 4 pixels)"),
    ):  # fmt: skip
        text = clause(3.0, pixels, 2048, side)
        assert text.startswith("a few seconds on CPU (2 threads), 2.5 GB of memory: ")
        assert text.endswith(f"in 1 tile, about {text.split('about ')[1]}")
        assert text.endswith(f"; smallest superpixels {size}")
    assert [clause(s, 64).split(" on ")[0] for s in (3, 33, 100, 1500, 9000, 1e6)] == [
        "a few seconds", "about 33 s", "about 1.7 min", "about 25 min", "about 2.5 h",
        "about 280 h",
    ]  # fmt: skip
    assert [rounded(number) for number in (0.0123, 0.4, 3.0, 9.96, 5120.0, 13_860, 1.2e6)] == [
        "0.012", "0.4", "3", "10", "5,100", "14,000", "1,200,000",
    ]  # fmt: skip


def test_the_estimate_is_the_same_before_and_in_the_run(tmp_path, worker, monkeypatch):
    path = write_raster(tmp_path / "scene.tif", landscape(64, 80))
    options = SegmentationOptions(3, "fast", imagery="aerial", tile_size=64)
    size = partial(raster_size, path, [1, 3])

    def estimate(device):
        return estimate_segmentation(size, EstimateRequest(options, False, True, device))

    assert not estimate("auto").device_known
    assert estimate("cpu").device_known
    assert estimate("cuda").text().startswith("a few seconds on CUDA")
    listener = Listener()
    outputs = SegmentationOutputs(str(tmp_path / "c.tif"), report=str(tmp_path / "r.html"))
    monkeypatch.setattr(worker, "device", "auto")
    for _ in range(2):
        before = estimate("auto")
        with RasterSource(path, [1, 3]) as source:
            run_segmentation(source, outputs, options, worker, listener)
    logged = [line for line in listener.lines if line.startswith("Estimate: ")][-1]
    assert logged == f"Estimate: {before.text()}"
    assert re.search(r"on CPU \(\d+ threads\), |on (?!CPU)", logged)
    assert before.device_known
    assert "5,100 pixels in 2 tiles" in logged
    # Aerial images have pixels of 0.2 m, this one of 2 m.
    assert before.remarks[0].endswith("9 are used, as superpixels need from 9 to 4096.")
    (tmp_path / "scene.tif").unlink()
    with pytest.raises(SuperSegError, match="does not exist"):
        estimate("cpu")


def test_an_area_in_meters_fails_before_the_run_where_there_are_none(tmp_path, worker):
    path = write_raster(tmp_path / "bare.tif", landscape(40, 40), geotransform=None, epsg=None)
    asked = SegmentationOptions(3, "fast", units="meters", min_area=9.0)
    listener = Listener()
    outputs = SegmentationOutputs(str(tmp_path / "c.tif"))
    with RasterSource(path) as source, pytest.raises(SuperSegError, match="MIN_AREA is in meters"):
        run_segmentation(source, outputs, asked, worker, listener)
    assert not any(line.startswith("Estimate") for line in listener.lines)
    with pytest.raises(SuperSegError, match="MIN_AREA is in meters"):
        estimate_segmentation(partial(raster_size, path), EstimateRequest(asked))
    assert estimate_segmentation(
        partial(raster_size, path), EstimateRequest(replace(asked, min_area=0.0))
    )
    with RasterSource(path) as source:
        MinimumArea(0.0, "meters").check(source.grid)


def test_the_estimate_counts_what_is_copied_first(tmp_path, monkeypatch):
    grid = replace(grid_of(tmp_path, 5.0, 32632), width=40_000, height=30_000)
    fast = SegmentationOptions(preset="fast")
    smaller = replace(grid, width=3000, height=2000), 3
    short, long = (
        estimate_segmentation(lambda: smaller, EstimateRequest(fast, model))
        for model in (False, True)
    )
    assert short.text() != long.text()
    for size in (0, 64):
        options = SegmentationOptions(imagery="sentinel2", tile_size=size)
        request = EstimateRequest(options, device="cpu")
        estimate = estimate_segmentation(lambda: (grid, 3), request, "It is fetched.")
        assert "1.2e+03" not in estimate.text()
        assert "1,200 million pixels" in estimate.text()
        assert estimate.text().endswith("smallest superpixels 30 m (6 x 6 pixels)")
        assert estimate.remarks == ["It is fetched."]


class Clock:
    now = 0.0

    def monotonic(self):
        return self.now


def test_stages_estimate_the_time_left_from_the_pace_of_the_run(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("superseg_plugin.progress.time", clock)
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
    assert lines == ["Times: one 120.0 s, two 120.0 s, three 360.0 s"]


def test_a_short_stage_has_one_line_and_a_late_one_counts_up_again(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("superseg_plugin.progress.time", clock)
    said = []

    class Ear(Listener):
        def report(self, fraction, text=""):
            said.extend([text] * bool(text))

    stages = Stages(Ear(), {"one": 2.0, "two": 10.0}, timed=True)
    with stages.stage("one") as part:
        for second in range(3):
            clock.now = float(second)
            part.report(second / 2, f"Activity {second}")
    with stages.stage("two") as part:
        # A step that reports nothing asks for a cancel, directly or in a part of the stage.
        inner = part.part(0.0, 0.5)
        for second in range(3, 150):
            clock.now = float(second)
            assert not inner.cancelled()
    assert [text.split(", ")[0] for text in said] == ["One (1 of 2)"] + ["Two (2 of 2)"] * 4
    assert [text.split(", ")[1] for text in said[1:]] == [
        "a few seconds left",
        "less than a minute left",
        "about 1 min left",
        "about 2 min left",
    ]


def test_a_run_logs_its_estimate_and_learns(tmp_path, worker, monkeypatch):
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
        place for place, line in enumerate(listener.lines) if line.startswith("Times: reading")
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


@pytest.mark.parametrize("threads", [1, 4, 24, 64, 500])
@pytest.mark.parametrize("count", [1, 30, 196, 961, 9409])
def test_no_thread_of_a_cluster_waits_for_more_than_a_tile_a_turn(threads, count):
    together = tiles_together("refine_superpixels", count, 1024**2, threads)
    turns = math.ceil(math.ceil(count / together) / threads)
    assert turns * together < count / threads + turns
