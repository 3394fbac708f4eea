# SPDX-License-Identifier: GPL-2.0-or-later
"""Corrections of superpixels, kept as points, and made again on another map of the same place.

A point stands for the superpixel that it lies in. When an image is segmented again, the numbers of
classes and of superpixels are others, and so are unnamed classes; a correction to a class that a
person has named is made again, to the class of that name or to a new one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...raster.correction_file import Corrections
from ...raster.grid import Grid
from ...raster.superpixel_tables import SuperpixelTables
from .merge_tree import is_named
from .superpixel_edits import ClassMap, reclassified


def corrections_of(now: ClassMap, tables: SuperpixelTables, grid: Grid) -> Corrections:
    """Return the corrections of a map as points, with the classes that they have now.

    Args:
        now: the map.
        tables: of its superpixels.
        grid: of the class raster.
    """
    corrected = np.zeros(0, np.int64) if now.corrected is None else np.flatnonzero(now.corrected)
    shown = {group.number: group for group in now.shown}
    groups = [shown.get(int(number)) for number in now.shown_of(tables)[corrected]]
    known = [index for index, group in enumerate(groups) if group is not None]
    rows, cols = tables.place[corrected[known]].T + 0.5
    points = grid.to_coordinates(np.stack([cols, rows], axis=1))
    found = [group for group in groups if group is not None]
    return Corrections(points, [one.name for one in found], [one.color for one in found])


def corrected_again(
    now: ClassMap,
    tables: SuperpixelTables,
    corrections: Corrections,
    id_at: Callable[[float, float], int],
) -> tuple[ClassMap, int, int]:
    """Make corrections on another map.

    Args:
        now: the map.
        tables: of its superpixels.
        corrections: as they were kept.
        id_at: returns the id of the superpixel at coordinates of the raster, 0 for none.

    Returns:
        The map, how many corrections were made, and how many were not, because their class has no
        name or their place no superpixel.

    Raises:
        SuperSegError: there would be more than 255 classes.
    """
    rows = np.array([id_at(x, y) for x, y in corrections.points], np.int64) - 1
    usable = np.array([is_named(name) for name in corrections.names], bool) & (rows >= 0)
    names = np.array([name.casefold() for name in corrections.names], object)
    for name in dict.fromkeys(names[usable].tolist()):
        of_name = np.flatnonzero(usable & (names == name))
        changed = np.zeros(len(tables.classes), bool)
        changed[rows[of_name]] = True
        first = int(of_name[0])
        written, color = corrections.names[first], corrections.colors[first]
        now = reclassified(now, tables, changed, written, color)
    return now, int(usable.sum()), int((~usable).sum())
