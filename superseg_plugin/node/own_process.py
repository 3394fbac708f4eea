# SPDX-License-Identifier: GPL-2.0-or-later
"""A worker whose operations are computed in the process of the run itself.

On a node of a cluster there is no QGIS that a long computation could block, and no other Python
that the engine needs: a run calls the engine directly, and no array is copied. Results are those of
a worker process.
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Callable

from ..contracts import plain
from ..progress import Progress, stop_if_cancelled
from ..worker.call import Call
from ..worker.channel import Answer, PendingAnswer
from ..worker.client import POLL_SECONDS, forward_events
from ..worker.interpreter import NEEDED
from ..worker.messages import Event
from ..worker.operations import OPERATIONS
from ..worker.protocol import Array


class OwnProcess:
    """A `Worker` without a process of its own; a context manager.

    Args:
        device: device of the network: `auto`, `cpu`, `cuda` or `mps`.
        threads: tiles that are computed at once. With one, they are computed by the thread that
            submits them.
    """

    def __init__(self, device: str, threads: int) -> None:
        self.device = device
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def __enter__(self) -> OwnProcess:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def usable(self) -> bool:
        """Always: it ends with the run."""
        return True

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the packages that the engine uses."""
        return {name: importlib.metadata.version(name) for name in NEEDED}

    @property
    def threads(self) -> int:
        """Number of tiles that are computed at once."""
        return self._threads

    @property
    def slots(self) -> int:
        """As many as are computed at once."""
        return self._threads

    @property
    def on_cluster(self) -> bool:
        """Its own operations are not sent to other nodes."""
        return False

    def path_on_nodes(self, path: str | Path) -> str:
        """The path itself: no other nodes are asked."""
        return str(path)

    def submit(
        self,
        op: str,
        options: Mapping[str, Any] | None = None,
        arrays: Mapping[str, Array] | None = None,
        keep: bool = False,
    ) -> PendingAnswer:
        """Compute an operation, now or in a thread; see `Worker.submit`."""
        future = PendingAnswer()
        # Options and values take the way through JSON here too, so that they are the same.
        given = _as_sent({name: plain(value) for name, value in (options or {}).items()})
        shared = {name: _read_only(array) for name, array in (arrays or {}).items()}

        def send_event(event: dict[str, Any]) -> None:
            future.events.put(Event(event["event"], event.get("text", ""), event))

        def compute() -> None:
            try:
                call = Call(given, shared, self.device, send_event)
                result, answer = OPERATIONS[op](call)
                future.set_result(Answer(_as_sent(result), answer))
            except BaseException as error:  # raised where the answer is waited for
                future.set_exception(error)

        if self._pool is None:
            compute()
        else:
            self._pool.submit(compute)
        return future

    def keep(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Return the arrays: they are where they are needed."""
        return dict(arrays)

    def result(
        self,
        future: Future[Answer],
        progress: Progress,
        on_metric: Callable[[dict[str, Any]], None] | None = None,
    ) -> Answer:
        """Wait for an answer; see `Worker.result`."""
        answered = False
        while not answered:
            stop_if_cancelled(progress)
            answered = bool(wait([future], POLL_SECONDS).done)
            forward_events(future, progress, on_metric)
        return future.result()


def _as_sent(values: dict[str, Any]) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(json.dumps(values))
    return sent


def _read_only(array: Array) -> Array:
    """A view that cannot be written, as requests are in a worker process."""
    view = array.view()
    view.flags.writeable = False
    return view
