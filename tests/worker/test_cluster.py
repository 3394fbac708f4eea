# SPDX-License-Identifier: GPL-2.0-or-later
"""A worker that computes on a real Dask cluster of one node; more is in `make test-cluster`."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from superseg_plugin.contracts import BandScaling, Core
from superseg_plugin.errors import SuperSegError
from superseg_plugin.raster.stack import AdditionalRaster
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.cluster_address import choose_cluster
from superseg_plugin.worker.interpreter import find_interpreter
from superseg_plugin.worker.whole_scenes import CHECK, CLASSIFY, RUN_FILE, SceneFiles
from tests.cluster.processes import Cluster, Network, with_gdal
from tests.conftest import write_raster

SCALING = BandScaling((0.0,) * 3, (255.0,) * 3, (128.0,) * 3, (60.0,) * 3)
SIDE = 64


def cluster_at(text):
    return choose_cluster(text, environment={})


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Path of the scheduler file of a cluster with one node, which has a GPU by its own account."""
    running = Cluster(Network(separate=False), tmp_path_factory.mktemp("cluster"))
    path = with_gdal(tmp_path_factory.mktemp("gdal"))
    running.add_node("node1", options=("--resources", "GPU=1"), threads=2, path=path)
    yield str(running.file)
    running.close()


def predictions(worker, listener):
    """Classes and confidence of a small network, trained and applied by the worker."""
    image = np.random.default_rng(0).integers(0, 255, (3, SIDE, SIDE), dtype=np.uint8)
    halves = np.repeat(np.int32([1, 2]), SIDE * SIDE // 2).reshape(SIDE, SIDE)
    plan = {
        "network": "light",
        "classes": 2,
        "loss": "crossentropy",
        "steps": 2,
        "batch_size": 1,
        "learning_rate": 1e-3,
        "augment": False,
        "seed": 0,
    }
    losses = []
    asked = worker.submit(
        "train",
        {"scaling": SCALING, "plan": plan},
        {"images": image[None], "superpixels": halves[None]},
    )
    weights = worker.keep(worker.result(asked, listener, losses.append).arrays)
    options = {
        "scaling": SCALING,
        "core": Core(0, 0, SIDE, SIDE),
        "model_id": "of this test",
        "network": "light",
        "classes": 2,
    }
    answers = [worker.submit("predict", options, {"image": image, **weights}) for _ in range(3)]
    found = [worker.result(each, listener).arrays for each in answers]
    return found, [each["step"] for each in losses]


def test_a_cluster_gives_the_same_as_this_computer(cluster, worker, listener):
    here, steps = predictions(worker, listener)
    with WorkerProcess(find_interpreter(), "cpu", cluster_at(cluster)) as remote:
        there, remote_steps = predictions(remote, listener)
        summary = remote.cluster_summary
        assert (remote.threads, remote.slots) == (2, 3)
        assert remote.on_cluster
    assert not worker.on_cluster
    for own, other in zip(here, there):
        assert own.keys() == other.keys()
        for name, array in own.items():
            np.testing.assert_array_equal(array, other[name])
    assert steps == remote_steps
    assert "Cluster: 4 tasks" in summary
    text = "\n".join(listener.lines)
    address = json.loads(Path(cluster).read_text(encoding="utf-8"))["address"]
    assert f"Dask cluster {address}: 1 node with 2 threads, 1 with a GPU; dashboard: http" in text


def test_a_cluster_without_nodes_waits_for_the_first(tmp_path, listener):
    with (
        closing(Cluster(Network(separate=False), tmp_path)) as running,
        WorkerProcess(find_interpreter(), "cpu", cluster_at(str(running.file))) as remote,
    ):
        remote.result(remote.submit("measure_bands", {}, {"pixels": np.ones((1, 9))}), listener)
        asked = remote.submit("describe_device", {"network": "light"})
        running.add_node("node1")
        name = remote.result(asked, listener).result["name"]
    assert "no nodes yet" in "\n".join(listener.lines)
    assert name.startswith("cpu")


def test_requests_are_as_large_as_suits_a_node_that_came_later(tmp_path, listener):
    with (
        closing(Cluster(Network(separate=False), tmp_path)) as running,
        WorkerProcess(find_interpreter(), "cpu", cluster_at(str(running.file))) as remote,
    ):
        remote.result(remote.submit("measure_bands", {}, {"pixels": np.ones((1, 9))}), listener)
        assert remote.threads == 1
        asked = remote.submit(CHECK, asdict(SceneFiles("no.tif", "of this run", str(tmp_path))))
        running.add_node("node1", threads=3)
        assert remote.result(asked, listener).result["asked"] == 1
        assert remote.threads == 3


def test_errors_of_a_node_name_it(cluster, listener):
    with WorkerProcess(find_interpreter(), "cuda", cluster_at(cluster)) as remote:
        asked = remote.submit("describe_device", {"network": "light"})
        with pytest.raises(SuperSegError, match="DEVICE cuda is not available"):
            remote.result(asked, listener)


def test_a_node_tells_whether_it_sees_the_files(cluster, tmp_path, listener):
    scene = write_raster(tmp_path / "scene.tif", np.ones((1, 4, 4), np.uint8))
    folder = tmp_path / "results" / "hidden"
    folder.mkdir(parents=True)
    (folder / RUN_FILE).write_text("of this run", encoding="ascii")
    right = SceneFiles(scene, "of this run", str(folder))
    wrong = {
        f"sees another folder at {folder.parent}": replace(right, token="of another run"),
        "does not see the folder of results, /not (No such file": replace(right, folder="/not/a"),
        f"cannot read the first scene or an additional raster ({tmp_path / 'no.tif'} does": replace(
            right, scene=str(tmp_path / "no.tif")
        ),
        f"or an additional raster ({tmp_path / 'dem.tif'} does not exist": replace(
            right, additional=[asdict(AdditionalRaster(str(tmp_path / "dem.tif")))]
        ),
    }
    with WorkerProcess(find_interpreter(), "cpu", cluster_at(cluster)) as remote:

        def ask(files):
            return remote.result(remote.submit(CHECK, asdict(files)), listener).result

        found = ask(right)
        assert (found["asked"], found["nodes"], found["threads"]) == (1, 1, 2)
        for reason, files in wrong.items():
            found = ask(files)
            assert found["nodes"] == 0
            assert reason in found["reason"]
        # No scene goes to a node that has said so.
        with pytest.raises(SuperSegError, match="No node of the cluster sees the files"):
            remote.result(remote.submit(CLASSIFY, asdict(right)), listener)
    assert [path.name for path in folder.iterdir()] == [RUN_FILE]


def test_a_scheduler_that_is_silent_is_a_sentence(listener):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        text = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with WorkerProcess(find_interpreter(), "cpu", cluster_at(text)) as remote:
            asked = remote.submit("measure_bands", {}, {"pixels": np.ones((1, 9))})
            with pytest.raises(
                SuperSegError, match=f"cluster {text} .*CLUSTER.*does not answer.*within 6 s"
            ):
                remote.result(asked, listener)
