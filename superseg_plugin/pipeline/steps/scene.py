# SPDX-License-Identifier: GPL-2.0-or-later
"""The scene of a run, which all steps share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Callable, NamedTuple, TypeVar

import numpy.typing as npt

from ...contracts import BandScaling
from ...progress import Progress
from ...raster.source import RasterSource
from ...raster.windows import Window
from ...worker.in_place import IN_PLACE
from ...worker.interface import Answer, Worker
from .node_files import NodeFiles, find_node_files
from .tile_requests import REQUESTS
from .tiling import items_ahead, run_in_flight

Item = TypeVar("Item")
Arrays = Mapping[str, npt.NDArray[Any]]


class Tile(NamedTuple):
    """What an operation on a tile reads.

    Attributes:
        window: the tile.
        halo: pixels around it that are read too.
        superpixels: raster of them; None where none are needed.
    """

    window: Window
    halo: int
    superpixels: RasterSource | None = None


@dataclass(frozen=True)
class Scene:
    """What a run computes on and with.

    Attributes:
        source: the image.
        scaling: of its bands.
        worker: the process that computes.
        scratch: folder for intermediate files, which goes with the run.
        progress: of the run, or of the part of it that the scene is given to.
        nodes: files that nodes of a cluster read in place; None where tiles are sent.
    """

    source: RasterSource
    scaling: BandScaling
    worker: Worker
    scratch: Path
    progress: Progress
    nodes: NodeFiles | None = None

    @classmethod
    def of_run(
        cls,
        source: RasterSource,
        scaling: BandScaling,
        worker: Worker,
        scratch: Path,
        progress: Progress,
    ) -> Scene:
        """The scene of a run, whose nodes are asked whether they see its files.

        Args:
            source: the image, as it is read from now on.
            scaling: see the attributes.
            worker: see the attributes.
            scratch: see the attributes.
            progress: see the attributes.

        Raises:
            Cancelled: the user asked to stop.
            SuperSegError: the cluster does not answer.
        """
        nodes = find_node_files(source, worker, scratch, progress)
        return cls(source, scaling, worker, scratch, progress, nodes)

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

    def submit_tile(
        self,
        operation: str,
        tile: Tile,
        options: Mapping[str, Any] | None = None,
        arrays: Arrays | None = None,
    ) -> Future[Answer]:
        """Request an operation on a tile, which is read here, or by a node in place.

        Args:
            operation: one of `REQUESTS`.
            tile: what it reads.
            options: others than the scaling and those of the tile.
            arrays: others than those of the tile.
        """
        asked: dict[str, Any] = {"scaling": self.scaling, **(options or {})}
        given = dict(arrays or {})
        files = self.nodes and self.nodes.tile(*tile)
        if files:
            return self.worker.submit(operation, {**asked, IN_PLACE: asdict(files)}, given)
        window, halo, superpixels = tile
        found, read = REQUESTS[operation](self.source, superpixels, window, halo)
        return self.worker.submit(operation, {**asked, **found}, {**read, **given})

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
