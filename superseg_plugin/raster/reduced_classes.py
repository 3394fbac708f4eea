# SPDX-License-Identifier: GPL-2.0-or-later
"""Class numbers in a reduced copy of a raster: how many there are and where they lie.

Both functions read band 1 at no more than 1024 pixels a side, so they take little time on a raster
of any size and may miss classes that cover few pixels.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import SuperSegError
from .gdal_calls import attempt

# Largest side of the reduced copy in pixels. GDAL reads it from an overview if there is one.
SIDE = 1024
NOT_CLASSES = -1

Ints = npt.NDArray[np.int64]


def count_class_values(path: str | Path) -> int:
    """Count the distinct values above 0 in a reduced copy of band 1.

    Returns:
        Their number, or `NOT_CLASSES` if a value is negative or not an integer.

    Raises:
        SuperSegError: the raster cannot be opened or read.
    """
    values = np.unique(_reduced(path))
    values = values[np.isfinite(values)]
    if (values != np.floor(values)).any() or (values < 0).any():
        return NOT_CLASSES
    return int((values > 0).sum())


def count_in_blocks(path: str | Path, blocks: int, size: int) -> Ints:
    """Count the pixels of each class in a reduced copy of band 1, block by block.

    Args:
        path: the class raster.
        blocks: number of rows and of columns of blocks that the raster is divided into.
        size: classes from 0 to `size` - 1 are counted; higher values count as 0.

    Returns:
        `(blocks, blocks, size)` int64 pixels of the reduced copy by row, column and class.

    Raises:
        SuperSegError: the raster cannot be opened or read.
    """
    values = _reduced(path)
    rows, cols = values.shape
    numbers = np.where((values >= 0) & (values < size), values, 0).astype(np.int64)
    down = np.arange(rows) * blocks // rows
    across = np.arange(cols) * blocks // cols
    keys = (down[:, np.newaxis] * blocks + across) * size + numbers
    counted = np.bincount(keys.ravel(), minlength=blocks * blocks * size)
    return counted.reshape(blocks, blocks, size)


def _reduced(path: str | Path) -> npt.NDArray[np.float64]:
    dataset, error = attempt(gdal.OpenEx, str(path), gdal.OF_RASTER)
    if dataset is None:
        raise SuperSegError(f"{path} cannot be opened ({error}); choose a class raster.")
    width, height = min(dataset.RasterXSize, SIDE), min(dataset.RasterYSize, SIDE)
    band = dataset.GetRasterBand(1)
    values, error = attempt(band.ReadAsArray, buf_xsize=width, buf_ysize=height)
    if values is None:
        raise SuperSegError(f"{path} cannot be read ({error}); the file may be damaged.")
    return np.asarray(values, dtype=np.float64)
