# SPDX-License-Identifier: GPL-2.0-or-later
"""Progress and cancel, the only things a step may say to whoever started it."""

from __future__ import annotations

from typing import Protocol

from .errors import Cancelled


class Progress(Protocol):
    """What every pipeline step reports to. Fractions run from 0 to 1 and never go back."""

    def report(self, fraction: float, text: str = "") -> None:
        """Say how much is done and, where the activity changes, what is being done."""

    def log(self, text: str) -> None:
        """Add a line to the log."""

    def cancelled(self) -> bool:
        """Tell whether the user has asked to stop."""


class SilentProgress:
    """Progress for callers that do not listen."""

    def report(self, fraction: float, text: str = "") -> None:
        """Ignore it."""

    def log(self, text: str) -> None:
        """Ignore it."""

    def cancelled(self) -> bool:
        """Never."""
        return False


class PartProgress:
    """One step's share of a longer run: 0..1 here is `start`..`end` there."""

    def __init__(self, whole: Progress, start: float, end: float) -> None:
        self._whole = whole
        self._start = start
        self._end = end

    def report(self, fraction: float, text: str = "") -> None:
        """Pass the fraction on, scaled to this part."""
        inside = min(max(fraction, 0.0), 1.0)
        self._whole.report(self._start + inside * (self._end - self._start), text)

    def log(self, text: str) -> None:
        """Pass the line on."""
        self._whole.log(text)

    def cancelled(self) -> bool:
        """Ask the whole run."""
        return self._whole.cancelled()


def stop_if_cancelled(progress: Progress) -> None:
    """Raise `Cancelled` when the user has asked to stop."""
    if progress.cancelled():
        raise Cancelled
