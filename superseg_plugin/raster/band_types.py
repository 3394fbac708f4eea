# SPDX-License-Identifier: GPL-2.0-or-later
"""Types of the numbers of bands, and which bands there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import SuperSegError
from .pixels import numpy_type


def band_type(band: Any, name: str) -> np.dtype[Any]:
    """NumPy type that holds the values of a band.

    Args:
        band: of GDAL.
        name: of the raster, for messages.

    Raises:
        SuperSegError: the band holds complex numbers.
    """
    kind = band.DataType
    dtype = numpy_type(kind)
    if dtype is None:
        raise SuperSegError(
            f"{name} has {gdal.GetDataTypeName(kind)} numbers in band {band.GetBand()}; give bands"
            " of real numbers, for example the amplitude computed with the raster calculator."
        )
    # Before 3.7 GDAL marks signed bytes by metadata of unsigned ones; int16 holds both.
    return np.dtype(np.int16) if dtype == np.int8 or is_signed_byte(band) else dtype


def is_signed_byte(band: Any) -> bool:
    """Whether metadata say that the bytes of a band have a sign."""
    # Versions of GDAL that have a type for signed bytes log a warning for this query.
    if band.DataType != gdal.GDT_Byte or hasattr(gdal, "GDT_Int8"):
        return False
    return bool(band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE") == "SIGNEDBYTE")


def buffer_type(bands: Sequence[Any], stored: np.dtype[Any]) -> np.dtype[Any]:
    """Type to read bands in: one byte a value where all have signed bytes, else `stored`.

    Args:
        bands: of GDAL.
        stored: type that holds the values of all of them.
    """
    if all(is_signed_byte(band) for band in bands):
        return np.dtype(np.uint8)
    whole = {numpy_type(band.DataType) for band in bands}
    return np.dtype(np.int8) if whole == {np.dtype(np.int8)} else stored


def with_signs(
    values: npt.NDArray[Any], signed: Sequence[bool], stored: np.dtype[Any], keep_bytes: bool
) -> npt.NDArray[Any]:
    """Return values `(bands, rows, cols)` as read in `buffer_type`, those of signed bytes signed.

    Args:
        values: changed in place.
        signed: for each band, whether it holds signed bytes that were read without their sign.
        stored: type of the result.
        keep_bytes: where all bands have signed bytes, the result is int8, which is decoded sooner.
    """
    if values.dtype.itemsize == 1 and stored.itemsize > 1:
        steps = values.view(np.int8)
        return steps if keep_bytes else steps.astype(stored)
    for values_of_band, has_sign in zip(values, signed):
        if has_sign:
            values_of_band[values_of_band > 127] -= 256
    return values


def check_numbers(bands: Sequence[int], count: int, name: str) -> None:
    """Raise `SuperSegError` unless band numbers are different ones of a raster.

    Args:
        bands: chosen, from 1.
        count: of the bands of the raster.
        name: of the raster, for messages.
    """
    for number in bands:
        if not 1 <= number <= count:
            has = "one band" if count == 1 else f"{count} bands"
            raise SuperSegError(
                f"BANDS: there is no band {number}, {name} has {has}; give band numbers from 1 on."
            )
    if len(set(bands)) != len(bands) or not bands:
        raise SuperSegError("BANDS: give at least one band, and each only once.")
