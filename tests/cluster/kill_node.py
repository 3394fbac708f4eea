# SPDX-License-Identifier: GPL-2.0-or-later
"""Preloaded by a Dask worker: it kills itself while it computes an operation.

The operation is in the variable SUPERSEG_TEST_KILL.
"""

from __future__ import annotations

import os
import signal

from distributed.diagnostics.plugin import WorkerPlugin


class Killer(WorkerPlugin):
    """Ends the process as a crash or a lack of memory would."""

    name = "killer"

    def __init__(self, operation):
        self.operation = operation
        self.seen = 0

    def transition(self, key, start, finish, **_):
        if finish == "executing" and str(key).startswith(f"{self.operation}-"):
            self.seen += 1
            # A run trains once, and a small scene has few seams.
            if self.seen == (1 if self.operation in ("train", "stitch") else 2):
                os.kill(os.getpid(), signal.SIGKILL)


async def dask_setup(worker):
    await worker.plugin_add(Killer(os.environ["SUPERSEG_TEST_KILL"]), name="killer")
