# SPDX-License-Identifier: GPL-2.0-or-later
"""The stages of a run: each one's share of the progress, its time, and what is left."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ...progress import Progress

# Before so much of a stage is done, its own pace says little.
TRUSTED_PART = 0.1
LEAST_PACE, MOST_PACE = 0.25, 4.0


class Stages:
    """What a run goes through.

    Args:
        progress: of the run.
        shares: of every stage to come, in their order: seconds, or any other measure of length.
        timed: the shares are seconds, so that the time left can be told.

    Attributes:
        seconds: what each stage took, in their order.
    """

    def __init__(
        self, progress: Progress, shares: Mapping[str, float], timed: bool = False
    ) -> None:
        self._progress = progress
        self._timed = timed
        self._shares = dict(shares)
        self._total = max(sum(shares.values()), 1e-9)
        self._reached = 0.0
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[Progress]:
        """One stage's share of the progress, with a line `Stage <name>: <seconds> s` after it."""
        began = time.monotonic()
        names = list(self._shares)
        place = names.index(name)
        start = sum(map(self.share, names[:place]))
        part = _Part(self, name, f"({place + 1} of {len(names)})", start, began)
        part.report(0.0, name.capitalize())
        yield part
        self.seconds[name] = time.monotonic() - began
        self._progress.log(f"Stage {name}: {self.seconds[name]:.1f} s")

    def share(self, name: str) -> float:
        """Part of the whole that a stage is."""
        return self._shares[name] / self._total

    def reach(self, fraction: float, text: str) -> None:
        """Report how much of the whole is done; rounded sums must not go back, nor beyond it."""
        self._reached = max(self._reached, min(fraction, 1.0))
        self._progress.report(self._reached, text)

    def log(self, text: str) -> None:
        """Add a line to the log."""
        self._progress.log(text)

    def cancelled(self) -> bool:
        """Ask the whole run."""
        return self._progress.cancelled()

    def left(self, name: str, fraction: float, elapsed: float) -> float | None:
        """Seconds from within a stage to the end, None where nobody can tell."""
        if not self._timed:
            return None
        before = [each for each in self._shares if each in self.seconds]
        planned = sum(self._shares[each] for each in before)
        pace = sum(self.seconds[each] for each in before) / planned if planned > 1 else 1.0
        pace = min(max(pace, LEAST_PACE), MOST_PACE)
        names = list(self._shares)
        later = sum(self._shares[each] for each in names[names.index(name) + 1 :])
        whole = pace * self._shares[name]
        if fraction > TRUSTED_PART:
            whole = elapsed + (1 - fraction) * whole
        return max(whole - elapsed, 0.0) + pace * later


class _Part:
    """The progress within a stage; its texts tell which stage it is and how long is left."""

    def __init__(self, stages: Stages, name: str, place: str, start: float, began: float) -> None:
        self._stages, self._name, self._place = stages, name, place
        self._start, self._began = start, began
        self._text = name.capitalize()
        self._said = ""

    def report(self, fraction: float, text: str = "") -> None:
        """Pass on the fraction, scaled to this stage."""
        stages = self._stages
        inside = min(max(fraction, 0.0), 1.0)
        self._text = text or self._text
        left = stages.left(self._name, inside, time.monotonic() - self._began)
        said = f"{self._text} {self._place}{'' if left is None else _left(left)}"
        stages.reach(
            self._start + inside * stages.share(self._name), said if said != self._said else ""
        )
        self._said = said

    def log(self, text: str) -> None:
        """Pass the line on."""
        self._stages.log(text)

    def cancelled(self) -> bool:
        """Ask the whole run."""
        return self._stages.cancelled()


def _left(seconds: float) -> str:
    """The time left, in steps so wide that the words seldom change."""
    if seconds < 15:
        return ", a few seconds left"
    if seconds < 50:
        return ", less than a minute left"
    minutes = seconds / 60
    if minutes < 12:
        return f", about {max(round(minutes), 1)} min left"
    if minutes < 100:
        return f", about {5 * round(minutes / 5)} min left"
    return f", about {round(minutes / 60)} h left"
