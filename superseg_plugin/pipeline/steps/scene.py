# SPDX-License-Identifier: GPL-2.0-or-later
"""The scene of a run, which all steps share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Callable, NamedTuple, TypeVar

import numpy.typing as npt

from ...contracts import BandScaling, plain
from ...progress import Progress
from ...raster.pieces import Piece
from ...raster.source import RasterSource
from ...raster.windows import Window
from ...worker.in_place import FURTHER, IN_PLACE, SCRATCH, TileFiles
from ...worker.interface import Answer, Worker
from ...worker.protocol import add_prefix, split_off
from .node_files import NodeFiles, find_node_files
from .tile_requests import REQUESTS
from .tiling import items_ahead, run_in_flight, tiles_together

Item = TypeVar("Item")
Arrays = Mapping[str, npt.NDArray[Any]]
OwnArrays = dict[str, npt.NDArray[Any]]
# The tables of a tile, where its pixels stay on a node.
TABLE_BYTES = 4 << 20


class Tile(NamedTuple):
    """What an operation on a tile reads.

    Attributes:
        window: the tile.
        halo: pixels around it that are read too.
        superpixels: raster of them; None where none are needed.
        pieces: labels of superpixels that are not finished, which only nodes read.
        write: name of the file that a node writes its labels to.
        options: those that it does not share with other tiles.
        arrays: returns those that it does not share, when it is requested.
    """

    window: Window
    halo: int
    superpixels: RasterSource | None = None
    pieces: Sequence[Piece] = ()
    write: str = ""
    options: Mapping[str, Any] = MappingProxyType({})
    arrays: Callable[[], Arrays] = dict


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

    @property
    def place_of_parts(self) -> dict[str, Any]:
        """Options of a request whose parts nodes may compute: where they find its files."""
        if self.nodes is None:
            return {}
        files = TileFiles(self.nodes.folder, self.nodes.token, (0, 0, 0, 0))
        return {IN_PLACE: asdict(files), SCRATCH: str(self.scratch)}

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

    def submit_tiles(
        self,
        operation: str,
        tiles: Sequence[Tile],
        options: Mapping[str, Any] | None = None,
        arrays: Arrays | None = None,
    ) -> Future[Answer]:
        """Request an operation on tiles that are read by a node in place, or on one read here.

        Args:
            operation: one of `REQUESTS`.
            tiles: what it reads; only nodes take several.
            options: of all tiles, others than the scaling and those of each tile.
            arrays: of all tiles, others than those of each tile.
        """
        asked: dict[str, Any] = {"scaling": self.scaling, **(options or {})}
        given = dict(arrays or {})
        if self.seen_by_nodes(tiles[0].superpixels):
            # Fields as they are: `asdict` copies every number of every piece.
            files = [vars(self._files(each)) for each in tiles]
            asked.update({IN_PLACE: files[0], FURTHER: files[1:]})
            for number, each in enumerate(tiles):
                given.update(add_prefix(f"{number}.", each.arrays()))
            return self.worker.submit(operation, asked, given)
        (tile,) = tiles
        found, read = REQUESTS[operation](self.source, tile.superpixels, tile.window, tile.halo)
        asked.update(**tile.options, **found)
        return self.worker.submit(operation, asked, {**read, **given, **tile.arrays()})

    def answers_of(self, tiles: Sequence[Tile], answer: Answer) -> list[OwnArrays]:
        """The arrays of the answer to `submit_tiles`, tile by tile."""
        if not self.seen_by_nodes(tiles[0].superpixels):
            return [answer.arrays]
        return [split_off(f"{number}.", answer.arrays)[0] for number in range(len(tiles))]

    def tiles_in_flight(
        self,
        operation: str,
        tiles: Sequence[Tile],
        size: int,
        options: Mapping[str, Any] | None = None,
        arrays: Arrays | None = None,
    ) -> Iterator[tuple[Tile, OwnArrays]]:
        """Request an operation on tiles a few ahead, and yield the arrays of the answers in order.

        Args:
            operation: one of `REQUESTS`.
            tiles: at least one; all with or without superpixels.
            size: bytes that a tile takes where it is computed, such as `tile_bytes`.
            options: see `submit_tiles`.
            arrays: see `submit_tiles`.
        """
        superpixels, count = tiles[0].superpixels, 1
        if self.seen_by_nodes(superpixels):
            pixels = sum(tile.window.width * tile.window.height for tile in tiles)
            count = tiles_together(operation, len(tiles), pixels / len(tiles), self.worker.threads)
        groups = [tiles[first : first + count] for first in range(0, len(tiles), count)]

        def submit(group: Sequence[Tile]) -> Future[Answer]:
            return self.submit_tiles(operation, group, options, arrays)

        for group, answer in self.in_flight(groups, submit, self.bytes_here(size, superpixels)):
            yield from zip(group, self.answers_of(group, answer))

    def _files(self, tile: Tile) -> TileFiles:
        """The files of a tile that a node reads in place."""
        nodes, superpixels = self.nodes, tile.superpixels
        if nodes is None:
            raise RuntimeError("no node reads in place")
        labels = nodes.place_of(superpixels.path) if superpixels is not None else ""
        pieces = [(each.name, *each.window.numbers) for each in tile.pieces]
        return TileFiles(
            nodes.folder,
            nodes.token,
            tile.window.numbers,
            tile.halo,
            labels,
            pieces,
            tile.write,
            {name: plain(value) for name, value in tile.options.items()},
        )

    def seen_by_nodes(self, superpixels: RasterSource | None) -> bool:
        """Whether nodes read the image, and a raster of superpixels if one is needed."""
        if self.nodes is None:
            return False
        return superpixels is None or bool(self.nodes.place_of(superpixels.path))

    def bytes_here(self, size: int, superpixels: RasterSource | None = None) -> int:
        """Bytes that a tile in flight takes in this computer's memory, for `in_flight`.

        Args:
            size: bytes where the tile is computed, such as `tile_bytes`.
            superpixels: that the tile needs.
        """
        return TABLE_BYTES if self.seen_by_nodes(superpixels) else size

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
            size: bytes of this computer's memory that an item takes while it is computed, such as
                `tile_bytes`; see `bytes_here`.
        """
        return run_in_flight(
            self.worker,
            items,
            submit,
            self.progress,
            lambda: items_ahead(size, self.worker.slots),
        )
