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
from .classes.strips import ClassCounts, ClassStrips


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
    progress.report(0.0, "Counting classes")
    merge_table = read_merge_table(table) if table else None
    if merge_table is not None and merge_table.remark:
        progress.log(merge_table.remark)
    known = find_classes(strips, merge_table, progress.part(0.0, 0.2))
    present = known.present
    plan = plan_by_table(present, known.table, classification.name)
    areas = np.bincount(plan.members, weights=present.areas).astype(float)
    final = plan.final_numbers(np.maximum(areas, 1e-300))
    appearance = appearance_of_merged(plan, final, present, known.legend, known.table, None)
    classes = {}
    for number in final.tolist():
        name = appearance.names[number - 1]
        shown = _shown(number, present)
        if not shown:
            name = known.legend.names[number]
        classes[shown] = PolygonClass(name, appearance.color_of(number))
    progress.report(0.2, "Drawing outlines")
    shown_numbers = [_shown(number, present) for number in final[plan.members].tolist()]
    raster = path.with_name("classes.tif")
    _renumber(strips, grid, np.array([NO_CLASS, *shown_numbers]), raster, progress.part(0.2, 0.4))
    names = {number: each.name for number, each in classes.items()}
    return write_polygons(raster, names, path, progress.part(0.4, 1.0)), classes


def _shown(number: int, present: ClassCounts) -> int:
    """Number of a class in the polygons: class 0 keeps its number unless a table changes it."""
    return 0 if number == present.zero else number


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
