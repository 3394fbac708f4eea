# SPDX-License-Identifier: GPL-2.0-or-later
"""Keeping a few things in flight: requests to the worker or to nodes, and reads by a thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Callable, TypeVar

Started = TypeVar("Started")


def in_flight(started: Iterable[Started], ahead: Callable[[Started], int]) -> Iterator[Started]:
    """Yield what an iterator starts, in order, some of it later.

    Args:
        started: starts one thing after another, each when it is asked for it.
        ahead: returns how many may be started before the first of them is yielded; asked after
            each, with the last one that was started.

    Example:
        >>> begun = []
        >>> numbers = in_flight((begun.append(each) or each for each in range(4)), lambda _: 2)
        >>> next(numbers), len(begun)
        (0, 3)
        >>> list(numbers)
        [1, 2, 3]
    """
    waiting: deque[Started] = deque()
    for latest in started:
        waiting.append(latest)
        while len(waiting) > ahead(latest):
            yield waiting.popleft()
    while waiting:
        yield waiting.popleft()
