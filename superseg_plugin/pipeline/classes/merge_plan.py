# SPDX-License-Identifier: GPL-2.0-or-later
"""Which classes are merged, and which numbers the merged classes get."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...agglomeration import cut_merge_order
from ...errors import SuperSegError
from ...raster.class_table import MOST_CLASSES
from .merge_table import MergeTable
from .reading import comparable
from .similarity import Similarity
from .strips import ClassCounts

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_RANGES = 12


@dataclass(frozen=True)
class MergePlan:
    """Which classes are merged into which.

    Attributes:
        members: `(k,)` index of the merged class of each class, 0 to g - 1.
        numbers: `(g,)` number of each merged class in the result; None to number them by area,
            the largest first.
    """

    members: Ints
    numbers: Ints | None

    def final_numbers(self, areas: Floats) -> Ints:
        """Return the number of each merged class in the result, 0 for those without pixels.

        Args:
            areas: `(g,)` areas of the merged classes in the result, in any unit.
        """
        if self.numbers is not None:
            return np.where(areas > 0, self.numbers, 0)
        order = np.argsort(-comparable(areas), kind="stable")
        numbers = np.zeros(len(areas), np.int64)
        numbers[order] = np.arange(1, len(areas) + 1)
        numbers[areas <= 0] = 0
        return numbers


def plan_by_number(present: ClassCounts, similarity: Similarity, count: int) -> MergePlan:
    """Merge the most similar classes until `count` are left."""
    classes = len(present.numbers)
    steps = similarity.order(np.arange(classes), present.areas)
    kept = cut_merge_order(steps, classes, count)
    return MergePlan(np.unique(kept, return_inverse=True)[1], None)


def plan_by_table(present: ClassCounts, table: MergeTable | None, name: str) -> MergePlan:
    """Merge classes by a table; without one, every class stays.

    Args:
        present: the classes.
        table: which class becomes which; classes that it does not list keep their number.
        name: of the class raster, for messages.

    Raises:
        SuperSegError: a class would get a number that class rasters cannot hold.
    """
    targets = table.targets if table is not None else {}
    targeted = [targets.get(number, number) for number in present.numbers.tolist()]
    high = [number for number in targeted if number > MOST_CLASSES]
    if high:
        raise SuperSegError(
            f"CLASSIFICATION: {name} has a class {high[0]}, and the result holds numbers up to"
            f" {MOST_CLASSES}; give it another number with TABLE, or number the classes anew with"
            " CLASSES."
        )
    kept, members = np.unique(targeted, return_inverse=True)
    return MergePlan(members, kept)


def check_known(table: MergeTable, known: Collection[int], name: str) -> None:
    """Check that a table lists only classes that exist.

    Args:
        table: the table.
        known: numbers of the classes.
        name: of the class raster, for messages.

    Raises:
        SuperSegError: it lists another class; the text names the line.
    """
    for number, line in table.lines.items():
        if number not in known:
            raise SuperSegError(
                f"TABLE: {table.file}, line {line} lists class {number}, which {name} does not"
                f" have (its classes are {number_ranges(sorted(known))}); correct the number or"
                " remove the line."
            )


def number_ranges(numbers: Sequence[int]) -> str:
    """Write ascending numbers as text, in ranges; after a dozen ranges with "...".

    Example:
        >>> number_ranges([1, 2, 3, 7])
        '1 to 3, 7'
    """
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    texts = [str(low) if low == high else f"{low} to {high}" for low, high in ranges]
    return ", ".join(texts[:MOST_RANGES]) + (", ..." if len(texts) > MOST_RANGES else "")
