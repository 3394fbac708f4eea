# SPDX-License-Identifier: GPL-2.0-or-later
"""Superpixels whose labels nodes of a cluster write and read: only tables pass this computer.

Idea: a node writes the labels of a tile, or of the zone of a seam, as a piece: a file of its own,
in which superpixels are numbered from 1. Here it is known which id each of these numbers stands
for. A node that reads a part of the scene gets these tables, puts the pieces over each other in the
order in which they were made, and so sees the labels as they are in the raster of a single
computer.
Exact: tables and order are those of `SuperpixelScene`, and so are the results.
Cost: four bytes a pixel of scratch space for tiles, zones and the result each.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...progress import Progress
from ...raster.pieces import Piece, join_pieces
from ...raster.source import RasterSource
from ...raster.windows import Window, tiles
from ...raster.writer import RasterProfile, RasterWriter
from ...worker.in_place import FIND, NUMBER
from ...worker.interface import Answer
from .scene import Arrays, Tile
from .seams import Seam, Stitching
from .superpixel_scene import Labels, SuperpixelScene
from .superpixel_table import Ids
from .tiling import PIECE

JOINED = "numbered.vrt"


class SuperpixelsOnNodes(SuperpixelScene):
    """Labels in pieces that nodes write; arguments are those of `SuperpixelScene`."""

    def __enter__(self) -> SuperpixelsOnNodes:
        self._pieces: list[Piece] = []
        # Id of each number in a piece, and the places of the pieces as first and last columns and
        # rows: scenes have thousands of pieces, and thousands of requests look for some.
        self._ids: list[Labels] = []
        self._places = np.zeros((64, 4), np.int64)
        return self

    def __exit__(self, *error: Any) -> None:
        for piece in self._pieces:
            (self._scene.scratch / piece.name).unlink(missing_ok=True)

    def renumber(
        self, path: Path, profile: RasterProfile, windows: list[Window], progress: Progress
    ) -> int:
        """Let nodes write the labels with ids 1..n; see `SuperpixelScene.renumber`."""
        grid, scratch, nodes = self._source.grid, self._scene.scratch, self._scene.nodes
        large = tiles(grid.width, grid.height, PIECE)
        present = np.zeros(len(self._table), bool)
        roots = self._table.roots_of(np.arange(len(self._table)))
        for _, answer in self._asked(FIND, large, roots, progress.part(0, 0.3)):
            present[answer.arrays["ids"]] = True
        numbers = self._table.final_numbers(present)
        for _ in self._asked(NUMBER, large, numbers, progress.part(0.3, 0.6)):
            pass
        made = [Piece.of("numbered", window) for window in large]
        joined = path if path.parent == scratch else scratch / JOINED
        join_pieces(joined, grid, profile, made)
        if joined != path:
            if nodes is not None:
                nodes.places[str(path)] = nodes.place_of(str(joined))
            with (
                RasterSource(str(joined)) as source,
                RasterWriter(path, grid, profile, progress.part(0.9, 1)) as final,
            ):
                for index, window in enumerate(windows):
                    final.write(window, source.read(window)[0])
                    progress.report(0.6 + 0.3 * index / len(windows))
        return int(numbers.max())

    def _asked(
        self, operation: str, windows: list[Window], numbers: npt.NDArray[Any], progress: Progress
    ) -> Iterator[tuple[Window, Answer]]:
        """Answers of an operation on labels with other ids, `(ids + 1,)`."""
        scene = self._scene.within(progress)

        def submit(window: Window) -> Future[Answer]:
            pieces = self._overlapping(window)
            write = Piece.of("numbered", window).name if operation == NUMBER else ""
            tile = Tile(window, 0, None, [self._pieces[index] for index in pieces], write)
            known = self._known([numbers[self._ids[index]] for index in pieces])
            return scene.submit_tile(operation, tile, arrays=known)

        for index, found in enumerate(scene.in_flight(windows, submit, scene.bytes_here(0))):
            yield found
            progress.report((index + 1) / len(windows), "Numbering superpixels")

    def _keep_tile(self, window: Window, arrays: Arrays, first: int) -> None:
        count = len(arrays["sizes"])
        ids = np.append(0, np.arange(first, first + count)).astype(np.uint32)
        self._add(Piece.of("tile", window), ids)

    def _given(self, stitching: Stitching, arrays: Arrays) -> tuple[Ids, Ids]:
        places = arrays["given"] - 1
        return stitching.ids[places], stitching.sizes[places]

    def _keep_zone(self, seam: Seam, arrays: Arrays, lookup: Labels) -> None:
        self._add(_of_seam(seam), lookup)

    def _ids_in(self, zone: Window) -> tuple[tuple[list[int], Arrays], Ids]:
        pieces = self._overlapping(zone)
        roots = [self._table.roots_of(self._ids[index]) for index in pieces]
        # Nodes see ranks: they know no table of all ids.
        ranks, ids = self._table.compact(np.concatenate(roots))
        stops = np.cumsum([len(each) for each in roots])[:-1]
        return (pieces, self._known(np.split(ranks, stops))), ids

    def _start(self, seam: Seam, known: tuple[Any, Ids]) -> Stitching:
        (pieces, arrays), ids = known
        sizes, internal = self._table.figures_of(ids)
        inner = seam.inner.relative_to(seam.zone)
        options: dict[str, Any] = {"seam": seam.line, "open_sides": seam.open_sides}
        options.update(inner=inner.numbers, segmenter=self._options.segmenter)
        read = [self._pieces[index] for index in pieces]
        tile = Tile(seam.zone, self._margin, None, read, _of_seam(seam).name)
        arrays = {**arrays, "sizes": sizes, "internal": internal}
        return Stitching(seam, ids, sizes, self._scene.submit_tile("stitch", tile, options, arrays))

    def _tile(self, window: Window) -> Tile:
        return Tile(window, self._margin, write=Piece.of("tile", window).name)

    @staticmethod
    def _known(numbers: list[npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
        """Tables of several pieces as arrays of a request."""
        counts = np.array([len(each) for each in numbers], np.int64)
        return {"numbers": np.concatenate(numbers).astype(np.uint32), "counts": counts}

    def _add(self, piece: Piece, ids: Labels) -> None:
        count, window = len(self._pieces), piece.window
        if count == len(self._places):
            self._places = np.concatenate([self._places, np.zeros_like(self._places)])
        right, bottom = window.col_off + window.width, window.row_off + window.height
        self._places[count] = window.col_off, right, window.row_off, bottom
        self._pieces.append(piece)
        self._ids.append(ids)

    def _overlapping(self, window: Window) -> list[int]:
        """Indices of the pieces that overlap a window, as they were made."""
        left, right, top, bottom = self._places[: len(self._pieces)].T
        inside = (left < window.col_off + window.width) & (right > window.col_off)
        inside &= (top < window.row_off + window.height) & (bottom > window.row_off)
        found: list[int] = np.flatnonzero(inside).tolist()
        return found


def _of_seam(seam: Seam) -> Piece:
    return Piece.of(f"seam{seam.line[0]}", seam.inner)
