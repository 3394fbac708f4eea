# SPDX-License-Identifier: GPL-2.0-or-later
"""The worker as QGIS's side sees it: submit an operation, get a future."""

from __future__ import annotations

import collections
import contextlib
import itertools
import json
import queue
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Callable, NamedTuple

from ..contracts import plain
from ..errors import Cancelled, SuperSegError
from ..progress import Progress
from ..run_folder import RunFolder
from .failures import lost, no_room, short_of_memory, went_silent
from .interpreter import Interpreter
from .launch import start_worker
from .messages import Described, Event, Fault, MessageError, Result, lines_of, read_message
from .processes import end, exit_reason
from .protocol import (
    Array,
    KeptArray,
    KeptFile,
    answer_file,
    kept_file,
    load_arrays,
    request_file,
    write_arrays,
)

PREFIX = "superseg-"
POLL_SECONDS = 0.1
# The worker gives a sign of life every other second, whatever it computes. Only time spent waiting
# for it counts, so that a computer that was asleep does not take it for dead.
SILENCE_SECONDS = 60.0
# After so long without news, the log says that there is nothing wrong.
NEWS_SECONDS = 30.0
JOIN_SECONDS = 1.0
QUOTED_LINES = 3


class WorkerError(Exception):
    """A fault inside the worker; the text holds its traceback."""


@dataclass(frozen=True)
class Answer:
    """What an operation returned."""

    result: dict[str, Any]
    arrays: dict[str, Array]


class _Request(NamedTuple):
    op: str
    future: Future[Answer]
    slot: int
    # Kept arrays must last until the worker has mapped them.
    in_use: tuple[Array, ...]


class Worker:
    """A worker process, started on entry and ended on exit."""

    def __init__(self, interpreter: Interpreter, device: str = "auto") -> None:
        self.device = device
        self._interpreter = interpreter
        self._numbers = itertools.count(1)
        self._outbox: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._pending: dict[int, _Request] = {}
        self._free_slots: list[int] = []
        self._slot_count = 0
        self._signs_of_life = 0
        # What happened to the worker, once nothing can be asked of it any more.
        self._fault = ""
        self._lock = threading.Lock()
        self._last_words: collections.deque[str] = collections.deque(maxlen=QUOTED_LINES)

    def __enter__(self) -> Worker:
        try:
            self._own_folder = RunFolder(PREFIX, Path(tempfile.gettempdir()))
        except OSError as error:
            raise no_room(tempfile.gettempdir(), error.strerror) from None
        self._folder = self._own_folder.path
        try:
            self._process = start_worker(self._interpreter, self._folder, self.device)
        except BaseException:
            self._own_folder.remove()
            raise
        process = self._process
        # Errors first: whoever finds the worker dead waits for its last words.
        tasks: list[tuple[Callable[[Any], None], Any]] = [
            (self._read_errors, process.stderr),
            (self._read_answers, process.stdout),
            (self._write_requests, process.stdin),
        ]
        self._threads = [
            threading.Thread(target=task, args=(stream,), daemon=True) for task, stream in tasks
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Nothing is waited for, neither computations nor a worker that no longer listens.
        self._outbox.put({"op": "cancel"})
        self._outbox.put(None)
        end(self._process)
        for thread in self._threads:
            thread.join(JOIN_SECONDS)
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()
        self._own_folder.remove()

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the packages that the worker computes with."""
        return dict(self._interpreter.versions)

    @property
    def process_id(self) -> int:
        """Process id of the worker, for those who measure it."""
        return self._process.pid

    def submit(
        self,
        op: str,
        options: Mapping[str, Any] | None = None,
        arrays: Mapping[str, Array] | None = None,
        keep: Sequence[str] = (),
    ) -> Future[Answer]:
        """Request an operation; arrays travel through a slot file, kept ones stay where they are.

        Args:
            op: name of the operation.
            options: plain values and contracts.
            arrays: inputs by name.
            keep: names of the answer's arrays that later requests need again: they stay in a file
                that both processes map.

        Returns:
            A future of the answer; hand it to `result`.

        Raises:
            SuperSegError: the arrays do not fit on the disk of temporary files.
        """
        given = dict(arrays or {})
        kept = {name: each for name, each in given.items() if _place(each) is not None}
        request = _Request(op, Future(), self._take_slot(), tuple(kept.values()))
        number = next(self._numbers)
        sent = {name: each for name, each in given.items() if name not in kept}
        described = self._write(request_file(self._folder, request.slot), sent)
        for name, each in kept.items():
            place = _place(each)
            described += [place._replace(name=name).plain()] if place else []
        with self._lock:
            if self._fault:
                request.future.set_exception(self._error_of(request))
                return request.future
            self._pending[number] = request
        self._outbox.put(
            {
                "id": number,
                "op": op,
                "options": {name: plain(value) for name, value in (options or {}).items()},
                "slot": request.slot,
                "arrays": described,
                "keep": list(keep),
            }
        )
        return request.future

    def keep(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Put arrays where requests can refer to them again and again.

        Args:
            arrays: by name.

        Returns:
            The same arrays, in a file that both processes map.

        Raises:
            SuperSegError: the arrays do not fit on the disk of temporary files.
        """
        number = next(self._numbers)
        path = kept_file(self._folder, number)
        descriptions = self._write(path, arrays, number)
        file = KeptFile(path)
        places = (
            Described(name, each.dtype, each.shape, place["offset"], number)
            for (name, each), place in zip(arrays.items(), descriptions)
        )
        return {place.name: file.map(place) for place in places}

    def _write(
        self, path: Path, arrays: Mapping[str, Array], kept: int = 0
    ) -> list[dict[str, Any]]:
        try:
            return write_arrays(path, arrays, kept)
        except OSError as error:
            raise no_room(self._folder, error.strerror) from None

    def result(
        self,
        future: Future[Answer],
        progress: Progress,
        on_metric: Callable[[dict[str, Any]], None] | None = None,
    ) -> Answer:
        """Wait for an answer, passing log lines on and watching for cancel.

        Raises:
            Cancelled: the user asked to stop.
            SuperSegError: it failed for a reason the user can act on, or the worker died, or gave
                no sign of life for `SILENCE_SECONDS`.
            WorkerError: the operation failed otherwise.
        """
        silent = without_news = 0.0
        while True:
            signs = self._signs_of_life
            answered = wait([future], POLL_SECONDS).done
            news = self._pass_events_on(progress, on_metric)
            if progress.cancelled():
                raise Cancelled
            if answered:
                return future.result()
            silent = 0.0 if self._signs_of_life != signs else silent + POLL_SECONDS
            if silent >= SILENCE_SECONDS:
                started = self._signs_of_life > 0
                path = self._interpreter.path
                raise went_silent(path, started, SILENCE_SECONDS, self._last_words)
            without_news = 0.0 if news else without_news + POLL_SECONDS
            if without_news >= NEWS_SECONDS:
                without_news = 0.0
                progress.log("Still computing")

    def _pass_events_on(
        self, progress: Progress, on_metric: Callable[[dict[str, Any]], None] | None
    ) -> bool:
        """Pass on what the worker has told; False where that is nothing."""
        news = False
        while True:
            try:
                event = self._events.get_nowait()
            except queue.Empty:
                return news
            news = True
            if event.kind == "log":
                progress.log(event.text)
            elif on_metric:
                on_metric(event.figures)

    def _take_slot(self) -> int:
        with self._lock:
            if self._free_slots:
                return self._free_slots.pop()
            self._slot_count += 1
            return self._slot_count

    def _write_requests(self, stream: IO[str]) -> None:
        # In a thread, since a worker that no longer listens must not hold up the run. Why it does
        # not, the other threads find out.
        with contextlib.suppress(OSError), stream:
            for message in iter(self._outbox.get, None):
                stream.write(json.dumps(message) + "\n")
                stream.flush()

    def _read_answers(self, stream: IO[str]) -> None:
        for line in lines_of(stream):
            try:
                self._take(read_message(line))
            except (MessageError, OSError):
                # A script that starts Python may have something of its own to say first.
                self._last_words.append(line.strip())
                if self._signs_of_life:
                    self._fail_pending("is no longer understood")
                    return
            else:
                self._signs_of_life += 1
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(JOIN_SECONDS)
        self._threads[0].join(JOIN_SECONDS)
        self._fail_pending(f"ended unexpectedly {exit_reason(self._process.returncode)}")

    def _take(self, message: Event | Result | Fault) -> None:
        if isinstance(message, Event):
            if message.kind != "alive":
                self._events.put(message)
            return
        with self._lock:
            request = self._pending.get(message.id or 0)
        if request is None:
            raise MessageError(f"nothing was asked by the id {message.id}")
        self._settle(request, message)
        with self._lock:
            self._pending.pop(message.id or 0)
            self._free_slots.append(request.slot)

    def _settle(self, request: _Request, message: Result | Fault) -> None:
        future = request.future
        if isinstance(message, Result):
            path = answer_file(self._folder, request.slot)
            arrays = load_arrays(self._folder, path, message.arrays)
            future.set_result(Answer(message.result, arrays))
        elif message.code == "disk":
            future.set_exception(no_room(self._folder, message.text))
        elif message.code == "user":
            future.set_exception(SuperSegError(message.text))
        elif message.code == "memory":
            future.set_exception(short_of_memory(message.text))
        else:
            future.set_exception(WorkerError(message.traceback))

    def _read_errors(self, stream: IO[str]) -> None:
        for line in stream:
            self._last_words.append(line.strip())

    def _fail_pending(self, fault: str) -> None:
        with self._lock:
            self._fault = fault
            pending, self._pending = self._pending, {}
        for request in pending.values():
            request.future.set_exception(self._error_of(request))

    def _error_of(self, request: _Request) -> SuperSegError:
        return lost(self._interpreter.path, self._fault, request.op, self._last_words)


def _place(array: Array) -> Described | None:
    """Where a kept array lies; None for any other array."""
    return array.described if isinstance(array, KeptArray) else None
