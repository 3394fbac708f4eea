# SPDX-License-Identifier: GPL-2.0-or-later
"""Progress and cancel: how a run reports to its caller.

A caller derives from `Progress` and overrides its three methods. A step of the run gets a part of
it: 0 to 1 in the part is `start` to `end` of the whole. A stage is a part with a clock: its texts
tell which stage of the run it is and, where the lengths are known in seconds, how long is left.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from .errors import Cancelled

# Below this part of a stage, its own pace is no measure of the time left.
TRUSTED_PART = 0.1
# Limits of the ratio of measured to expected times.
LEAST_PACE, MOST_PACE = 0.25, 4.0
# Activities within a stage are told only when it takes longer: others would be gone when read.
LONG_SECONDS = 5.0
# How often the time left is looked at while a step reports nothing.
LOOK_SECONDS = 1.0


class Progress:
    """What every step reports to. Fractions run from 0 to 1; this base class is silent."""

    def report(self, fraction: float, text: str = "") -> None:
        """Report how much is done and, where the activity changes, what is being done."""

    def log(self, text: str) -> None:
        """Add a line to the log."""

    def cancelled(self) -> bool:
        """Tell whether the user has asked to stop."""
        return False

    def part(self, start: float, end: float) -> Progress:
        """A part of this: 0 to 1 in it is `start` to `end` here."""
        return _Part(self, start, end)


class _Part(Progress):
    """A part of a whole; a part of a part reports to the same whole."""

    def __init__(self, whole: Progress, start: float, end: float) -> None:
        self._whole, self._start, self._end = whole, start, end

    def report(self, fraction: float, text: str = "") -> None:
        """Report to the whole, scaled to this part."""
        inside = min(max(fraction, 0.0), 1.0)
        self._whole.report(self._start + inside * (self._end - self._start), text)

    def log(self, text: str) -> None:
        """Pass the line on."""
        self._whole.log(text)

    def cancelled(self) -> bool:
        """Ask the whole."""
        return self._whole.cancelled()

    def part(self, start: float, end: float) -> Progress:
        """A part of this part."""
        width = self._end - self._start
        return _Part(self._whole, self._start + start * width, self._start + end * width)


class Quiet(Progress):
    """Asks a run for cancel, and passes on nothing else."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def cancelled(self) -> bool:
        """Ask the run."""
        return self._progress.cancelled()


class Stages:
    """The stages of a run. After the last one, a line in the log tells the seconds of each.

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
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._timed = timed
        self._shares = dict(shares)
        self._total = max(sum(shares.values()), 1e-9)
        self._reached = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[Progress]:
        """Run one stage."""
        part = _Stage(self, name)
        part.report(0.0)
        yield part
        self.seconds[name] = part.elapsed
        if len(self.seconds) == len(self._shares):
            times = ", ".join(f"{each} {took:.1f} s" for each, took in self.seconds.items())
            self._progress.log(f"Times: {times}")

    def _span(self, name: str) -> tuple[int, float, float]:
        """Index of a stage, and its start and end in the whole."""
        names = list(self._shares)
        index = names.index(name)
        start = sum(self._shares[each] / self._total for each in names[:index])
        return index, start, start + self._shares[name] / self._total

    def _report(self, fraction: float, text: str) -> None:
        # Sums that are rounded must not go back, nor beyond the whole.
        self._reached = max(self._reached, min(fraction, 1.0))
        self._progress.report(self._reached, text)

    def _left(self, name: str, inside: float, elapsed: float) -> float | None:
        """Seconds from within a stage to the end, None where the lengths are not seconds."""
        if not self._timed:
            return None
        planned = sum(self._shares[each] for each in self.seconds)
        pace = sum(self.seconds.values()) / planned if planned > 1 else 1.0
        pace = min(max(pace, LEAST_PACE), MOST_PACE)
        names = list(self._shares)
        later = sum(self._shares[each] for each in names[names.index(name) + 1 :])
        whole = pace * self._shares[name]
        if inside > TRUSTED_PART:
            rest = (1 - inside) * max(whole, elapsed)
        else:
            # A stage that has run over its time has no known end: the time left counts up again.
            rest = abs(whole - elapsed)
        return rest + pace * later


class _Stage(Progress):
    """A stage of a run."""

    def __init__(self, stages: Stages, name: str) -> None:
        index, self._start, self._end = stages._span(name)
        self._stages, self._name = stages, name
        self._place = f"({index + 1} of {len(stages._shares)})"
        self._began = time.monotonic()
        self._activity, self._shown = "", ""
        self._inside, self._looked = 0.0, self._began

    @property
    def elapsed(self) -> float:
        """Seconds since the stage began."""
        return time.monotonic() - self._began

    def report(self, fraction: float, text: str = "") -> None:
        """Report to the run; the text is passed on where it differs from the last one."""
        inside = self._inside = min(max(fraction, 0.0), 1.0)
        self._activity = text or self._activity
        elapsed = self.elapsed
        activity = self._activity if elapsed >= LONG_SECONDS else ""
        left = self._stages._left(self._name, inside, elapsed)
        shown = f"{activity or self._name.capitalize()} {self._place}"
        shown += "" if left is None else _time_left(left)
        reached = self._start + inside * (self._end - self._start)
        self._stages._report(reached, shown if shown != self._shown else "")
        self._shown = shown

    def log(self, text: str) -> None:
        """Pass the line on."""
        self._stages._progress.log(text)

    def cancelled(self) -> bool:
        """Ask the run. Steps do so often, also while they have nothing to report."""
        now = time.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self.report(self._inside)
        return self._stages._progress.cancelled()


def stop_if_cancelled(progress: Progress) -> None:
    """Raise `Cancelled` when the user has asked to stop."""
    if progress.cancelled():
        raise Cancelled


def _time_left(seconds: float) -> str:
    """The time left, in steps so wide that the text seldom changes."""
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
