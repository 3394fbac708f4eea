# SPDX-License-Identifier: GPL-2.0-or-later
"""Class maps drawn from a raster of numbers and a table of their classes, and measured.

Idea: tile by tile, superpixels and image are read, the worker draws the classes and sums pixels,
areas and values by class (`engine/painting`), and the tile is written. Nodes of a cluster that see
the files write their tiles as pieces, which are taken from there.
Exact: as `engine/painting`; sums are added up in the order of the tiles wherever they are computed.
Tiles begin with a block of the output, so that each of its blocks is compressed once.
Cost: each pixel is read and written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...contracts import CLASS_NUMBERS
from ...in_flight import in_flight
from ...progress import Progress
from ...raster.pieces import Piece, read_piece
from ...raster.source import RasterSource
from ...raster.windows import Window, tiles
from ...raster.writer import RasterProfile, RasterWriter
from ..classes.rendering import ClassStatistics
from .scene import Arrays, OwnArrays, Scene, Tile
from .tile_requests import area_arrays
from .tiling import automatic_tile, tile_bytes

CONFIDENCE_NODATA = 255
# Tiles that are read before one is written.
TILES_AHEAD = 2

Ints = npt.NDArray[np.int64]
# A tile with the arrays of its answer.
Painted = tuple[Tile, OwnArrays]


@dataclass(frozen=True)
class FinishedClasses:
    """A class raster as it stays.

    Attributes:
        statistics: of its k classes.
        order: `(k,)` what each class was before, from 0: a class of superpixels or of a network.
    """

    statistics: ClassStatistics
    order: Ints


def draw(
    scene: Scene,
    raster: RasterSource,
    tables: Arrays,
    writers: Mapping[str, RasterWriter],
    measured: bool,
) -> dict[str, npt.NDArray[Any]]:
    """Write what tables say of the numbers of a raster, and sum pixels by class.

    Args:
        scene: the scene.
        raster: numbers 1..n, 0 = nodata.
        tables: `(n + 1,)` uint8, `classes` and others.
        writers: of each table.
        measured: whether the image is read, for the sums of its values and its valid pixels.

    Returns:
        `counts`, `areas` and `sums`, see `engine.painting.ClassSums`.
    """
    source, grid = scene.source, scene.source.grid
    side = automatic_tile(len(source.bands))
    read = [
        Tile(
            window,
            0,
            raster,
            write=Piece.of("", window).name,
            arrays=partial(area_arrays, grid, window),
        )
        for window in tiles(grid.width, grid.height, side, source.column_block)
    ]
    sums: dict[str, npt.NDArray[Any]] = {}
    operation = "paint_on_image" if measured else "paint_superpixels"
    needed = tile_bytes(side, len(source.bands) if measured else 0)
    answers = scene.tiles_in_flight(operation, read, needed, arrays=scene.worker.keep(tables))
    # Pieces are read while others are compressed.
    with ThreadPoolExecutor(1) as reader:
        if scene.seen_by_nodes(raster):
            answers = _taken(scene.scratch, answers, list(writers), reader)
        for done, (tile, found) in enumerate(answers, start=1):
            for name, writer in writers.items():
                writer.write(tile.window, found[name])
            sums = {name: sums.get(name, 0) + found[name] for name in ("counts", "areas", "sums")}
            scene.progress.report(done / len(read), "Painting classes")
    return sums


def _taken(
    folder: Path, answers: Iterable[Painted], names: Sequence[str], reader: ThreadPoolExecutor
) -> Iterator[Painted]:
    """Add what nodes have painted to their answers, and remove their files."""

    def read(tile: Tile, found: OwnArrays) -> Painted:
        for name in names:
            path = folder / (name + tile.write)
            size = Window(0, 0, tile.window.width, tile.window.height)
            found[name] = read_piece(path, size, np.uint8)
            path.unlink()
        return tile, found

    reading = (reader.submit(read, *answer) for answer in answers)
    for latest in in_flight(reading, lambda _: TILES_AHEAD):
        yield latest.result()


def order_of(counts: Ints | None, class_count: int | None) -> Ints:
    """Classes (number - 1) in their final order.

    Args:
        counts: `(256,)` pixels of each number; needed without a class count.
        class_count: number of classes that keep their numbers; None for those that occur, largest
            first.
    """
    if class_count is not None:
        return np.arange(class_count)
    if counts is None:
        raise ValueError("classes cannot be put in order: their pixels are not known")
    order = np.argsort(-counts[1:], kind="stable")
    return order[counts[1:][order] > 0]


def numbers_of(order: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """New number `(256,)` of each number, from the classes (number - 1) in their new order."""
    numbers = np.zeros(CLASS_NUMBERS, np.uint8)
    numbers[order + 1] = np.arange(1, len(order) + 1)
    return numbers


def statistics_of(
    found: Arrays, order: Ints, sums: npt.NDArray[np.float64] | None = None
) -> ClassStatistics:
    """Figures of the classes of a map, from sums by number and those known before, by class."""
    rows = slice(1, len(order) + 1)
    values = found["sums"][rows] if sums is None else sums[order + 1]
    return ClassStatistics(found["counts"][rows], values, found["areas"][rows])


def class_writer(path: Path, source: RasterSource, progress: Progress) -> RasterWriter:
    """A class raster in the making, with overviews where the image has them."""
    return RasterWriter(
        path,
        source.grid,
        RasterProfile(
            1,
            np.uint8,
            nodata=0,
            band_names=("class",),
            overviews="mode" if source.has_overviews else None,
        ),
        progress=progress,
    )


def draft_writer(path: Path, scene: Scene) -> RasterWriter:
    """A draft in the making."""
    return RasterWriter(
        path, scene.source.grid, RasterProfile(1, np.uint8, nodata=0, compress=False)
    )


def confidence_writer(path: Path, scene: Scene) -> RasterWriter:
    """A confidence raster in the making, with overviews where the source has them."""
    return RasterWriter(
        path,
        scene.source.grid,
        RasterProfile(
            1,
            np.uint8,
            nodata=CONFIDENCE_NODATA,
            band_names=("confidence, percent",),
            overviews="average" if scene.source.has_overviews else None,
        ),
        progress=scene.progress,
    )
