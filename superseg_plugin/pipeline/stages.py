# SPDX-License-Identifier: GPL-2.0-or-later
"""The stages of a run: each one's share of the progress, and its time in the log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from ..progress import PartProgress, Progress


class Stages:
    """What a run goes through.

    Attributes:
        seconds: what each stage took, in their order.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, start: float, end: float) -> Iterator[Progress]:
        """One stage's share of the progress, with a line `Stage <name>: <seconds> s` after it."""
        began = time.monotonic()
        self._progress.report(start, name.capitalize())
        yield PartProgress(self._progress, start, end)
        self.seconds[name] = time.monotonic() - began
        self._progress.log(f"Stage {name}: {self.seconds[name]:.1f} s")
