# SPDX-License-Identifier: GPL-2.0-or-later
"""Exceptions of operations as plain values, which cross to other processes and computers."""

from __future__ import annotations

import errno
import os
import sys
import traceback

from ..errors import ClusterError, SuperSegError


class OperationError(Exception):
    """An operation failed on a cluster node.

    Attributes:
        described: as of `describe_error`, made on the node.
    """

    def __init__(self, described: dict[str, str]) -> None:
        super().__init__(described["text"])
        self.described = described


def describe_error(error: Exception) -> dict[str, str]:
    """Code, text and traceback of an exception that is being handled.

    The code is `user` for a `SuperSegError`, `cluster` for a `ClusterError`, `disk` or `memory`
    where these have run out, and `internal` for all others.
    """
    if isinstance(error, OperationError):
        return error.described
    code, text = "internal", str(error)
    if isinstance(error, ClusterError):
        code = "cluster"
    elif isinstance(error, SuperSegError):
        code = "user"
    elif isinstance(error, OSError) and error.errno == errno.ENOSPC:
        code, text = "disk", os.strerror(error.errno)
    elif isinstance(error, MemoryError) or _is_torch_out_of_memory(error):
        code = "memory"
    return {"code": code, "text": text, "traceback": traceback.format_exc()}


def _is_torch_out_of_memory(error: Exception) -> bool:
    if not isinstance(error, RuntimeError) or "torch" not in sys.modules:
        return False
    from ..engine.devices import is_out_of_memory

    return is_out_of_memory(error)
