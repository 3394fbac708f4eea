# SPDX-License-Identifier: GPL-2.0-or-later
"""What the speed benchmark draws and says is what was measured."""

from __future__ import annotations

import os
import time
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.benchmarks.growth_plot import Panel, growth_plot
from tests.benchmarks.memory import MemoryWatch
from tests.benchmarks.scenes import make_scene
from tests.benchmarks.speed import stage_peaks
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


def test_a_scene_is_its_image_mirrored(tmp_path):
    image = np.arange(3 * 20 * 30, dtype=np.uint16).reshape(3, 20, 30)
    source = Path(write_raster(tmp_path / "image.tif", image))
    make_scene(source, 70, 50, tmp_path / "scene.tif")
    scene = read_raster(tmp_path / "scene.tif")
    assert scene.shape == (3, 50, 70)
    assert np.array_equal(scene[:, :20, :30], image)
    assert np.array_equal(scene[:, 20:40, 30:60], image[:, ::-1, ::-1])
