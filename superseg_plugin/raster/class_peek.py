# SPDX-License-Identifier: GPL-2.0-or-later
"""A glance at a raster: could its values be numbers of classes, and where do those lie?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import SuperSegError
from .gdal_calls import attempt

# Pixels a side that a raster is looked at with; GDAL takes them from an overview where it can.
SIDE = 1024
NOT_CLASSES = -1

Ints = npt.NDArray[np.int64]


def peek_numbers(path: str | Path) -> int:
    """Count the different values above 0 in a reduced copy of band 1.

    Returns:
        How many, or `NOT_CLASSES` where some are negative or not whole.

    Raises:
        SuperSegError: the raster cannot be opened or read.
    """
    values = np.unique(_reduced(path))
    values = values[np.isfinite(values)]
    if (values != np.floor(values)).any() or (values < 0).any():
        return NOT_CLASSES
    return int((values > 0).sum())


def count_in_blocks(path: str | Path, blocks: int, size: int) -> Ints:
    """Count the pixels of each number in a reduced copy of band 1, by where they lie.

    Args:
        path: the class raster.
        blocks: rows and columns of blocks that the raster is divided into.
        size: numbers from 0 that are told apart; higher ones are left out.

    Returns:
        `(blocks, blocks, size)`, the first axis from the top row down.

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
