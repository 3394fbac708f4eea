# SPDX-License-Identifier: GPL-2.0-or-later
"""Change detection by comparison of two class rasters: a raster of changes, and a table."""

from __future__ import annotations

from dataclasses import dataclass

from ..progress import Progress, stop_if_cancelled
from ..raster.class_table import write_class_table
from ..raster.source import RasterSource
from ..raster.staging import Staging, check_output
from .classes.change_pairs import change_names, change_table, write_change_table
from .steps.changes import MOST_CHANGES, compare_dates, paint_changes


@dataclass(frozen=True)
class ChangeResult:
    """The amount of change.

    Attributes:
        changes: number of different changes.
        area: that changed, see `Grid.pixel_areas`.
        percent: `area` as a percentage of the area that has a class at both dates.
    """

    changes: int
    area: float
    percent: float


def run_changes(
    before: RasterSource,
    after: RasterSource,
    output: str,
    table_output: str | None,
    progress: Progress,
) -> ChangeResult:
    """Write a raster of the changes between two dates; needs no worker.

    The result has 0 for nodata, 1 for no change, and a number for each change that occurs, the
    largest area first, with names such as "Forest > Town" in its class table. A change has the
    color of the later class, changed where two would look the same.

    Args:
        before: classes of the earlier date.
        after: classes of the later date, with the same legend and pixels that coincide.
        output: path of the raster: Byte, or UInt16 for more than 255 numbers.
        table_output: path of a CSV file of areas by class before and after; None for none.
        progress: reports every tile.

    Returns:
        The amount of change.

    Raises:
        SuperSegError: pixels or legends differ, there are no classes, or an output cannot be
            written.
        Cancelled: the user cancelled.
    """
    inputs = [before.path, after.path]
    check_output(output, "OUTPUT", inputs)
    if table_output:
        check_output(table_output, "TABLE", inputs, raster=False)
    dates, pairs, legend = compare_dates(before, after, progress.part(0.0, 0.5))
    names = change_names(pairs, legend)
    with Staging() as staging:
        path = staging.path(output)
        paint_changes(dates, pairs, path, progress.part(0.5, 1.0))
        write_class_table(path, change_table(pairs, names, legend), MOST_CHANGES)
        if table_output:
            write_change_table(staging.path(table_output), pairs, legend)
        stop_if_cancelled(progress)
        staging.commit()
    changed = pairs.changed_area
    whole = float(pairs.areas.sum())
    return ChangeResult(int(pairs.changed.sum()), changed, 100 * changed / whole)
