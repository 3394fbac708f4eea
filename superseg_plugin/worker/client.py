# SPDX-License-Identifier: GPL-2.0-or-later
"""The worker as QGIS's side sees it: submit an operation, get a future."""

from __future__ import annotations

import collections
import contextlib
import itertools
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from concurrent.futures import Future, TimeoutError
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Callable

from ..errors import Cancelled, SuperSegError
from ..progress import Progress
from .interpreter import Interpreter, numba_cache_folder
from .processes import start
from .protocol import Array, answer_file, load_arrays, request_file, write_arrays

START_CODE = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from superseg_plugin.worker.server import main; main(sys.argv[2], sys.argv[3])"
)
DROPPED_VARIABLES = ("PYTHON", "QGIS_", "GDAL_", "PROJ_", "LD_", "DYLD_")
POLL_SECONDS = 0.1
GRACE_SECONDS = 1.0


class WorkerError(Exception):
    """A fault inside the worker; the text holds its traceback."""


@dataclass(frozen=True)
class Answer:
    """What an operation returned."""

    result: dict[str, Any]
    arrays: dict[str, Array]


class Worker:
    """A worker process, started on entry and ended on exit."""

    def __init__(self, interpreter: Interpreter, device: str = "auto") -> None:
        self.device = device
        self._interpreter = interpreter
        self._numbers = itertools.count(1)
        self._events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._pending: dict[int, tuple[Future[Answer], int]] = {}
        self._free_slots: list[int] = []
        self._slot_count = 0
        self._lock = threading.Lock()
        self._errors: collections.deque[str] = collections.deque(maxlen=40)

    def __enter__(self) -> Worker:
        self._folder = Path(tempfile.mkdtemp(prefix="superseg-"))
        package = Path(__file__).resolve().parents[1]
        arguments = [str(package.parent), str(self._folder), self.device]
        self._process = start(
            [str(self._interpreter.path), "-I", "-u", "-c", START_CODE, *arguments],
            environment=worker_environment(dict(os.environ), self._interpreter),
            folder=self._folder,
            stdin=subprocess.PIPE,
        )
        # Errors first: whoever finds the worker dead waits for its last words.
        self._readers = [
            threading.Thread(target=self._read_errors, args=(self._process.stderr,), daemon=True),
            threading.Thread(target=self._read_answers, args=(self._process.stdout,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process = self._process
        with contextlib.suppress(OSError):
            if kind is not None:
                self._send({"op": "cancel"})
            if process.stdin:
                process.stdin.close()
        for end in (process.terminate, process.kill):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(GRACE_SECONDS)
                break
            end()
        process.wait()
        for reader in self._readers:
            reader.join(GRACE_SECONDS)
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)

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
    ) -> Future[Answer]:
        """Ask for an operation; arrays are handed over through a slot file.

        Args:
            op: name of the operation.
            options: plain values.
            arrays: inputs by name.

        Returns:
            A future of the answer; hand it to `result`.
        """
        future: Future[Answer] = Future()
        number = next(self._numbers)
        slot = self._take_slot()
        described = write_arrays(request_file(self._folder, slot), arrays or {})
        with self._lock:
            self._pending[number] = (future, slot)
        message = {
            "id": number,
            "op": op,
            "options": dict(options or {}),
            "slot": slot,
            "arrays": described,
        }
        try:
            self._send(message)
        except OSError:
            self._fail_pending()
        return future

    def result(
        self,
        future: Future[Answer],
        progress: Progress,
        on_metric: Callable[[dict[str, Any]], None] | None = None,
    ) -> Answer:
        """Wait for an answer, passing log lines on and watching for cancel.

        Raises:
            Cancelled: the user asked to stop.
            SuperSegError: it failed for a reason the user can act on, or the worker died.
            WorkerError: the operation failed otherwise.
        """
        while True:
            try:
                answer = future.result(POLL_SECONDS)
            except TimeoutError:
                answer = None
            if answer is None and future.done():
                answer = future.result()
            self._pass_events_on(progress, on_metric)
            if progress.cancelled():
                raise Cancelled
            if answer is not None:
                return answer

    def _pass_events_on(
        self, progress: Progress, on_metric: Callable[[dict[str, Any]], None] | None
    ) -> None:
        while True:
            try:
                event = self._events.get_nowait()
            except queue.Empty:
                return
            if event["event"] == "log":
                progress.log(event["text"])
            elif on_metric:
                on_metric(event)

    def _send(self, message: dict[str, Any]) -> None:
        stdin = self._process.stdin
        if stdin is None or stdin.closed:
            raise BrokenPipeError
        with self._lock:
            stdin.write(json.dumps(message) + "\n")
            stdin.flush()

    def _take_slot(self) -> int:
        with self._lock:
            if self._free_slots:
                return self._free_slots.pop()
            self._slot_count += 1
            return self._slot_count

    def _read_answers(self, stream: IO[str]) -> None:
        for line in stream:
            message = json.loads(line)
            if "event" in message:
                self._events.put(message)
                continue
            with self._lock:
                future, slot = self._pending.pop(message["id"])
            self._settle(future, slot, message)
            with self._lock:
                self._free_slots.append(slot)
        self._fail_pending()

    def _settle(self, future: Future[Answer], slot: int, message: dict[str, Any]) -> None:
        error = message.get("error")
        if error is None:
            arrays = load_arrays(answer_file(self._folder, slot), message["arrays"])
            future.set_result(Answer(message["result"], arrays))
        elif error["code"] == "user":
            future.set_exception(SuperSegError(error["text"]))
        elif error["code"] == "memory":
            future.set_exception(
                SuperSegError(
                    "The worker ran out of memory. Choose a smaller TILE_SIZE, fewer BANDS or a "
                    f"smaller EXTENT, or close other programs. ({error['text']})"
                )
            )
        else:
            future.set_exception(WorkerError(error["traceback"]))

    def _read_errors(self, stream: IO[str]) -> None:
        for line in stream:
            self._errors.append(line.rstrip())

    def _fail_pending(self) -> None:
        self._process.wait()
        self._readers[0].join(GRACE_SECONDS)
        last = " | ".join(list(self._errors)[-3:]) or "it said nothing"
        error = SuperSegError(
            f"The worker process ({self._interpreter.path}) ended unexpectedly with exit code "
            f"{self._process.returncode}: {last}. If memory ran out, choose a smaller TILE_SIZE or"
            " EXTENT; otherwise run superseg:runtimereport to check the runtime."
        )
        with self._lock:
            pending, self._pending = self._pending, {}
        for future, _ in pending.values():
            future.set_exception(error)


def worker_environment(environment: dict[str, str], interpreter: Interpreter) -> dict[str, str]:
    """The environment of the worker: nothing of QGIS's Python, GDAL or libraries gets through."""
    kept = {
        name: value
        for name, value in environment.items()
        if not name.upper().startswith(DROPPED_VARIABLES)
    }
    kept["NUMBA_CACHE_DIR"] = str(numba_cache_folder(interpreter))
    # Threads that spin while they wait bring a busy machine to a standstill.
    kept.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if sys.platform == "win32":
        system = environment.get("SYSTEMROOT", r"C:\Windows")
        folder = interpreter.path.parent
        kept["PATH"] = ";".join(
            [str(folder), str(folder / "Library" / "bin"), rf"{system}\System32"]
        )
    return kept
