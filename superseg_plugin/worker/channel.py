# SPDX-License-Identifier: GPL-2.0-or-later
"""The channel to a worker process: three threads that write its stdin and read its two outputs.

`send` registers a request under its number and queues its message. The writer thread writes queued
messages to stdin, so that a worker that does not read cannot block the run. The reader thread of
stdout resolves the futures of the requests as their results arrive, in any order, and queues the
events of each request with its future; its counterpart for stderr keeps the last lines, which are
quoted in errors.

The worker has failed once it has ended or has sent a line that is no message. All pending requests
then get an error, and so does every later one. Lines before the first message are only kept for
quoting: the Python of the worker may be a shell script that prints something first.
"""

from __future__ import annotations

import collections
import contextlib
import json
import queue
import subprocess
import threading
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Callable, NamedTuple

from ..errors import ClusterError, SuperSegError
from .failures import memory_error, temporary_files_error, worker_failed
from .messages import Event, Fault, MessageError, Result, lines_of, read_message
from .processes import end, exit_reason
from .protocol import Array, answer_file, load_arrays

# Time that a thread, or a process whose stdout has ended, gets to end.
JOIN_SECONDS = 1.0
QUOTED_LINES = 3


class WorkerError(Exception):
    """An unexpected error inside the worker; the text is its traceback."""


@dataclass(frozen=True)
class Answer:
    """The result of an operation: plain values, and arrays by name."""

    result: dict[str, Any]
    arrays: dict[str, Array]


class PendingAnswer(Future[Answer]):
    """The answer of a request that was sent, and the log lines and metrics of that request."""

    def __init__(self) -> None:
        super().__init__()
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()


class Request(NamedTuple):
    """A request that was sent and not answered yet.

    Attributes:
        op: name of the operation.
        future: receives the answer.
        slot: number of the slot files.
        in_use: kept arrays, which must exist until the worker has mapped them.
    """

    op: str
    future: PendingAnswer
    slot: int
    in_use: tuple[Array, ...]


class Channel:
    """The channel to a worker process, with its threads started.

    Args:
        process: the worker process.
        interpreter: path of its Python, for errors.
        folder: folder of the slot files.

    Attributes:
        message_count: number of messages received so far, heartbeats included.
        stderr_lines: the last lines of its stderr.
        cluster: the latest `CLUSTER_FIGURES`; empty without a cluster.
        news: lines for the log that belong to no request.
    """

    def __init__(self, process: subprocess.Popen[str], interpreter: Path, folder: Path) -> None:
        self.message_count = 0
        self.cluster: dict[str, int] = {}
        self.news: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.stderr_lines: collections.deque[str] = collections.deque(maxlen=QUOTED_LINES)
        self._process = process
        self._interpreter = interpreter
        self._folder = folder
        self._outbox: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._pending: dict[int, Request] = {}
        self._free_slots: list[int] = []
        self._slot_count = 0
        # How the worker has failed; "" while it works.
        self._fault = ""
        self._lock = threading.Lock()
        # The reader of stderr starts first, since that of stdout joins it to quote the last lines.
        tasks: list[tuple[Callable[[Any], None], Any]] = [
            (self._read_stderr, process.stderr),
            (self._read_messages, process.stdout),
            (self._write_messages, process.stdin),
        ]
        self._threads = [
            threading.Thread(target=task, args=(stream,), daemon=True) for task, stream in tasks
        ]
        for thread in self._threads:
            thread.start()

    def take_slot(self) -> int:
        """Number of a slot that no pending request uses."""
        with self._lock:
            if self._free_slots:
                return self._free_slots.pop()
            self._slot_count += 1
            return self._slot_count

    def send(self, number: int, request: Request, message: dict[str, Any]) -> None:
        """Send a request; if the worker has failed, its future gets the error.

        Args:
            number: unique number of the request.
            request: what is registered until the answer arrives.
            message: the JSON object to send.
        """
        with self._lock:
            failed = bool(self._fault)
            if not failed:
                self._pending[number] = request
        if failed:
            self._fail(request)
        else:
            self._outbox.put(message)

    @property
    def failed(self) -> bool:
        """Whether the worker has failed, so that every request gets an error."""
        return bool(self._fault)

    def give_up(self) -> None:
        """Fail all requests, present and later ones: the worker has been silent for too long."""
        self._fail_all("no longer answers")

    def close(self) -> None:
        """Cancel all requests and end the process, without waiting for computations."""
        self._outbox.put({"op": "cancel"})
        self._outbox.put(None)
        end(self._process)
        for thread in self._threads:
            thread.join(JOIN_SECONDS)
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()

    def _write_messages(self, stream: IO[str]) -> None:
        # If the worker has ended, writing fails; the reader of stdout reports that.
        with contextlib.suppress(OSError), stream:
            for message in iter(self._outbox.get, None):
                stream.write(json.dumps(message) + "\n")
                stream.flush()

    def _read_stderr(self, stream: IO[str]) -> None:
        for line in stream:
            self.stderr_lines.append(line.strip())

    def _read_messages(self, stream: IO[str]) -> None:
        # Whatever goes wrong here, such as a lack of memory in QGIS's own process, fails the
        # requests at once: a run would otherwise wait for answers that nobody reads.
        try:
            self._receive_all(stream)
        except MemoryError:
            self._fail_all("has sent an answer that QGIS has no memory for")
        except Exception as error:
            self._fail_all(f"cannot be read by QGIS ({type(error).__name__}: {error})")

    def _receive_all(self, stream: IO[str]) -> None:
        for line in lines_of(stream):
            try:
                self._receive(read_message(line))
            except (MessageError, OSError):
                self.stderr_lines.append(line.strip())
                if self.message_count:
                    self._fail_all("sent a message that cannot be read")
                    return
            else:
                self.message_count += 1
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(JOIN_SECONDS)
        self._threads[0].join(JOIN_SECONDS)
        self._fail_all(f"ended unexpectedly {exit_reason(self._process.returncode)}")

    def _receive(self, message: Event | Result | Fault) -> None:
        if isinstance(message, Event) and message.kind == "cluster":
            self.cluster = message.figures
            if message.text:
                self.news.put(message.text)
            return
        if isinstance(message, Event) and message.kind == "alive":
            return
        with self._lock:
            request = self._pending.get(message.id or 0)
        if isinstance(message, Event):
            if request is not None:
                request.future.events.put(message)
            return
        if request is None:
            raise MessageError(f"no request has the number {message.id}")
        self._resolve(request, message)
        with self._lock:
            self._pending.pop(message.id or 0)
            self._free_slots.append(request.slot)

    def _resolve(self, request: Request, message: Result | Fault) -> None:
        future = request.future
        if isinstance(message, Result):
            path = answer_file(self._folder, request.slot)
            arrays = load_arrays(self._folder, path, message.arrays)
            future.set_result(Answer(message.result, arrays))
        elif message.code == "disk":
            future.set_exception(temporary_files_error(self._folder, message.text))
        elif message.code == "user":
            future.set_exception(SuperSegError(message.text))
        elif message.code == "cluster":
            future.set_exception(ClusterError(message.text))
        elif message.code == "memory":
            future.set_exception(memory_error(message.text))
        else:
            future.set_exception(WorkerError(message.traceback))

    def _fail_all(self, fault: str) -> None:
        with self._lock:
            self._fault = fault
            pending, self._pending = self._pending, {}
        for request in pending.values():
            self._fail(request)

    def _fail(self, request: Request) -> None:
        # Its answer may have arrived at this moment.
        with contextlib.suppress(InvalidStateError):
            request.future.set_exception(
                worker_failed(self._interpreter, self._fault, request.op, self.stderr_lines)
            )
