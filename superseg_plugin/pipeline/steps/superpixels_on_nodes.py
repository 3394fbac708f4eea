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

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...progress import Progress
from ...raster.pieces import Piece, join_pieces
from ...raster.source import RasterSource
from ...raster.windows import Window, tiles
from ...raster.writer import RasterProfile, RasterWriter
from ...worker.in_place import NUMBER
from .scene import OwnArrays, Tile
from .seams import Prepared, Seam
from .superpixel_scene import Labels, SuperpixelScene
from .superpixel_table import Ids, with_room
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
        numbers, read, made = self._table.final_numbers(), [], []
        for window in tiles(grid.width, grid.height, PIECE):
            pieces = self._overlapping(window)
            made.append(Piece.of("numbered", window))
            parts = [self._pieces[index] for index in pieces]
            known = partial(self._numbered, pieces, numbers)
            read.append(Tile(window, 0, None, parts, made[-1].name, arrays=known))
        numbering = self._scene.within(progress.part(0, 0.6))
        for index, _ in enumerate(numbering.tiles_in_flight(NUMBER, read, 0)):
            numbering.progress.report((index + 1) / len(read), "Numbering superpixels")
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

    def _keep_tile(self, window: Window, arrays: OwnArrays, first: int) -> None:
        count = len(arrays["sizes"])
        ids = np.append(0, np.arange(first, first + count)).astype(np.uint32)
        self._add(Piece.of("tile", window), ids)

    def _given(self, prepared: Prepared, arrays: OwnArrays) -> tuple[Ids, Ids]:
        places = arrays["given"] - 1
        return prepared.ids[places], prepared.sizes[places]

    def _keep_zone(self, seam: Seam, arrays: OwnArrays, lookup: Labels) -> None:
        self._add(_of_seam(seam), lookup)

    def _prepare(self, seam: Seam) -> Prepared:
        pieces = self._overlapping(seam.zone)
        roots = [self._table.roots_of(self._ids[index]) for index in pieces]
        # Nodes see ranks: they know no table of all ids.
        ranks, ids = self._table.compact(np.concatenate(roots))
        stops = np.cumsum([len(each) for each in roots])[:-1]
        known, read = self._known(np.split(ranks, stops)), [self._pieces[each] for each in pieces]
        tile = Tile(seam.zone, self._margin, None, read, _of_seam(seam).name)
        inner = seam.inner.relative_to(seam.zone)
        return self._prepared(seam, tile, ids, known, inner=inner.numbers)

    def _tile(self, window: Window) -> Tile:
        return Tile(window, self._margin, write=Piece.of("tile", window).name)

    def _numbered(self, pieces: list[int], numbers: Labels) -> dict[str, npt.NDArray[Any]]:
        """Tables of the final numbers in some pieces."""
        return self._known([numbers[self._ids[index]] for index in pieces])

    @staticmethod
    def _known(numbers: list[npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
        """Tables of several pieces as arrays of a request."""
        counts = np.array([len(each) for each in numbers], np.int64)
        return {"numbers": np.concatenate(numbers).astype(np.uint32), "counts": counts}

    def _add(self, piece: Piece, ids: Labels) -> None:
        count, window = len(self._pieces), piece.window
        self._places = with_room(self._places, count + 1)
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
