# SPDX-License-Identifier: GPL-2.0-or-later
"""Two runs at the same time."""

from __future__ import annotations

import json

import numpy as np

from tests.conftest import read_raster
from tests.faults.bench import OUTPUTS, Attempt
from tests.faults.session import Run, Session


def other_names(session: Session) -> list[Attempt]:
    """Two runs to different names in the same folder; both give the result of one alone."""
    place = session.bench.place("two-runs")
    place.settle()
    others = {name: str(place.folder / f"other-{file}") for name, file in OUTPUTS.items()}
    runs = [Run(place.parameters()), Run(place.parameters(**others))]
    attempt = _wait(runs)
    written = {str(path) for path in place.folder.glob("other-*")}
    if not np.array_equal(read_raster(others["OUTPUT"]), session.bench.expected["balanced"]):
        attempt.wrong.append("other classes in the second run")
    place.check(attempt, "balanced")
    attempt.left = [path for path in attempt.left if path not in written]
    return [attempt]


def same_name(session: Session) -> list[Attempt]:
    """Two runs to the same name; one of them remains, whole, with its own record."""
    place = session.bench.place("same-name")
    place.settle()
    runs = [Run(place.parameters(CLASSES=3)), Run(place.parameters())]
    attempt = _wait(runs)
    record = json.loads((place.folder / f"{OUTPUTS['OUTPUT']}.superseg.json").read_text())
    recorded = record["options"]["classes"]
    found = int(read_raster(place.folder / OUTPUTS["OUTPUT"]).max())
    attempt.note = f"the map has {found} classes, its record {recorded}"
    if found != recorded:
        attempt.wrong.append(attempt.note)
    place.check(attempt, "any")
    session.check_next_run(place, attempt)
    return [attempt]


def _wait(runs: list[Run]) -> Attempt:
    attempt = Attempt()
    for run in runs:
        if not run.wait():
            attempt.wrong.append(f"a run failed: {run.feedback.errors}")
    attempt.seconds = max(run.seconds for run in runs)
    return attempt


FAULTS = {
    "two runs at once": other_names,
    "two runs at once, same name": same_name,
}
