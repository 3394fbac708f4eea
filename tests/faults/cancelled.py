# SPDX-License-Identifier: GPL-2.0-or-later
"""The user cancels, at any moment."""

from __future__ import annotations

import random
import time

from tests.faults.bench import Attempt
from tests.faults.session import Run, Session, wait_until

TIMES = 20


def cancelled(session: Session) -> list[Attempt]:
    """Cancel at random moments, one in each twentieth of a run; nothing is shown as an error."""
    chance = random.Random(5)
    place = session.bench.place("cancelled")
    place.settle()
    attempts = []
    late = 0
    for index in range(TIMES):
        delay = (index + chance.random()) / TIMES * session.seconds
        run = Run(place.parameters())
        wait_until(lambda run=run, end=run.started_at + delay: run.ended or time.monotonic() > end)
        # From then on results are moved into place, and cancelling has no effect.
        too_late = run.ended or "Done" in run.feedback.lines
        run.feedback.cancel()
        run.feedback.made_at = time.monotonic()
        run.wait()
        attempt = Attempt(run.seconds_to_answer, note=f"{delay:.1f} s into the run")
        if run.feedback.errors:
            attempt.wrong.append(f"errors shown: {run.feedback.errors}")
        place.check(attempt, "balanced" if too_late else "older")
        if too_late:
            late += 1
            place.settle()
        attempts.append(attempt)
    attempts[-1].note = f"{late} came when the results were there already"
    session.check_next_run(place, attempts[-1])
    return attempts


FAULTS = {"cancel at 20 random moments": cancelled}
