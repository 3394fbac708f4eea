# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages of failed runs, and the files that they leave."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import weakref
from pathlib import Path

import pytest
from qgis.core import QgsProcessingContext, QgsProcessingException, QgsRasterLayer

from tests.qgis.helpers import Listener

pytestmark = pytest.mark.own_worker


class Killer(Listener):
    """Kills the workers of this process when an activity begins."""

    def __init__(self, activity):
        super().__init__()
        self._activity = activity
        self.killed = []

    def setProgressText(self, text):
        super().setProgressText(text)
        if text.startswith(self._activity):
            for number in _workers():
                os.kill(number, signal.SIGKILL)
                self.killed.append(number)


def _workers():
    """Process ids of this process's workers."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid() and "worker.server" in (folder / "cmdline").read_text():
                found.append(int(folder.name))
    return found


def test_a_killed_worker_fails_only_its_run(run, files, tmp_path):
    older = tmp_path / "classes.tif"
    older.write_bytes(b"an older result")
    parameters = {"INPUT": files["scene"], "CLASSES": 4, "DEVICE": "cpu", "OUTPUT": str(older)}
    feedback = Killer("Clustering")
    with pytest.raises(QgsProcessingException, match=r"ended unexpectedly .*operation cluster\b"):
        run("superseg:segment", parameters, feedback)
    assert feedback.killed
    assert older.read_bytes() == b"an older result"
    assert list(tmp_path.iterdir()) == [older]
    parameters["PRESET"] = "fast"
    run("superseg:segment", parameters)
    assert older.stat().st_size > 100


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (ZeroDivisionError("division by zero"), r"Smoothing failed .*division by zero.*report it"),
        (MemoryError(), r"Smoothing: QGIS has run out of memory; .*TILE_SIZE"),
        (OSError(28, "No space left on device"), r"Smoothing: No space left on device; .*space"),
    ],
)
def test_an_unexpected_error_gives_a_message(run, files, tmp_path, monkeypatch, fault, sentence):
    from superseg_plugin.algorithms.superpixels import SuperpixelsAlgorithm

    def fail(self, progress, context):
        progress.report(0.5, "Smoothing (2 of 9), a few seconds left")
        raise fault

    monkeypatch.setattr(SuperpixelsAlgorithm, "compute", fail)
    feedback = Listener()
    parameters = {"INPUT": files["scene"], "OUTPUT": str(tmp_path / "superpixels.tif")}
    with pytest.raises(QgsProcessingException, match=sentence) as caught:
        run("superseg:superpixels", parameters, feedback)
    assert "Traceback" not in str(caught.value)
    assert type(fault).__name__ in feedback.textLog()
    assert Path(__file__).name in feedback.textLog()


def test_a_failed_run_leaves_nothing_in_memory(plugin, files, tmp_path):
    """QGIS never releases an exception, and a layer that it holds crashes QGIS when it quits."""
    algorithm = plugin.provider.algorithm("averagecolor").create()
    missing = tmp_path / "unreadable.tif"
    missing.write_bytes(Path(files["fields"]).read_bytes()[:2000])
    context = QgsProcessingContext()
    parameters = {
        "INPUT": QgsRasterLayer(files["scene"], "not in the project"),
        "CLASSIFICATION": str(missing),
        "OUTPUT": str(tmp_path / "colors.tif"),
    }
    kept = [weakref.ref(algorithm), weakref.ref(context), weakref.ref(parameters["INPUT"])]
    _, succeeded = algorithm.run(parameters, context, Listener())
    assert not succeeded
    del algorithm, context, parameters
    gc.collect()
    assert [reference() for reference in kept] == [None] * 3
