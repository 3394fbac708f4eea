# SPDX-License-Identifier: GPL-2.0-or-later
"""Several scenes in flight: order, room, cancel and errors. No worker is needed."""

from __future__ import annotations

import threading
import time

import pytest

from superseg_plugin.errors import Cancelled
from superseg_plugin.pipeline.steps import scenes_in_flight
from superseg_plugin.pipeline.steps.scenes_in_flight import Load, ScenesInFlight
from tests.pipeline.conftest import Listener

NAMES = [f"{number}.tif" for number in range(12)]
SMALL = Load(1, 1)


class Watched:
    """Work that takes a moment and knows how much was in flight."""

    def __init__(self, load=lambda index: SMALL, together=1):
        # So many scenes wait for each other.
        self.load, self.barrier = load, threading.Barrier(together)
        self.lock, self.inside, self.most, self.alone = threading.Lock(), [], [], {}

    def __call__(self, index, run):
        run.admit(self.load(index))
        with self.lock:
            self.inside.append(index)
            self.most.append(sum(self.load(each).tiles for each in self.inside))
        run.log(f"begin {index}")
        self.barrier.wait(20)
        # Later scenes end first.
        time.sleep(0.01 * (1 + (len(NAMES) - index) % 3))
        run.report(0.5, "half")
        run.log(f"end {index}")
        with self.lock:
            self.inside.remove(index)
        self.alone[index] = run.alone
        return index * index


@pytest.mark.parametrize("slots", [1, 3, 40])
def test_outcomes_and_log_come_in_order_whatever_is_in_flight(slots):
    # One more than can be computed at once is prepared meanwhile.
    together = min(slots + 1, len(NAMES))
    work, listener = Watched(together=together), Listener()
    found = list(ScenesInFlight(NAMES, work, lambda: slots, listener).outcomes())
    assert found == [index * index for index in range(12)]
    assert listener.lines == [f"{word} {i}" for i in range(12) for word in ("begin", "end")]
    assert listener.fractions == sorted(listener.fractions)
    assert listener.fractions[-1] == pytest.approx(1)
    assert max(work.most) == together
    assert not any(work.alone.values())


def test_large_scenes_are_alone_where_memory_is_short(monkeypatch):
    monkeypatch.setattr(scenes_in_flight, "available_memory", lambda: 100)
    work = Watched(lambda index: Load(1, 60 if index % 4 == 0 else 10))
    found = list(ScenesInFlight(NAMES, work, lambda: 11, Listener()).outcomes())
    assert len(found) == 12
    # Half of the memory: four small scenes, or one large one.
    assert max(work.most) <= 4
    assert {0, 4, 8} <= {index for index, alone in work.alone.items() if alone}


def test_a_scene_of_many_tiles_takes_the_room_of_many_scenes():
    work = Watched(lambda index: Load(4 if index == 5 else 1, 1))
    list(ScenesInFlight(NAMES, work, lambda: 4, Listener()).outcomes())
    assert max(work.most) <= 8


def test_a_cancel_ends_all_threads():
    class Stopping(Listener):
        def cancelled(self):
            return time.monotonic() > self.end

    def work(index, run):
        run.admit(SMALL)
        while not run.cancelled():
            time.sleep(0.01)
        raise Cancelled

    listener = Stopping()
    listener.end = time.monotonic() + 0.3
    before = threading.active_count()
    with pytest.raises(Cancelled):
        list(ScenesInFlight(NAMES, work, lambda: 3, listener).outcomes())
    assert time.monotonic() - listener.end < 1
    assert threading.active_count() == before


def test_an_error_of_one_scene_ends_the_others():
    def work(index, run):
        run.admit(SMALL)
        if index == 1:
            raise ZeroDivisionError
        while not run.cancelled():
            time.sleep(0.01)
        raise Cancelled

    with pytest.raises(ZeroDivisionError):
        list(ScenesInFlight(NAMES, work, lambda: 3, Listener()).outcomes())
