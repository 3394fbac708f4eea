# SPDX-License-Identifier: GPL-2.0-or-later
"""The classes of a raster that is merged: which occur, and what they are called.

Where 0 is a class, another number stands for it, because 0 is nodata in every result.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...progress import Progress
from ...raster.class_legend import Legend, default_name, read_legend
from .merge_plan import check_known
from .merge_table import MergeTable
from .strips import ClassCounts, ClassStrips


@dataclass(frozen=True)
class KnownClasses:
    """The classes of a raster.

    Attributes:
        present: those that occur.
        legend: names and colors in the file.
        table: the merge table; None for none.
    """

    present: ClassCounts
    legend: Legend
    table: MergeTable | None

    def merged(self) -> tuple[list[int], list[str]]:
        """Return the number and the name of the merged class of each class."""
        numbers, names = [], []
        for number in self.present.numbers.tolist():
            target = self.table.targets.get(number, number) if self.table is not None else number
            given = self.table.names.get(target) if self.table is not None else None
            shown = 0 if target == self.present.zero else target
            numbers.append(shown)
            names.append(given or self.legend.names.get(target) or default_name(shown))
        return numbers, names


def find_classes(strips: ClassStrips, table: MergeTable | None, progress: Progress) -> KnownClasses:
    """Count the classes of a raster, and give class 0 the same number everywhere.

    Args:
        strips: the raster.
        table: which class becomes which; None if every class stays.
        progress: reports every strip.

    Raises:
        SuperSegError: the raster has no classes or too many, or the table lists others.
    """
    source = strips.source
    legend = read_legend(source.path, source.zero_is_value)
    targets = table.targets if table is not None else {}
    present = strips.count_classes(progress, {*legend.names, *targets, *targets.values()})
    legend = legend.with_zero_as(present.zero)
    if table is not None:
        table = table.with_zero_as(present.zero)
        check_known(table, {*present.numbers.tolist(), *legend.names}, source.name)
    return KnownClasses(present, legend, table)
