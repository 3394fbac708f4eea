# SPDX-License-Identifier: GPL-2.0-or-later
"""How many different class numbers there are in a reduced copy of a raster.

Band 1 is read at no more than 1024 pixels a side, which takes little time on a raster of any size
and may miss classes that cover few pixels.
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
