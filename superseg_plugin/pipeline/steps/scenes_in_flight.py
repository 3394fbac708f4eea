# SPDX-License-Identifier: GPL-2.0-or-later
"""Several scenes of a run in flight, all computed by one worker.

Idea: a scene of few tiles cannot use all processors, and its reading and writing use none of the
worker's. So each scene has a thread of its own, and scenes are admitted as long as the tiles that
they can have in flight together are fewer than the processors, or the threads of a cluster.
Exact: results do not depend on the number of scenes in flight. Outcomes and log lines come in the
order of the scenes: lines of the first unfinished scene as they arrive, those of later ones when it
is their turn.
Memory: a further scene is admitted if all together need less than `MEMORY_SHARE` of what was
available at the start; one scene is always admitted.
Threads: the caller's progress is used in its own thread alone, as widgets demand.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Callable, Generic, TypeVar

from ...memory import available_memory
from ...progress import Progress, stop_if_cancelled
from ...raster.grid import Grid
from ...wording import counted
from .tiling import BAND_BYTES, MEMORY_SHARE, PIXEL_BYTES, automatic_tile

Outcome = TypeVar("Outcome")
# Scenes that have been started and wait to be admitted: opening one on a network drive takes longer
# than computing a small one on a cluster.
LOOK_AHEAD = 4
# Time after which the caller's progress is told of scenes in flight and asked for cancel.
POLL_SECONDS = 0.1
# Memory that a scene takes beside its tiles, for each pixel: a scene of 10^9 pixels is segmented
# within 4 GB.
SCENE_PIXEL_BYTES = 4


@dataclass(frozen=True)
class Load:
    """What a scene takes.

    Attributes:
        tiles: that can be computed at once.
        size: bytes of the scene and of the tiles that it has in flight.
        tables: further bytes of a tile while it is computed.
    """

    tiles: int
    size: int
    tables: int = 0

    @classmethod
    def of_scene(cls, grid: Grid, bands: int, slots: int) -> Load:
        """The load of a scene.

        Args:
            grid: of the scene.
            bands: that are read.
            slots: tiles that can be computed at once.
        """
        side = automatic_tile(bands)
        tiles = min(-(-grid.width // side) * -(-grid.height // side), slots)
        pixels = min(side * side, grid.width * grid.height)
        of_tiles = tiles * pixels * BAND_BYTES * (bands + 1)
        of_scene = SCENE_PIXEL_BYTES * grid.width * grid.height
        return cls(tiles, of_tiles + of_scene, PIXEL_BYTES * pixels)


class SceneRun(Progress):
    """What a scene in flight reports to, in its own thread.

    Attributes:
        fraction: of the scene that is done.
        text: the activity.
        alone: whether no other scene was in flight since this one was admitted.
    """

    def __init__(self, admission: _Admission, index: int, lines: queue.SimpleQueue[str]) -> None:
        self._admission, self._index, self._lines = admission, index, lines
        self.fraction, self.text, self.alone = 0.0, "", True

    def admit(self, load: Load) -> None:
        """Wait until there is room for the scene; call it before anything is computed.

        Raises:
            Cancelled: the user asked to stop.
        """
        self._admission.enter(self._index, load)
        stop_if_cancelled(self)

    def report(self, fraction: float, text: str = "") -> None:
        """Keep it for the caller's thread."""
        self.fraction, self.text = min(max(fraction, 0.0), 1.0), text or self.text

    def log(self, text: str) -> None:
        """Queue the line for the caller's thread."""
        self._lines.put(text)

    def cancelled(self) -> bool:
        """Whether the user has asked to stop."""
        return self._admission.closed


class ScenesInFlight(Generic[Outcome]):
    """Runs a function for each scene, several at once.

    Args:
        names: of the scenes, for the progress.
        work: called in a thread with the index of a scene; returns its outcome. An exception ends
            the whole run.
        slots: returns the number of tiles that can be computed at once.
        progress: of the run.
    """

    def __init__(
        self,
        names: Sequence[str],
        work: Callable[[int, SceneRun], Outcome],
        slots: Callable[[], int],
        progress: Progress,
    ) -> None:
        self._names, self._work, self._progress = names, work, progress
        self._admission = _Admission(slots)
        self._runs: dict[int, SceneRun] = {}
        self._lines: list[queue.SimpleQueue[str]] = [queue.SimpleQueue() for _ in names]
        self._threads: dict[int, threading.Thread] = {}
        self._ended: queue.SimpleQueue[tuple[int, Outcome | BaseException]] = queue.SimpleQueue()

    def outcomes(self) -> Iterator[Outcome]:
        """Run all scenes; yields their outcomes in order.

        Raises:
            Cancelled: the user asked to stop; all threads have ended.
        """
        finished: dict[int, Outcome] = {}
        started = yielded = 0
        count = len(self._names)
        try:
            while yielded < count:
                while started < count and self._admission.waiting < LOOK_AHEAD:
                    self._start(started)
                    started += 1
                self._wait(finished)
                self._tell(yielded, len(finished) + yielded)
                while yielded in finished:
                    self._flush(yielded)
                    yield finished.pop(yielded)
                    yielded += 1
        finally:
            self._admission.close()
            for thread in self._threads.values():
                thread.join()

    def _start(self, index: int) -> None:
        run = SceneRun(self._admission, index, self._lines[index])
        self._admission.expect(index, run)

        def work() -> None:
            try:
                self._ended.put((index, self._work(index, run)))
            except BaseException as error:  # raised again in the caller's thread
                self._ended.put((index, error))
            finally:
                self._admission.leave(index)

        self._runs[index] = run
        self._threads[index] = threading.Thread(target=work, daemon=True)
        self._threads[index].start()

    def _wait(self, finished: dict[int, Outcome]) -> None:
        """Wait a moment for scenes to be admitted or to end."""
        self._admission.wait(POLL_SECONDS)
        stop_if_cancelled(self._progress)
        while not self._ended.empty():
            index, outcome = self._ended.get()
            self._threads.pop(index).join()
            del self._runs[index]
            if isinstance(outcome, BaseException):
                raise outcome
            finished[index] = outcome

    def _tell(self, first: int, done: int) -> None:
        """Report the progress, and log the lines of the first scene that has not ended."""
        runs = self._runs
        count = len(self._names)
        total = done + sum(run.fraction for run in runs.values())
        text = f"{done} of {counted(count, 'scene')} done, {len(runs)} in progress"
        if len(runs) == 1:
            ((index, run),) = runs.items()
            text = run.text or f"{self._names[index]} ({index + 1} of {count})"
        self._progress.report(total / count, text)
        self._flush(first)

    def _flush(self, index: int) -> None:
        while not self._lines[index].empty():
            self._progress.log(self._lines[index].get())


class _Admission:
    """Admits scenes in their order while there is room."""

    def __init__(self, slots: Callable[[], int]) -> None:
        self.closed = False
        self._slots = slots
        self._memory = available_memory()
        self._changed = threading.Condition()
        self._waiting: dict[int, SceneRun] = {}
        self._admitted: dict[int, tuple[SceneRun, Load]] = {}

    @property
    def waiting(self) -> int:
        """Number of scenes that are started and not admitted."""
        return len(self._waiting)

    def wait(self, seconds: float) -> None:
        """Wait until a scene is admitted or ends, or for some time."""
        with self._changed:
            self._changed.wait(seconds)

    def expect(self, index: int, run: SceneRun) -> None:
        """Note a scene that is started."""
        with self._changed:
            self._waiting[index] = run

    def enter(self, index: int, load: Load) -> None:
        """Wait until a scene has its turn and there is room for it, or until it is closed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self.closed or (index == min(self._waiting) and self._has_room(load))
            )
            run = self._waiting.pop(index)
            for other, _ in self._admitted.values():
                other.alone = run.alone = False
            self._admitted[index] = run, load
            self._changed.notify_all()

    def leave(self, index: int) -> None:
        """Note a scene that has ended, admitted or not."""
        with self._changed:
            self._waiting.pop(index, None)
            self._admitted.pop(index, None)
            self._changed.notify_all()

    def close(self) -> None:
        """Let all threads end."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def _has_room(self, load: Load) -> bool:
        if not self._admitted:
            return True
        loads = [load, *(each for _, each in self._admitted.values())]
        tiles = sum(each.tiles for each in loads)
        # One tile more than can be computed: while a scene is written, another one is computed.
        if tiles - load.tiles > self._slots():
            return False
        # This computer computes as many tiles at once as it has processors, a cluster elsewhere.
        tables = min(tiles, os.cpu_count() or 1) * max(each.tables for each in loads)
        needed = tables + sum(each.size for each in loads)
        return self._memory is None or needed < MEMORY_SHARE * self._memory
