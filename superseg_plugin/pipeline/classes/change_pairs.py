# SPDX-License-Identifier: GPL-2.0-or-later
"""Pairs of classes at two dates: their numbers, names, colors and tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...raster.class_legend import Legend, default_name
from ...raster.class_table import MOST_CLASSES, ClassTable
from .colors import distinct_colors
from .csv_rows import write_rows

# Index of class 0 among the classes, where 0 is a class; index 0 stands for nodata.
ZERO = MOST_CLASSES + 1
# A pair is the class before times this number plus the class after.
SIZE = ZERO + 1
UNCHANGED = "No change"
UNCHANGED_VALUE = 1
# Color of what did not change: pale, so that changes stand out.
PALE = (232, 232, 226)
# Color of classes that have none.
GRAY = (128, 128, 128)
COLUMNS = ("value", "from", "from_name", "to", "to_name", "pixels", "area", "percent")

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ChangePairs:
    """The pairs of classes that occur: first those without change, then changes by area.

    Attributes:
        keys: `(n,)` class before times `SIZE` plus class after.
        values: `(n,)` number of each pair in the result; 1 for no change.
        counts: `(n,)` pixels.
        areas: `(n,)` areas, see `Grid.pixel_areas`.
    """

    keys: Ints
    values: Ints
    counts: Ints
    areas: Floats

    @property
    def before(self) -> Ints:
        """`(n,)` class numbers, `ZERO` for class 0."""
        return self.keys // SIZE

    @property
    def after(self) -> Ints:
        """`(n,)` class numbers, `ZERO` for class 0."""
        return self.keys % SIZE

    @property
    def changed(self) -> npt.NDArray[np.bool_]:
        """`(n,)` which pairs are a change."""
        return self.values > UNCHANGED_VALUE

    @property
    def changed_area(self) -> float:
        """Area of all changes."""
        return float(self.areas[self.changed].sum())


def _name(number: int, legend: Legend) -> str:
    return legend.names.get(number, default_name(number % ZERO))


def change_names(pairs: ChangePairs, legend: Legend) -> list[str]:
    """Return the name of each number of the result, from 1."""
    both = zip(pairs.before.tolist(), pairs.after.tolist())
    changes = [f"{_name(a, legend)} > {_name(b, legend)}" for a, b in both if a != b]
    return [UNCHANGED, *changes]


def change_table(pairs: ChangePairs, names: list[str], legend: Legend) -> ClassTable:
    """Return the class table of the raster of changes."""
    later = pairs.after[pairs.changed].tolist()
    colors = np.array([PALE, *(legend.colors.get(number, GRAY) for number in later)], np.uint8)
    # Only the largest changes get distinct colors; there are not enough for all possible ones.
    colors[:MOST_CLASSES] = distinct_colors(colors[:MOST_CLASSES])
    counts = np.bincount(pairs.values, pairs.counts, len(names) + 1)
    areas = np.bincount(pairs.values, pairs.areas, len(names) + 1)
    return ClassTable(
        names=tuple(names),
        colors=colors,
        counts=counts[1:].astype(np.int64),
        areas=areas[1:].astype(np.float64),
        means=np.zeros((len(names), 0)),
    )


def write_change_table(path: Path, pairs: ChangePairs, legend: Legend) -> None:
    """Write all pairs to a CSV file, those without change one by one."""
    write_rows(path, COLUMNS, change_rows(pairs, legend))


def change_rows(pairs: ChangePairs, legend: Legend) -> list[list[Any]]:
    """Return a row for each pair, with what `COLUMNS` names."""
    whole = float(pairs.areas.sum())
    rows: list[list[Any]] = []
    for row in range(len(pairs.keys)):
        before, after = int(pairs.before[row]), int(pairs.after[row])
        area = float(pairs.areas[row])
        rows.append(
            [
                int(pairs.values[row]),
                before % ZERO,
                _name(before, legend),
                after % ZERO,
                _name(after, legend),
                int(pairs.counts[row]),
                f"{area:.10g}",
                f"{100 * area / whole:.4f}",
            ]
        )
    return rows
