# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs in a background thread, progress, cancel."""

from __future__ import annotations

import gc
import time

import pytest
from qgis.core import (
    QgsApplication,
    QgsHillshadeRenderer,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
)
from qgis.PyQt.QtCore import QCoreApplication, QThread

from tests.conftest import quarters, read_raster, write_raster
from tests.qgis.helpers import Listener, load_results

pytestmark = pytest.mark.own_worker


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """An image whose segmentation takes longer than a test may wait."""
    image, _ = quarters(1500, 1500)
    return write_raster(tmp_path_factory.mktemp("large") / "large.tif", image)


def wait_for(condition, seconds=120):
    """Process Qt's events until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited without success"
        QCoreApplication.processEvents()
        time.sleep(0.01)


@pytest.fixture
def start(provider):
    """Run algorithms in the background; the result is a list that is filled at the end."""
    kept = []

    def start_it(name, parameters, feedback, context=None):
        context = context or QgsProcessingContext()
        algorithm = provider.algorithm(name)
        task = QgsProcessingAlgRunnerTask(algorithm, parameters, context, feedback)
        ended = []
        task.executed.connect(lambda successful, results: ended.append((successful, results)))
        kept.append((context, feedback))
        QgsApplication.taskManager().addTask(task)
        return ended

    yield start_it
    # The manager deletes tasks some events after their end; they refer to these objects until then.
    wait_for(lambda: not QgsApplication.taskManager().count())
    for context, _feedback in kept:
        context.temporaryLayerStore().removeAllMapLayers()


def test_a_run_in_the_background(start, files, tmp_path, monkeypatch):
    from superseg_plugin.algorithms.superpixels import SuperpixelsAlgorithm

    threads = []
    compute = SuperpixelsAlgorithm.compute

    def noting(self, progress, context):
        threads.append(QThread.currentThread())
        return compute(self, progress, context)

    monkeypatch.setattr(SuperpixelsAlgorithm, "compute", noting)
    feedback = Listener()
    parameters = {"INPUT": files["scene"], "OUTPUT": str(tmp_path / "superpixels.tif")}
    ended = start("superpixels", parameters, feedback)
    wait_for(lambda: ended)
    successful, results = ended[0]
    assert successful
    assert read_raster(results["OUTPUT"]).max() == results["SUPERPIXEL_COUNT"]
    assert threads[0] is not QCoreApplication.instance().thread()
    assert feedback.fractions


def test_results_of_a_background_run_are_styled(start, files, tmp_path, project_context):
    path = str(tmp_path / "superpixels.tif")
    sink = QgsProcessingOutputLayerDefinition(path, QgsProject.instance())
    feedback = Listener()
    parameters = {"INPUT": files["scene"], "OUTPUT": sink}
    ended = start("superpixels", parameters, feedback, project_context)
    wait_for(lambda: ended)
    gc.collect()
    algorithm = QgsApplication.processingRegistry().algorithmById("superseg:superpixels")
    load_results(algorithm, project_context, feedback, ended[0][1])
    (layer,) = QgsProject.instance().mapLayersByName("Superpixels")
    assert isinstance(layer.renderer(), QgsHillshadeRenderer)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("segment", {"OUTPUT": "{folder}/classes.tif", "MODEL": "{folder}/m.superseg"}),
        ("superpixels", {"OUTPUT": "{folder}/superpixels.tif"}),
        ("trainfcn", {"STEPS": 100000, "MODEL": "{folder}/m.superseg"}),
    ],
)
def test_cancel_ends_a_run_at_once_and_leaves_no_files(start, large, tmp_path, name, parameters):
    feedback = Listener()
    filled = {
        key: value.format(folder=tmp_path) if isinstance(value, str) else value
        for key, value in parameters.items()
    }
    ended = start(name, {"INPUT": large, **filled}, feedback)
    wait_for(lambda: feedback.fractions or ended)
    assert not ended
    feedback.cancel()
    before = time.monotonic()
    wait_for(lambda: ended)
    assert time.monotonic() - before < 4
    successful, results = ended[0]
    assert not successful
    assert not results
    assert list(tmp_path.iterdir()) == []
    assert feedback.lines[-1] == "Cancelled; nothing was written."


def test_cancel_before_the_start(run, files, tmp_path):
    feedback = Listener()
    feedback.cancel()
    parameters = {"INPUT": files["scene"], "OUTPUT": str(tmp_path / "superpixels.tif")}
    assert run("superseg:superpixels", parameters, feedback) == {}
    assert list(tmp_path.iterdir()) == []
