# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory of a running process and of its children, sampled from outside."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

PERIOD = 0.1


class MemoryWatch:
    """Peak memory of QGIS and of its worker, of a whole run and between two times.

    Attributes:
        own: peak resident bytes of the process.
        children: the same of its largest child.
        together: peak of the sum of both.
    """

    def __init__(self) -> None:
        self.own = 0
        self.children = 0
        self.together = 0
        self._samples: list[tuple[float, int, int]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._process = 0

    def start(self, process: int) -> None:
        """Start sampling."""
        self._process = process
        self._thread.start()

    def stop(self) -> None:
        """Stop sampling."""
        self._stop.set()
        self._thread.join()

    def between(self, start: float, end: float) -> tuple[int, int]:
        """Peak bytes of the process and of a child between two values of `time.perf_counter`."""
        # A stage shorter than the period gets the samples beside it.
        near = [one for one in self._samples if start - PERIOD <= one[0] <= end + PERIOD]
        return max((one[1] for one in near), default=0), max((one[2] for one in near), default=0)

    def curve(self, points: int) -> list[tuple[float, int, int]]:
        """Memory over time: seconds since the start, bytes of the process and of a child.

        The peaks in each of at most `points` equal spans.
        """
        if not self._samples:
            return []
        start, end = self._samples[0][0], self._samples[-1][0]
        span = max(end - start, PERIOD) / points
        spans: dict[int, tuple[float, int, int]] = {}
        for moment, own, child in self._samples:
            number = min(int((moment - start) / span), points - 1)
            first, most_own, most_child = spans.get(number, (moment - start, 0, 0))
            spans[number] = (first, max(own, most_own), max(child, most_child))
        return [spans[number] for number in sorted(spans)]

    def _watch(self) -> None:
        while not self._stop.wait(PERIOD):
            children = _descendants(self._process)
            self.own = max(self.own, _status(self._process, "VmHWM"))
            self.children = max([self.children, *(_status(one, "VmHWM") for one in children)])
            largest = max((_status(one, "VmRSS") for one in children), default=0)
            own = _status(self._process, "VmRSS")
            self.together = max(self.together, own + largest)
            self._samples.append((time.perf_counter(), own, largest))


def _status(process: int, name: str) -> int:
    """A size in bytes from a process's status, 0 for one that has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    found = re.search(rf"{name}:\s+(\d+) kB", status)
    return 1024 * int(found[1]) if found else 0


def _descendants(process: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status = (entry / "stat").read_text(encoding="utf-8")
            except OSError:
                continue
            parents[int(entry.name)] = int(status.rsplit(")", 1)[1].split()[1])
    found, open_ends = [], [process]
    while open_ends:
        parent = open_ends.pop()
        children = [child for child, its_parent in parents.items() if its_parent == parent]
        found += children
        open_ends += children
    return found
