# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters of the benchmarks: read whole or in part, written, moved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from osgeo import gdal, gdal_array

from superseg_plugin.raster.grid import UNREFERENCED
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.windows import Window
from superseg_plugin.raster.writer import RasterProfile, RasterWriter


def open_part(path: Path, window: Window | None) -> RasterSource:
    """Open a raster, cut to a window by its EXTENT."""
    if window is None:
        return RasterSource(str(path))
    with RasterSource(str(path)) as whole:
        x, across, _, y, _, down = whole.grid.geotransform or UNREFERENCED
    left, right = x + window.col_off * across, x + (window.col_off + window.width) * across
    top, bottom = y + window.row_off * down, y + (window.row_off + window.height) * down
    extent = (min(left, right), min(top, bottom), max(left, right), max(top, bottom))
    return RasterSource(str(path), extent=extent)


def read_all(path: Path, window: Window | None = None) -> tuple[npt.NDArray, npt.NDArray[np.bool_]]:
    """All pixels `(bands, rows, cols)`, or those of a window, and their validity."""
    with RasterSource(str(path)) as source:
        return source.read(window or source.grid.window)


def read_classes(path: Path, window: Window | None = None) -> npt.NDArray[np.uint8]:
    """Numbers `(rows, cols)` of a map or reference, 0 for nodata."""
    values, valid = read_all(path, window)
    return np.where(valid, values[0], 0).astype(np.uint8)


def write_classes(target: Path, source: RasterSource, classes: npt.NDArray[np.uint8]) -> None:
    """Write a map of a whole scene."""
    with RasterWriter(str(target), source.grid, RasterProfile(1, np.uint8, nodata=0)) as writer:
        writer.write(source.grid.window, classes)


def write_moved(image: Path, target: Path, shift: int) -> None:
    """Write a scene with `shift` columns and rows of nodata before it, at the same coordinates."""
    with RasterSource(str(image)) as source:
        grid, dtype = source.grid, source.dtype
        values, valid = source.read(grid.window)
    place = Window(-shift, -shift, grid.width + shift, grid.height + shift)
    moved = grid.cut(place)
    driver = gdal.GetDriverByName("GTiff")
    kind = gdal_array.NumericTypeCodeToGDALTypeCode(dtype)
    target.unlink(missing_ok=True)
    dataset = driver.Create(
        str(target), moved.width, moved.height, len(values), kind, ["TILED=YES"]
    )
    if moved.geotransform is not None:
        dataset.SetGeoTransform(moved.geotransform)
    dataset.SetProjection(moved.crs)
    for number, band in enumerate(values, 1):
        dataset.GetRasterBand(number).WriteArray(band, shift, shift)
    dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
    mask = dataset.GetRasterBand(1).GetMaskBand()
    mask.WriteArray(valid.astype(np.uint8) * 255, shift, shift)
    # GDAL writes both when they are deleted.
    del mask, dataset
