# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a raster format can hold a result, found out before the work.

What a GDAL driver declares about itself does not tell: one takes three bands and writes one,
another drops the reference system or changes the type. So a raster of 4 x 3 pixels with the
georeference, bands and data type of the result is written into a temporary folder, with a class
table where the result has one, and read back: a few milliseconds, once for each question. GeoTIFF
holds every result and is not tried.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from osgeo import gdal

from ..errors import SuperSegError
from .class_table import ClassTable, read_class_table, write_class_table
from .gdal_calls import WritingError
from .grid import Grid
from .references import same_reference
from .source import RasterSource
from .writer import RasterProfile, RasterWriter, driver_for

WIDTH, HEIGHT = 4, 3
# Large enough that float32 and 16-bit integers cannot hold it.
LARGE_ID = 2**24 + 1


@dataclass(frozen=True)
class Content:
    """What a result consists of.

    Attributes:
        count: number of bands.
        dtype: type of the pixels by its NumPy name.
        nodata: value of invalid pixels; None if a mask band marks them.
        class_table: whether names and colors of classes are stored.
    """

    count: int
    dtype: str
    nodata: float | None
    class_table: bool = False


CLASSES = Content(1, "uint8", 0, class_table=True)
SUPERPIXELS = Content(1, "uint32", 0)
CONFIDENCE = Content(1, "uint8", 255)
SIMILARITY = Content(1, "float32", -9999.0)


def check_format(path: str | Path, name: str, content: Content, grid: Grid) -> str:
    """Check that the format of an output can hold it.

    Args:
        path: final path of the output; its extension must be that of a GDAL driver.
        name: Processing parameter of the output, for the message.
        content: bands, type and nodata value of the result.
        grid: georeference of the result; its size does not matter.

    Returns:
        What the format does not keep though the result is usable, as a sentence for the log; ""
        if it keeps all.

    Raises:
        SuperSegError: it cannot hold the result; the message names the parameter and the remedy.
    """
    driver = driver_for(path)
    if driver is None or driver == "GTiff":
        return ""
    small = Grid(WIDTH, HEIGHT, grid.geotransform, grid.crs, grid.gcps, grid.gcp_crs)
    lost, has_table = _lost(Path(path).suffix.lower(), content, small)
    title = gdal.GetDriverByName(driver).GetMetadataItem("DMD_LONGNAME") or driver
    if lost:
        raise SuperSegError(
            f"{name}: {Path(path).name} would be a file of the format {title}, which cannot hold "
            f"this result ({lost}); give a name that ends in .tif."
        )
    if content.class_table and not has_table:
        return (
            f"{name}: the format {title} does not keep the table of the classes with their names "
            "and colors; a name that ends in .tif keeps it."
        )
    return ""


@lru_cache(maxsize=256)
def _lost(extension: str, content: Content, grid: Grid) -> tuple[str, bool]:
    """Return what a format loses, "" if nothing, and whether it keeps the class table."""
    folder = tempfile.mkdtemp()
    path = Path(folder) / f"probe{extension}"
    values = _values(content)
    try:
        profile = RasterProfile(
            content.count, content.dtype, content.nodata, with_mask=content.nodata is None
        )
        with RasterWriter(path, grid, profile) as writer:
            writer.write(grid.window, values)
            if content.nodata is None:
                writer.write_mask(grid.window, values[0] > 0)
        if content.class_table:
            write_class_table(path, _table())
        has_table = content.class_table and read_class_table(path) is not None
        with RasterSource(str(path)) as source:
            return _difference(source, values, grid), has_table
    except WritingError as error:
        return error.reason, False
    except SuperSegError as error:
        return str(error).replace(folder, ""), False
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _values(content: Content) -> np.ndarray:
    """Return `(bands, HEIGHT, WIDTH)`: the first pixel is invalid, the bands differ."""
    dtype = np.dtype(content.dtype)
    values = np.arange(WIDTH * HEIGHT).reshape(1, HEIGHT, WIDTH) % 200
    values = np.array((values + np.arange(content.count)[:, None, None]) % 250, dtype)
    if dtype.kind in "ui" and dtype.itemsize >= 4:
        values[:, 0, 1] = LARGE_ID
    values[:, 0, 0] = 0 if content.nodata is None else dtype.type(content.nodata)
    return values


def _difference(source: RasterSource, values: np.ndarray, grid: Grid) -> str:
    found = source.grid
    if (found.geotransform is None, len(found.gcps)) != (
        grid.geotransform is None,
        len(grid.gcps),
    ):
        return "it keeps no georeference"
    if (grid.crs and not found.crs) or not same_reference(found.crs, grid.crs):
        return "it does not keep the coordinate reference system"
    if not found.matches(grid):
        return "it does not keep the georeference"
    pixels, valid = source.read(grid.window)
    if pixels.shape != values.shape:
        return f"it holds {len(pixels)} of {len(values)} bands"
    if valid[0, 0] or not valid[1:].all():
        return "it does not keep nodata"
    if not (pixels[:, valid] == values[:, valid]).all():
        return "it does not keep the values"
    return ""


def _table() -> ClassTable:
    return ClassTable(
        names=("A", "B"),
        colors=np.array([(10, 20, 30), (200, 100, 50)], np.uint8),
        counts=np.array([1, 2]),
        areas=np.array([1.0, 2.0]),
        means=np.zeros((2, 1)),
        band_names=("a",),
    )
