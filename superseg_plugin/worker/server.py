# SPDX-License-Identifier: GPL-2.0-or-later
"""The worker process: reads requests from stdin, computes, and answers on stdout.

The main thread reads requests and passes each to the pool of an `Executor`: one thread for each
processor, since the kernels of `engine` release Python's lock, or threads that wait for a cluster.
The network runs on one thread of its own (see `operations`). Another thread sends heartbeats.

Every exception in an operation becomes an answer. A failure outside of operations ends the process,
as does the end of stdin, which means that QGIS's process has ended; then nobody else removes the
folder of the run, so the worker does.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn, TextIO

from ..memory import trim_memory
from .cluster_address import ClusterChoice
from .executor import Executor, FailedExecutor, LocalExecutor
from .messages import MessageError, Request, read_request
from .operation_errors import describe_error
from .protocol import answer_file, kept_file, map_arrays, request_file, write_arrays

HEARTBEAT_SECONDS = 2.0


@contextmanager
def exit_on_failure() -> Iterator[None]:
    """End the process after an exception: QGIS would wait for an answer that never comes."""
    try:
        yield
    except BaseException:
        # If memory has run out, printing may fail as well.
        with suppress(Exception):
            traceback.print_exc()
        os._exit(1)


class Server:
    """Executes requests and sends the answers.

    Args:
        folder: private folder of the run, with the slot files.
        device: device of the network.
        output: stream of the messages.
    """

    def __init__(self, folder: Path, device: str, output: TextIO) -> None:
        self.device = device
        self._folder = folder
        self._output = output
        self._lock = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        """Write one message; safe to call from any thread."""
        line = json.dumps(message)
        with self._lock:
            self._output.write(line + "\n")
            self._output.flush()

    @exit_on_failure()
    def handle(self, request: Request, executor: Executor) -> None:
        """Execute one request and send its answer or error."""
        from .call import Call
        from .operations import OF_WHOLE_SCENES

        try:
            slot = request_file(self._folder, request.slot)
            arrays = map_arrays(self._folder, slot, request.arrays)
            call = Call(
                options=request.options,
                arrays=arrays,
                device=self.device,
                send_event=lambda event: self.send({"id": request.id, **event}),
            )
            large = request.op in OF_WHOLE_SCENES
            if large:
                trim_memory()
            kept = {each.name: f"{each.kept}:{each.offset}" for each in request.arrays if each.kept}
            result, answer = executor.run(request.op, call, kept)
            if request.keep:
                path, number = kept_file(self._folder, request.id), request.id
            else:
                path, number = answer_file(self._folder, request.slot), 0
            described = write_arrays(path, answer, number)
            del arrays, call, answer
            if large:
                trim_memory()
            self.send({"id": request.id, "result": result, "arrays": described})
        except Exception as error:  # the boundary: every error becomes an answer
            self.send({"id": request.id, "error": describe_error(error)})

    def refuse(self, error: MessageError) -> None:
        """Answer a line that is not a valid request."""
        self.send({"id": None, "error": describe_error(error)})

    @exit_on_failure()
    def beat(self) -> None:
        """Send heartbeats without end; `leave` if QGIS's process no longer reads them."""
        while True:
            try:
                self.send({"event": "alive"})
            except OSError:
                self.leave()
            time.sleep(HEARTBEAT_SECONDS)

    def leave(self) -> NoReturn:
        """Remove the folder of the run and end, since QGIS's process has ended."""
        shutil.rmtree(self._folder, ignore_errors=True)
        os._exit(0)


@exit_on_failure()
def main(folder: str, device: str, cluster: str = "", origin: str = "") -> None:
    """Serve requests until stdin closes or a cancel message arrives.

    Args:
        folder: private folder of the run.
        device: device of the network.
        cluster: as the text of `ClusterChoice`; empty for this computer.
        origin: where the cluster was chosen.
    """
    # Libraries may print to stdout, so that is redirected to stderr; messages use a duplicate.
    output = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    server = Server(Path(folder), device, output)
    threading.Thread(target=server.beat, daemon=True).start()
    executor = _executor(server, ClusterChoice(cluster, origin))
    for line in sys.stdin.buffer:
        try:
            request = read_request(line)
        except MessageError as error:
            server.refuse(error)
            continue
        if request.op == "cancel":
            # Kernels cannot be interrupted, and there is nothing to save. The scheduler of a
            # cluster drops the tasks of a client whose connection has ended.
            os._exit(0)
        executor.pool.submit(server.handle, request, executor)
    # Stdin was closed without a cancel message.
    server.leave()


def _executor(server: Server, choice: ClusterChoice) -> Executor:
    if not choice.text:
        return LocalExecutor()
    try:
        from .dask_executor import DaskExecutor
    except ImportError as error:
        return FailedExecutor(
            f"The runtime cannot use a Dask cluster ({error}); install it anew: Plugins > SuperSeg "
            "> Runtime, or the algorithm superseg:installruntime."
        )
    return DaskExecutor(choice, server.send)
