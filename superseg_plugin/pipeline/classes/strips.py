# SPDX-License-Identifier: GPL-2.0-or-later
"""A class raster read in strips of whole rows, its classes numbered 1..k without gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.class_table import MOST_CLASSES
from ...raster.source import RasterSource
from ...raster.windows import Window
from .reading import count_and_measure, read_numbers
from .rendering import refuse_high_class

# Small enough for the processor's cache to hold a good part of what is made of a strip.
STRIP_PIXELS = 2_000_000
# What an image of so many bands adds to a pixel is as much again.
BANDS_AS_MUCH = 4
LARGEST_BLOCK = 512

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


def strips(width: int, height: int, bands: int = 0) -> list[Window]:
    """Cut a raster into strips of whole rows, in step with the blocks that files are made of.

    Args:
        width: of the raster.
        height: of the raster.
        bands: of an image that is read with it.
    """
    pixels = STRIP_PIXELS // (1 + bands // BANDS_AS_MUCH)
    rows = max(pixels // width, 1)
    step = LARGEST_BLOCK
    while step > rows:
        step //= 2
    rows = rows // step * step
    return [Window(0, row, width, min(rows, height - row)) for row in range(0, height, rows)]


@dataclass(frozen=True)
class ClassSurvey:
    """Which classes a raster has.

    Attributes:
        numbers: `(k,)` the numbers that occur, ascending, at most 255 of them.
        counts: `(k,)` pixels of each.
        areas: `(k,)` their areas, see `Grid.row_areas`.
    """

    numbers: Ints
    counts: Ints
    areas: npt.NDArray[np.float64]


class ClassStrips:
    """Reads strips of a class raster.

    Args:
        source: the raster; its first band counts.
        parameter: the Processing parameter that gave it, for messages.
        bands: of an image that is read with it, for the size of the strips.
    """

    def __init__(self, source: RasterSource, parameter: str, bands: int = 0) -> None:
        self.source = source
        self.windows = strips(source.grid.width, source.grid.height, bands)
        self._parameter = parameter
        self._places: Bytes = np.zeros(0, np.uint8)

    def survey(self, progress: Progress) -> ClassSurvey:
        """Find the classes; `read` needs to have been told of them.

        Raises:
            SuperSegError: there are none or too many, or the numbers are no classes.
        """
        grid = self.source.grid
        counts = np.zeros(1, np.int64)
        areas = np.zeros(1)
        for done, window in enumerate(self.windows, start=1):
            stop_if_cancelled(progress)
            numbers = self._numbers(window)
            highest = int(numbers.max())
            refuse_high_class(highest, self.source.name)
            if highest >= len(counts):
                areas = np.pad(areas, (0, highest + 1 - len(counts)))
                counts = np.pad(counts, (0, highest + 1 - len(counts)))
            found, measured = count_and_measure(numbers, len(counts), grid.row_areas(window))
            counts += found
            areas += measured
            progress.report(done / len(self.windows))
        present = np.flatnonzero(counts[1:]) + 1
        if not len(present):
            raise SuperSegError(
                f"{self._parameter}: no pixel of {self.source.name} has a class; give a raster of"
                " classes, numbered from 1."
            )
        if len(present) > MOST_CLASSES:
            raise SuperSegError(
                f"{self._parameter}: {self.source.name} has {len(present)} different numbers, more"
                f" than {MOST_CLASSES} classes; give a raster of classes."
            )
        self._places = np.zeros(len(counts), np.uint8)
        self._places[present] = np.arange(1, len(present) + 1)
        return ClassSurvey(present, counts[present], areas[present])

    def read(self, window: Window) -> Bytes:
        """Return `(rows, cols)` places of the classes in the survey, from 1; 0 for none."""
        places: Bytes = self._places[self._numbers(window)]
        return places

    def _numbers(self, window: Window) -> npt.NDArray[np.uint8] | Ints:
        if self.source.dtype != np.uint8:
            return read_numbers(self.source, window, self._parameter)
        values, valid = self.source.read(window)
        numbers: Bytes = values[0] * valid
        return numbers
