# SPDX-License-Identifier: GPL-2.0-or-later
"""Computes operations on tiles, and whole scenes, on the nodes of a Dask cluster.

This process is the client of the cluster. An operation of `ON_NODES` becomes one task with its
arrays; one of `ON_FILES`, or with the option `IN_PLACE`, refers to files, and goes to nodes that
see these. All others are computed in this process, with parts that go to nodes. Dask keeps a task
with its arrays until it is done, and gives it to another node when one is lost. Arrays that many
requests refer to, and the engine, are sent to every node once. If the scheduler is lost, requests
are repeated: operations are pure functions, and files are replaced as a whole.

Exact: the results are those of this computer where processors and packages are the same. Cost: some
10 ms a task, and the bytes of its arrays over the network, through the scheduler.
"""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Callable

import dask
import numpy as np
from distributed import TimeoutError as DaskTimeoutError
from distributed.client import FutureCancelledError
from distributed.scheduler import KilledWorker

from ..errors import ClusterError, SuperSegError
from .block_operation import ASSIGN_BLOCK
from .call import Answer, Call
from .cluster_address import ClusterChoice, scheduler_address
from .cluster_link import Link, client_of
from .cluster_nodes import ClusterNodes, check_versions
from .failures import LESS_MEMORY
from .in_place import CHECK_PLACE, IN_PLACE, ONLY_IN_PLACE, PAINTING
from .operation_errors import OperationError
from .operations import OPERATIONS, load_clustering
from .spreading import spreading
from .whole_scenes import CHECK, CLASSIFY, ELSEWHERE, ON_FILES

ON_DEVICES = ("train", "predict", "describe_device")
ON_TILES = ("superpixels", "stitch", "describe_superpixels", "refine_superpixels")
ON_NODES = (*ON_TILES, *PAINTING, ASSIGN_BLOCK, *ON_DEVICES, *ON_FILES, *ONLY_IN_PLACE)
CHECKS = (CHECK, CHECK_PLACE)
# Time that a scheduler gets to come back; batch systems take that long to start a job.
RETURN_SECONDS = 120.0
PAUSE_SECONDS = 1.0
WATCH_SECONDS = 2.0
# A task with its arrays: Dask's own warning is meant for graphs of many tasks.
LARGEST_TASK = "4 GiB"
# Exceptions of Dask where a request has to be repeated. The scheduler or this connection was lost.
LOST = (FutureCancelledError, OSError, TimeoutError)


class _ElsewhereError(Exception):
    """A node does not see the files of a task, or all that see them were lost."""


class DaskExecutor:
    """The executor of a cluster.

    Args:
        choice: address of the scheduler.
        send: sends an event to QGIS's process.

    Attributes:
        pool: threads that wait for tasks.
    """

    def __init__(self, choice: ClusterChoice, send: Callable[[dict[str, Any]], None]) -> None:
        dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGEST_TASK})
        self.pool = ThreadPoolExecutor(ClusterNodes.MOST_SLOTS + 8)
        self._choice = choice
        self._send = send
        self._topic = f"superseg-{uuid.uuid4().hex}"
        self._listeners: dict[str, Callable[[dict[str, Any]], None]] = {}
        self._figures = {"tasks": 0, "sent": 0, "received": 0, "repeated": 0}
        self._link: Link | None = None
        self._fault: ClusterError | None = None
        self._lock = threading.RLock()
        threading.Thread(target=self._watch, daemon=True).start()

    def run(self, op: str, call: Call, kept: Mapping[str, str]) -> Answer:
        """Compute an operation on a node, or here; see `Executor`.

        Raises:
            ClusterError: the cluster does not answer, or has other versions of packages.
            SuperSegError: nodes were lost in the operation.
            OperationError: the operation failed on its node.
        """
        link = self._connected()
        if op not in ON_NODES or (op in PAINTING and IN_PLACE not in call.options):
            spread = spreading(call, self.run, self.pool, link.nodes)
            return OPERATIONS[op](replace(call, spread=spread))
        if op in ON_TILES:
            load_clustering()
        until = time.monotonic() + RETURN_SECONDS
        while True:
            try:
                if op == "describe_device":
                    return self._least_device(link, call), {}
                if op in CHECKS:
                    return self._check_files(link, op, call), {}
                return self._ask(link, op, call, kept)
            except _ElsewhereError:
                # The node is known now, and the task goes to another one.
                continue
            except KilledWorker as error:
                raise SuperSegError(
                    f"Nodes of the cluster were lost {error.allowed_failures + 1} times in the "
                    f"operation {op}, the last one {error.last_worker.address}; probably their "
                    f"memory is too small. Choose nodes with more memory, or {LESS_MEMORY}."
                ) from None
            except LOST as error:
                if time.monotonic() > until:
                    raise ClusterError(self._gone(str(error))) from None
                self._count(repeated=1)
                link = self._connected(lost=link, until=until)

    # Connection

    def _connected(self, lost: Link | None = None, until: float | None = None) -> Link:
        """The connection; a new one if there is none, or `lost` is the present one."""
        with self._lock:
            if self._fault is not None:
                raise self._fault
            if self._link is not None and self._link is not lost:
                return self._link
            try:
                self._link = self._connect(lost, until)
            except SuperSegError as error:
                self._fault = ClusterError(str(error))
                raise self._fault from None
            return self._link

    def _connect(self, lost: Link | None, until: float | None) -> Link:
        if lost is not None:
            self._report("The scheduler of the cluster was lost; waiting for it to answer again")
            # Closing a connection that is lost may fail, and there is nothing to save.
            with contextlib.suppress(Exception):
                lost.client.close(timeout=0)
        while True:
            address = scheduler_address(self._choice)
            try:
                client = client_of(address)
                break
            except SuperSegError:
                raise
            except Exception as error:  # Dask raises errors of many types
                # A scheduler file may be renewed meanwhile.
                if until is None or time.monotonic() > until:
                    raise ClusterError(self._gone(_first_line(error))) from None
                time.sleep(PAUSE_SECONDS)
        check_versions(client)
        client.subscribe_topic(self._topic, self._receive)
        link = Link(client)
        link.nodes.refresh()
        self._link = link
        self._report(f"Dask cluster {address}: {link.nodes}; dashboard: {client.dashboard_link}")
        return link

    def _gone(self, reason: str) -> str:
        return (
            f"The Dask cluster {self._choice.text} (from {self._choice.origin}) does not answer "
            f"({reason}); start its scheduler, correct the address, or set CLUSTER to 'local'."
        )

    def _watch(self) -> None:
        """Follow the nodes of the cluster: it may grow and shrink during the run."""
        try:
            while True:
                self._follow()
                time.sleep(WATCH_SECONDS)
        except ClusterError as error:
            self._fault = error

    def _follow(self) -> None:
        """Tell of nodes that came or went; a request finds a lost connection, and renews it."""
        with contextlib.suppress(*LOST):
            self._report(self._connected().nodes.follow())

    # Requests

    def _ask(self, link: Link, op: str, call: Call, kept: Mapping[str, str]) -> Answer:
        shipped = {name: np.asarray(each) for name, each in call.arrays.items() if name not in kept}
        arrays: dict[str, Any] = dict(shipped)
        for name, identity in kept.items():
            arrays[name] = link.everywhere(identity, np.asarray(call.arrays[name]))
        number = uuid.uuid4().hex
        self._listeners[number] = call.send_event
        if op == CLASSIFY:
            where = link.nodes.where_files(call.options["network"])
        elif IN_PLACE in call.options:
            where = link.nodes.where_files(op in ON_DEVICES)
        else:
            where = link.nodes.where(op in ON_DEVICES)
        future = link.submit(op, call, arrays, (self._topic, number), **where)
        try:
            result, answer, fault = self._outcome(link, future, where)
        finally:
            self._listeners.pop(number, None)
            future.release()
        received = sum(each.nbytes for each in answer.values())
        self._count(tasks=1, sent=sum(each.nbytes for each in shipped.values()), received=received)
        if fault.get("code") == ELSEWHERE:
            link.nodes.without_files.add(result["node"])
            raise _ElsewhereError
        if fault:
            raise OperationError(fault)
        return result, answer

    def _outcome(self, link: Link, future: Any, where: dict[str, Any]) -> Any:
        """Wait for a task, and return its `Outcome`."""
        if where.get("allow_other_workers", True):
            return future.result()
        while set(where["workers"]) & set(link.nodes.threads):
            with contextlib.suppress(DaskTimeoutError):
                return future.result(WATCH_SECONDS)
        # Dask itself would wait for these very nodes without end.
        raise _ElsewhereError

    def _least_device(self, link: Link, call: Call) -> dict[str, Any]:
        """The device with the least memory, of those that the network may run on."""
        described = []
        network = link.nodes.for_network()
        for result, fault in self._ask_each(link, "describe_device", call, network):
            if fault:
                raise OperationError(fault)
            described.append(result)
        least = min(described, key=lambda each: each["free_bytes"])
        return {**least, "name": f"{least['name']} on {link.nodes}"}

    def _check_files(self, link: Link, op: str, call: Call) -> dict[str, Any]:
        """How many nodes see the files of a run, with how many threads; and why one does not."""
        answers = self._ask_each(link, op, call, list(link.nodes.threads))
        found: dict[str, Any] = {"nodes": 0, "threads": 0, "reason": "", "gdal": ""}
        found["asked"] = len(answers)
        for result, fault in answers:
            reason = fault.get("text", "")
            if not fault and result["reason"]:
                reason = f"the node {result['node']} {result['reason']}"
            if reason:
                found["reason"] = found["reason"] or reason
                link.nodes.without_files.add(result.get("node", ""))
            else:
                link.nodes.without_files.discard(result["node"])
                found["nodes"] += 1
                found["threads"] += result["threads"]
                found["gdal"] = result["gdal"]
        return found

    def _ask_each(
        self, link: Link, op: str, call: Call, addresses: list[str]
    ) -> list[tuple[dict[str, Any], dict[str, str]]]:
        """Values and errors of an operation without arrays on each of some nodes."""
        # A check tells something of its own node only.
        loose = op not in CHECKS
        # A cluster that has no nodes yet starts one for a task.
        places: list[dict[str, Any]] = [
            {"workers": [address], "allow_other_workers": loose} for address in addresses
        ] or [{}]
        futures = [link.submit(op, call, {}, (self._topic, ""), **where) for where in places]
        answers = []
        for future, where in zip(futures, places):
            # A node that was lost meanwhile does not count.
            with contextlib.suppress(_ElsewhereError, KilledWorker):
                answers.append(self._outcome(link, future, where))
        if not answers:
            raise ClusterError(self._gone("no node has answered"))
        if not addresses:
            # A node has come meanwhile, and requests are as large as suits the nodes.
            self._follow()
        return [(result, fault) for result, _, fault in answers]

    # Events

    def _receive(self, event: Any) -> None:
        _, message = event
        listener = self._listeners.get(message.get("request", ""))
        if listener:
            listener(message["event"])

    def _count(self, **figures: int) -> None:
        with self._lock:
            for name, number in figures.items():
                self._figures[name] += number
        self._report()

    def _report(self, text: str = "") -> None:
        """Tell QGIS's process what the cluster has done, and a line for the log."""
        figures = self._link.nodes.figures if self._link else {"threads": 1, "slots": 1}
        self._send({"event": "cluster", "text": text, **figures, **self._figures})


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
