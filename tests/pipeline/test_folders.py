# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes of a folder: which are found, what their results are called, and one that fails."""

from __future__ import annotations

import csv
import os
import signal
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from superseg_plugin.errors import ClusterError, SuperSegError
from superseg_plugin.pipeline import folder_classification
from superseg_plugin.pipeline.folder_classification import (
    FolderInputs,
    FolderOutputs,
    run_folder_classification,
)
from superseg_plugin.pipeline.folder_segmentation import (
    FolderSegmentationOutputs,
    run_folder_segmentation,
)
from superseg_plugin.pipeline.formats.model_file import load_model, save_model
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions
from superseg_plugin.pipeline.segmentation import SegmentationOutputs, run_segmentation
from superseg_plugin.pipeline.steps import scene
from superseg_plugin.pipeline.steps.folder_files import names_of_results, scenes_of
from superseg_plugin.pipeline.steps.folder_scenes import FolderScenes
from superseg_plugin.pipeline.steps.scenes_on_nodes import ScenesOnNodes
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.cluster_address import choose_cluster
from superseg_plugin.worker.interpreter import find_interpreter
from tests.conftest import quarters, read_raster, write_raster
from tests.pipeline.conftest import Listener

NAMES = ("a.tif", "b.tif", "c.tif", "d.tif")
LAND = ("Forest", "Cropland", "Water", "Town")


@pytest.fixture(scope="module")
def model(tmp_path_factory, worker):
    folder = tmp_path_factory.mktemp("model")
    path = write_raster(folder / "train.tif", quarters()[0])
    target = str(folder / "model.superseg")
    with RasterSource(path) as source:
        outputs = SegmentationOutputs(str(folder / "classes.tif"), model=target)
        options = SegmentationOptions(classes=4, preset="fast")
        run_segmentation(source, outputs, options, worker, Listener())
    return target


@pytest.fixture
def scenes(tmp_path):
    folder = tmp_path / "scenes"
    folder.mkdir()
    for number, name in enumerate(NAMES):
        write_raster(folder / name, np.roll(quarters()[0], 8 * number, axis=2))
    return scenes_of(str(folder), "*.tif")


def classify(scenes, model, folder, start, listener=None, table=None):
    return run_folder_classification(
        FolderInputs(scenes, model),
        FolderOutputs(str(folder), table),
        ClassificationOptions(),
        start,
        listener or Listener(),
    )


def test_patterns_do_not_mind_case(tmp_path):
    own = ("d_classes.TIF", "d_classes.tif.superseg.tif", "map.TIF.superseg.tif")
    for name in ("LC08_B4.TIF", "b.tif", "c.Img", "e.txt", *own):
        (tmp_path / name).touch()
    (tmp_path / "folder.tif").mkdir()
    assert [path.name for path in scenes_of(str(tmp_path), "*.tif")] == ["LC08_B4.TIF", "b.tif"]
    assert [path.name for path in scenes_of(str(tmp_path), "lc*.tif; *.IMG")] == [
        "LC08_B4.TIF",
        "c.Img",
    ]
    with pytest.raises(SuperSegError, match=r"holds no file \*\.jp2"):
        scenes_of(str(tmp_path), "*.jp2")


@pytest.mark.parametrize(
    "names",
    [
        ("a.tif", "b.tif"),
        ("a.tif", "a.img", "a.TIF", "A.tif"),
        ("a.tif", "a_tif.tif", "a.img"),
        ("a", "a.tif", "A"),
    ],
)
def test_every_scene_has_a_result_of_its_own_whatever_the_file_system(names):
    results = [name.lower() for name in names_of_results([Path(name) for name in names])]
    assert len(set(results)) == len(names)
    assert all(name.endswith("_classes.tif") for name in results)


def test_scenes_of_one_name_are_all_classified(tmp_path, model, worker):
    folder = tmp_path / "twins"
    folder.mkdir()
    image, _ = quarters()
    write_raster(folder / "scene.tif", image)
    write_raster(folder / "scene.img", image[:, ::-1], driver="HFA")
    scenes = scenes_of(str(folder), "*.tif;*.img")
    found = classify(scenes, model, tmp_path / "out", partial(nullcontext, worker))
    assert {Path(path).name for path in found.written} == {
        "scene_tif_classes.tif",
        "scene_img_classes.tif",
    }
    first, second = (read_raster(path)[0] for path in sorted(found.written))
    assert np.array_equal(first, second[::-1])


def test_a_worker_that_ends_in_one_scene_does_not_touch_the_others(
    tmp_path, scenes, model, monkeypatch
):
    original, started = folder_classification.run_classification, []

    @contextmanager
    def start():
        with WorkerProcess(find_interpreter(), device="cpu") as process:
            started.append(process)
            yield process

    def killing(inputs, outputs, options, worker, progress):
        if inputs.source.name == "b.tif":
            os.kill(worker.process_id, signal.SIGKILL)
        return original(inputs, outputs, options, worker, progress)

    monkeypatch.setattr(folder_classification, "run_classification", killing)
    listener = Listener()
    found = classify(scenes, model, tmp_path / "out", start, listener)
    # Scenes that were in flight beside it are classified again, with another worker.
    assert [Path(path).name[0] for path in found.written] == ["a", "c", "d"]
    (failure,) = found.failures
    assert failure.startswith("b.tif: The worker process")
    assert len(started) > 1
    assert "3 of 4 scenes classified" in listener.lines
    assert listener.lines[-1] == f"Not classified: {failure}"
    assert not (tmp_path / "out" / "b_classes.tif").exists()


def test_an_unforeseen_error_in_one_scene_does_not_touch_the_next(
    tmp_path, scenes, model, worker, monkeypatch
):
    original = folder_classification.run_classification

    def failing(inputs, *others):
        if inputs.source.name == "c.tif":
            raise ZeroDivisionError("nobody foresaw this")
        return original(inputs, *others)

    monkeypatch.setattr(folder_classification, "run_classification", failing)
    listener = Listener()
    start = partial(nullcontext, worker)
    found = classify(scenes, model, tmp_path / "out", start, listener)
    assert len(found.written) == 3
    (failure,) = found.failures
    assert failure.startswith("c.tif: an unexpected error (ZeroDivisionError")
    assert any("Traceback" in line for line in listener.lines)


class OnCluster:
    """The worker of this computer, taken for the client of a cluster."""

    on_cluster = True

    def __init__(self, worker):
        self._worker = worker

    def __getattr__(self, name):
        return getattr(self._worker, name)


def test_a_run_that_goes_on_over_a_cluster_looks_at_each_result_once(
    tmp_path, scenes, model, worker, listener, monkeypatch
):
    # A file system over the network takes longer for a look than a node for a small scene.
    original, asked = folder_classification.is_result_of, []

    def counting(target, *others):
        asked.append(Path(target).name[0])
        return original(target, *others)

    run = partial(classify, model=model, folder=tmp_path / "out")
    run(scenes[:2], start=partial(nullcontext, worker))
    monkeypatch.setattr(folder_classification, "is_result_of", counting)
    monkeypatch.setattr(ScenesOnNodes, "find", lambda *_: False)
    monkeypatch.setattr(scene, "find_node_files", lambda *_: None)
    found = run(scenes, start=partial(nullcontext, OnCluster(worker)), listener=listener)
    assert sorted(asked) == ["a", "b", "c", "d"]
    assert len(found.written) == 4
    assert any(line.startswith("2 scenes classified before") for line in listener.lines)


def test_a_lost_cluster_ends_the_run_and_is_not_a_fault_of_the_scenes(tmp_path, scenes, model):
    file = tmp_path / "scheduler.json"
    file.write_text('{"address": "tcp://127.0.0.1:9"}')
    cluster = choose_cluster(str(file), environment={})
    file.unlink()
    listener = Listener()
    with WorkerProcess(find_interpreter(), "cpu", cluster) as lost:
        start = partial(nullcontext, lost)
        with pytest.raises(ClusterError, match=r"^'.*scheduler\.json' \(from CLUSTER\)"):
            classify(scenes, model, tmp_path / "out", start, listener)
        outputs = FolderSegmentationOutputs(str(tmp_path / "out"), str(tmp_path / "new.superseg"))
        folder = FolderScenes(scenes, None, SegmentationOptions(classes=4, preset="fast"))
        with pytest.raises(ClusterError, match=r"^'.*scheduler\.json' \(from CLUSTER\)"):
            run_folder_segmentation(folder, outputs, start, listener)
    assert not any(name in line for line in listener.lines for name in NAMES)
    assert not (tmp_path / "out").exists()


def test_the_table_tells_the_transitions_from_each_scene_to_the_next(
    scenes, model, worker, tmp_path, listener
):
    table = tmp_path / "transitions.csv"
    # The third scene lies elsewhere.
    write_raster(scenes[2], quarters()[0], geotransform=(9e5, 2, 0, 5e6, 0, -2))
    named = str(tmp_path / "named.superseg")
    save_model(named, replace(load_model(model), class_names=LAND))
    start = partial(nullcontext, worker)
    result = classify(scenes, named, tmp_path / "out", start, listener, str(table))
    assert result.table == str(table)
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["from_date"], row["to_date"]) for row in rows} == {("a.tif", "b.tif")}
    before, after = (read_raster(path)[0] for path in result.written[:2])
    for row in rows:
        pair = (before == int(row["from"])) & (after == int(row["to"]))
        assert int(row["pixels"]) == pair.sum() > 0
        assert row["from_name"] == LAND[int(row["from"]) - 1]
        assert row["to_name"] == LAND[int(row["to"]) - 1]
    assert any(row["from"] != row["to"] for row in rows)
    assert sum(float(row["percent"]) for row in rows) == pytest.approx(100, abs=0.01)
    changed = 100 * (before != after).mean()
    assert any(f"a.tif to b.tif: {changed:.3g} % of the area" in line for line in listener.lines)
    assert sum("are not compared" in line for line in listener.lines) == 2


def test_no_table_is_written_where_no_two_scenes_show_the_same_ground(
    scenes, model, worker, tmp_path, listener
):
    table = str(tmp_path / "transitions.csv")
    run = partial(classify, model=model, folder=tmp_path / "out", listener=listener, table=table)
    assert run(scenes[:1], start=partial(nullcontext, worker)).table is None
    assert any("TABLE is not written" in line for line in listener.lines)
    assert not Path(table).exists()
