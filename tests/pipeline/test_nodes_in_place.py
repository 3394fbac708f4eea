# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs on a cluster whose node reads and writes files in place, and on one to which tiles are sent.

More is in `make test-cluster`.
"""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from osgeo import ogr

from superseg_plugin.pipeline.classes.scores import adjusted_rand_index
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.steps import scene as scene_steps
from superseg_plugin.pipeline.steps import superpixel_scene
from superseg_plugin.pipeline.steps.node_files import find_node_files
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.worker import launch
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.cluster_address import choose_cluster
from superseg_plugin.worker.cluster_paths import choose_paths
from superseg_plugin.worker.interpreter import find_interpreter
from tests.cluster.processes import Cluster, Network, with_gdal
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape

# Several tiles, so that there are seams.
SIDE = 1100
# So many tiles that a node gets several at once.
OPTIONS = SegmentationOptions(
    classes=4, preset="fast", min_area=200, balance_tiles=True, tile_size=256
)
# Constants with which this scene is a large one: it has some 4,000 superpixels.
LARGE_SCENE = """
from superseg_plugin.engine import clustering, scene_blocks
clustering.MOST_UNDIVIDED, clustering.CLUSTER_SAMPLE = 2000, 1500
scene_blocks.BLOCK_SIZE, scene_blocks.RUN = 600, 150
"""
SERVER = "from superseg_plugin.worker.server"
TRIANGLE = "POLYGON ((500030 5199900, 502150 5199000, 500500 5197900, 500030 5199900))"
EXTENT = (500020.0, 5197850.0, 502180.0, 5199950.0)


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scene")
    return write_raster(folder / "scene.tif", landscape(SIDE, SIDE))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A cluster with one node that has GDAL."""
    folder = tmp_path_factory.mktemp("cluster")
    running = Cluster(Network(separate=False), folder)
    running.add_node("node1", threads=2, path=with_gdal(folder))
    yield choose_cluster(str(running.file), environment={})
    running.close()


def segment(source, folder, worker, options=OPTIONS):
    """Bytes of the results by name, and the log."""
    folder.mkdir()
    listener = Listener()
    names = "classes", "superpixels", "confidence"
    outputs = SegmentationOutputs(**{name: str(folder / f"{name}.tif") for name in names})
    run_segmentation(source, outputs, options, worker, listener)
    # Nothing of the run stays beside its results.
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    rasters = [path for path in folder.iterdir() if path.suffix == ".tif"]
    return {path.name: path.read_bytes() for path in rasters}, "\n".join(listener.lines)


@pytest.mark.parametrize("min_area", [0, 200])
def test_tiles_that_nodes_read_in_place_give_the_same_bytes(
    scene, tmp_path, worker, cluster, monkeypatch, min_area
):
    # Fewer than there are rows of tiles.
    monkeypatch.setattr(superpixel_scene, "ROWS_AT_ONCE", 2)
    # Horizontal zones of two tiles.
    monkeypatch.setattr(superpixel_scene, "ZONE_LENGTH", 512)
    polygon = bytes(ogr.CreateGeometryFromWkt(TRIANGLE).ExportToWkb())
    found = []
    with WorkerProcess(find_interpreter(), "cpu", cluster) as remote:
        for name, computer in (("here", worker), ("there", remote)):
            # A run changes its source.
            with RasterSource(scene, [3, 1], EXTENT, [polygon]) as source:
                options = replace(OPTIONS, min_area=min_area)
                found.append(segment(source, tmp_path / name, computer, options))
    assert "Nodes read scene.tif in place" in found[1][1]
    assert found[0][0] == found[1][0]


def test_a_large_scene_gets_the_same_classes_wherever_its_blocks_are_computed(
    scene, tmp_path, worker, cluster, monkeypatch
):
    """Undivided on this computer, then in blocks: here, sent to a node, and read there in place."""
    found = {}

    def run(name, computer):
        with RasterSource(scene) as source:
            found[name], log = segment(source, tmp_path / name, computer)
        return log

    run("undivided", worker)
    monkeypatch.setattr(
        launch, "START_CODE", launch.START_CODE.replace(SERVER, LARGE_SCENE + SERVER)
    )
    with WorkerProcess(find_interpreter(), "cpu") as here:
        run("here", here)
    with WorkerProcess(find_interpreter(), "cpu", cluster) as remote:
        assert "in place" in run("in place", remote)
        monkeypatch.setattr(scene_steps, "find_node_files", lambda *_: None)
        assert "in place" not in run("sent", remote)
    assert found["here"] == found["in place"] == found["sent"]
    one, other = (read_raster(tmp_path / name / "classes.tif") for name in ("undivided", "here"))
    table = np.bincount((one.astype(int) * 256 + other).ravel(), minlength=256**2)
    # Fitted to 1500 of 4000 superpixels, it is .96.
    assert adjusted_rand_index(table.reshape(256, 256)) > 0.9


def refusal(path, scratch, choice):
    """What the log says where tiles are sent to the nodes."""
    scratch.mkdir()
    listener = Listener()
    with (
        RasterSource(path) as source,
        WorkerProcess(find_interpreter(), "cpu", choice) as remote,
    ):
        assert find_node_files(source, remote, scratch, listener) is None
    return "\n".join(listener.lines)


def test_nodes_that_read_other_pixels_are_sent_tiles(scene, tmp_path, cluster):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(scene, elsewhere / "scene.tif")
    write_raster(tmp_path / "scene.tif", landscape(SIDE, SIDE, seed=1))
    choice = cluster._replace(paths=choose_paths(f"{elsewhere} = {tmp_path}", {}))
    log = refusal(str(elsewhere / "scene.tif"), tmp_path / "scratch", choice)
    assert "sent to the nodes: the node tcp://" in log, log
    assert "reads other pixels of scene.tif" in log, log


def test_nodes_without_gdal_are_sent_tiles(scene, tmp_path):
    running = Cluster(Network(separate=False), tmp_path / "cluster")
    try:
        running.add_node("node1", threads=2)
        choice = choose_cluster(str(running.file), environment={})
        log = refusal(scene, tmp_path / "scratch", choice)
    finally:
        running.close()
    assert "sent to the nodes: the node tcp://" in log, log
    assert "no Python bindings of GDAL" in log, log
