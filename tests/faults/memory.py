# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory runs out under the worker, by a limit set from outside while it works."""

from __future__ import annotations

import os
import re
import resource
from pathlib import Path

from tests.faults.bench import FOLDER, Attempt, processes_of
from tests.faults.session import Moment, Session

MEGABYTE = 1 << 20


def limit_worker(megabytes: int) -> None:
    """Leave the worker so much memory beyond what it has in use."""
    for number in processes_of(FOLDER / "tmp", os.getpid()):
        status = Path(f"/proc/{number}/status").read_text()
        used = int(re.search(r"VmData:\s+(\d+) kB", status).group(1)) * 1024
        limit = used + megabytes * MEGABYTE
        resource.prlimit(number, resource.RLIMIT_DATA, (limit, limit))


def short(session: Session, moment: Moment, megabytes: int, said: str) -> list[Attempt]:
    """Leave too little for a whole tile or batch; the run ends well and says what it did."""
    place = session.bench.place("memory")
    place.settle()
    attempt = session.provoke(place, moment, lambda: limit_worker(megabytes), "")
    if said not in attempt.note:
        attempt.wrong.append(f"the log does not say “{said}” but: {attempt.note}")
    session.check_next_run(place, attempt)
    return [attempt]


def none_left(session: Session) -> list[Attempt]:
    """Leave next to nothing; the run fails with a sentence."""
    place = session.bench.place("no-memory")
    place.settle()
    action = lambda: limit_worker(1)  # noqa: E731
    attempt = session.provoke(place, Moment("Training"), action, "memory.*TILE_SIZE")
    session.check_next_run(place, attempt)
    return [attempt]


FAULTS = {
    "memory short in classification": lambda session: short(
        session, Moment("Network light"), 60, "computing the tile in 2 parts"
    ),
    "memory short in training": lambda session: short(
        session, Moment("Step 25"), 60, "training with BATCH_SIZE"
    ),
    "no memory left": none_left,
}
