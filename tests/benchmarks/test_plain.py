# SPDX-License-Identifier: GPL-2.0-or-later
"""The plain scenes are what they say, and their report lists what is missed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.benchmarks import plain
from tests.benchmarks.drawn_scenes import DRAWN
from tests.benchmarks.plain_scenes import SCENES, blurred, levels, patches


@pytest.mark.parametrize("name", [name for name in plain.ALL if not name.startswith("large")])
def test_scenes_have_every_kind(name):
    image, truth = plain.ALL[name]()
    assert image.shape[1:] == truth.shape == (300, 400)
    assert np.isfinite(image).all()
    assert np.array_equal(np.unique(truth), np.arange(truth.max() + 1))


def test_drawn_scenes_are_the_same_each_time_and_differ():
    one, again, other = (DRAWN[name]()[0] for name in ("drawn_00", "drawn_00", "drawn_01"))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_patches_are_cells_of_the_nearest_point():
    generator = np.random.default_rng(7)
    points = np.c_[generator.uniform(0, 20, 5), generator.uniform(0, 30, 5)]
    found = patches(5, 5, 7, 20, 30)
    distances = [(4 - top) ** 2 + (9 - left) ** 2 for top, left in points]
    assert found[4, 9] == int(np.argmin(distances))


def test_levels_are_equally_far_apart():
    truth = np.arange(5).reshape(1, 5)
    assert levels(truth, 1, 0)[0, 0] == pytest.approx([0.1, 0.3, 0.5, 0.7, 0.9])
    assert sorted(levels(truth, 2, 0)[1, 0]) == pytest.approx([0.1, 0.3, 0.5, 0.7, 0.9])


def test_blurring_keeps_the_mean_of_a_point():
    point = np.zeros((1, 31, 41))
    point[0, 15, 20] = 1
    smooth = blurred(point, 2.0)
    assert smooth.sum() == pytest.approx(1)
    assert smooth[0, 15, 20] == pytest.approx(1 / (2 * np.pi * 4), rel=0.01)


def test_dark_scenes_differ_in_their_type_only():
    small, large, fraction = (SCENES[f"dark_{kind}"]()[0] for kind in ("bytes", "16bit", "floats"))
    assert np.array_equal(small.astype(int) * 257, large)
    assert fraction * 255 == pytest.approx(small)


@pytest.mark.parametrize(
    ("ours", "kmeans", "missed"),
    [(0.96, 0.99, True), (0.97, 1.0, False), (0.5, 0.56, True), (0.5, 0.54, False)],
)
def test_what_is_missed(ours, kmeans, missed):
    assert plain.is_missed(ours, kmeans) == missed


def test_a_scene_is_measured(tmp_path):
    assert plain.main(["--names", "lake_n*", "--folder", str(tmp_path)]) in (0, 1)
    runs = json.loads((tmp_path / "plain.json").read_text())
    assert [run["scene"] for run in runs] == ["lake_n0", "lake_n3", "lake_n30"]
    for run in runs:
        assert run["kmeans"] > 0.95
        assert run["best"] >= run["kmeans"] - 1e-9
        assert -0.5 < run["ari"] <= 1
    assert "lake_n30" in (tmp_path / "plain.md").read_text()


def test_unknown_scenes_are_refused(tmp_path, capsys):
    assert plain.main(["--names", "nowhere", "--folder", str(tmp_path)]) == 2
    assert "nowhere" in capsys.readouterr().err
