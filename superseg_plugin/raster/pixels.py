# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading and writing NumPy arrays through GDAL without `osgeo.gdal_array`.

`gdal_array` is compiled against one version of NumPy and fails to load if another is imported
first, from another plugin or from PYTHONPATH. `ReadRaster` and `WriteRaster` exchange plain buffers
and work with every version.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from .gdal_calls import attempt
from .windows import Window

# GDAL has 64-bit integers from 3.5 on and signed bytes from 3.7 on.
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
    """NumPy type of a GDAL data type; None for complex types."""
    return _TYPES.get(gdal_type)


def has_gdal_type(dtype: np.dtype[Any]) -> bool:
    """Whether this version of GDAL has a NumPy type."""
    return np.dtype(dtype) in _CODES


def gdal_type(dtype: np.dtype[Any]) -> int:
    """GDAL data type of a NumPy type; KeyError if there is none."""
    return _CODES[np.dtype(dtype)]


def read_pixels(
    source: Any, window: Window, dtype: np.dtype[Any], bands: Sequence[int] = (1,)
) -> tuple[npt.NDArray[Any] | None, str]:
    """Read a window.

    Args:
        source: a GDAL dataset; or a band, with the default of `bands`.
        window: window of the raster.
        dtype: type of the result; GDAL rounds and clips to it.
        bands: band numbers, from 1.

    Returns:
        `(bands, rows, cols)`, or None if it cannot be read; and GDAL's first error, "" if there
        was none.
    """
    values = np.empty((len(bands), window.height, window.width), dtype)
    options = {"buf_type": gdal_type(values.dtype), "buf_obj": values}
    if isinstance(source, gdal.Dataset):
        options["band_list"] = list(bands)
    place = (window.col_off, window.row_off, window.width, window.height)
    done, error = attempt(source.ReadRaster, *place, **options)
    return (None if done is None else values), error


def write_pixels(band: Any, window: Window, values: npt.NDArray[Any]) -> str:
    """Write `(rows, cols)` into a window of a band; return GDAL's first error, or ""."""
    block = np.ascontiguousarray(values)
    place = (window.col_off, window.row_off, window.width, window.height)
    code, error = attempt(band.WriteRaster, *place, block, buf_type=gdal_type(block.dtype))
    return error or ("" if code == 0 else "unknown error")
