# SPDX-License-Identifier: GPL-2.0-or-later
"""Type of the numbers of a band."""

from __future__ import annotations

from typing import Any

import numpy as np
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
            f"BANDS: band {band.GetBand()} of {name} holds"
            f" {gdal.GetDataTypeName(kind)} numbers; give bands of real numbers, for example"
            " the amplitude computed with the raster calculator."
        )
    # Before 3.7 GDAL marks signed bytes by metadata of unsigned ones; int16 holds both.
    return np.dtype(np.int16) if dtype == np.int8 or is_signed_byte(band) else dtype


def is_signed_byte(band: Any) -> bool:
    """Whether metadata say that the bytes of a band have a sign."""
    # Versions of GDAL that have a type for signed bytes log a warning for this query.
    if band.DataType != gdal.GDT_Byte or hasattr(gdal, "GDT_Int8"):
        return False
    return bool(band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE") == "SIGNEDBYTE")
