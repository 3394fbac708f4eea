# SPDX-License-Identifier: GPL-2.0-or-later
"""Preloaded by a Dask scheduler: it kills itself when the second tile of an operation is done.

The operation is in the variable SUPERSEG_TEST_KILL.
"""

from __future__ import annotations

import os
import signal

from distributed.diagnostics.plugin import SchedulerPlugin


class Killer(SchedulerPlugin):
    """Ends the process as a crash would."""

    def __init__(self, operation):
        self.operation = operation
        self.seen = 0

    def transition(self, key, start, finish, *_, **__):
        if finish == "memory" and str(key).startswith(f"{self.operation}-"):
            self.seen += 1
            if self.seen == 2:
                os.kill(os.getpid(), signal.SIGKILL)


def dask_setup(scheduler):
    scheduler.add_plugin(Killer(os.environ["SUPERSEG_TEST_KILL"]))
