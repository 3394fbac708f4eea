# SPDX-License-Identifier: GPL-2.0-or-later
"""Results that another program holds open, as Windows does: they cannot be renamed or replaced.

A file that is mounted on itself behaves so on Linux.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.bench import OUTPUTS, Attempt, check_sentence
from tests.faults.session import Moment, Run, Session

WANTED = r"cannot be replaced \(.*busy\); close other programs"


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Keep a file from being renamed or replaced."""
    _hold(file)
    try:
        yield
    finally:
        _release(file)


def _hold(file: Path) -> None:
    subprocess.run(["mount", "--bind", str(file), str(file)], check=True)


def _release(file: Path) -> None:
    subprocess.run(["umount", "--lazy", str(file)], check=True)


def before_the_run(session: Session) -> list[Attempt]:
    """Hold a former result open when a run is started: it is named before the work."""
    place = session.bench.place("held-before")
    place.settle()
    with held(place.folder / OUTPUTS["OUTPUT"]):
        run = Run(place.parameters())
        run.wait()
        attempt = Attempt(run.seconds)
        check_sentence(attempt, run.feedback.errors, f"OUTPUT: .*{WANTED}")
        if any("Superpixels" in line for line in run.feedback.lines):
            attempt.wrong.append("the work had begun")
    place.check(attempt)
    session.check_next_run(place, attempt)
    return [attempt]


def during_the_run(session: Session, name: str) -> list[Attempt]:
    """Hold one of several former results open while they are computed: all stay as they were."""
    place = session.bench.place("held-during")
    place.settle()
    file = place.folder / name
    attempt = session.provoke(place, Moment("Rendering"), lambda: _hold(file), WANTED)
    _release(file)
    session.check_next_run(place, attempt)
    return [attempt]


FAULTS = {
    "a result held open: before the run": before_the_run,
    "a result held open: superpixels": lambda session: during_the_run(
        session, OUTPUTS["SUPERPIXELS"]
    ),
    "a result held open: record": lambda session: during_the_run(
        session, f"{OUTPUTS['OUTPUT']}.superseg.json"
    ),
}
