# SPDX-License-Identifier: GPL-2.0-or-later
"""A real worker, and progress that records its input."""

from __future__ import annotations

import pytest

from superseg_plugin.progress import Progress
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.interpreter import find_interpreter


class Listener(Progress):
    """Progress that records its input and can be told to cancel."""

    def __init__(self):
        self.fractions = []
        self.lines = []
        self.stop = False

    def report(self, fraction, text=""):
        self.fractions.append(fraction)

    def log(self, text):
        self.lines.append(text)

    def cancelled(self):
        return self.stop


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def worker():
    with WorkerProcess(find_interpreter(), device="cpu") as process:
        yield process
