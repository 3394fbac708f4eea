# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of one request that the nodes of a cluster compute.

This process cuts the parts one by one, a few ahead of the answers. Their arrays travel with their
tasks; or, where the nodes see the scratch folder of the run, in files there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Protocol

from ..in_flight import in_flight
from ..memory import available_memory
from .call import Answer, Call, Spread
from .in_place import IN_PLACE, PART, SCRATCH, answer_path
from .messages import arrays_of
from .protocol import Array, load_arrays, write_arrays

# Share of the available memory for the arrays of parts on their way.
MEMORY_SHARE = 0.25


class Nodes(Protocol):
    """Nodes of a cluster."""

    @property
    def slots(self) -> int:
        """Number of parts that are computed at once; it may change."""


Run = Callable[[str, Call, Mapping[str, str]], Answer]


def spreading(call: Call, run: Run, pool: ThreadPoolExecutor, nodes: Nodes) -> Spread:
    """How parts of a request are spread.

    Args:
        call: the request. With the option IN_PLACE, nodes see its folder, which is SCRATCH here.
        run: computes an operation on a node; see `Executor.run`.
        pool: threads that wait for nodes.
        nodes: that compute.
    """
    numbers = itertools.count(1)

    def ask(op: str, options: dict[str, Any], arrays: dict[str, Array]) -> Future[Answer]:
        return pool.submit(run, op, replace(call, options=options, arrays=arrays), {})

    def in_memory(op: str, options: dict[str, Any], arrays: dict[str, Array]) -> _Part:
        size = sum(each.nbytes for each in arrays.values())
        return _Part(ask(op, options, arrays), size)

    def in_files(op: str, options: dict[str, Any], arrays: dict[str, Array]) -> _Part:
        path = Path(call.options[SCRATCH]) / f"{op}-{next(numbers)}.arrays"
        part = {"name": path.name, "arrays": write_arrays(path, arrays)}
        asked = {**options, IN_PLACE: call.options[IN_PLACE], PART: part}
        return _Part(ask(op, asked, {}), 0, path)

    def spread(
        op: str, options: dict[str, Any], parts: Iterator[dict[str, Array]]
    ) -> Iterator[dict[str, Array]]:
        start = in_files if IN_PLACE in call.options else in_memory
        started = (start(op, options, arrays) for arrays in parts)
        for part in in_flight(started, lambda latest: _ahead(nodes.slots, latest.size)):
            yield part.arrays()

    return spread


class _Part:
    """A part that is on its way.

    Args:
        answer: of the part.
        size: bytes of memory that its arrays take until it is there.
        path: file of its arrays, if they are in one.
    """

    def __init__(self, answer: Future[Answer], size: int, path: Path | None = None) -> None:
        self.size = size
        self._answer, self._path = answer, path

    def arrays(self) -> dict[str, Array]:
        """Wait for the answer."""
        result, arrays = self._answer.result()
        if self._path is None:
            return arrays
        found = answer_path(self._path)
        arrays = load_arrays(found.parent, found, arrays_of(result))
        found.unlink()
        self._path.unlink()
        return arrays


def _ahead(slots: int, size: int) -> int:
    """Number of parts that are on their way before the first answer is waited for."""
    memory = available_memory()
    if memory is None or not size:
        return slots
    return min(slots, int(MEMORY_SHARE * memory / size))
