# SPDX-License-Identifier: GPL-2.0-or-later
"""A raster of classes on the grid of another raster."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

from osgeo import gdal

from ..errors import SuperSegError
from .gdal_calls import attempt, close_dataset
from .grid import Grid
from .layer_properties import LayerProperties
from .source import RasterSource

_names = itertools.count()


@contextmanager
def on_grid(source: RasterSource, grid: Grid, parameter: str) -> Iterator[RasterSource]:
    """Context with the first band of a raster on a grid, by the nearest pixel.

    Nothing is written: GDAL warps what is read. What counts as nodata in the raster or its layer
    counts as nodata here, and so does what the raster does not cover.

    Args:
        source: the raster; yielded as it is if it has the grid.
        grid: the wanted grid.
        parameter: Processing parameter of the raster, for messages.

    Raises:
        SuperSegError: it cannot be warped.
    """
    if grid.matches(source.grid):
        yield source
        return
    place = f"/vsimem/superseg-aligned-{next(_names)}.vrt"
    nodata = source.nodata[0]
    options = gdal.WarpOptions(
        format="VRT",
        srcSRS=source.grid.crs or source.grid.gcp_crs,
        dstSRS=grid.crs,
        outputBounds=_bounds(grid, source.name, parameter),
        width=grid.width,
        height=grid.height,
        resampleAlg="near",
        # Reduced copies of classes may have been made by averaging.
        overviewLevel="NONE",
        srcNodata="None" if nodata is None else nodata,
        dstNodata=nodata,
        dstAlpha=True,
    )
    try:
        opened, error = attempt(gdal.OpenEx, source.path, gdal.OF_RASTER)
        made = None
        if opened is not None:
            made, error = attempt(gdal.Warp, place, opened, options=options)
        if made is None:
            raise SuperSegError(
                f"{parameter}: {source.name} cannot be warped to the grid of the classes"
                f" ({error}); warp it first, with Warp (reproject) and nearest neighbor."
            )
        close_dataset(made)
        with RasterSource(place, [1], layer=LayerProperties("", source.layer.nodata)) as aligned:
            yield aligned
    finally:
        attempt(gdal.Unlink, place)


def _bounds(grid: Grid, name: str, parameter: str) -> tuple[float, float, float, float]:
    """Return (xmin, ymin, xmax, ymax) of a grid whose rows run from north to south.

    Raises:
        SuperSegError: the grid is another one.
    """
    geotransform = grid.geotransform
    if geotransform is not None and grid.crs and not (geotransform[2] or geotransform[4]):
        left, across, _, top, _, down = geotransform
        if across > 0 > down:
            return left, top + down * grid.height, left + across * grid.width, top
    raise SuperSegError(
        f"{parameter}: {name} has another grid than the classes, and cannot be warped to them"
        " because they are rotated, flipped or have no coordinate reference system; warp both"
        " rasters to one grid first."
    )
