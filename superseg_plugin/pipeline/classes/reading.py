# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading rasters of class or superpixel numbers."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...raster.grid import Grid
from ...raster.windows import Window

# Highest number of a class in rasters of other programs.
HIGHEST_CLASS = 65535
# Number that `read_classes` gives to class 0 where 0 is a class; 0 itself stands for nodata.
CLASS_ZERO = HIGHEST_CLASS + 1
# Side in pixels of the tiles that are read; a multiple of the blocks that outputs are written in.
TILE = 1024
# Highest number that is accepted: it leaves bits free to combine numbers in 64 bits, and no raster
# has as many superpixels.
HIGHEST = 2**40
# Areas of pixels are exact up to less than this share.
AREA_NOISE = 1e-8
# Bytes of an image's window as float32: it is summed band by band and should stay in the cache.
WINDOW_BYTES = 1 << 25


class ClassReader(Protocol):
    """Anything that class numbers are read from: a `RasterSource`, or a filter of one."""

    @property
    def grid(self) -> Grid:
        """Size and georeference."""

    @property
    def name(self) -> str:
        """Name for messages."""

    @property
    def zero_is_value(self) -> bool:
        """Whether 0 is a class; otherwise it counts as nodata."""

    def read(self, window: Window) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Return numbers `(1, rows, cols)` and validity `(rows, cols)`."""


def read_numbers(reader: ClassReader, window: Window, parameter: str) -> npt.NDArray[np.int64]:
    """Read class or superpixel numbers.

    Args:
        reader: the raster; its first band is read.
        window: what to read.
        parameter: the Processing parameter of the raster, for messages.

    Returns:
        `(rows, cols)` int64; 0 for nodata.

    Raises:
        SuperSegError: a number is negative, not whole, or above `HIGHEST`.
    """
    return _numbers(*reader.read(window), reader, parameter)


def read_classes(reader: ClassReader, window: Window, parameter: str) -> npt.NDArray[np.int64]:
    """Read class numbers as `read_numbers`, class 0 as `CLASS_ZERO`.

    0 is a class where file or layer declare another nodata value; elsewhere it is nodata.

    Raises:
        SuperSegError: as `read_numbers`, or a number is above `HIGHEST_CLASS`.
    """
    values, valid = reader.read(window)
    numbers = _numbers(values, valid, reader, parameter)
    refuse_high_class(int(numbers.max()), reader.name, parameter=parameter)
    if reader.zero_is_value:
        numbers[valid & (numbers == 0)] = CLASS_ZERO
    return numbers


def refuse_high_class(
    highest: int, name: str, limit: int = HIGHEST_CLASS, parameter: str = "CLASSIFICATION"
) -> None:
    """Raise `SuperSegError` if a raster's highest number is not a class."""
    if highest > limit:
        raise SuperSegError(
            f"{parameter}: {name} holds number {highest}, more than {limit} classes; give a"
            " raster of classes."
        )


def _numbers(
    values: npt.NDArray[Any], valid: npt.NDArray[np.bool_], reader: ClassReader, parameter: str
) -> npt.NDArray[np.int64]:
    numbers = whole_numbers(np.where(valid, values[0], 0))
    if numbers is None or (
        numbers.size and not 0 <= int(numbers.min()) <= int(numbers.max()) <= HIGHEST
    ):
        raise SuperSegError(
            f"{parameter}: {reader.name} holds numbers that are negative, not whole or far too"
            " high; give a raster of classes or superpixels, numbered from 1."
        )
    return numbers


def tile_side(bands: int) -> int:
    """Side in pixels of the tiles that an image of so many bands is read in; `TILE` or less.

    Example:
        >>> tile_side(3), tile_side(64)
        (1024, 256)
    """
    side = TILE
    while side > TILE // 4 and 4 * bands * side**2 > WINDOW_BYTES:
        side //= 2
    return side


def whole_numbers(values: npt.NDArray[Any]) -> npt.NDArray[np.int64] | None:
    """Convert values of any type to int64; None if that would change one of them."""
    # Values that int64 cannot hold change in the conversion: those of uint64 become negative.
    with np.errstate(invalid="ignore"):
        numbers = values.astype(np.int64, copy=False)
    if values.dtype.kind == "f":
        return None if bool((numbers != values).any()) else numbers
    return None if values.dtype == np.uint64 and bool((numbers < 0).any()) else numbers


def comparable(areas: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Round areas that are put in order: those of as many equal pixels must not differ."""
    largest = float(areas.max(initial=0.0)) or 1.0
    return np.asarray(np.rint(areas / largest / AREA_NOISE))


def count_and_measure(
    numbers: npt.NDArray[np.uint8] | npt.NDArray[np.int64],
    size: int,
    pixel_areas: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Count the pixels of each number, and sum their areas.

    Args:
        numbers: `(rows, cols)`, 0 or more and below `size`.
        size: of the results.
        pixel_areas: of the pixels, see `Grid.pixel_areas`.

    Returns:
        Pixels by number, `(size,)`, and their areas, `(size,)`.
    """
    counts = np.bincount(numbers.ravel(), minlength=size)
    if pixel_areas.size == 1:
        return counts, np.asarray(counts * pixel_areas[0, 0])
    weights = np.broadcast_to(pixel_areas, numbers.shape).ravel()
    areas = np.bincount(numbers.ravel(), weights=weights, minlength=size)
    return counts, areas.astype(np.float64)
