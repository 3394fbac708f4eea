# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons of classes, merged and named by a table if there is one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..progress import Progress
from ..raster.class_legend import Color, read_legend
from ..raster.class_polygons import write_polygons
from ..raster.source import RasterSource
from .classes.merge_plan import check_known, plan_by_table
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
        path: the file to write, in a scratch folder.
        progress: reports the share that is done.

    Returns:
        Number of polygons, and their classes by number.

    Raises:
        SuperSegError: the raster or the table cannot be used.
        Cancelled: the user cancelled.
    """
    strips = ClassStrips(classification, "CLASSIFICATION")
    progress.report(0.0, "Counting classes")
    present = strips.count_classes(progress.part(0.0, 0.2))
    legend = read_legend(classification.path)
    merge_table = read_merge_table(table) if table else None
    if merge_table is not None and merge_table.remark:
        progress.log(merge_table.remark)
    if merge_table is not None:
        known = {*present.numbers.tolist(), *legend.names}
        check_known(merge_table, known, classification.name)
    plan = plan_by_table(present, merge_table, classification.name)
    areas = np.bincount(plan.members, weights=present.areas).astype(float)
    final = plan.final_numbers(np.maximum(areas, 1e-300))
    appearance = appearance_of_merged(plan, final, present, legend, merge_table, None)
    classes = {
        number: PolygonClass(appearance.names[number - 1], appearance.color_of(number))
        for number in final.tolist()
    }
    numbers = dict(zip(present.numbers.tolist(), final[plan.members].tolist()))
    progress.report(0.2, "Drawing outlines")
    names = {number: each.name for number, each in classes.items()}
    part = progress.part(0.2, 1.0)
    return write_polygons(classification, numbers, names, path, part), classes
