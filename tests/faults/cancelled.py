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
    for index in range(TIMES):
        delay = (index + chance.random()) / TIMES * session.seconds
        run = Run(place.parameters())
        wait_until(lambda run=run, end=run.started_at + delay: run.ended or time.monotonic() > end)
        at_once = run.ended
        run.feedback.cancel()
        run.feedback.made_at = time.monotonic()
        fine = run.wait()
        attempt = Attempt(run.seconds_to_answer, note=f"{delay:.1f} s into the run")
        if run.feedback.errors:
            attempt.wrong.append(f"errors shown: {run.feedback.errors}")
        if at_once or fine:
            # It was over before: that is an end as well, and what it wrote is whole.
            attempt.note += ", which was over"
            place.check(attempt, "balanced")
            place.settle()
        else:
            place.check(attempt)
        attempts.append(attempt)
    session.check_next_run(place, attempts[-1])
    return attempts


FAULTS = {"cancel at 20 random moments": cancelled}
