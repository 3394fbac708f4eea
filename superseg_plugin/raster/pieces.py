# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters of pieces that several computers write: a file for each, and a virtual raster of all.

A piece is written once, as a whole, under a name that no other piece has: a computer that is lost
leaves nothing that is half written, and one that repeats its work writes the same again.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import SuperSegError
from .gdal_calls import WritingError, attempt, closing_dataset, first_error, open_raster
from .grid import Grid
from .pixels import gdal_type, read_pixels
from .windows import Window
from .writer import BLOCK, RasterProfile, RasterWriter, set_georeference

# A source of a band of a VRT, which is not opened before it is read.
SOURCE = (
    '<SimpleSource><SourceFilename relativeToVRT="1">{name}</SourceFilename>'
    '<SourceBand>1</SourceBand><SourceProperties RasterXSize="{width}" RasterYSize="{height}" '
    'DataType="{type}" BlockXSize="{block}" BlockYSize="{block}"/>'
    '<SrcRect xOff="0" yOff="0" xSize="{width}" ySize="{height}"/>'
    '<DstRect xOff="{col}" yOff="{row}" xSize="{width}" ySize="{height}"/></SimpleSource>'
)


class Piece(NamedTuple):
    """A file and its place in the raster."""

    name: str
    window: Window

    @classmethod
    def of(cls, kind: str, window: Window) -> Piece:
        """The piece of a window; windows of one kind differ."""
        return cls(f"{kind}-{'-'.join(map(str, window.numbers))}.tif", window)


def write_piece(path: Path, values: npt.NDArray[Any]) -> None:
    """Write a piece `(rows, cols)`, an uncompressed GeoTIFF, whole or not at all.

    Raises:
        SuperSegError: the disk is full or the file cannot be written.
    """
    partial = path.with_name(f"partial-{uuid.uuid4().hex}.tif")
    grid = Grid(values.shape[1], values.shape[0])
    try:
        with RasterWriter(partial, grid, RasterProfile(1, values.dtype, compress=False)) as writer:
            writer.write(grid.window, values)
        os.replace(partial, path)
    except OSError as error:
        raise WritingError(str(path), error.strerror or "unknown error") from None
    finally:
        partial.unlink(missing_ok=True)


def read_piece(path: Path, window: Window, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Read a window of a piece, `(rows, cols)`.

    Raises:
        SuperSegError: it cannot be read.
    """
    values, error = read_pixels(open_raster(str(path)), window, np.dtype(dtype))
    if values is None or error:
        raise SuperSegError(f"{path} cannot be read ({error}); it is a file of this run.")
    labels: npt.NDArray[Any] = values[0]
    return labels


def join_pieces(path: Path, grid: Grid, profile: RasterProfile, pieces: Sequence[Piece]) -> None:
    """Write a virtual raster of one band whose pieces lie in its folder.

    Args:
        path: of the raster; GDAL knows it by its content, whatever its extension.
        grid: size and georeference.
        profile: type, nodata and name of the band.
        pieces: those that come later lie above those before.

    Raises:
        SuperSegError: it cannot be written.
    """
    dtype = gdal_type(np.dtype(profile.dtype))
    driver = gdal.GetDriverByName("VRT")
    made, error = attempt(driver.Create, str(path), grid.width, grid.height, 1, dtype)
    if made is None:
        raise WritingError(str(path), error)
    with closing_dataset(made) as errors:
        errors += set_georeference(made, grid)
        band = made.GetRasterBand(1)
        if profile.nodata is not None:
            errors.append(attempt(band.SetNoDataValue, profile.nodata)[1])
        for index, (name, place) in enumerate(pieces):
            source = SOURCE.format(
                name=name,
                type=gdal.GetDataTypeName(dtype),
                block=BLOCK,
                col=place.col_off,
                row=place.row_off,
                width=place.width,
                height=place.height,
            )
            added = attempt(band.SetMetadataItem, f"source_{index}", source, "new_vrt_sources")
            errors.append(added[1])
    error = first_error(errors)
    if error:
        raise WritingError(str(path), error)
