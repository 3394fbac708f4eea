# SPDX-License-Identifier: GPL-2.0-or-later
"""Transitions of classes over several dates: what became what from each date to the next."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.source import RasterSource
from ...raster.staging import Staging
from ..classes.change_pairs import COLUMNS, change_rows
from ..classes.csv_rows import write_rows
from .changes import compare_dates

# The number in a raster of changes, which is the first column, has no meaning here.
TRANSITION_COLUMNS = ("from_date", "to_date", *COLUMNS[1:])


def write_transitions(dates: Sequence[tuple[str, str]], table: str, progress: Progress) -> bool:
    """Write the transitions from each date to the next as a CSV file.

    A line tells the dates, class before and after with their names, pixels, area and percent of the
    area that has a class at both dates; pairs of classes without change have lines, too.

    Args:
        dates: name and path of the class raster of each date, in their order, of one legend.
        table: path of the file.
        progress: its log is told of the change between dates, and of those that are left out since
            they have no pixels in common.

    Returns:
        Whether there was something to write.

    Raises:
        SuperSegError: the file cannot be written.
        Cancelled: the user cancelled.
    """
    rows = []
    pairs_of_dates = list(zip(dates, dates[1:]))
    for number, ((one, path), (two, later)) in enumerate(pairs_of_dates):
        stop_if_cancelled(progress)
        part = progress.part(number / len(pairs_of_dates), (number + 1) / len(pairs_of_dates))
        try:
            with RasterSource(path) as before, RasterSource(later) as after:
                _, pairs, legend = compare_dates(before, after, part)
        except SuperSegError as error:
            progress.log(f"{one} and {two} are not compared: {error}")
            continue
        rows += [[one, two, *row[1:]] for row in change_rows(pairs, legend)]
        changed = pairs.changed_area / pairs.areas.sum()
        progress.log(f"{one} to {two}: {100 * changed:.3g} % of the area changed its class")
    if not rows:
        progress.log("TABLE is not written: no two dates can be compared")
        return False
    with Staging() as staging:
        write_rows(staging.path(table), TRANSITION_COLUMNS, rows)
        staging.commit()
    return True
