# SPDX-License-Identifier: GPL-2.0-or-later
"""Estimates of time and memory, and the stages of a run."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.options.ground_sizes import least_pixels
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.planning.calibration import Calibration
from superseg_plugin.pipeline.planning.estimate import (
    Estimate,
    StageCost,
    Workload,
    expected_bytes,
    expected_seconds,
    first_run_costs,
    rounded_time,
)
from superseg_plugin.pipeline.planning.plan import (
    EstimateRequest,
    InputDescription,
    estimate_segmentation,
)
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.progress import Stages
from superseg_plugin.raster.source import RasterSource
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, grid_of, landscape

PLANNING = "superseg_plugin.pipeline.planning"


WORK = Workload(
    pixels=4_000_000,
    bands=3,
    smallest=64,
    tile=1024,
    tiles=4,
    preset="balanced",
    training_pixels=60 * 4 * 256**2,
    network="light",
    device="cpu",
)


def total_seconds(work, costs):
    return sum(expected_seconds(work, costs).values())


@pytest.mark.parametrize("slower", [0.2, 1.0, 7.0])
def test_one_run_calibrates_the_estimate(tmp_path, slower):
    path = tmp_path / "calibration.json"
    first = Calibration(path)
    initial = first.costs.copy()
    expected = expected_seconds(WORK, initial)
    first.learn(WORK, {stage: slower * seconds for stage, seconds in expected.items()})
    first.save()
    known = Calibration(path)
    large = replace(WORK, pixels=10 * WORK.pixels, tiles=40)
    found = total_seconds(large, known.costs)
    assert found == pytest.approx(slower * total_seconds(large, initial), rel=0.1)
    # A short run that was disturbed changes little.
    small = replace(WORK, pixels=WORK.pixels // 20, training_pixels=WORK.training_pixels // 20)
    expected = expected_seconds(small, known.costs)
    known.learn(small, {stage: 20 * seconds for stage, seconds in expected.items()})
    assert 0.5 < total_seconds(large, known.costs) / found < 2


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"format_version": 2}', "{" * 100_000, "\0",
     '{"format_version": 1, "auto_device": ["cpu", "cpu"], "stages": {"painting": [9.0, 5.0]}}'],
)  # fmt: skip
def test_a_broken_or_older_calibration_is_ignored(tmp_path, content):
    path = tmp_path / "calibration.json"
    path.write_text(content, encoding="utf-8")
    broken = Calibration(path)
    assert broken.costs == first_run_costs()
    assert broken.auto_device == ()
    expected = expected_seconds(WORK, broken.costs)["superpixels"]
    broken.learn(WORK, {"superpixels": 2 * expected})
    broken.save()
    known = Calibration(path).costs
    assert known.pop("superpixels").seconds(4.0) == pytest.approx(2 * expected)
    assert known == {key: c for key, c in first_run_costs().items() if key != "superpixels"}
    content = {
        "format_version": 2,
        "auto_device": [],
        "stages": {
            "superpixels": [math.nan, 1, 1],
            "painting": [-1, 1, 1],
            "unknown": [1, 1, 1],
            "rendering": [3, 2, 1],
        },
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    assert Calibration(path).costs == {**first_run_costs(), "rendering": StageCost(3.0, 2.0)}


def test_estimates_grow_with_the_scene_and_shrink_with_cores():
    large = replace(WORK, pixels=100 * WORK.pixels, tiles=400)
    two, many = first_run_costs(2), first_run_costs(16)
    assert total_seconds(large, two) > 20 * total_seconds(WORK, two)
    assert total_seconds(large, many) < total_seconds(large, two)
    assert expected_bytes(large, 2) > expected_bytes(WORK, 2) > 1e9
    fast = expected_seconds(replace(WORK, preset="fast", training_pixels=0), two)
    assert set(fast) == {
        "reading", "superpixels", "description", "clustering", "painting", "rendering",
    }  # fmt: skip


def test_an_estimate_is_a_clause_in_the_log():
    assert Estimate(130.0, 2.5e9, "CPU (2 threads)", WORK).text() == (
        "about 2 min on CPU (2 threads), 2.5 GB of memory: 4 million pixels in 4 tiles, about "
        "14,000 superpixels; smallest superpixels 8 x 8 pixels"
    )
    for side, pixels, size in (
        (0.05, 64, "0.4 m (8 x 8 pixels)"), (30.0, 9, "90 m (3 x 3 pixels)"),
        (0.3, 69, "2.5 m (69 pixels)"), (1000.0, 16, "4000 m (4 x 4 pixels)"),
    ):  # fmt: skip
        work = replace(WORK, smallest=pixels, meters=side, tiles=1)
        text = Estimate(3, 1e9, "CPU", work).text()
        assert text.startswith("a few seconds on CPU, 1.0 GB of memory: ")
        assert text.endswith(f"in 1 tile, about {text.split('about ')[1]}")
        assert text.endswith(f"; smallest superpixels {size}")
    assert [rounded_time(s) for s in (3, 33, 100, 1500, 9000)] == [
        ("", ""), ("30", "s"), ("2", "min"), ("25", "min"), ("2.5", "h"),
    ]  # fmt: skip


def test_the_estimate_is_the_same_before_and_in_the_run(tmp_path, worker, monkeypatch):
    monkeypatch.setattr(
        "superseg_plugin.pipeline.planning.calibration.data_folder", lambda: tmp_path
    )
    path = write_raster(tmp_path / "scene.tif", landscape(64, 80))
    options = SegmentationOptions(3, "fast", imagery="aerial", tile_size=64)
    scene = InputDescription(path, [1, 3])

    def estimate(device):
        return estimate_segmentation(scene, EstimateRequest(options, False, True, device))

    assert not estimate("auto").device_known
    assert estimate("cpu").device_known
    assert estimate("cuda").text().startswith("a few seconds on CUDA")
    listener = Listener()
    outputs = SegmentationOutputs(str(tmp_path / "c.tif"), report=str(tmp_path / "r.html"))
    for _ in range(2):
        before = estimate("auto")
        with RasterSource(path, [1, 3]) as source:
            run_segmentation(source, outputs, options, worker, listener)
    logged = [line for line in listener.lines if line.startswith("Estimate: ")][-1]
    assert logged == f"Estimate: {before.text()}"
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
    assert not any(line.startswith("Stage ") for line in listener.lines)
    with pytest.raises(SuperSegError, match="MIN_AREA is in meters"):
        estimate_segmentation(InputDescription(path), EstimateRequest(asked))
    assert estimate_segmentation(
        InputDescription(path), EstimateRequest(replace(asked, min_area=0.0))
    )
    with RasterSource(path) as source:
        assert least_pixels(0.0, "meters", source.grid) == 0


def test_the_estimate_counts_what_is_copied_first(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "superseg_plugin.pipeline.planning.calibration.data_folder", lambda: tmp_path
    )
    grid = replace(grid_of(tmp_path, 5.0, 32632), width=40_000, height=30_000)
    scene = InputDescription(copied=(grid, 3), note="It is fetched.")
    fast = SegmentationOptions(preset="fast")
    smaller = InputDescription(copied=(replace(grid, width=3000, height=2000), 3))
    short, long = (
        estimate_segmentation(smaller, EstimateRequest(fast, model)) for model in (False, True)
    )
    assert short.text() != long.text()
    for size in (0, 64):
        options = SegmentationOptions(imagery="sentinel2", tile_size=size)
        estimate = estimate_segmentation(scene, EstimateRequest(options, device="cpu"))
        assert "1.2e+03" not in estimate.text()
        assert "1,200 million pixels" in estimate.text()
        assert estimate.text().endswith("smallest superpixels 30 m (6 x 6 pixels)")
        assert estimate.remarks == ("It is fetched.",)


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
    assert lines == ["Stage one: 120.0 s", "Stage two: 120.0 s", "Stage three: 360.0 s"]


def test_a_run_logs_its_estimate_and_learns(tmp_path, worker, monkeypatch):
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
