# SPDX-License-Identifier: GPL-2.0-or-later
"""What a step needs of that which computes for it: a process, or on a node the run's own."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Callable, Protocol

from ..progress import Progress
from .channel import Answer, PendingAnswer, WorkerError
from .protocol import Array

__all__ = ["Answer", "Worker", "WorkerError"]


class Worker(Protocol):
    """Computes operations; `client.WorkerProcess`, or `OwnProcess` of a node.

    Attributes:
        device: device of the network: `auto`, `cpu`, `cuda` or `mps`.
    """

    device: str

    @property
    def usable(self) -> bool:
        """Whether it can still answer."""

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the packages that it uses."""

    @property
    def threads(self) -> int:
        """Number of tiles that are computed at once; it may change while a cluster is used."""

    @property
    def slots(self) -> int:
        """Number of tiles to have in flight: `threads`, and on a cluster half as many more."""

    @property
    def on_cluster(self) -> bool:
        """Whether nodes of a cluster compute, so that times say nothing about this computer."""

    def path_on_nodes(self, path: str | Path) -> str:
        """The path under which nodes of the cluster see a file, or dataset of GDAL, of this one."""

    def submit(
        self,
        op: str,
        options: Mapping[str, Any] | None = None,
        arrays: Mapping[str, Array] | None = None,
        keep: bool = False,
    ) -> PendingAnswer:
        """Request an operation.

        Args:
            op: name of the operation (see `operations`).
            options: plain values and contracts.
            arrays: inputs by name; the operation does not change them.
            keep: later requests need the arrays of the answer, as those of `keep`.

        Returns:
            A future of the answer, for `result`.

        Raises:
            SuperSegError: the disk of temporary files has no space for the arrays.
        """

    def keep(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Make arrays known to the worker, for use in several requests.

        Args:
            arrays: arrays by name.

        Returns:
            The same arrays, as requests are to refer to them.

        Raises:
            SuperSegError: the disk of temporary files has no space for the arrays.
        """

    def result(
        self,
        future: Future[Answer],
        progress: Progress,
        on_metric: Callable[[dict[str, Any]], None] | None = None,
    ) -> Answer:
        """Wait for an answer; meanwhile forward log lines and metrics, and check for a cancel.

        Args:
            future: what `submit` returned.
            progress: receives log lines, and is asked whether the user has cancelled.
            on_metric: receives the step, loss and number of live classes of a training.

        Raises:
            Cancelled: the user cancelled.
            SuperSegError: the operation failed for a reason that the user can act on, or the worker
                no longer answers.
            WorkerError: the operation failed unexpectedly.
        """
