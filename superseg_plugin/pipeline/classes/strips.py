# SPDX-License-Identifier: GPL-2.0-or-later
"""A class raster read in strips of whole rows, with its classes numbered 1 to k without gaps.

The first pass (`ClassStrips.count_classes`) finds the numbers that occur; later passes read the
index of each pixel's class among them. All passes use the same strips, so that results can be
stored by strip.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.class_table import MOST_CLASSES
from ...raster.source import RasterSource
from ...raster.windows import Window
from .reading import CLASS_ZERO, count_and_measure, read_classes

# Pixels of a strip: its arrays fit into a processor's cache for the most part.
STRIP_PIXELS = 2_000_000
# Bands of an image that take as much memory a pixel as the arrays of the classes.
BANDS_AS_MUCH = 4
# Rows of the largest blocks that outputs are written in; strips begin with a block.
LARGEST_BLOCK = 512

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


def strips(width: int, height: int, bands: int = 0) -> list[Window]:
    """Cut a raster into strips of whole rows, aligned with the blocks of files.

    Args:
        width: of the raster, pixels.
        height: of the raster, pixels.
        bands: of an image that is read with it; more bands make lower strips.
    """
    pixels = STRIP_PIXELS // (1 + bands // BANDS_AS_MUCH)
    rows = max(pixels // width, 1)
    step = LARGEST_BLOCK
    while step > rows:
        step //= 2
    rows = rows // step * step
    return [Window(0, row, width, min(rows, height - row)) for row in range(0, height, rows)]


@dataclass(frozen=True)
class ClassCounts:
    """The classes that occur in a raster.

    Attributes:
        numbers: `(k,)` their numbers, ascending; k is at most 255.
        counts: `(k,)` pixels of each.
        areas: `(k,)` area of each, see `Grid.pixel_areas`.
        zero: the number that stands for class 0 of the file; 0 if it has no such class.
    """

    numbers: Ints
    counts: Ints
    areas: npt.NDArray[np.float64]
    zero: int = 0


class ClassStrips:
    """Reads a class raster strip by strip.

    Args:
        source: the raster; its first band is read.
        parameter: the Processing parameter of the raster, for messages.
        bands: of an image that is read with it, for the size of the strips.

    Attributes:
        source: the raster.
        windows: the strips, from top to bottom.
    """

    def __init__(self, source: RasterSource, parameter: str, bands: int = 0) -> None:
        self.source = source
        self.windows = strips(source.grid.width, source.grid.height, bands)
        self._parameter = parameter
        self._indices: Bytes = np.zeros(0, np.uint8)

    def count_classes(self, progress: Progress, taken: Collection[int] = ()) -> ClassCounts:
        """Find and measure the classes; has to be called before `read`.

        Args:
            progress: reports every strip.
            taken: numbers that must not stand for class 0, where 0 is a class.

        Raises:
            SuperSegError: there are no classes or more than 255, or a number is not a class.
        """
        grid = self.source.grid
        counts = np.zeros(1, np.int64)
        areas = np.zeros(1)
        for done, window in enumerate(self.windows, start=1):
            stop_if_cancelled(progress)
            numbers = self._numbers(window)
            highest = int(numbers.max())
            if highest >= len(counts):
                areas = np.pad(areas, (0, highest + 1 - len(counts)))
                counts = np.pad(counts, (0, highest + 1 - len(counts)))
            found, measured = count_and_measure(numbers, len(counts), grid.pixel_areas(window))
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
        self._indices = np.zeros(len(counts), np.uint8)
        numbers, zero = present.copy(), 0
        if self.source.zero_is_value and present[-1] == CLASS_ZERO:
            used = {*present.tolist(), *taken}
            zero = numbers[-1] = next(n for n in range(1, CLASS_ZERO) if n not in used)
        order = np.argsort(numbers)
        numbers, present = numbers[order], present[order]
        self._indices[present] = np.arange(1, len(present) + 1)
        return ClassCounts(numbers, counts[present], areas[present], int(zero))

    def read(self, window: Window) -> Bytes:
        """Read classes as numbers from 1 to k, in the order of `ClassCounts`.

        Returns:
            `(rows, cols)` uint8; 0 for no class.
        """
        return self.indices_of(self._numbers(window))

    def indices_of(self, numbers: Bytes | Ints) -> Bytes:
        """Convert class numbers of the file to those that `read` returns."""
        indices: Bytes = self._indices[numbers]
        return indices

    @property
    def highest(self) -> int:
        """Highest number of a class in the file, after `count_classes`."""
        return len(self._indices) - 1

    def _numbers(self, window: Window) -> npt.NDArray[np.uint8] | Ints:
        if self.source.dtype != np.uint8 or self.source.zero_is_value:
            return read_classes(self.source, window, self._parameter)
        values, valid = self.source.read(window)
        numbers: Bytes = values[0] * valid
        return numbers
