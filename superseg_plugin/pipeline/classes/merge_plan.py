# SPDX-License-Identifier: GPL-2.0-or-later
"""Which classes go together, and what their groups are called by."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...raster.class_table import MOST_CLASSES
from ..formats.merge_order import groups
from .merge_table import MergeTable
from .similarity import Similarity
from .strips import ClassSurvey

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_SPOKEN = 12


@dataclass(frozen=True)
class MergePlan:
    """Which classes go together.

    Attributes:
        members: `(k,)` group of each class of the survey, 0 to g - 1.
        numbers: `(g,)` number of each group in the result; None to number them by area.
    """

    members: Ints
    numbers: Ints | None

    def final_numbers(self, areas: Floats) -> Ints:
        """Give the number of each group in the result, 0 for those that no pixel is left of.

        Args:
            areas: `(g,)` of the groups in the result, in any unit.
        """
        if self.numbers is not None:
            return np.where(areas > 0, self.numbers, 0)
        order = np.argsort(-areas, kind="stable")
        numbers = np.zeros(len(areas), np.int64)
        numbers[order] = np.arange(1, len(areas) + 1)
        numbers[areas <= 0] = 0
        return numbers


def plan_by_number(survey: ClassSurvey, similarity: Similarity, count: int) -> MergePlan:
    """Join the most alike classes until `count` are left."""
    classes = len(survey.numbers)
    steps = similarity.order(np.arange(classes), survey.areas)
    return MergePlan(np.unique(groups(steps, classes, count), return_inverse=True)[1], None)


def plan_by_table(survey: ClassSurvey, table: MergeTable | None, name: str) -> MergePlan:
    """Join classes as a table says; without one, all stay.

    Raises:
        SuperSegError: a class has a number in the result that class rasters cannot hold.
    """
    targets = table.targets if table is not None else {}
    wanted = [targets.get(number, number) for number in survey.numbers.tolist()]
    high = [number for number in wanted if number > MOST_CLASSES]
    if high:
        raise SuperSegError(
            f"CLASSIFICATION: {name} has a class {high[0]}, and the result holds numbers up to"
            f" {MOST_CLASSES}; give it another number with TABLE, or number the classes anew with"
            " CLASSES."
        )
    kept, members = np.unique(wanted, return_inverse=True)
    return MergePlan(members, kept)


def check_known(table: MergeTable, known: Collection[int], name: str) -> None:
    """Check that a table tells only of classes that there are.

    Args:
        table: the table.
        known: numbers of the classes.
        name: the class raster's name.

    Raises:
        SuperSegError: it tells of another one; the text names the line.
    """
    for number, line in table.lines.items():
        if number not in known:
            raise SuperSegError(
                f"TABLE: {table.file}, line {line} tells of class {number}, which {name} does not"
                f" have (its classes are {spoken(sorted(known))}); correct the number or remove"
                " the line."
            )


def spoken(numbers: Sequence[int]) -> str:
    """Say which numbers, in ranges, the first dozen of them."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    texts = [str(low) if low == high else f"{low} to {high}" for low, high in ranges]
    return ", ".join(texts[:MOST_SPOKEN]) + (", ..." if len(texts) > MOST_SPOKEN else "")
