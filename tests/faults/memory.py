# SPDX-License-Identifier: GPL-2.0-or-later
"""The worker runs out of memory, by a limit that is set while it computes."""

from __future__ import annotations

import os
import re
import resource
import threading
import time
from pathlib import Path

import numpy as np

from tests.conftest import read_raster
from tests.faults.bench import FOLDER, OUTPUTS, Attempt, check_sentence, processes_of
from tests.faults.session import Moment, Run, Session

# Fractions of the memory of a run without limit. Which allocation fails depends on the system and
# its allocator.
SHARES = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
SAMPLE_SECONDS = 0.005


def worker_and_memory() -> tuple[int, int]:
    """Return the process id of this process's worker and the bytes of data it has in use."""
    (number,) = processes_of(FOLDER / "tmp", os.getpid())
    return number, _data_of(number)


def limit_worker(room: float) -> None:
    """Leave the worker so many bytes beyond what it has in use."""
    number, used = worker_and_memory()
    limit = used + int(room)
    resource.prlimit(number, resource.RLIMIT_DATA, (limit, limit))


def short(session: Session, algorithm: str, moment: Moment, said: str, **options) -> list[Attempt]:
    """Lower the limit until a run logs that it works in smaller parts, and succeeds."""
    place = session.bench.place(algorithm)
    place.settle()
    output = str(place.folder / "output")
    parameters = {"INPUT": str(place.scene), "DEVICE": "cpu", **options}
    parameters |= {"MODEL": output} if algorithm == "trainfcn" else {"OUTPUT": output + ".tif"}
    grown: list[int] = []
    whole = Run(parameters, moment, lambda: _watch(grown), algorithm)
    if not whole.wait():
        raise RuntimeError(f"{algorithm} failed without a limit: {whole.feedback.errors}")
    expected = None if algorithm == "trainfcn" else read_raster(output + ".tif")
    place.remember()
    attempts = []
    for share in SHARES:
        room = share * max(grown)
        run = Run(parameters, moment, lambda room=room: limit_worker(room), algorithm)
        fine = run.wait()
        told = [line for line in run.feedback.lines if said in line]
        attempt = Attempt(run.seconds_to_answer, note=f"{room / 2**20:.0f} MB of room: {told}")
        if not fine:
            check_sentence(attempt, run.feedback.errors, "memory.*TILE_SIZE")
        elif expected is not None and not np.array_equal(read_raster(output + ".tif"), expected):
            attempt.wrong.append("other classes")
        place.check(attempt, "any")
        attempts.append(attempt)
        if fine and told:
            return attempts
    attempts[-1].wrong.append(f"no run ended well after “{said}”")
    return attempts


def none_left(session: Session) -> list[Attempt]:
    """Leave hardly any memory; the run fails with an error."""
    place = session.bench.place("no-memory")
    place.settle()
    attempts = [
        session.provoke(
            place,
            Moment("Training"),
            lambda room=room: limit_worker(room),
            "memory.*TILE_SIZE",
        )
        for room in (0, 1 << 20, 8 << 20)
    ]
    session.check_next_run(place, attempts[-1])
    return attempts


def _watch(grown: list[int]) -> None:
    """Note by how much the worker's memory grows from now on, until it ends."""
    number, used = worker_and_memory()

    def watch():
        while True:
            try:
                grown.append(_data_of(number) - used)
            except (OSError, AttributeError):
                return
            time.sleep(SAMPLE_SECONDS)

    threading.Thread(target=watch, daemon=True).start()


def _data_of(number: int) -> int:
    status = Path(f"/proc/{number}/status").read_text()
    return int(re.search(r"VmData:\s+(\d+) kB", status).group(1)) * 1024


def classification(session: Session) -> list[Attempt]:
    """A model is applied pixel by pixel, by its network."""
    model = FOLDER / "older" / OUTPUTS["MODEL"]
    return short(
        session,
        "classify",
        Moment("Network light"),
        "computing tiles in",
        # The whole scene, so that halving it outweighs the memory of a tile.
        TILE_SIZE=2048,
        SMOOTHNESS=0,
        MODEL=str(model),
    )


def training(session: Session) -> list[Attempt]:
    """A model is trained with large batches, so that halving them changes the memory."""
    return short(
        session,
        "trainfcn",
        Moment("Training"),
        "training with BATCH_SIZE",
        BATCH_SIZE=16,
        STEPS=10,
        CLASSES=4,
    )


FAULTS = {
    "memory short in classification": classification,
    "memory short in training": training,
    "no memory left": none_left,
}
