# SPDX-License-Identifier: GPL-2.0-or-later
"""What computes the operations: the processors of this computer, or a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from ..errors import ClusterError
from .call import Answer, Call
from .pools import started_pool


class Executor(Protocol):
    """Computes operations, several at once.

    Attributes:
        pool: its threads, one for each request that is computed or waited for.
    """

    pool: ThreadPoolExecutor

    def run(self, op: str, call: Call, kept: Mapping[str, str]) -> Answer:
        """Compute an operation, or wait for it.

        Args:
            op: its name, a key of OPERATIONS.
            call: options and arrays.
            kept: identity of those of the arrays that other requests refer to as well, by name.

        Raises:
            SuperSegError: it failed for a reason that the user can act on.
            Exception: any other exception of the operation.
        """


class LocalExecutor:
    """Computes in this process, with one thread for each processor."""

    def __init__(self) -> None:
        self.pool = started_pool(os.cpu_count() or 1)

    def run(self, op: str, call: Call, kept: Mapping[str, str]) -> Answer:
        """Compute an operation in the calling thread."""
        from .operations import OPERATIONS

        return OPERATIONS[op](call)


class FailedExecutor:
    """Answers every request with an error.

    Args:
        text: of the error.
    """

    def __init__(self, text: str) -> None:
        self.pool = started_pool(1)
        self._text = text

    def run(self, op: str, call: Call, kept: Mapping[str, str]) -> Answer:
        """Raise the error."""
        raise ClusterError(self._text)
