# SPDX-License-Identifier: GPL-2.0-or-later
"""Independent parts of a step of the whole scene, computed on all cores.

Tables of superpixels are computed in blocks of rows with fixed bounds: what a row becomes does not
depend on the others, and sums over blocks are added in their order. Results are therefore the same
bytes whatever the number of threads. Each thread computes with one thread of PyTorch: the parts
are small enough for the cache of a core, and parts of a part are computed one after another. NumPy,
SciPy and PyTorch release Python's lock meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Callable, TypeVar

import torch

Item = TypeVar("Item")
Result = TypeVar("Result")

# Read once: while parts are computed, PyTorch reports one thread.
THREADS = torch.get_num_threads()
# Rows of a block: its columns, some hundred at most, take a few megabytes.
ROWS_OF_BLOCK = 2048
# Rows of a block of steps that are cheap for each row, such as sums and sparse products.
MANY_ROWS = 16384


def row_blocks(count: int, rows: int = ROWS_OF_BLOCK) -> list[slice]:
    """Slices of at most `rows` rows that together cover `count` rows.

    Example:
        >>> row_blocks(5, 3)
        [slice(0, 3, None), slice(3, 5, None)]
    """
    return [slice(first, min(first + rows, count)) for first in range(0, count, rows)]


def side_by_side(compute: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Compute items on all cores, each by one thread; results in the order of the items.

    Example:
        >>> side_by_side(abs, [-1, 2, -3])
        [1, 2, 3]
    """
    return list(in_turn(compute, items))


def in_turn(compute: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """As `side_by_side`; results are yielded as soon as those before them are there.

    Example:
        >>> next(in_turn(abs, [-1, 2, -3]))
        1
    """
    if len(items) < 2 or hasattr(_thread, "single"):
        yield from map(compute, items)
        return
    threads = min(THREADS, len(items))
    with ThreadPoolExecutor(threads, initializer=_be_single) as pool:
        try:
            yield from pool.map(compute, items)
        finally:
            torch.set_num_threads(THREADS)


@contextmanager
def single_thread() -> Iterator[None]:
    """Compute everything by the calling thread: its processor has other work for the others.

    A thread of `side_by_side` does so anyway, and goes on with it.

    Example:
        >>> with single_thread():
        ...     side_by_side(abs, [-1, 2])
        [1, 2]
    """
    if hasattr(_thread, "single"):
        yield
        return
    _be_single()
    try:
        yield
    finally:
        del _thread.single
        torch.set_num_threads(THREADS)


_thread = threading.local()


def _be_single() -> None:
    """Mark this thread as one of several that compute."""
    torch.set_num_threads(1)
    _thread.single = True
