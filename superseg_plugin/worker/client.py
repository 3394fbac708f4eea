# SPDX-License-Identifier: GPL-2.0-or-later
"""The worker as QGIS's process uses it: submit an operation, get a future, wait for the answer.

A `WorkerProcess` has a private folder for arrays. Requests and answers are JSON lines (see
`protocol`), exchanged by the threads of a `Channel`; several requests may be pending at once, from
several threads. The caller waits in `WorkerProcess.result`, in whose thread events of the request
are forwarded to the run's progress and a cancel is noticed within a tenth of a second. A cancel
raises `Cancelled`, and leaving the context ends the process: computations are not waited for.

The worker sends a heartbeat every other second from a thread of its own, whatever it computes. If
none arrives for a minute, the run ends with an error, since a stopped or deadlocked process would
otherwise be waited for without end.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import tempfile
from collections.abc import Mapping
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any, Callable

from ..contracts import plain
from ..errors import Cancelled
from ..progress import Progress
from ..run_folder import RunFolder
from ..wording import counted
from .channel import Answer, Channel, PendingAnswer, Request
from .cluster_address import THIS_COMPUTER, ClusterChoice
from .cluster_paths import path_on_nodes, whole_path
from .failures import temporary_files_error, worker_silent
from .interpreter import Interpreter
from .launch import start_worker, use_of
from .messages import Described
from .protocol import Array, KeptArray, KeptFile, kept_file, request_file, write_arrays

PREFIX = "superseg-"
POLL_SECONDS = 0.1
# Time without any message after which the worker is given up. Only time spent waiting in `result`
# counts, so the suspension of the computer does not.
SILENCE_SECONDS = 60.0
# Time without a log line or metric after which the log says that the computation continues.
NEWS_SECONDS = 30.0


class WorkerProcess:
    """A `Worker` that is a process, started on entry of the context and ended on exit.

    Args:
        interpreter: the Python to run it with.
        device: device of the network: `auto`, `cpu`, `cuda` or `mps`.
        cluster: the Dask cluster to compute on.

    Raises:
        SuperSegError: on entry, if the process or its folder cannot be created.

    Example:
        with WorkerProcess(find_interpreter()) as worker:
            future = worker.submit("measure_bands", {}, {"pixels": sample})
            scaling = worker.result(future, progress).result["scaling"]
    """

    def __init__(
        self,
        interpreter: Interpreter,
        device: str = "auto",
        cluster: ClusterChoice = THIS_COMPUTER,
    ) -> None:
        self.device = device
        self._cluster = cluster
        self._interpreter = interpreter
        self._numbers = itertools.count(1)

    def __enter__(self) -> WorkerProcess:
        try:
            self._run_folder = RunFolder(PREFIX, Path(tempfile.gettempdir()))
        except OSError as error:
            raise temporary_files_error(tempfile.gettempdir(), error.strerror) from None
        self._folder = self._run_folder.path
        self._use = use_of(self._interpreter)
        try:
            self._process = start_worker(
                self._interpreter, self._folder, self.device, self._cluster
            )
        except BaseException:
            self._end_use()
            self._run_folder.remove()
            raise
        self._channel = Channel(self._process, self._interpreter.path, self._folder)
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()
        self._end_use()
        self._run_folder.remove()

    def _end_use(self) -> None:
        if self._use is not None:
            self._use.release()

    @property
    def usable(self) -> bool:
        """Whether the process can still answer: it has not ended, and has not been silent."""
        return not self._channel.failed

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the packages that the worker uses."""
        return dict(self._interpreter.versions)

    @property
    def threads(self) -> int:
        """Number of tiles that are computed at once; see `Worker`."""
        return self._channel.cluster.get("threads") or os.cpu_count() or 1

    @property
    def slots(self) -> int:
        """Number of tiles that are to be in flight; see `Worker`."""
        return self._channel.cluster.get("slots") or os.cpu_count() or 1

    @property
    def on_cluster(self) -> bool:
        """Whether nodes of a cluster compute; see `Worker`."""
        return bool(self._cluster.text)

    def path_on_nodes(self, path: str | Path) -> str:
        """The path under which nodes of the cluster see a file of this computer; see `Worker`."""
        return path_on_nodes(whole_path(path), self._cluster.paths)

    @property
    def cluster_summary(self) -> str:
        """What a cluster has done, as a line for the log; empty if none was used."""
        figures = self._channel.cluster
        if not figures:
            return ""
        repeated = figures["repeated"]
        return (
            f"Cluster: {counted(figures['tasks'], 'task')}, {figures['sent'] / 1e6:,.0f} MB sent, "
            f"{figures['received'] / 1e6:,.0f} MB received"
            + (f", {counted(repeated, 'request')} repeated after a loss" if repeated else "")
        )

    @property
    def process_id(self) -> int:
        """Process id of the worker, to measure its memory."""
        return self._process.pid

    def submit(
        self,
        op: str,
        options: Mapping[str, Any] | None = None,
        arrays: Mapping[str, Array] | None = None,
        keep: bool = False,
    ) -> PendingAnswer:
        """Request an operation; see `Worker.submit`.

        Kept arrays are only referred to; others are written to the slot file of the request. With
        `keep`, the arrays of the answer stay in a file that both processes map.
        """
        given = dict(arrays or {})
        kept = {name: each for name, each in given.items() if _location(each) is not None}
        request = Request(op, PendingAnswer(), self._channel.take_slot(), tuple(kept.values()))
        number = next(self._numbers)
        sent = {name: each for name, each in given.items() if name not in kept}
        described = self._write(request_file(self._folder, request.slot), sent)
        for name, each in kept.items():
            location = _location(each)
            described += [location._replace(name=name).plain()] if location else []
        message = {
            "id": number,
            "op": op,
            "options": {name: plain(value) for name, value in (options or {}).items()},
            "slot": request.slot,
            "arrays": described,
            "keep": keep,
        }
        self._channel.send(number, request, message)
        return request.future

    def keep(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Write arrays to a file that both processes map; see `Worker.keep`."""
        number = next(self._numbers)
        path = kept_file(self._folder, number)
        descriptions = self._write(path, arrays, number)
        file = KeptFile(path)
        locations = (
            Described(name, each.dtype, each.shape, description["offset"], number)
            for (name, each), description in zip(arrays.items(), descriptions)
        )
        return {location.name: file.map(location) for location in locations}

    def result(
        self,
        future: Future[Answer],
        progress: Progress,
        on_metric: Callable[[dict[str, Any]], None] | None = None,
    ) -> Answer:
        """Wait for an answer; see `Worker.result`.

        Raises:
            Cancelled: the user cancelled.
            SuperSegError: the operation failed for a reason that the user can act on, or the
                process has ended or has been silent for `SILENCE_SECONDS`.
            WorkerError: the operation failed unexpectedly.
        """
        channel = self._channel
        silent = without_news = 0.0
        while True:
            count = channel.message_count
            answered = wait([future], POLL_SECONDS).done
            news = self._forward_news(progress) or forward_events(future, progress, on_metric)
            if progress.cancelled():
                raise Cancelled
            if answered:
                return future.result()
            silent = 0.0 if channel.message_count != count else silent + POLL_SECONDS
            if silent >= SILENCE_SECONDS:
                started = channel.message_count > 0
                path = self._interpreter.path
                channel.give_up()
                raise worker_silent(path, started, SILENCE_SECONDS, channel.stderr_lines)
            without_news = 0.0 if news else without_news + POLL_SECONDS
            if without_news >= NEWS_SECONDS:
                without_news = 0.0
                progress.log("Still computing")

    def _forward_news(self, progress: Progress) -> bool:
        """Forward lines that belong to no request; whether there were any."""
        found = False
        with contextlib.suppress(queue.Empty):
            while True:
                progress.log(self._channel.news.get_nowait())
                found = True
        return found

    def _write(self, path: Path, arrays: Mapping[str, Array], kept: int = 0) -> list[Any]:
        try:
            return write_arrays(path, arrays, kept)
        except OSError as error:
            raise temporary_files_error(self._folder, error.strerror) from None


def forward_events(
    future: Future[Answer],
    progress: Progress,
    on_metric: Callable[[dict[str, Any]], None] | None,
) -> bool:
    """Forward the events of a request that have arrived; whether there were any."""
    found = False
    while isinstance(future, PendingAnswer):
        try:
            event = future.events.get_nowait()
        except queue.Empty:
            break
        found = True
        if event.kind == "log":
            progress.log(event.text)
        elif event.kind == "progress":
            progress.report(event.figures["fraction"], event.text)
        elif on_metric:
            on_metric(event.figures)
    return found


def _location(array: Array) -> Described | None:
    """Where a kept array is; None for any other array."""
    return array.described if isinstance(array, KeptArray) else None
