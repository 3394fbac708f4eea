# SPDX-License-Identifier: GPL-2.0-or-later
"""Classes of superpixels painted and measured by nodes of a cluster that see the files.

Nodes write the drafts as pieces and return counts and sums, which are added here in the order of
the tiles.
Exact: sums are those of `class_statistics`, tile by tile, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...in_flight import in_flight
from ...raster.pieces import Piece, join_pieces
from ...raster.source import RasterSource
from ...raster.windows import Window, tiles
from ...raster.writer import RasterProfile, RasterWriter
from ...worker.in_place import MEASURE, PAINT
from ..classes.reading import tile_side
from ..classes.rendering import ClassStatistics, renumbered
from .scene import Arrays, Scene, Tile
from .tiling import PIECE

# Windows that are read before one is written.
WINDOWS_AHEAD = 2


class Painted(NamedTuple):
    """Drafts that nodes have painted.

    Attributes:
        counts: `(256,)` pixels of each class.
        classes: virtual raster of the classes.
        confidence: virtual raster of the confidence; None where it is not wanted.
    """

    counts: npt.NDArray[np.int64]
    classes: Path
    confidence: Path | None


def paint_on_nodes(scene: Scene, superpixels: RasterSource, tables: Arrays, given: bool) -> Painted:
    """Let nodes paint superpixels that they see.

    Args:
        scene: the scene.
        superpixels: ids 1..n, 0 = nodata.
        tables: for id 0 and each superpixel its class, `classes`, and its `confidence`, if wanted.
        given: superpixels may cover pixels that are not valid.
    """
    grid, known = scene.source.grid, scene.worker.keep(tables)
    windows = tiles(grid.width, grid.height, PIECE)
    read = [Tile(each, 0, superpixels, write=Piece.of("", each).name) for each in windows]
    counts = np.zeros(256, np.int64)
    answers = scene.tiles_in_flight(PAINT, read, 0, {"given": given}, known)
    for index, (_, found) in enumerate(answers):
        counts += found["counts"]
        scene.progress.report((index + 1) / len(windows), "Painting classes")
    made = {}
    for name in tables:
        profile = RasterProfile(1, np.uint8, nodata=0 if name == "classes" else None)
        made[name] = scene.scratch / f"{name}.vrt"
        join_pieces(made[name], grid, profile, [Piece.of(name, window) for window in windows])
    return Painted(counts, made["classes"], made.get("confidence"))


class MeasureOnNodes:
    """Sums of an image by class, which nodes make.

    Args:
        scene: the scene.
        classes: draft of the classes, which nodes see.
        numbers: `(256,)` uint8 final number of each class of the draft.
        count: number of final classes.
        known: see `class_statistics`.
    """

    def __init__(
        self,
        scene: Scene,
        classes: RasterSource,
        numbers: npt.NDArray[np.uint8],
        count: int,
        known: npt.NDArray[np.float64] | None,
    ) -> None:
        self._scene, self._classes, self._numbers = scene, classes, numbers
        self._known = known
        self._bands = 0 if known is not None else len(scene.source.bands)
        self._counts = np.zeros(count + 1, np.int64)
        self._areas = np.zeros(count + 1)
        self._sums = np.zeros((count + 1, self._bands))

    @property
    def statistics(self) -> ClassStatistics:
        """The sums so far."""
        sums = self._sums[1:] if self._known is None else self._known
        return ClassStatistics(self._counts[1:], sums, self._areas[1:])

    def write(self, writer: RasterWriter) -> None:
        """Write the final classes while they are measured."""
        scene, grid = self._scene, self._scene.source.grid
        # Windows are read and written at the same time.
        with ThreadPoolExecutor(1) as reader:
            reading = (
                (window, reader.submit(renumbered, self._classes, window, self._numbers))
                for window in self._tiles()
            )
            for window, read in in_flight(reading, lambda _: WINDOWS_AHEAD):
                writer.write(window, read.result())
                done = window.row_off * grid.width + window.col_off
                scene.progress.report(done / (grid.width * grid.height))

    def _tiles(self) -> Iterator[Window]:
        """Yield the tiles of `class_statistics` as they are measured."""
        scene, grid = self._scene, self._scene.source.grid
        options = {"size": len(self._counts), "image": bool(self._bands)}
        # Areas are not computed by nodes, whose database of PROJ may be another one.
        read = [
            Tile(window, 0, self._classes, arrays={"areas": grid.pixel_areas(window)})
            for window in tiles(grid.width, grid.height, tile_side(len(scene.source.bands)))
        ]
        numbers = {"numbers": self._numbers}
        for tile, found in scene.tiles_in_flight(MEASURE, read, 0, options, numbers):
            self._counts += found["counts"]
            self._areas += found["areas"]
            self._sums += found["sums"]
            yield tile.window
