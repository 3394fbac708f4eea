# SPDX-License-Identifier: GPL-2.0-or-later
"""Warping the visible part of a raster to the grid of the map canvas."""

from __future__ import annotations

from pathlib import Path

from osgeo import gdal

from ..errors import SuperSegError
from .gdal_calls import attempt


def write_view(
    path: str,
    target: Path,
    extent: tuple[float, float, float, float],
    size: tuple[int, int],
    crs: str,
    coarser: bool,
) -> None:
    """Warp a raster to the extent, size and reference system of the map canvas.

    Args:
        path: GDAL name of the raster.
        target: GeoTIFF to write, with an alpha band for the pixels outside the raster.
        extent: (xmin, ymin, xmax, ymax) of the canvas, in its reference system.
        size: columns and rows of the canvas.
        crs: WKT of the canvas, "" if the raster has no reference system.
        coarser: whether the pixels of the canvas are larger than those of the raster; then the
            raster is averaged, otherwise the nearest pixel is taken.

    Raises:
        SuperSegError: the raster cannot be read or cannot be warped to that system.
    """
    source, error = attempt(gdal.OpenEx, path, gdal.OF_RASTER)
    if source is None:
        raise SuperSegError(f"{Path(path).name} cannot be opened ({error}); choose another image.")
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
            f"{Path(path).name} cannot be warped to the map ({error}); choose another CRS for"
            " the project, or warp the raster first."
        )
    made.FlushCache()
