# SPDX-License-Identifier: GPL-2.0-or-later
"""Pixels between GDAL and numpy, by plain memory.

GDAL's own bridge, `osgeo.gdal_array`, is compiled against one numpy and fails where another comes
first: another plugin's, or one on PYTHONPATH. Bytes suit every numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from .gdal_calls import attempt
from .windows import Window

# Signed bytes and 64 bits came with GDAL 3.7 and 3.5.
_TYPES: dict[int, np.dtype[Any]] = {
    getattr(gdal, f"GDT_{name}"): np.dtype(kind)
    for name, kind in {
        "Byte": "uint8",
        "Int8": "int8",
        "UInt16": "uint16",
        "Int16": "int16",
        "UInt32": "uint32",
        "Int32": "int32",
        "UInt64": "uint64",
        "Int64": "int64",
        "Float32": "float32",
        "Float64": "float64",
    }.items()
    if hasattr(gdal, f"GDT_{name}")
}
_CODES = {dtype: code for code, dtype in _TYPES.items()}


def numpy_type(gdal_type: int) -> np.dtype[Any] | None:
    """Type of the numbers of a band, None for one that numpy or this plugin has no use for."""
    return _TYPES.get(gdal_type)


def has_gdal_type(dtype: np.dtype[Any]) -> bool:
    """Tell whether this GDAL knows a numpy type."""
    return np.dtype(dtype) in _CODES


def gdal_type(dtype: np.dtype[Any]) -> int:
    """GDAL's code of a numpy type."""
    return _CODES[np.dtype(dtype)]


def read_pixels(
    source: Any, window: Window, dtype: np.dtype[Any], bands: Sequence[int] = (1,)
) -> tuple[npt.NDArray[Any] | None, str]:
    """Read a window.

    Args:
        source: a GDAL dataset, or a band where `bands` has its default.
        window: what to read.
        dtype: of the result; GDAL rounds and clips to it.
        bands: numbers of the dataset's bands.

    Returns:
        `(bands, rows, cols)`, None where it cannot be read, and GDAL's first error, "" without one.
    """
    values = np.empty((len(bands), window.height, window.width), dtype)
    options = {"buf_type": gdal_type(values.dtype), "buf_obj": values}
    if isinstance(source, gdal.Dataset):
        options["band_list"] = list(bands)
    place = (window.col_off, window.row_off, window.width, window.height)
    done, error = attempt(source.ReadRaster, *place, **options)
    return (None if done is None else values), error


def write_pixels(band: Any, window: Window, values: npt.NDArray[Any]) -> str:
    """Write `(rows, cols)` into a window of a band; returns GDAL's first error, "" without one."""
    block = np.ascontiguousarray(values)
    place = (window.col_off, window.row_off, window.width, window.height)
    code, error = attempt(band.WriteRaster, *place, block, buf_type=gdal_type(block.dtype))
    return error or ("" if code == 0 else "unknown error")
