# SPDX-License-Identifier: GPL-2.0-or-later
"""Small rasters made on the spot.

GDAL is imported only by the helpers that write files, so that tests of the engine run where there
is neither GDAL nor QGIS.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
if str(REPOSITORY) not in sys.path:
    sys.path.insert(0, str(REPOSITORY))

UTM = 32632
GEOTRANSFORM = (500000.0, 2.0, 0.0, 5200000.0, 0.0, -2.0)

GDAL_TYPES = {
    "uint8": "GDT_Byte",
    "uint16": "GDT_UInt16",
    "int16": "GDT_Int16",
    "uint32": "GDT_UInt32",
    "int32": "GDT_Int32",
    "int64": "GDT_Int64",
    "uint64": "GDT_UInt64",
    "float32": "GDT_Float32",
    "float64": "GDT_Float64",
}


def write_raster(
    path,
    values,
    *,
    geotransform=GEOTRANSFORM,
    epsg=UTM,
    nodata=None,
    mask=None,
    alpha=None,
    gcps=None,
    names=(),
    driver="GTiff",
    options=(),
):
    """Write `(bands, rows, cols)` or `(rows, cols)` values to a raster and return its path as text.

    Args:
        path: Where to write.
        values: The pixels; their dtype becomes the raster's.
        geotransform: Six numbers, or None for a raster without.
        epsg: Code of the CRS, or None.
        nodata: Declared for every band where given.
        mask: `(rows, cols)` booleans, True where valid; becomes a mask band in the file.
        alpha: `(rows, cols)` uint8; appended as an alpha band.
        gcps: `(col, row, x, y)` tuples; written in place of the geotransform.
        names: Band descriptions.
        driver: GDAL driver.
        options: Creation options of the driver.
    """
    from osgeo import gdal, osr

    values = np.asarray(values)
    if values.ndim == 2:
        values = values[np.newaxis]
    if alpha is not None:
        values = np.concatenate([values, np.asarray(alpha, values.dtype)[np.newaxis]])
    count, rows, cols = values.shape
    # A mask band goes into the file itself: a sidecar would be one more thing to move.
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
    data_type = getattr(gdal, GDAL_TYPES[values.dtype.name])
    dataset = gdal.GetDriverByName(driver).Create(
        str(path), cols, rows, count, data_type, list(options)
    )
    reference = ""
    if epsg is not None:
        system = osr.SpatialReference()
        system.ImportFromEPSG(epsg)
        reference = system.ExportToWkt()
    if gcps is not None:
        points = [gdal.GCP(x, y, 0.0, col, row) for col, row, x, y in gcps]
        dataset.SetGCPs(points, reference)
    else:
        if geotransform is not None:
            dataset.SetGeoTransform(geotransform)
        if reference:
            dataset.SetProjection(reference)
    if mask is not None:
        dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
    for index in range(count):
        band = dataset.GetRasterBand(index + 1)
        if nodata is not None:
            band.SetNoDataValue(nodata)
        if index < len(names):
            band.SetDescription(names[index])
        if alpha is not None and index == count - 1:
            band.SetColorInterpretation(gdal.GCI_AlphaBand)
        band.WriteArray(values[index])
    if mask is not None:
        chosen = np.asarray(mask, bool).astype(np.uint8) * 255
        dataset.GetRasterBand(1).GetMaskBand().WriteArray(chosen)
    dataset.FlushCache()
    dataset = None
    return str(path)


def read_raster(path):
    """Return the pixels of a raster as `(bands, rows, cols)`."""
    from osgeo import gdal

    dataset = gdal.Open(str(path))
    values = dataset.ReadAsArray()
    return values[np.newaxis] if values.ndim == 2 else values


def quarters(rows=64, cols=64, bands=3, dtype="uint8", seed=0):
    """Make an image of four noisy fields, one in each quarter, and their numbers 1 to 4.

    Returns:
        `(bands, rows, cols)` pixels and `(rows, cols)` uint8 field numbers.
    """
    generator = np.random.default_rng(seed)
    fields = np.ones((rows, cols), np.uint8)
    fields[:, cols // 2 :] += 1
    fields[rows // 2 :] += 2
    levels = np.linspace(40, 200, 4)
    image = np.empty((bands, rows, cols))
    for band in range(bands):
        image[band] = np.roll(levels, band)[fields - 1]
    image += generator.normal(0, 4, image.shape)
    return np.clip(np.rint(image), 0, 255).astype(dtype), fields


def blocks(rows=64, cols=64, size=8):
    """Make `(rows, cols)` uint32 square superpixels numbered from 1."""
    row, col = np.indices((rows, cols)) // size
    return (row * (-(-cols // size)) + col + 1).astype(np.uint32)


@pytest.fixture
def scene(tmp_path):
    """A 64 x 64 image of three Byte bands with four fields, and the field numbers."""
    image, fields = quarters()
    return write_raster(tmp_path / "scene.tif", image), fields
