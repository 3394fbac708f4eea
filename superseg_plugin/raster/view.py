# SPDX-License-Identifier: GPL-2.0-or-later
"""What a map shows of a raster, as a small raster of its own."""

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
    """Write the part of a raster that a map shows, in the map's own system and pixels.

    Args:
        path: GDAL's name of the raster.
        target: the GeoTIFF to write; it gets an alpha band.
        extent: (xmin, ymin, xmax, ymax) of the map.
        size: columns and rows of the map.
        crs: WKT of the map, "" where the raster has no reference system.
        coarser: the map's pixels are larger than the raster's, so that they are averaged.

    Raises:
        SuperSegError: the raster cannot be read, or not be brought into that system.
    """
    source, error = attempt(gdal.OpenEx, path, gdal.OF_RASTER)
    if source is None:
        raise SuperSegError(f"{Path(path).name} cannot be opened ({error}); choose another image.")
    if source.GetGeoTransform(can_return_null=True) is None and not source.GetGCPCount():
        # QGIS shows such a raster with one unit a pixel, y upwards.
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
            f"{Path(path).name} cannot be brought onto the map ({error}); choose another CRS for"
            " the project, or warp the raster first."
        )
    made.FlushCache()
