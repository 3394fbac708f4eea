# SPDX-License-Identifier: GPL-2.0-or-later
"""Naming superpixels from examples, in the worker.

What does not depend on the examples is prepared once and stays with the worker, so that each
further example takes the time of the naming alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...progress import Progress
from ...raster.superpixel_tables import SuperpixelTables
from ...worker.interface import Answer, Worker

Ints = npt.NDArray[np.int64]
TABLES = ("features", "pairs", "lengths", "means", "pixels", "place", "leaf")
# Examples of all names together that are used: the time of the naming grows with their number, by
# more than in proportion.
MOST_EXAMPLES = 1000


@dataclass(frozen=True)
class Named:
    """What examples tell about superpixels.

    Attributes:
        names: `(n,)` int64 index of the name of each; empty without examples.
        confidence: `(n,)` float32 0 to 1; empty without examples.
        next: row of the superpixel whose name would tell most; None if there is none.
    """

    names: Ints
    confidence: npt.NDArray[np.float32]
    next: int | None


class Teacher:
    """Superpixels that are being named from examples.

    Args:
        worker: that computes.
        tables: of the superpixels.
        smoothness: weight of the neighbors.
    """

    def __init__(self, worker: Worker, tables: SuperpixelTables, smoothness: float) -> None:
        self._worker = worker
        known = {name: getattr(tables, name) for name in TABLES}
        options = {"smoothness": smoothness}
        arrays = {**known, **tables.tree}
        self._asked: Future[Answer] = worker.submit("prepare_teaching", options, arrays, keep=True)
        self._prepared: dict[str, npt.NDArray[Any]] = {}

    def submit(self, rows: Ints, indices: Ints, excluded: Sequence[int] = ()) -> Future[Answer]:
        """Ask for the names; the answer is for `named`. `prepare` has to be called before.

        Args:
            rows: `(m,)` rows of superpixels that are examples; those beyond `MOST_EXAMPLES` are
                left out, evenly over the names.
            indices: `(m,)` name of each, from 0.
            excluded: rows of superpixels that are not asked for.
        """
        used = thinned(indices, MOST_EXAMPLES)
        arrays = {"rows": rows[used], "indices": indices[used]}
        arrays["excluded"] = np.array(excluded, np.int64)
        return self._worker.submit("teach", {}, {**self._prepared, **arrays})

    def prepare(self, progress: Progress) -> None:
        """Wait until the superpixels are prepared.

        Raises:
            Cancelled: the user cancelled.
            SuperSegError: the worker failed.
        """
        if not self._prepared:
            self._prepared = self._worker.result(self._asked, progress).arrays


def named(answer: Answer, rows: Ints, indices: Ints) -> Named:
    """Read an answer; examples have the names that were given.

    Args:
        answer: of `Teacher.submit`.
        rows: of all examples.
        indices: their names.
    """
    names = np.array(answer.arrays.get("names", np.zeros(0, np.int64)))
    confidence = np.array(answer.arrays.get("confidence", np.zeros(0, np.float32)))
    if len(names):
        names[rows], confidence[rows] = indices, 1.0
    return Named(names, confidence, answer.result["next"])


def thinned(indices: Ints, most: int) -> Ints:
    """Choose examples where there are too many: as many of each name as possible, evenly.

    Args:
        indices: `(m,)` name of each example.
        most: number of examples to choose at most.

    Returns:
        Places in `indices`, ascending.
    """
    if len(indices) <= most:
        return np.arange(len(indices))
    counts = np.bincount(indices)
    low, high = 1, int(counts.max())
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if np.minimum(counts, middle).sum() <= most else (low, middle - 1)
        )
    chosen = []
    for name in np.flatnonzero(counts):
        own = np.flatnonzero(indices == name)
        take = min(low, len(own))
        chosen.append(own[np.arange(take) * len(own) // take])
    return np.sort(np.concatenate(chosen))
