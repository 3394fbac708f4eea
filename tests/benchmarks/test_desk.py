# SPDX-License-Identifier: GPL-2.0-or-later
"""The benchmark of clicks scores and names as it says."""

from __future__ import annotations

import json
import subprocess

import numpy as np
import pytest

from superseg_plugin.class_tree import fit_class_tree
from tests.benchmarks.common import ENGINE_PYTHON
from tests.benchmarks.desk import tables
from tests.tools.qgis_process import REPOSITORY

SCRIPT = """
import json, sys
from pathlib import Path
from tests.benchmarks.desk_clicks import ClickedScene, measure
scene = ClickedScene(Path(sys.argv[1]))
named = scene.named([(0, 1), (0, 1), (1, 2), (4, 2)])
print(json.dumps([named.tolist(), scene.score(named), measure(scene)]))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Six superpixels in three classes; class 3 gets no click and is nearest to class 2."""
    leaf = np.array([0, 0, 1, 1, 1, 2])
    tree = fit_class_tree(np.array([[0.0], [8.0], [9.0]]), np.array([2.0, 3.0, 1.0]))
    path = tmp_path_factory.mktemp("desk") / "scene.npz"
    np.savez(
        path,
        table=np.array([[0, 10, 0], [0, 5, 5], [0, 0, 10], [0, 0, 10], [0, 0, 0], [0, 10, 0]]),
        at=np.array([1, 1, 2, 0, 0, 1]),
        classes=(leaf + 1).astype(np.uint8),
        leaf=leaf,
        place=np.stack([leaf, leaf], axis=1),
        pixels=np.full(6, 10),
        means=np.zeros((6, 1), np.float32),
        features=np.array([[0], [0], [8], [8], [8], [9]], np.float32),
        pairs=np.zeros((0, 2), np.int32),
        lengths=np.zeros(0, np.int32),
        **{f"tree.{name}": value for name, value in vars(tree).items()},
    )
    command = [str(ENGINE_PYTHON), "-c", SCRIPT, str(path)]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    return json.loads(done.stdout)


def test_clicks_name_classes_and_the_nearest_ones_in_the_tree(found):
    assert found[0] == [1, 1, 2, 2, 2, 2]


def test_the_score_counts_labelled_pixels(found):
    accuracy, iou = found[1]
    assert accuracy == pytest.approx(35 / 50)
    assert iou == pytest.approx((15 / 30 + 20 / 35) / 2)


def test_every_way_is_measured_and_told(found):
    record = {"sets": {"all": ["x"]}, "images": {"x": found[2]}}
    means, images, below = tables(record)
    assert [row[1][:3] for row in images.rows] == ["(a)", "(b)", "(c)"]
    assert means.rows[2][-1] == images.rows[2][-2]
    assert below.rows


def test_the_runs_that_ask_skip_more_and_more_places(found):
    runs = found[2]["asked"][-1]
    assert len(runs) == 5
    assert runs[0] == pytest.approx([0.9, 0.817], abs=1e-3)
    # Of five superpixels with labels the last run skips four.
    assert runs[4][0] < runs[0][0]
