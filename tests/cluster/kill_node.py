# SPDX-License-Identifier: GPL-2.0-or-later
"""Preloaded by Dask workers: the first one that computes an operation kills itself.

In a whole scene it does so when files that are not finished lie in the folder of results.

The operation is in the variable SUPERSEG_TEST_KILL, and SUPERSEG_TEST_KILLED is the path of a file
that this one creates. Which node computes an operation that a scene has few of is not certain.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from pathlib import Path

from distributed.diagnostics.plugin import WorkerPlugin

# Operations of which each node gets several in a small scene.
MANY = ("superpixels", "describe_superpixels", "refine_superpixels", "predict")
RESULTS = Path(os.environ.get("SUPERSEG_TEST_RESULTS", ""))


class Killer(WorkerPlugin):
    """Ends the process as a crash or a lack of memory would."""

    name = "killer"

    def __init__(self, operation):
        self.operation = operation
        self.seen = 0

    def transition(self, key, start, finish, **_):
        if finish == "executing" and str(key).startswith(f"{self.operation}-"):
            self.seen += 1
            # A run trains once, and a small scene has few seams and few pieces.
            if self.operation == "classify_scene":
                threading.Thread(target=kill_amid_files, daemon=True).start()
            elif self.seen == (2 if self.operation in MANY else 1):
                kill_if_first()


def kill_if_first():
    """End the process, unless another one has ended already."""
    with contextlib.suppress(FileExistsError):
        Path(os.environ["SUPERSEG_TEST_KILLED"]).touch(exist_ok=False)
        os.kill(os.getpid(), signal.SIGKILL)


def kill_amid_files():
    """End the process when it has begun to write superpixels into a hidden folder."""
    while not any(RESULTS.glob(".superseg-*/.superseg-*/superpixels.tif")):
        time.sleep(0.01)
    kill_if_first()


async def dask_setup(worker):
    await worker.plugin_add(Killer(os.environ["SUPERSEG_TEST_KILL"]), name="killer")
