# SPDX-License-Identifier: GPL-2.0-or-later
"""Keeping a few tiles in flight, so that disk and processor work at the same time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from typing import Callable, TypeVar

from ...progress import Progress
from ...worker.client import Answer, Worker

Item = TypeVar("Item")
# Side of a tile in pixels: large enough that halo and seams cost little, small enough for a few
# tiles of three bands in flight.
AUTOMATIC_TILE = 1024
# Bound on a tile of all bands as float32.
TILE_BYTES = 128 << 20


def run_in_flight(
    worker: Worker,
    items: Iterable[Item],
    submit: Callable[[Item], Future[Answer]],
    progress: Progress,
) -> Iterator[tuple[Item, Answer]]:
    """Submit items, a few ahead, and yield their answers in the order of the items.

    Args:
        worker: the process that computes.
        items: usually windows.
        submit: reads one item and submits it.
        progress: asked for cancel while waiting.

    Raises:
        Cancelled: the user asked to stop.
    """
    ahead = (os.cpu_count() or 1) + 1
    waiting: deque[tuple[Item, Future[Answer]]] = deque()
    for item in items:
        waiting.append((item, submit(item)))
        if len(waiting) > ahead:
            oldest, future = waiting.popleft()
            yield oldest, worker.result(future, progress)
    while waiting:
        oldest, future = waiting.popleft()
        yield oldest, worker.result(future, progress)


def automatic_tile(bands: int) -> int:
    """The tile side that keeps a tile of all bands as float32 within bounds; a multiple of 8."""
    size = AUTOMATIC_TILE
    while size > 256 and size * size * bands * 4 > TILE_BYTES:
        size //= 2
    return size
