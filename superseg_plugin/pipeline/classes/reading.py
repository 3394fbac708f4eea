# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading rasters of numbers that stand for something: classes, superpixels."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...raster.grid import Grid
from ...raster.windows import Window

# Pixels a side of what is read at a time; a multiple of the blocks that outputs are written in.
TILE = 1024
# Numbers are put together with others into 64 bits; no raster has as many superpixels.
HIGHEST = 2**40


class ClassReader(Protocol):
    """What a class raster is read through: a `RasterSource`, or something that changes it."""

    @property
    def grid(self) -> Grid:
        """Size and georeference."""

    @property
    def name(self) -> str:
        """What to call it in messages."""

    def read(self, window: Window) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Return `(1, rows, cols)` numbers and which are valid."""


def read_numbers(reader: ClassReader, window: Window, parameter: str) -> npt.NDArray[np.int64]:
    """Read class or superpixel numbers.

    Args:
        reader: the raster; its first band counts.
        window: where.
        parameter: the Processing parameter that gave it, for messages.

    Returns:
        `(rows, cols)` int64; 0 where there is nothing.

    Raises:
        SuperSegError: a number is negative, not whole, or too high for any raster.
    """
    values, valid = reader.read(window)
    raw = values[0]
    if raw.dtype.kind == "f":
        raw = np.where(valid, raw, 0)
        # What is too large comes out as another number, and so is told from whole ones.
        with np.errstate(invalid="ignore"):
            numbers = raw.astype(np.int64)
        wrong = bool((numbers != raw).any())
    else:
        numbers = np.where(valid, raw, 0).astype(np.int64, copy=False)
        wrong = False
    # The largest of 64 bits come out as negative ones.
    if wrong or (numbers.size and not 0 <= int(numbers.min()) <= int(numbers.max()) <= HIGHEST):
        raise SuperSegError(
            f"{parameter}: {reader.name} holds numbers that are negative, not whole or far too"
            " high; give a raster of classes or superpixels, numbered from 1."
        )
    return numbers


def count_and_measure(
    numbers: npt.NDArray[np.uint8] | npt.NDArray[np.int64],
    size: int,
    row_areas: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Count the pixels of each number, and add up their areas.

    Args:
        numbers: `(rows, cols)`, below `size`.
        size: how many numbers there are, with 0.
        row_areas: `(rows,)` area of a pixel in each row, see `Grid.row_areas`.

    Returns:
        Pixels and areas, both `(size,)`.
    """
    if (row_areas == row_areas[0]).all():
        counts = np.bincount(numbers.ravel(), minlength=size)
        return counts, np.asarray(counts * row_areas[0])
    counts, areas = np.zeros(size, np.int64), np.zeros(size)
    for row, area in zip(numbers, row_areas.tolist()):
        found = np.bincount(row, minlength=size)
        counts += found
        areas += found * area
    return counts, areas
