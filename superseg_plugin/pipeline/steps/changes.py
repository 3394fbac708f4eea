# SPDX-License-Identifier: GPL-2.0-or-later
"""Comparison of two class rasters: the pairs of classes that occur, and a raster of the changes.

The first pass counts pixels and areas of all pairs of classes (a matrix of 257 x 257: nodata, 1 to
255, and 0 where it is a class), the second writes the number of each pixel's change. Both rasters
need the same legend and pixels that coincide; they are compared where both are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.class_legend import Legend, default_name, read_legend
from ...raster.class_table import MOST_CLASSES
from ...raster.grid import Grid
from ...raster.grid_comparison import common_part
from ...raster.source import RasterSource
from ...raster.windows import Window, tiles
from ...raster.writer import RasterProfile, RasterWriter
from ..classes.change_pairs import SIZE, ZERO, ChangePairs
from ..classes.reading import CLASS_ZERO, TILE, comparable, count_and_measure, read_classes

BEFORE, AFTER = "CLASSIFICATION_BEFORE", "CLASSIFICATION_AFTER"
PAIRS = SIZE * SIZE
MOST_CHANGES = PAIRS

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Dates:
    """The two rasters, and the window of their common part in each."""

    before: RasterSource
    after: RasterSource
    part_before: Window
    part_after: Window

    @property
    def grid(self) -> Grid:
        """Size and georeference of the common part."""
        return self.before.grid.cut(self.part_before)

    @property
    def whole(self) -> bool:
        """Whether both rasters are compared whole."""
        return (self.part_before, self.part_after) == (
            self.before.grid.window,
            self.after.grid.window,
        )


def compare_dates(
    before: RasterSource, after: RasterSource, progress: Progress
) -> tuple[Dates, ChangePairs, Legend]:
    """Count the pairs of classes at two dates, without writing anything.

    Args:
        before: classes of the earlier date.
        after: classes of the later date, with the same legend and pixels that coincide.
        progress: reports every tile.

    Raises:
        SuperSegError: pixels or legends differ, or there are no classes.
        Cancelled: the user cancelled.
    """
    dates = Dates(before, after, *common_part(before.grid, after.grid, AFTER, after.name))
    if not dates.whole:
        progress.log(
            f"{before.name} and {after.name} cover different ground: their common part of "
            f"{dates.grid.width} x {dates.grid.height} pixels is compared"
        )
    legend = _common_legend(before, after)
    pairs = _count(dates, progress)
    if not {*pairs.before.tolist()} & {*pairs.after.tolist()}:
        progress.log(
            f"Warning: no class number occurs both in {before.name} ({_numbers(pairs.before)}) and "
            f"in {after.name} ({_numbers(pairs.after)}), so that everything counts as changed: the "
            "legends differ. Make both with one model (superseg:classify), or give them the same "
            "numbers with superseg:mergeclasses"
        )
    return dates, pairs, legend


def _common_legend(before: RasterSource, after: RasterSource) -> Legend:
    """Merge the legends of both dates.

    Raises:
        SuperSegError: a number has different names, or default names and different colors.
    """
    one, two = (
        read_legend(source.path, source.zero_is_value).with_zero_as(ZERO * source.zero_is_value)
        for source in (before, after)
    )
    for number in sorted({*one.names} & {*two.names}):
        names = one.names[number], two.names[number]
        colors = one.colors.get(number), two.colors.get(number)
        # Default names are equal in all runs; different colors then mean different classes.
        unnamed = names == (default_name(number),) * 2
        if names[0] == names[1] and not (unnamed and colors[0] != colors[1]):
            continue
        difference = "another color" if names[0] == names[1] else f"called “{names[1]}”"
        raise SuperSegError(
            f"{AFTER}: {after.name} and {before.name} have different legends: class"
            f" {number % ZERO} is “{names[0]}” before and {difference} after. Make both with one"
            " model (superseg:classify), or give them the same names with superseg:mergeclasses."
        )
    return Legend({**two.names, **one.names}, {**two.colors, **one.colors})


def _numbers(classes: Ints) -> str:
    """The lowest and the highest of some class numbers, for messages."""
    shown = classes % ZERO
    low, high = int(shown.min()), int(shown.max())
    return str(low) if low == high else f"{low} to {high}"


def _keys(dates: Dates, window: Window) -> Ints:
    """Return the key of each pixel's pair of classes, `(rows, cols)`; 0 if one is missing.

    Args:
        dates: the two rasters.
        window: of the common part.
    """
    numbers = []
    for source, part, parameter in (
        (dates.before, dates.part_before, BEFORE),
        (dates.after, dates.part_after, AFTER),
    ):
        found = read_classes(source, window.within(part), parameter)
        zero = found == CLASS_ZERO
        found[zero] = 0
        highest = int(found.max())
        if highest > MOST_CLASSES:
            raise SuperSegError(
                f"{parameter}: {source.name} holds number {highest}, and classes go up to"
                f" {MOST_CLASSES}; give a raster of classes."
            )
        found[zero] = ZERO
        numbers.append(found)
    keys = numbers[0] * SIZE + numbers[1]
    keys[(numbers[0] == 0) | (numbers[1] == 0)] = 0
    return keys


def _count(dates: Dates, progress: Progress) -> ChangePairs:
    counts, areas = np.zeros(PAIRS, np.int64), np.zeros(PAIRS)
    grid = dates.grid
    windows = tiles(grid.width, grid.height, TILE)
    for done, window in enumerate(windows, start=1):
        stop_if_cancelled(progress)
        keys = _keys(dates, window)
        found, measured = count_and_measure(keys, PAIRS, grid.pixel_areas(window))
        counts += found
        areas += measured
        progress.report(done / len(windows), "Counting changes")
    counts[0] = 0
    keys = np.flatnonzero(counts)
    if not len(keys):
        raise SuperSegError(
            f"{AFTER}: no pixel has a class both in {dates.before.name} and in"
            f" {dates.after.name}; give"
            " classes of the same place."
        )
    changed = keys // SIZE != keys % SIZE
    order = np.lexsort((-comparable(areas[keys]), changed))
    keys, changed = keys[order], changed[order]
    values = np.where(changed, 1 + np.cumsum(changed), 1)
    return ChangePairs(keys, values, counts[keys], areas[keys])


def paint_changes(dates: Dates, pairs: ChangePairs, path: Path, progress: Progress) -> None:
    """Write the number of the change of each pixel as a raster with 0 for nodata."""
    grid = dates.grid
    dtype = np.uint8 if int(pairs.values.max()) <= MOST_CLASSES else np.uint16
    lookup = np.zeros(PAIRS, dtype)
    lookup[pairs.keys] = pairs.values
    windows = tiles(grid.width, grid.height, TILE)
    painting = progress.part(0.0, 0.9)
    with RasterWriter(
        path,
        grid,
        RasterProfile(
            1,
            dtype,
            nodata=0,
            band_names=("change",),
            overviews="mode" if dates.before.has_overviews else None,
        ),
        progress=progress.part(0.9, 1.0),
    ) as writer:
        for done, window in enumerate(windows, start=1):
            stop_if_cancelled(progress)
            writer.write(window, lookup[_keys(dates, window)])
            painting.report(done / len(windows), "Writing changes")
