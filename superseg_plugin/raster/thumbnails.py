# SPDX-License-Identifier: GPL-2.0-or-later
"""Reduced copies of rasters, and images for the HTML reports."""

from __future__ import annotations

import base64
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import SuperSegError
from .gdal_calls import attempt, close_dataset
from .source import RasterSource
from .stack import rasters_of
from .windows import Window

JPEG_QUALITY = 88
_names = itertools.count()

Array = npt.NDArray[Any]
Bytes = npt.NDArray[np.uint8]


def read_small(
    source: RasterSource, window: Window, width: int, height: int, bands: tuple[int, ...] = (0,)
) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Read a window at reduced resolution (nearest pixels), from overviews if there are any.

    Memory use is that of the result. Mask polygons of the source are ignored.

    Args:
        source: the raster; of several, the first.
        window: window of its grid.
        width: columns of the result, at most those of the window.
        height: rows of the result, at most those of the window.
        bands: indices from 0 into `source.bands`.

    Returns:
        Values `(bands, height, width)` and validity `(height, width)`.

    Raises:
        SuperSegError: the raster cannot be read.
    """
    source = rasters_of(source)[0]
    col, row = source.offset
    place = f"/vsimem/superseg-{next(_names)}.vrt"
    options = gdal.TranslateOptions(
        format="VRT",
        width=width,
        height=height,
        srcWin=[window.col_off + col, window.row_off + row, window.width, window.height],
    )
    try:
        # gdal.Translate with a name raises exceptions if the file cannot be opened, whatever the
        # setting of GDAL; with a dataset it does not.
        large, error = attempt(gdal.OpenEx, source.path, gdal.OF_RASTER | gdal.OF_VERBOSE_ERROR)
        small = None
        if large is not None:
            small, error = attempt(gdal.Translate, place, large, options=options)
        if small is None:
            raise SuperSegError(f"{source.name} cannot be read ({error}); open it again.")
        close_dataset(small)
        # Whether a pixel of an embedding is valid is seen by all of its bands.
        wanted, decoding = list(bands), source.decoding
        read = list(range(len(source.bands))) if decoding else wanted
        with RasterSource(place, [source.bands[i] for i in read], layer=source.layer) as copy:
            copy.restrict(range(len(read)), [source.fill_values[i] for i in read])
            copy.read_as(source.kind, decoding)
            values, valid = copy.read(copy.grid.window)
            return (values[wanted] if decoding else values), valid
    except SuperSegError as error:
        # The message names the raster, not its reduced copy.
        raise SuperSegError(str(error).replace(Path(place).name, source.name)) from None
    finally:
        attempt(gdal.Unlink, place)


def rgb_data_url(pixels: Bytes, valid: npt.NDArray[np.bool_]) -> str:
    """Encode an RGB image `(3, rows, cols)` as a data URL; invalid pixels are transparent."""
    if valid.all() and gdal.GetDriverByName("JPEG"):
        return _picture(pixels, "JPEG", [f"QUALITY={JPEG_QUALITY}"])
    alpha = np.where(valid, 255, 0).astype(np.uint8)
    return _picture(np.concatenate([pixels, alpha[np.newaxis]]), "PNG", [])


def class_data_url(numbers: Bytes, colors: Bytes) -> str:
    """Encode a class map `(rows, cols)` with its colors as a data URL.

    Args:
        numbers: class numbers; 0 is transparent.
        colors: `(k, 3)` red, green, blue of the classes 1 to k.
    """
    palette = gdal.ColorTable()
    palette.SetColorEntry(0, (0, 0, 0, 0))
    for value, color in enumerate(colors.tolist(), start=1):
        palette.SetColorEntry(value, (*color, 255))
    return _picture(numbers[np.newaxis], "PNG", [], palette)


def _picture(pixels: Bytes, driver: str, options: list[str], palette: Any = None) -> str:
    count, rows, cols = pixels.shape
    drawn = gdal.GetDriverByName("MEM").Create("", cols, rows, count, gdal.GDT_Byte)
    for index in range(count):
        band = drawn.GetRasterBand(index + 1)
        band.WriteRaster(0, 0, cols, rows, np.ascontiguousarray(pixels[index]).tobytes())
        if palette is not None:
            band.SetRasterColorTable(palette)
    if count == 4:
        drawn.GetRasterBand(4).SetColorInterpretation(gdal.GCI_AlphaBand)
    place = f"/vsimem/superseg-{next(_names)}.{driver.lower()}"
    made, error = attempt(gdal.GetDriverByName(driver).CreateCopy, place, drawn, 0, options)
    try:
        if made is None:
            raise SuperSegError(f"An image for the report cannot be created ({error}).")
        close_dataset(made)
        content = _content(place)
    finally:
        for name in (place, f"{place}.aux.xml"):
            attempt(gdal.Unlink, name)
    return f"data:image/{driver.lower()};base64,{base64.b64encode(content).decode('ascii')}"


def _content(place: str) -> bytes:
    size = gdal.VSIStatL(place).size
    file = gdal.VSIFOpenL(place, "rb")
    try:
        return bytes(gdal.VSIFReadL(1, size, file))
    finally:
        gdal.VSIFCloseL(file)
