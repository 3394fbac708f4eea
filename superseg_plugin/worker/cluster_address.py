# SPDX-License-Identifier: GPL-2.0-or-later
"""The address of a Dask cluster, as users give it.

It is the address of the scheduler (`tls://host:8786`), or the path of a scheduler file, as
dask-jobqueue and `dask scheduler --scheduler-file` write it. Images and results would cross the
network in clear text without TLS, so that an unencrypted connection to another computer needs the
word `unencrypted` after the address. Keys and certificates come from Dask's own configuration.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..errors import SuperSegError
from .cluster_paths import choose_paths

# Dask's own variables.
VARIABLES = ("DASK_SCHEDULER_ADDRESS", "DASK_SCHEDULER_FILE")
UNENCRYPTED = "unencrypted"
# This computer, where a setting or a variable names a cluster.
LOCAL = "local"
ADDRESS = re.compile(r"(tcp|tls|ws|wss)://(\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):(\d{1,5})/?")
ENCRYPTED = ("tls", "wss")


class ClusterChoice(NamedTuple):
    """A cluster as it was chosen.

    Attributes:
        text: address or path, and perhaps `unencrypted`; empty for this computer.
        origin: where it was chosen, for errors: a parameter, the settings, a variable.
        paths: of `choose_paths`.
    """

    text: str
    origin: str
    paths: tuple[tuple[str, str], ...] = ()


THIS_COMPUTER = ClusterChoice("", "")


def choose_cluster(
    given: str,
    stored: str = "",
    environment: Mapping[str, str] = os.environ,
    stored_paths: str = "",
) -> ClusterChoice:
    """The cluster of a run: of its parameter, else the settings, else Dask's variables.

    Args:
        given: the parameter CLUSTER; `local` stands for this computer.
        stored: the address in the settings.
        environment: environment variables.
        stored_paths: the table of paths in the settings; see `cluster_paths`.

    Raises:
        SuperSegError: it is not an address, its file cannot be read, it is not encrypted, or the
            table of paths is none.

    Example:
        >>> choose_cluster("", "tls://head:8786", {}).text
        'tls://head:8786'
        >>> choose_cluster("local", "tls://head:8786", {}).text
        ''
    """
    sources = [("CLUSTER", given), ("the settings of SuperSeg", stored)]
    sources += [(f"the variable {name}", environment.get(name, "")) for name in VARIABLES]
    for origin, text in sources:
        if text.strip():
            if text.strip().lower() == LOCAL:
                return THIS_COMPUTER
            paths = choose_paths(stored_paths, environment)
            choice = ClusterChoice(" ".join(text.split()), origin, paths)
            scheduler_address(choice)
            return choice
    return THIS_COMPUTER


def scheduler_address(choice: ClusterChoice) -> str:
    """The address of the scheduler; a scheduler file is read at every call.

    Raises:
        SuperSegError: it is not an address, its file cannot be read, or it is not encrypted.

    Example:
        >>> scheduler_address(ClusterChoice("tcp://127.0.0.1:8786", "CLUSTER"))
        'tcp://127.0.0.1:8786'
        >>> scheduler_address(ClusterChoice("tcp://head:8786 unencrypted", "CLUSTER"))
        'tcp://head:8786'
    """
    text, _, last = choice.text.rpartition(" ")
    allowed = last == UNENCRYPTED and bool(text.strip())
    text = text.strip() if allowed else choice.text
    address = text if "://" in text else _of_file(Path(text).expanduser(), choice.origin)
    found = ADDRESS.fullmatch(address)
    if not found or int(found[3]) > 65535:
        raise SuperSegError(
            f"{address!r} (from {choice.origin}) is not the address of a Dask scheduler; give "
            "tls://host:port, tcp://host:port, or the path of a scheduler file."
        )
    if found[1] not in ENCRYPTED and not allowed and not _is_loopback(found[2]):
        raise SuperSegError(
            f"The connection to {address} (from {choice.origin}) is not encrypted, so that others "
            "on the network could read and change images and results. Set up TLS for the cluster "
            f"(tls://), or write '{text} {UNENCRYPTED}' if the network is your own."
        )
    return address.rstrip("/")


def _of_file(path: Path, origin: str) -> str:
    try:
        address = json.loads(path.read_text(encoding="utf-8"))["address"]
        if isinstance(address, str):
            return address
        reason = "it is not a scheduler file"
    except OSError as error:
        reason = error.strerror or "unreadable"
    except (ValueError, KeyError, TypeError):
        reason = "it is not a scheduler file"
    raise SuperSegError(
        f"{str(path)!r} (from {origin}) is neither the address of a Dask scheduler "
        f"(tls://host:port) nor a scheduler file ({reason}); give one of them, or '{LOCAL}' for "
        "this computer."
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
