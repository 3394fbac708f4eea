# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections to a cluster that cannot be made: the reason is named at once."""

from __future__ import annotations

import socket
import threading

import dask
import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.worker.cluster_link import client_of

TLS = "distributed.comm.tls"


@pytest.mark.parametrize("address", ["tls://127.0.0.1:9", "wss://127.0.0.1:9"])
@pytest.mark.parametrize(
    ("certificate", "reason"),
    [(None, "lacks the file"), ("/nowhere/client.pem", "cannot be used: /nowhere/client.pem")],
)
def test_an_encrypted_connection_names_the_settings_of_its_certificates(
    address, certificate, reason
):
    names = {f"{TLS}.ca-file": certificate, f"{TLS}.client.cert": certificate}
    wanted = f"{address} needs certificates.*{reason}.*ca-file, client.cert and client.key"
    with dask.config.set(names), pytest.raises(SuperSegError, match=wanted):
        client_of(address)


def test_a_server_that_is_not_a_scheduler_is_told_from_one_that_does_not_answer():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            connection, _ = server.accept()
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(OSError, match="not a Dask scheduler is there"):
            client_of(f"tcp://127.0.0.1:{server.getsockname()[1]}")
