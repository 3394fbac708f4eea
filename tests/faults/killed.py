# SPDX-License-Identifier: GPL-2.0-or-later
"""The worker is killed, in every step."""

from __future__ import annotations

import os
import signal

from tests.faults.bench import Attempt, processes_of
from tests.faults.session import Moment, Session

# When the worker is killed, and the operation that is lost by it: the one in progress, or the next.
MOMENTS = {
    "superpixels": (Moment("Superpixels", after=0.4), "superpixels"),
    # The last of three rows of tiles is cut then, and seams alone are in progress.
    "stitch": (Moment("Superpixels", reports=3), "stitch"),
    "description": (Moment("Description"), "describe_superpixels"),
    "clustering": (Moment("Clustering", after=0.1), "cluster"),
    "training": (Moment("Training", after=1.0), "train"),
    "refinement": (
        Moment("Painting"),
        "(?:change_class_count|fit_refinement|refine_superpixels)",
    ),
    "writing": (Moment("Rendering"), "tabulate_superpixels"),
}


def kill_worker() -> None:
    """Kill the worker of this process's run."""
    from tests.faults.bench import FOLDER

    for number in processes_of(FOLDER / "tmp", os.getpid()):
        os.kill(number, signal.SIGKILL)


def killed_in(session: Session, step: str) -> list[Attempt]:
    """Kill the worker in a step; the run fails with an error that names the operation."""
    moment, operation = MOMENTS[step]
    place = session.bench.place(f"killed-{step}")
    place.settle()
    wanted = f"ended unexpectedly.*SIGKILL.* operation {operation}\\b.*TILE_SIZE"
    attempt = session.provoke(place, moment, kill_worker, wanted)
    session.check_next_run(place, attempt)
    return [attempt]


FAULTS = {
    f"kill -9 of the worker: {step}": lambda session, step=step: killed_in(session, step)
    for step in MOMENTS
}
