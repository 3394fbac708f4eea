# SPDX-License-Identifier: GPL-2.0-or-later
"""What the speed benchmark draws and says is what was measured."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from superseg_plugin.pipeline.options.published import published_tiles, published_training
from superseg_plugin.pipeline.steps.patches import covering_windows
from superseg_plugin.raster.source import RasterSource
from tests.benchmarks import speed_peers
from tests.benchmarks.growth_plot import Curve, Panel, curve_plot, growth_plot
from tests.benchmarks.memory import MemoryWatch
from tests.benchmarks.scenes import make_repeated, make_scene
from tests.benchmarks.speed_giga import quarter_peaks
from tests.benchmarks.speed_peers import Peer, measure_peer, peer_ratios, run_within
from tests.benchmarks.speed_published import extrapolate, measure_published, seconds_per_step
from tests.benchmarks.speed_report import peer_table
from tests.benchmarks.speed_runs import stage_peaks
from tests.conftest import read_raster, write_raster

SVG = "{http://www.w3.org/2000/svg}"


def test_a_line_that_grows_tenfold_with_the_size_is_straight_in_the_plot():
    panel = Panel("time, s", {"all & more": [2.0, 20.0, 200.0], "none": [None, None, None]})
    picture = ElementTree.fromstring(growth_plot([1.0, 10.0, 100.0], [panel, panel]))
    lines = picture.findall(f".//{SVG}polyline")
    assert len(lines) == 2
    points = np.array([point.split(",") for point in lines[0].get("points").split()], float)
    steps = np.diff(points, axis=0)
    assert steps[0] == pytest.approx(steps[1], abs=0.2)
    assert steps[0, 0] > 0 > steps[0, 1]
    assert "all & more" in [text.text for text in picture.iter(f"{SVG}text")]


def test_memory_is_told_by_stage():
    watch = MemoryWatch()
    watch.start(os.getpid())
    moments = [time.perf_counter()]
    time.sleep(1)
    moments.append(time.perf_counter())
    time.sleep(0.5)
    held = np.ones(30_000_000)
    time.sleep(0.5)
    moments.append(time.perf_counter())
    time.sleep(1)
    moments.append(time.perf_counter())
    watch.stop()
    lasted = list(zip(("small", "growing", "large"), np.diff(moments)))
    peaks = stage_peaks(watch, lasted, moments[-1])
    assert peaks["large"]["qgis"] - peaks["small"]["qgis"] > 0.8 * held.nbytes / 1e6
    assert watch.own / 1e6 >= peaks["large"]["qgis"]
    assert watch.together >= held.nbytes
    curve = watch.curve(10)
    assert len(curve) == 10
    assert curve[0][0] == 0
    assert curve[-1][1] - curve[0][1] > 0.8 * held.nbytes
    assert max(own for _, own, _ in curve) <= watch.own


def test_a_scene_is_its_image_mirrored(tmp_path):
    image = np.arange(3 * 20 * 30, dtype=np.uint16).reshape(3, 20, 30)
    source = Path(write_raster(tmp_path / "image.tif", image))
    make_scene(source, 70, 50, tmp_path / "scene.tif")
    scene = read_raster(tmp_path / "scene.tif")
    assert scene.shape == (3, 50, 70)
    assert np.array_equal(scene[:, :20, :30], image)
    assert np.array_equal(scene[:, 20:40, 30:60], image[:, ::-1, ::-1])


def test_a_scene_takes_the_first_bands_where_fewer_are_wanted(tmp_path):
    image = np.arange(4 * 20 * 30, dtype=np.uint16).reshape(4, 20, 30)
    source = Path(write_raster(tmp_path / "image.tif", image))
    make_scene(source, 30, 20, tmp_path / "scene.tif", 3)
    assert np.array_equal(read_raster(tmp_path / "scene.tif"), image[:3])


def test_a_repeated_raster_is_its_tile_beside_and_below_itself(tmp_path):
    image = np.arange(2 * 20 * 30, dtype=np.uint16).reshape(2, 20, 30)
    tile = Path(write_raster(tmp_path / "tile & more.tif", image, nodata=7))
    make_repeated(tile, 70, 50, tmp_path / "scene.vrt")
    expected = np.tile(image, (1, 3, 3))[:, :50, :70]
    assert np.array_equal(read_raster(tmp_path / "scene.vrt"), expected)
    with RasterSource(str(tile)) as one, RasterSource(str(tmp_path / "scene.vrt")) as many:
        assert one.grid.geotransform == many.grid.geotransform
        assert one.read(one.grid.window)[1].sum() == image[0].size - 1
        assert many.read(many.grid.window)[1].sum() == 70 * 50 - (expected == 7).sum()


def test_memory_over_time_is_drawn_from_zero_to_its_peak():
    curve = Curve("memory, MB", [0.0, 5.0, 10.0], {"qgis": [0, 500, 1000], "worker": []})
    picture = ElementTree.fromstring(curve_plot([curve]))
    (line,) = picture.findall(f".//{SVG}polyline")
    points = np.array([point.split(",") for point in line.get("points").split()], float)
    steps = np.diff(points, axis=0)
    assert steps[0] == pytest.approx(steps[1], abs=0.2)
    words = [text.text for text in picture.iter(f"{SVG}text")]
    assert {"qgis", "0", "1000", "10"} <= set(words)


def test_quarters_of_a_flat_curve_are_equal_and_of_a_rising_one_rise():
    moments = [float(second) for second in range(9)]
    assert quarter_peaks([(moment, 100, 50) for moment in moments]) == [150] * 4
    rising = quarter_peaks([(moment, int(moment), 0) for moment in moments])
    assert rising == sorted(set(rising))


def test_published_steps_are_those_of_all_its_tiles(tmp_path):
    for rows, cols in ((500, 300), (513, 960), (1000, 961)):
        raster = write_raster(tmp_path / "image.tif", np.zeros((rows, cols), np.uint8))
        with RasterSource(raster) as source:
            assert published_tiles(cols, rows) == len(covering_windows(source, 512, 448))
        assert published_training(16, 0, published_tiles(cols, rows)).steps == 150
    assert published_training(16, 0, published_tiles(7200, 6800)).steps == 10 * 16 * 16


def test_a_step_is_timed_without_those_that_warm_up():
    moments = [(1, 10.0), (2, 15.0), (3, 16.0), (4, 17.0), (5, 18.0)]
    assert seconds_per_step(moments, 2) == pytest.approx(1.0)


def test_the_published_presets_seconds_are_the_sum_of_its_parts():
    stages = {"reading": 1.0, "superpixels": 9.0, "training": 12.0, "rendering": 2.0}
    run = {"size": "7200x6800", "total_s": 30.0, "stages": stages}
    measured = {
        "step_s": 1.5,
        "steps_measured": 12,
        "tile_s": 0.01,
        "classification_s": 2.0,
        "sieve_s": 0.5,
        "pixels": 7200 * 680,
    }
    found = extrapolate(run, measured)
    assert found["parts_s"]["training, steps"] == pytest.approx(2560 * 1.5)
    assert found["parts_s"]["classification"] == pytest.approx(20)
    expected = 6 + 1 + 9 + 2 + 2.56 + 2560 * 1.5 + 20 + 5
    assert found["total_s"] == pytest.approx(expected)
    assert found["extrapolated"] is True


def test_the_published_preset_is_measured_by_its_own_code(tmp_path):
    generator = np.random.default_rng(0)
    image = generator.integers(0, 255, (3, 96, 128), dtype=np.uint8)
    measured = measure_published(Path(write_raster(tmp_path / "image.tif", image)), 4, 20)
    assert measured["pixels"] == 96 * 128
    assert all(value > 0 for value in measured.values())
    assert measured["step_s"] * measured["steps_measured"] >= 2


def _peer(code: str, result: str = "made.txt", program: str = sys.executable) -> Peer:
    return Peer(
        "Other",
        program,
        "other-bin",
        "something",
        lambda raster, bands, classes: [[program, "-c", code.format(bands, classes)]],
        ["-c", "print('Other Version: 8.5.0')"],
        result,
    )


@pytest.fixture
def raster(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(speed_peers, "FOLDER", tmp_path)
    return Path(write_raster(tmp_path / "image.tif", np.ones((3, 8, 8), np.uint8)))


def test_other_software_is_timed_and_told_bands_and_classes(raster):
    code = "import time; time.sleep(0.3); assert ({}, {}) == (3, 5); open('made.txt', 'w')"
    found = measure_peer(_peer(code), raster, 5)
    assert found["seconds"] > 0.3
    assert found["version"] == "8.5.0"
    assert not found["stopped"]
    assert not (raster.parent / "peer").exists()


def test_other_software_that_is_missing_or_fails_is_said_to_be_not_measured(raster):
    missing = measure_peer(_peer("", program="no-such-program"), raster, 5)
    assert missing["not_measured"] == "other-bin is not installed"
    failed = measure_peer(_peer("raise SystemExit('no memory left')"), raster, 5)
    assert failed["not_measured"] == "it failed: no memory left"
    own = {preset: {"seconds": 2.0, "cpu_s": 3.0} for preset in speed_peers.PRESETS}
    assert peer_ratios([missing, failed], own) == {}
    assert "not measured: other-bin is not installed" in peer_table([missing], own, {})


def test_other_software_that_takes_too_long_is_stopped_with_all_that_it_started(raster):
    child = "import time; open('child.txt', 'w'); time.sleep(60)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    started = time.perf_counter()
    found = measure_peer(_peer(code), raster, 5, 1.0)
    assert time.perf_counter() - started < 10
    assert found["stopped"]
    own = {preset: {"seconds": 2.0, "cpu_s": 3.0} for preset in speed_peers.PRESETS}
    ratios = peer_ratios([found], own)
    assert ratios["Other, fast"] == pytest.approx(found["seconds"] / 2)
    assert "more than" in peer_table([found], own, ratios)


def test_what_a_command_said_last_is_kept(tmp_path):
    code, said = run_within([sys.executable, "-c", "print('one'); print('two')"], tmp_path, 60)
    assert (code, said) == (0, "two")
