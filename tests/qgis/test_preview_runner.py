# SPDX-License-Identifier: GPL-2.0-or-later
"""Previews in the background, one after another, and what a worker that ends means for them."""

from __future__ import annotations

import os
import queue
import signal

import numpy as np
import pytest
from qgis.PyQt.QtCore import Qt

from superseg_plugin.gui import preview_runner
from superseg_plugin.gui.preview_runner import PreviewRunner
from superseg_plugin.pipeline.options.preview import MapView, PreviewOptions
from superseg_plugin.pipeline.steps.preview import Previewer
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.worker.client import WorkerProcess

SECONDS = 60


@pytest.fixture
def started(monkeypatch):
    """The workers that were started."""
    found = []

    class Noted(WorkerProcess):
        def __enter__(self):
            found.append(self)
            return super().__enter__()

    monkeypatch.setattr(preview_runner, "WorkerProcess", Noted)
    return found


@pytest.fixture
def runner(plugin, started):
    made = PreviewRunner()
    made.answers = queue.SimpleQueue()
    direct = Qt.ConnectionType.DirectConnection
    made.done.connect(lambda preview, _seconds: made.answers.put(preview), direct)
    made.failed.connect(lambda text: made.answers.put(text), direct)
    yield made
    made.stop()


@pytest.fixture
def view(files):
    with RasterSource(files["scene"]) as source:
        grid = source.grid
    x, across, _, y, _, down = grid.geotransform
    extent = (x, y + down * grid.height, x + across * grid.width, y)
    return MapView(files["scene"], extent, (grid.width, grid.height), grid.crs, 1.0)


def ask(runner, view, classes):
    runner.request(view, PreviewOptions(classes=classes))
    return runner.answers.get(timeout=SECONDS)


def test_a_worker_that_ended_while_idle_is_replaced(runner, view, started):
    first = ask(runner, view, 4)
    os.kill(started[0].process_id, signal.SIGKILL)
    while started[0].usable:
        pass
    again = ask(runner, view, 4)
    assert len(started) == 2
    assert np.array_equal(first.classes, again.classes)


def test_a_worker_that_ends_in_a_preview_costs_that_preview_alone(
    runner, view, started, monkeypatch
):
    original = Previewer.preview

    def killed(*arguments):
        if len(started) == 1:
            os.kill(started[0].process_id, signal.SIGKILL)
        return original(*arguments)

    monkeypatch.setattr(Previewer, "preview", killed)
    assert "ended unexpectedly" in ask(runner, view, 4)
    assert len(ask(runner, view, 4).colors) == 4
    assert len(started) == 2


def test_a_preview_has_the_one_that_it_is_compared_with_beside_it(runner, view):
    first = ask(runner, view, 4)
    runner.request(view, PreviewOptions(classes=3), None, PreviewOptions(classes=4))
    both = runner.answers.get(timeout=SECONDS)
    assert (len(both.beside.colors), len(both.colors)) == (4, 3)
    assert both.beside.classes is first.classes
