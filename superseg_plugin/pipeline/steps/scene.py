# SPDX-License-Identifier: GPL-2.0-or-later
"""The scene of a run, which all steps share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable, TypeVar

import numpy.typing as npt

from ...contracts import BandScaling
from ...progress import Progress
from ...raster.source import RasterSource
from ...worker.interface import Answer, Worker
from .tiling import items_ahead, run_in_flight

Item = TypeVar("Item")
Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Scene:
    """What a run computes on and with.

    Attributes:
        source: the image.
        scaling: of its bands.
        worker: the process that computes.
        scratch: folder for intermediate files, which goes with the run.
        progress: of the run, or of the part of it that the scene is given to.
    """

    source: RasterSource
    scaling: BandScaling
    worker: Worker
    scratch: Path
    progress: Progress

    def within(self, progress: Progress) -> Scene:
        """The same scene for a part of the run."""
        return replace(self, progress=progress)

    def part(self, start: float, end: float) -> Scene:
        """The same scene for the part of the run from `start` to `end`."""
        return self.within(self.progress.part(start, end))

    def compute(
        self,
        operation: str,
        options: Mapping[str, Any],
        arrays: Arrays,
        keep: bool = False,
    ) -> Answer:
        """Let the worker compute, and wait for the answer; see `Worker.submit`.

        Raises:
            Cancelled: the user asked to stop.
            SuperSegError: the operation failed for a reason that the user can act on.
        """
        asked = self.worker.submit(operation, options, arrays, keep)
        del arrays
        return self.worker.result(asked, self.progress)

    def in_flight(
        self,
        items: Iterable[Item],
        submit: Callable[[Item], Future[Answer]],
        size: int,
    ) -> Iterator[tuple[Item, Answer]]:
        """Submit items a few ahead, and yield their answers in order; see `run_in_flight`.

        Args:
            items: usually windows.
            submit: reads one item and submits it.
            size: bytes that an item takes while it is computed, such as `tile_bytes`.
        """
        return run_in_flight(
            self.worker,
            items,
            submit,
            self.progress,
            lambda: items_ahead(size, self.worker.slots),
        )
