# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons of classes, merged and named by a table if there is one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..progress import Progress, stop_if_cancelled
from ..raster.class_legend import Color
from ..raster.class_polygons import NO_CLASS, drawable, write_polygons
from ..raster.grid import Grid
from ..raster.source import RasterSource
from ..raster.writer import RasterProfile, RasterWriter
from .classes.known_classes import find_classes
from .classes.merge_plan import plan_by_table
from .classes.merge_table import read_merge_table
from .classes.merged_appearance import appearance_of_merged
from .classes.strips import ClassStrips


@dataclass(frozen=True)
class PolygonClass:
    """A class of the polygons.

    Attributes:
        name: of the class.
        color: red, green, blue, 0 to 255; None if unknown.
    """

    name: str
    color: Color | None


def run_class_polygons(
    classification: RasterSource, table: str | None, path: Path, progress: Progress
) -> tuple[int, dict[int, PolygonClass]]:
    """Write the polygons of a class raster to a GeoPackage; needs no worker.

    Args:
        classification: the class raster.
        table: file with the merge table, as for merging; None to take the classes as they are.
        path: the file to write, in a scratch folder of its own.
        progress: reports the share that is done.

    Returns:
        Number of polygons, and their classes by number.

    Raises:
        SuperSegError: the raster or the table cannot be used.
        Cancelled: the user cancelled.
    """
    grid = drawable(classification.grid, classification.name)
    strips = ClassStrips(classification, "CLASSIFICATION")
    shown = shown_classes(strips, table, progress.part(0.0, 0.2))
    progress.report(0.2, "Drawing outlines")
    raster = path.with_name("classes.tif")
    numbers = np.array([NO_CLASS, *(shown.number(each) for each in shown.lookup[1:].tolist())])
    _renumber(strips, grid, numbers, raster, progress.part(0.2, 0.4))
    names = {number: each.name for number, each in shown.classes.items()}
    return write_polygons(raster, names, path, progress.part(0.4, 1.0)), shown.classes


@dataclass(frozen=True)
class ShownClasses:
    """Classes after merging and naming by a table, which may be none.

    Attributes:
        lookup: `(k + 1,)` uint8 number by the index of `ClassStrips.read`, from 1.
        classes: by the number that is shown.
        zero: the number that stands for class 0; 0 if it has no such class.
    """

    lookup: npt.NDArray[np.uint8]
    classes: dict[int, PolygonClass]
    zero: int

    def number(self, number: int) -> int:
        """Return the number that is shown: class 0 keeps its own unless a table changes it."""
        return 0 if number == self.zero else number

    def numbers(self, numbers: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
        """Return the numbers that are shown, `(n,)`."""
        return np.where(numbers == self.zero, 0, numbers.astype(np.int64))


def shown_classes(strips: ClassStrips, table: str | None, progress: Progress) -> ShownClasses:
    """Count the classes of a raster, and merge and name them by a table.

    Args:
        strips: the raster.
        table: file with the merge table; None to take the classes as they are.
        progress: reports every strip.

    Raises:
        SuperSegError: the raster or the table cannot be used.
        Cancelled: the user cancelled.
    """
    progress.report(0.0, "Counting classes")
    merge_table = read_merge_table(table) if table else None
    if merge_table is not None and merge_table.remark:
        progress.log(merge_table.remark)
    known = find_classes(strips, merge_table, progress)
    present = known.present
    plan = plan_by_table(present, known.table, strips.source.name)
    areas = np.bincount(plan.members, weights=present.areas).astype(float)
    final = plan.final_numbers(np.maximum(areas, 1e-300))
    appearance = appearance_of_merged(plan, final, present, known.legend, known.table, None)
    lookup = np.append(0, final[plan.members]).astype(np.uint8)
    shown = ShownClasses(lookup, {}, present.zero)
    for number in final.tolist():
        own = shown.number(number)
        name = appearance.names[number - 1] if own else known.legend.names[number]
        shown.classes[own] = PolygonClass(name, appearance.color_of(number))
    return shown


def _renumber(
    strips: ClassStrips, grid: Grid, numbers: npt.NDArray[np.int64], path: Path, progress: Progress
) -> None:
    """Write the raster that outlines are drawn of; `numbers` by the index of `ClassStrips.read`."""
    profile = RasterProfile(1, np.int16, nodata=NO_CLASS, compress=False)
    with RasterWriter(path, grid, profile) as writer:
        for done, window in enumerate(strips.windows, start=1):
            stop_if_cancelled(progress)
            writer.write(window, numbers[strips.read(window)])
            progress.report(done / len(strips.windows))
