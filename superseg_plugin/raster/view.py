# SPDX-License-Identifier: GPL-2.0-or-later
"""Warping the visible part of a raster to the grid of the map canvas.

GDAL warps a file as it is. Where a layer or a run has nodata that the file does not declare, a
reduced copy with an alpha band is warped, of the nearest pixels at twice the resolution of the
canvas: an average over fill values would be wrong.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from osgeo import gdal

from ..errors import SuperSegError
from .gdal_calls import attempt, close_dataset
from .grid import UNREFERENCED
from .layer_properties import AS_THE_FILE
from .pixels import gdal_type, write_pixels
from .references import transformed
from .source import RasterSource
from .thumbnails import read_small
from .windows import Window

# Pixels of the reduced copy in a pixel of the canvas, along a side.
OVERSAMPLING = 2
# Points along each side of the canvas that are transformed to find what it shows of the raster.
EDGE_POINTS = 21


def write_view(
    image: RasterSource,
    target: Path,
    extent: tuple[float, float, float, float],
    size: tuple[int, int],
    crs: str,
    coarser: bool,
) -> None:
    """Warp a raster to the extent, size and reference system of the map canvas.

    Args:
        image: the raster, with the nodata of its layer and its run.
        target: GeoTIFF to write, with an alpha band for the pixels outside the raster.
        extent: (xmin, ymin, xmax, ymax) of the canvas, in its reference system.
        size: columns and rows of the canvas.
        crs: WKT of the canvas, "" if the raster has no reference system.
        coarser: whether the pixels of the canvas are larger than those of the raster; then the
            raster is averaged, otherwise the nearest pixel is taken.

    Raises:
        SuperSegError: the raster cannot be read or cannot be warped to that system.
    """
    source, error = attempt(gdal.OpenEx, image.path, gdal.OF_RASTER)
    if source is None:
        raise SuperSegError(f"{image.name} cannot be opened ({error}); choose another image.")
    if image.layer != AS_THE_FILE or any(image.fill_values) or image.decoding:
        source = _reduced(image, extent, size, crs)
    if source.GetGeoTransform(can_return_null=True) is None and not source.GetGCPCount():
        # QGIS displays such a raster with one unit a pixel, y upwards.
        corners = (0, 0, source.RasterXSize, -source.RasterYSize)
        source = gdal.Translate("", source, format="VRT", outputBounds=corners)
    width, height = size
    options = gdal.WarpOptions(
        format="GTiff",
        outputBounds=extent,
        width=width,
        height=height,
        dstSRS=crs or None,
        dstAlpha=True,
        resampleAlg="average" if coarser else "near",
        multithread=True,
        warpOptions=["NUM_THREADS=2"],
    )
    made, error = attempt(gdal.Warp, str(target), source, options=options)
    if made is None:
        raise SuperSegError(
            f"{image.name} cannot be warped to the map ({error}); choose another CRS for"
            " the project, or warp the raster first."
        )
    close_dataset(made)


def _reduced(
    image: RasterSource, extent: tuple[float, float, float, float], size: tuple[int, int], crs: str
) -> Any:
    """Return what the canvas shows of a raster as a GDAL dataset in memory, with an alpha band."""
    grid = image.grid
    window = _shown(image, extent, crs)
    width = min(window.width, OVERSAMPLING * size[0])
    height = min(window.height, OVERSAMPLING * size[1])
    bands = tuple(range(len(image.bands)))
    values, valid = read_small(image, window, width, height, bands)
    alpha = np.where(valid, 255, 0).astype(values.dtype)
    count = len(values) + 1
    made = gdal.GetDriverByName("MEM").Create("", width, height, count, gdal_type(values.dtype))
    write_pixels(made, Window(0, 0, width, height), np.concatenate([values, alpha[np.newaxis]]))
    made.GetRasterBand(count).SetColorInterpretation(gdal.GCI_AlphaBand)
    part = grid.cut(window)
    x, a, b, y, c, d = part.geotransform or UNREFERENCED
    across, down = window.width / width, window.height / height
    made.SetGeoTransform((x, a * across, b * down, y, c * across, d * down))
    if part.crs:
        made.SetProjection(part.crs)
    for index, name in enumerate(image.band_names, start=1):
        made.GetRasterBand(index).SetDescription(name)
    return made


def _shown(image: RasterSource, extent: tuple[float, float, float, float], crs: str) -> Window:
    """The window of a raster that an extent in another reference system covers."""
    grid = image.grid
    xmin, ymin, xmax, ymax = extent
    steps = np.linspace(0.0, 1.0, EDGE_POINTS)
    xs, ys = np.meshgrid(xmin + steps * (xmax - xmin), ymin + steps * (ymax - ymin))
    points = np.column_stack([xs.ravel(), ys.ravel()])
    if crs and grid.crs:
        points_there = transformed(points, crs, grid.crs)
        points = points if points_there is None else points_there
    pixels = grid.to_pixels(points[np.isfinite(points).all(axis=1)])
    if not len(pixels):
        return grid.window
    low = np.floor(pixels.min(axis=0)).astype(int) - 1
    high = np.ceil(pixels.max(axis=0)).astype(int) + 1
    found = Window(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))
    shown = found.intersection(grid.window)
    return shown if shown.width * shown.height else grid.window
