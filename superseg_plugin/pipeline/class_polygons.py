# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons of classes, merged and named by a table where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..progress import PartProgress, Progress
from ..raster.class_legend import read_legend
from ..raster.class_polygons import write_polygons
from ..raster.source import RasterSource
from .classes.catalog import Color
from .classes.merge_plan import check_known, plan_by_table
from .classes.merge_table import read_merge_table
from .classes.merged_appearance import looks_of_groups
from .classes.strips import ClassStrips


@dataclass(frozen=True)
class PolygonClass:
    """A class of the polygons.

    Attributes:
        name: what it is called.
        color: red, green, blue; None where nothing tells.
    """

    name: str
    color: Color | None


def run_class_polygons(
    classification: RasterSource, table: str | None, path: Path, progress: Progress
) -> tuple[int, dict[int, PolygonClass]]:
    """Make a GeoPackage of polygons; needs no worker.

    Args:
        classification: the class raster.
        table: file that says which classes become which, as for merging; None to take them as
            they are.
        path: the file to make, in a scratch folder.
        progress: told of the share that is done.

    Returns:
        How many polygons there are, and their classes by number.

    Raises:
        SuperSegError: the raster or the table cannot be used.
        Cancelled: the user asked to stop.
    """
    strips = ClassStrips(classification, "CLASSIFICATION")
    progress.report(0.0, "Counting classes")
    survey = strips.survey(PartProgress(progress, 0.0, 0.2))
    legend = read_legend(classification.path)
    read = read_merge_table(table) if table else None
    if read is not None:
        known = {*survey.numbers.tolist(), *legend.names}
        check_known(read, known, classification.name)
    plan = plan_by_table(survey, read, classification.name)
    areas = np.bincount(plan.members, weights=survey.areas).astype(float)
    final = plan.final_numbers(np.maximum(areas, 1e-300))
    looks = looks_of_groups(plan.members, plan.numbers, final, survey, legend, read, None)
    classes = {
        number: PolygonClass(
            looks.names[number - 1],
            _color(looks.colors[number - 1].tolist()) if looks.known[number - 1] else None,
        )
        for number in final.tolist()
    }
    numbers = dict(zip(survey.numbers.tolist(), final[plan.members].tolist()))
    progress.report(0.2, "Drawing outlines")
    names = {number: one.name for number, one in classes.items()}
    part = PartProgress(progress, 0.2, 1.0)
    return write_polygons(classification, numbers, names, path, part), classes


def _color(parts: list[int]) -> Color:
    red, green, blue = parts
    return red, green, blue
