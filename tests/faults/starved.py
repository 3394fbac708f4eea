# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine that leaves the run hardly any processor time."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise

import numpy as np

from tests.conftest import read_raster
from tests.faults.bench import OUTPUTS, Attempt
from tests.faults.command import Command
from tests.faults.session import Session
from tests.tools.qgis_process import QgisProcess

PREFIX = ("nice", "-n", "19", "taskset", "-c", "0")
BUSY = (sys.executable, "-c", "while True: pass")
BUSY_LOOPS = 3
# The log has a line at least every half minute while the worker computes.
LONGEST_SILENCE = 35.0
WATCHED_SECONDS = 100.0
# On one core, sums are added in another order than on several.
LEAST_ALIKE = 0.99


def starved(qgis: QgisProcess, session: Session) -> list[Attempt]:
    """Run with the lowest priority on one core that others keep busy; watch it, then end it."""
    place = session.bench.place("starved")
    busy = [subprocess.Popen([*PREFIX, *BUSY]) for _ in range(BUSY_LOOPS)]
    try:
        command = Command(qgis, place, prefix=PREFIX)
        command.wait_for("Reading")
        watched_from = time.monotonic()
        while command.process.poll() is None:
            if time.monotonic() > watched_from + WATCHED_SECONDS:
                break
            time.sleep(0.1)
        heard = [watched_from, *(at for at in command.heard_at if at > watched_from)]
        over = command.process.poll() is not None
        silences = [later - earlier for earlier, later in pairwise([*heard, time.monotonic()])]
        attempt = Attempt(max(silences))
        attempt.note = f"watched for {sum(silences):.0f} s, {len(heard) - 1} signs"
        if max(silences) > LONGEST_SILENCE:
            attempt.wrong.append(f"not a word for {max(silences):.0f} s")
        if over and command.wait():
            attempt.wrong.append(f"the run failed: {command.errors()}")
    finally:
        for loop in busy:
            loop.kill()
            loop.wait()
    if not over:
        command.process.terminate()
        command.wait()
    done = "Done" in command.text
    place.check(attempt, "any" if done else "older")
    if done:
        classes = read_raster(place.folder / OUTPUTS["OUTPUT"])
        alike = agreement(classes, session.bench.expected["balanced"])
        attempt.note += f", {alike:.2%} of the pixels as without"
        if alike < LEAST_ALIKE:
            attempt.wrong.append("other classes")
    attempt.left = [path for path in attempt.left if "/.superseg-" not in path]
    place.temporary = session.bench.temporary
    place.forget_elsewhere()
    session.check_next_run(place, attempt)
    return [attempt]


def agreement(first, second) -> float:
    """Return the share of pixels in which two maps agree, but for the classes' numbers."""
    table = np.zeros((first.max() + 1, second.max() + 1))
    np.add.at(table, (first.ravel(), second.ravel()), 1)
    return table.max(axis=1).sum() / table.sum()


FAULTS = {"machine starved (nice 19, one core)": starved}
