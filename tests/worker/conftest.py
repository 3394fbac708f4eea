# SPDX-License-Identifier: GPL-2.0-or-later
"""A real worker, and a listener that remembers."""

from __future__ import annotations

import pytest

from superseg_plugin.progress import Progress
from superseg_plugin.worker.client import Worker
from superseg_plugin.worker.interpreter import find_interpreter


class Listener(Progress):
    """Progress that keeps what it is told and can be asked to cancel."""

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
    with Worker(find_interpreter(), device="cpu") as process:
        yield process
