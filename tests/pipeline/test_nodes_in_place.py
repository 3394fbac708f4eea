# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs on a cluster whose node reads and writes files in place, and on one to which tiles are sent.

More is in `make test-cluster`.
"""

from __future__ import annotations

import pytest

from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.cluster_address import choose_cluster
from superseg_plugin.worker.interpreter import find_interpreter
from tests.cluster.processes import Cluster, Network, with_gdal
from tests.conftest import write_raster
from tests.pipeline.conftest import Listener, landscape

# Several tiles, so that there are seams.
SIDE = 1100
OPTIONS = SegmentationOptions(classes=4, preset="fast")


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scene")
    return write_raster(folder / "scene.tif", landscape(SIDE, SIDE))


def segment(scene, folder, worker):
    """Bytes of the results by name, and the log."""
    folder.mkdir()
    listener = Listener()
    outputs = SegmentationOutputs(
        str(folder / "classes.tif"),
        superpixels=str(folder / "superpixels.tif"),
        confidence=str(folder / "confidence.tif"),
    )
    with RasterSource(scene) as source:
        run_segmentation(source, outputs, OPTIONS, worker, listener)
    rasters = [path for path in folder.iterdir() if path.suffix == ".tif"]
    return {path.name: path.read_bytes() for path in rasters}, "\n".join(listener.lines)


@pytest.mark.parametrize("in_place", [True, False], ids=["in place", "sent"])
def test_nodes_give_the_same_bytes(scene, tmp_path, worker, in_place):
    here, _ = segment(scene, tmp_path / "here", worker)
    running = Cluster(Network(separate=False), tmp_path / "cluster")
    try:
        running.add_node("node1", threads=2, path=with_gdal(tmp_path) if in_place else "")
        choice = choose_cluster(str(running.file), environment={})
        with WorkerProcess(find_interpreter(), "cpu", choice) as remote:
            there, log = segment(scene, tmp_path / "there", remote)
            sent = remote.cluster_summary
    finally:
        running.close()
    said = "Nodes read scene.tif in place" if in_place else "no Python bindings of GDAL"
    assert said in log, log
    assert here.keys() == there.keys()
    assert all(here[name] == there[name] for name in here), sent
    # Nothing of the run stays beside its results.
    assert not [path for path in (tmp_path / "there").iterdir() if path.name.startswith(".")]
