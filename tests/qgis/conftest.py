# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin inside a QGIS without a window."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import QgsMapLayer, QgsProcessingContext, QgsProject
from qgis.PyQt import sip

from tests.conftest import REPOSITORY, blocks, quarters, write_raster
from tests.qgis.helpers import QUICK, Listener


def pytest_configure(config):
    """Declare the marker of tests that need a worker of their own."""
    config.addinivalue_line("markers", "own_worker: each run starts and ends its own worker")


@pytest.fixture(scope="session")
def plugin(qgis_app, qgis_processing):
    """The plugin as qgis_process loads it: without a window."""
    from superseg_plugin import classFactory

    loaded = classFactory(None)
    loaded.initProcessing()
    yield loaded
    # What refers to itself is to go while QGIS is still there.
    gc.collect()
    loaded.unload()
    # QGIS never releases the exception of an algorithm that failed. Its frames know those that
    # called them: tests, whose layers crash Python if they are deleted after QGIS.
    for kept in gc.get_objects():
        if isinstance(kept, QgsMapLayer) and sip.ispyowned(kept) and not sip.isdeleted(kept):
            sip.delete(kept)


class SharedWorkers:
    """Workers that stay alive from one run to the next, one for each device.

    A run that fails or is cancelled ends its worker, as it does outside of tests.
    """

    def __init__(self):
        self._alive = {}

    @contextmanager
    def worker(self, algorithm, device="auto"):
        """Replaces `SuperSegAlgorithm.worker`."""
        from superseg_plugin.worker.client import WorkerProcess
        from superseg_plugin.worker.interpreter import find_interpreter

        if device not in self._alive:
            self._alive[device] = WorkerProcess(find_interpreter(algorithm._python), device=device)
            self._alive[device].__enter__()
        try:
            yield self._alive[device]
        except BaseException:
            self._alive.pop(device).__exit__(None, None, None)
            raise

    def close(self):
        """End all workers."""
        while self._alive:
            self._alive.popitem()[1].__exit__(None, None, None)


@pytest.fixture(scope="session")
def shared_workers():
    """The workers of this session."""
    workers = SharedWorkers()
    yield workers
    workers.close()


@pytest.fixture(autouse=True)
def reuse_workers(request, monkeypatch, shared_workers):
    """Run algorithms in shared workers: starting one takes longer than most runs of tests.

    The marker `own_worker` leaves each run a worker of its own.
    """
    if request.node.get_closest_marker("own_worker"):
        # Tests of killed and cancelled workers look for the workers of this process.
        shared_workers.close()
        return
    from superseg_plugin.algorithms.base import SuperSegAlgorithm

    monkeypatch.setattr(
        SuperSegAlgorithm,
        "worker",
        lambda self, progress, device="auto": shared_workers.worker(self, device),
    )


@pytest.fixture
def provider(plugin):
    """The registered provider."""
    return plugin.provider


@pytest.fixture
def listener():
    """A feedback that records the log."""
    return Listener()


@pytest.fixture
def run(plugin):
    """Run an algorithm as the Python console does."""
    from qgis import processing

    def run_it(algorithm, parameters, feedback=None, context=None):
        context = context or QgsProcessingContext()
        return processing.run(
            algorithm, parameters, feedback=feedback or Listener(), context=context
        )

    return run_it


@pytest.fixture
def project_context(qgis_new_project):
    """A context whose results go into a project, as in a QGIS with a window."""
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    yield context
    # Pytest may keep the context beyond the end of QGIS; its layers must not live that long.
    context.temporaryLayerStore().removeAllMapLayers()


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """A 64 x 64 image of four fields, with superpixels and classes, by name."""
    folder = tmp_path_factory.mktemp("files")
    image, fields = quarters()
    return {
        "scene": write_raster(folder / "scene.tif", image),
        "fields": write_raster(folder / "fields.tif", fields, nodata=0),
        "blocks": write_raster(folder / "blocks.tif", blocks(), nodata=0),
        "image": image,
        "numbers": fields,
    }


@pytest.fixture(scope="session")
def model(plugin, files, tmp_path_factory):
    """A model of three bands and at most four classes, trained for a moment."""
    from qgis import processing

    path = str(tmp_path_factory.mktemp("model") / "quick.superseg")
    parameters = {"INPUT": files["scene"], "SUPERPIXELS": files["blocks"], "MODEL": path, **QUICK}
    processing.run("superseg:trainfcn", parameters, feedback=Listener())
    return path


@pytest.fixture(scope="session")
def qgis_process(tmp_path_factory):
    """Call qgis_process, with the plugin found and enabled; keywords are further variables."""
    folder = tmp_path_factory.mktemp("profile")
    package = folder / "plugins" / "superseg_plugin"
    package.mkdir(parents=True)
    for source in (REPOSITORY / "superseg_plugin").iterdir():
        if source.name != "__pycache__":
            (package / source.name).symlink_to(source)
    for name in ("metadata.txt", "icons"):
        if not (package / name).exists():
            (package / name).symlink_to(REPOSITORY / name)
    # Where pytest-qgis keeps its settings is of no concern here.
    outside = {key: value for key, value in os.environ.items() if key != "QGIS_OPTIONS_PATH"}
    environment = {
        **outside,
        "QGIS_CUSTOM_CONFIG_PATH": str(folder / "config"),
        "QGIS_PLUGINPATH": str(folder / "plugins"),
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(folder),
    }

    # Debian's wrapper script of 3.22 passes an option that the program does not know.
    program = next(filter(None, map(shutil.which, ("qgis_process.bin", "qgis_process"))))

    def call(*arguments, **more):
        return subprocess.run(
            [program, *arguments],
            env={**environment, **more},
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )

    call("plugins", "enable", "superseg_plugin")
    return call
