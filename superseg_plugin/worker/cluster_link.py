# SPDX-License-Identifier: GPL-2.0-or-later
"""One connection to the scheduler of a Dask cluster."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from distributed import Client
from toolz import identity as identity_of

from .call import Call
from .cluster_nodes import ClusterNodes
from .engine_archive import engine_archive
from .node_task import make_task

# A cluster that is not there is told within 10 s, the start of the worker included.
CONNECT_SECONDS = 6.0


class Link:
    """One connection to a scheduler, with what was sent to its nodes.

    Args:
        client: of the cluster.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self.nodes = ClusterNodes(client)
        self._archive = engine_archive()
        self._sent: dict[str, Any] = {}
        self._lock = threading.Lock()

    def everywhere(self, identity: str, value: Any) -> Any:
        """A future of a value that every node that needs it gets once.

        It is the result of a task, not scattered data: Dask makes it again if its nodes are lost,
        and it waits for the first node of a cluster that has none yet.
        """
        with self._lock:
            if identity not in self._sent:
                key = f"shared-{uuid.uuid4().hex}"
                self._sent[identity] = self.client.submit(identity_of, value, key=key)
            return self._sent[identity]

    def submit(
        self,
        op: str,
        call: Call,
        arrays: Mapping[str, Any],
        listener: tuple[str, str],
        **where: Any,
    ) -> Any:
        """Start a task; returns the future of its `Outcome`.

        Args:
            op: operation.
            call: options and device.
            arrays: inputs by name, or futures of them.
            listener: see `node.entry.run`.
            where: which nodes may compute it, as for Dask's `submit`.
        """
        archive = self._archive
        return self.client.submit(
            make_task(),
            archive.name,
            self.everywhere(archive.name, archive.content),
            op,
            call.options,
            arrays,
            call.device,
            listener,
            key=f"{op}-{uuid.uuid4().hex}",
            pure=False,
            **where,
        )


def client_of(address: str) -> Client:
    """Connect to a scheduler.

    Raises:
        TimeoutError: it does not answer. Dask itself waits without end for one that is silent.
        Exception: any other reason of Dask.
    """
    connecting = ThreadPoolExecutor(1)
    asked = connecting.submit(
        Client, address, timeout=CONNECT_SECONDS, set_as_default=False, name="superseg"
    )
    connecting.shutdown(wait=False)
    try:
        return asked.result(CONNECT_SECONDS + 1)
    except TimeoutError:
        raise TimeoutError(f"no answer within {CONNECT_SECONDS:.0f} s") from None
