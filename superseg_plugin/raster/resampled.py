# SPDX-License-Identifier: GPL-2.0-or-later
"""A raster of measurements on the grid of another raster.

Idea: GDAL warps what is read, from a virtual raster in memory; nothing is written. Larger or
similar pixels are interpolated (bilinear), pixels that are at most half as wide are averaged. The
nearest pixel is taken of bytes of AlphaEarth's vectors, whose scale is not linear, and of bands
with several nodata values. Nodata takes no part, and what the raster does not cover is nodata.
Exact where the grids are the same: the raster is then read as it is. Approximate: the
interpolation.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from osgeo import gdal

from ..errors import SuperSegError
from .gdal_calls import attempt, close_dataset, open_raster
from .grid import Grid
from .ground import pixel_side
from .layer_properties import AS_THE_FILE, LayerProperties
from .references import transformed
from .source import RasterSource
from .vectors import Vectors

PARAMETER = "ADDITIONAL_RASTERS"
NEAREST, BILINEAR, AVERAGE = "near", "bilinear", "average"
# Pixels of at most this share of the width of those of the grid are averaged.
FINER = 0.5
# Points along each side of the grid that its extent in another reference system is found from.
SIDE_POINTS = 21
# No value of a band: larger ones are nodata to every reader.
NO_VALUE = 1e30

_names = itertools.count()


class ResampledRaster:
    """A raster on the grid of another one, open for reading.

    Args:
        path: of the raster.
        like: raster with the wanted grid, cut to its extent.
        bands: band numbers; None for all but alpha.
        layer: reference system and nodata of the layer in QGIS that shows the raster.

    Attributes:
        original: the raster on its own grid, the part that may overlap.
        source: the raster on the wanted grid.
        method: NEAREST, BILINEAR or AVERAGE; "" where the grids are the same.

    Raises:
        SuperSegError: it cannot be read, is not georeferenced, or does not overlap.
    """

    def __init__(
        self,
        path: str,
        like: RasterSource,
        bands: Sequence[int] | None = None,
        layer: LayerProperties = AS_THE_FILE,
    ) -> None:
        self._like, self._place = like, f"/vsimem/superseg-resampled-{next(_names)}.vrt"
        self.method = ""
        try:
            with RasterSource(path, bands, layer=layer) as whole:
                self._same = like.full_grid.matches(whole.grid)
                part = None if self._same else _overlap(whole, like)
            self.original = RasterSource(path, bands, part, layer=layer)
        except SuperSegError as error:
            text = str(error).removeprefix("BANDS: ")
            raise SuperSegError(
                text if text.startswith(PARAMETER) else f"{PARAMETER}: {text}"
            ) from None
        self.source = self.original
        if self._same:
            # By pixels, as an extent is not exact in every georeference.
            self.source.grid, self.source.offset = like.grid, like.offset
        try:
            self.align()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close both rasters; a second call has no effect."""
        self.source.close()
        self.original.close()
        attempt(gdal.Unlink, self._place)

    def align(self) -> None:
        """Open the raster on the wanted grid by what is known of its values now.

        Call it again after bands, fill values and kind of `original` are found.
        """
        original = self.original
        if self._same:
            return
        if self.source is not original:
            self.source.close()
            attempt(gdal.Unlink, self._place)
        self._warp()
        nodata = original.layer.nodata
        source = RasterSource(self._place, original.bands, layer=LayerProperties("", nodata))
        # The virtual raster declares none of the file's nodata values.
        source.restrict(range(len(original.bands)), self._finite_nodata())
        source.read_as(original.kind, original.decoding)
        source.band_names, source.units = original.band_names, original.units
        source.path, source.picture = original.path, original.picture
        source.number_type = original.number_type
        self.source = source

    def _warp(self) -> None:
        original, grid = self.original, self._like.grid
        decoding, opened = original.decoding, open_raster(original.path)
        how: dict[str, Any]
        of_bytes = isinstance(decoding, Vectors) and decoding.of_bytes
        # GDAL keeps one nodata value of a band out of the interpolation.
        if of_bytes or any(len(known) > 1 for known in self._finite_nodata()):
            self.method = NEAREST
            how = {"srcNodata": "None", "dstAlpha": True}
        else:
            width, wanted = pixel_side(original.grid), pixel_side(grid)
            finer = width is not None and wanted is not None and width <= FINER * wanted
            self.method = AVERAGE if finer else BILINEAR
            wide = original.number_type.itemsize > 2 and original.number_type != np.float32
            how = {
                "srcNodata": " ".join(self._nodata(opened.RasterCount)),
                "dstNodata": "nan",
                "outputType": gdal.GDT_Float64 if wide else gdal.GDT_Float32,
                # Each band by itself: which pixels are valid is decided when they are read.
                "warpOptions": ["UNIFIED_SRC_NODATA=NO", "INIT_DEST=NO_DATA"],
            }
        options = gdal.WarpOptions(
            format="VRT",
            srcSRS=original.full_grid.crs,
            dstSRS=grid.crs,
            outputBounds=_bounds(grid, self._like.name),
            width=grid.width,
            height=grid.height,
            resampleAlg=self.method,
            overviewLevel="NONE",
            **how,
        )
        made, error = attempt(gdal.Warp, self._place, opened, options=options)
        if made is None:
            raise SuperSegError(
                f"{PARAMETER}: {original.name} cannot be warped to the grid of"
                f" {self._like.name} ({error}); warp it first, with Warp (reproject)."
            )
        close_dataset(made)

    def _nodata(self, count: int) -> list[str]:
        """Nodata of every band of the file, as texts."""
        original = self.original
        values = [NO_VALUE] * count
        for number, known in zip(original.bands, self._finite_nodata()):
            if known:
                values[number - 1] = known[0]
            elif original.number_type.kind == "f":
                values[number - 1] = math.nan
        return [repr(float(value)) for value in values]

    def _finite_nodata(self) -> list[list[float]]:
        """Declared nodata and fill values of each chosen band; NaN is nodata anyway."""
        found = []
        for declared, further in zip(self.original.nodata, self.original.fill_values):
            values = set(further)
            if declared is not None and math.isfinite(declared):
                values.add(float(declared))
            found.append(sorted(values))
        return found


def _overlap(raster: RasterSource, like: RasterSource) -> tuple[float, float, float, float]:
    """Extent (xmin, ymin, xmax, ymax) of a grid in the coordinates of a raster.

    Raises:
        SuperSegError: a raster is not georeferenced, or they do not overlap.
    """
    for each in (like, raster):
        other = "it" if each is raster else raster.name
        if each.full_grid.geotransform is None and (each.full_grid.gcps or each.full_grid.rpc):
            raise SuperSegError(
                f"{PARAMETER}: {each.name} is placed by ground control points or a sensor model"
                f" only, so that {other} cannot be brought to the grid of {like.name}; warp it"
                " first, with Warp (reproject)."
            )
        if each.full_grid.geotransform is None or not each.full_grid.crs:
            raise SuperSegError(
                f"{PARAMETER}: {each.name} has no coordinate reference system, so that"
                f" {other} cannot be brought to the grid of {like.name}; set it with Assign"
                " projection, or give rasters of the same size and place."
            )
    steps = np.linspace(0, 1, SIDE_POINTS)
    across, down = np.meshgrid(steps * like.grid.width, steps * like.grid.height)
    points = like.grid.to_coordinates(np.column_stack([across.ravel(), down.ravel()]))
    there = transformed(points, like.full_grid.crs, raster.full_grid.crs)
    if there is not None:
        there = there[np.isfinite(there).all(axis=1)]
    if there is None or not len(there):
        raise SuperSegError(
            f"{PARAMETER}: there is no transformation from the coordinates of {like.name} to"
            f" those of {raster.name}; warp it first, with Warp (reproject)."
        )
    (left, low), (right, high) = there.min(axis=0).tolist(), there.max(axis=0).tolist()
    try:
        raster.full_grid.window_of_extent(left, low, right, high)
    except SuperSegError:
        raise SuperSegError(
            f"{PARAMETER}: {raster.name} does not overlap {like.name}; choose a raster of"
            " the same place, or check the coordinate reference systems of both."
        ) from None
    return left, low, right, high


def _bounds(grid: Grid, name: str) -> tuple[float, float, float, float]:
    """Left, last row, right, first row of a grid, as GDAL takes them also if rows go north.

    Raises:
        SuperSegError: the grid is rotated.
    """
    left, across, row_skew, top, column_skew, down = grid.geotransform or (0, 1, 1, 0, 1, 1)
    if row_skew or column_skew or across <= 0:
        raise SuperSegError(
            f"{PARAMETER}: {name} is rotated or mirrored, so that rasters of another grid"
            " cannot be brought to it; warp that image first, with Warp (reproject)."
        )
    return left, top + down * grid.height, left + across * grid.width, top
