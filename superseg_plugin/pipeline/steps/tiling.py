# SPDX-License-Identifier: GPL-2.0-or-later
"""Keeping a few tiles in flight, so that disk and processor work at the same time.

The size of tiles depends on the number of bands alone, so that results do not depend on the memory
that happens to be free; how many tiles are in flight depends on the memory.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from functools import lru_cache
from typing import Callable, TypeVar

from ...in_flight import in_flight
from ...memory import available_memory
from ...progress import Progress
from ...raster.windows import Window
from ...worker.in_place import NUMBER
from ...worker.interface import Answer, Worker

Item = TypeVar("Item")
# Side of a tile in pixels: large enough that halo and seams cost little, small enough for a few
# tiles of three bands in flight.
AUTOMATIC_TILE = 1024
# Side of the pieces that nodes of a cluster number, each in a task: as large as a thread has memory
# for.
PIECE = 2048
# Bound on a tile of all bands as float32.
TILE_BYTES = 128 << 20
# Memory of a tile in flight, for each of its pixels: its bands as float32 in both processes, and
# the tables of the kernels (the edges of graph segmentation have 26 bytes, measured).
PIXEL_BYTES, BAND_BYTES = 60, 8
# Share of the available memory for tiles in flight: superpixels, GDAL's cache and other programs
# need some as well.
MEMORY_SHARE = 0.5
# Seconds that a core takes for a million pixels of three bands, and those that a request takes this
# computer with the scheduler; measured by `make benchmark-cluster`, for the network by a run.
NODE_SECONDS = {
    "superpixels": 0.35,
    "stitch": 0.26,
    "describe_superpixels": 0.2,
    "refine_superpixels": 0.19,
    "paint_superpixels": 0.03,
    "paint_on_image": 0.05,
    "predict": 0.6,
    NUMBER: 0.016,
}
REQUEST_SECONDS = 0.01


def run_in_flight(
    worker: Worker,
    items: Iterable[Item],
    submit: Callable[[Item], Future[Answer]],
    progress: Progress,
    ahead: Callable[[], int],
) -> Iterator[tuple[Item, Answer]]:
    """Submit items, a few ahead, and yield their answers in the order of the items.

    Args:
        worker: the process that computes.
        items: usually windows.
        submit: reads one item and submits it.
        progress: asked for cancel while waiting.
        ahead: returns the number of items that are submitted before the first answer is waited
            for; asked before every item, since a cluster grows and shrinks.

    Raises:
        Cancelled: the user asked to stop.
    """
    submitted = ((item, submit(item)) for item in items)
    for item, future in in_flight(submitted, lambda _: ahead()):
        yield item, worker.result(future, progress)


def automatic_tile(bands: int) -> int:
    """The tile side that keeps a tile of all bands as float32 within bounds; a multiple of 8."""
    size = AUTOMATIC_TILE
    while size > 256 and size * size * bands * 4 > TILE_BYTES:
        size //= 2
    return size


def along_curve(windows: Sequence[Window]) -> list[int]:
    """Number of each tile along a Hilbert curve: tiles of near numbers lie near each other.

    Example:
        >>> along_curve([Window(col, row, 5, 5) for row in (0, 5) for col in (0, 5)])
        [0, 1, 3, 2]
    """
    columns = _ranks(window.col_off for window in windows)
    rows = _ranks(window.row_off for window in windows)
    bits = max(len(columns), len(rows)).bit_length()
    keys = [_on_curve(columns[window.col_off], rows[window.row_off], bits) for window in windows]
    order = {key: number for number, key in enumerate(sorted(keys))}
    return [order[key] for key in keys]


def _ranks(starts: Iterable[int]) -> dict[int, int]:
    return {start: rank for rank, start in enumerate(sorted(set(starts)))}


def _on_curve(column: int, row: int, bits: int) -> int:
    """Distance along the Hilbert curve of a square with sides of 2 ** bits."""
    distance, side = 0, 1 << bits
    while side > 1:
        side //= 2
        right, below = int(column & side > 0), int(row & side > 0)
        distance += side * side * ((3 * right) ^ below)
        if not below:
            if right:
                column, row = side - 1 - column % side, side - 1 - row % side
            column, row = row, column
    return distance


def tile_bytes(side: int, bands: int) -> int:
    """Bytes that a square tile takes while superpixels are made or described."""
    return side * side * (PIXEL_BYTES + BAND_BYTES * (bands + 1))


def items_ahead(size: int, slots: int) -> int:
    """Number of items to submit ahead: one more than can be computed at once, if memory allows.

    Args:
        size: bytes that an item takes while it is computed.
        slots: of the worker.
    """
    most = slots + 1
    memory = _memory_in(int(time.monotonic()))
    if memory is None:
        return most
    return min(most, max(int(MEMORY_SHARE * memory / size) - 1, 0))


def tiles_together(operation: str, count: int, pixels: float, threads: int) -> int:
    """Number of tiles in a request that nodes read in place.

    With n tiles of t seconds, requests of g tiles take this computer n / g times the seconds r of
    a request, and all wait for a last one of g t; the sum is least where g = sqrt(n r / t). From
    there it is changed so that every thread gets as many requests as the others.

    Args:
        operation: on the tiles.
        count: of the tiles.
        pixels: of a tile, on average.
        threads: of the nodes.
    """
    seconds = NODE_SECONDS[operation] * pixels / 1e6
    together = max(math.sqrt(count * REQUEST_SECONDS / seconds), 1)
    turns = max(round(count / (together * threads)), 1)
    return math.ceil(count / (turns * threads))


@lru_cache(maxsize=1)
def _memory_in(second: int) -> int | None:
    """The available memory, looked up once a second: that takes milliseconds."""
    return available_memory()
