# SPDX-License-Identifier: GPL-2.0-or-later
"""One connection to the scheduler of a Dask cluster."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dask
from distributed import Client
from distributed.security import Security
from toolz import identity as identity_of

from ..errors import SuperSegError
from .call import Call
from .cluster_address import ENCRYPTED
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
        # One for all requests: Dask keeps its serialized form.
        self._task = make_task()
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
            self._task,
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
        SuperSegError: the certificates of an encrypted connection are missing.
        TimeoutError: it does not answer. Dask itself waits without end for one that is silent.
        OSError: what answers is not a scheduler.
        Exception: any other reason of Dask.
    """
    if address.partition("://")[0] in ENCRYPTED:
        _check_certificates(address)
    connecting = ThreadPoolExecutor(1)
    asked = connecting.submit(
        Client, address, timeout=CONNECT_SECONDS, set_as_default=False, name="superseg"
    )
    connecting.shutdown(wait=False)
    try:
        return asked.result(CONNECT_SECONDS + 1)
    except TimeoutError:
        raise TimeoutError(f"no answer within {CONNECT_SECONDS:.0f} s") from None
    except MemoryError:
        # The first bytes of another protocol, read as a number of frames.
        raise OSError("a server that is not a Dask scheduler is there") from None


def _check_certificates(address: str) -> None:
    """Raise SuperSegError where Dask's configuration has no usable certificates."""
    security: Any = Security()
    try:
        if security.get_connection_args("client")["ssl_context"] is not None:
            return
        reason = "lacks the file of the authority or that of this client"
    except (OSError, ValueError) as error:
        names = [security.tls_ca_file, security.tls_client_cert, security.tls_client_key]
        files = ", ".join(name for name in names if name)
        reason = f"names files that cannot be used: {files} ({error})"
    raise SuperSegError(
        f"The connection to {address} needs certificates, and Dask's configuration on this "
        f"computer {reason}; set distributed.comm.tls.ca-file, client.cert and client.key in "
        f"{dask.config.PATH}, or the variables DASK_DISTRIBUTED__COMM__TLS__CA_FILE and so on."
    )
