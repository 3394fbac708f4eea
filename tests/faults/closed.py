# SPDX-License-Identifier: GPL-2.0-or-later
"""QGIS ends during a run."""

from __future__ import annotations

import signal
import time

from tests.faults.bench import Attempt
from tests.faults.command import Command
from tests.faults.session import Session
from tests.tools.qgis_process import QgisProcess

WORKER_SECONDS = 10


def closed(qgis: QgisProcess, session: Session, sign: int) -> list[Attempt]:
    """End QGIS while superpixels are made, and while the network is trained.

    The worker ends by itself; hidden folders beside the outputs go with the next run.
    """
    attempts = []
    for line in ("Superpixels", "Step 25"):
        place = session.bench.place(f"closed-{sign}-{line.replace(' ', '-')}")
        command = Command(qgis, place)
        command.wait_for(line)
        command.process.send_signal(sign)
        ended_at = time.monotonic()
        command.wait()
        while command.workers and time.monotonic() < ended_at + WORKER_SECONDS:
            time.sleep(0.01)
        attempt = Attempt(time.monotonic() - ended_at)
        place.check(attempt)
        hidden = [path for path in attempt.left if "/.superseg-" in path]
        if not hidden:
            attempt.wrong.append("QGIS was not ended in the middle of its work")
        attempt.note = f"{len(hidden)} hidden files went with the next run"
        attempt.left = [path for path in attempt.left if path not in hidden]
        place.temporary = session.bench.temporary
        place.forget_elsewhere()
        session.check_next_run(place, attempt)
        attempts.append(attempt)
    return attempts


FAULTS = {
    "QGIS ended (SIGTERM)": lambda qgis, session: closed(qgis, session, signal.SIGTERM),
    "QGIS killed (SIGKILL)": lambda qgis, session: closed(qgis, session, signal.SIGKILL),
}
