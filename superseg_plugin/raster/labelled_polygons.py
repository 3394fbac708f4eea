# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons with labels as a raster of numbers on a given grid.

A pixel has the label of the polygon that its center lies in; where polygons overlap, that of the
last one. The polygons are in memory, the pixels are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from osgeo import gdal, ogr

from ..errors import SuperSegError
from ..progress import Progress, stop_if_cancelled
from .gdal_calls import WritingError, attempt, quiet
from .grid import Grid
from .mask_polygons import memory_vectors, polygon_in_pixels
from .writer import set_georeference

# Numbers of 16 bits; fields with more different labels hold no classes.
MOST_LABELS = 65535
FIELD = "number"


def burn_labels(
    polygons: Sequence[tuple[bytes, str]],
    grid: Grid,
    path: Path,
    parameter: str,
    progress: Progress,
) -> dict[int, str]:
    """Write a raster with a number for each label, 0 = nodata.

    Args:
        polygons: WKB in coordinates of the grid, and label of each.
        grid: of the raster.
        path: the GeoTIFF to write, in a scratch folder; it has the georeference of the grid.
        parameter: Processing parameter of the polygons, for messages.
        progress: fraction that is done, and cancel.

    Returns:
        The label of each number, from 1 in the order of the labels.

    Raises:
        SuperSegError: there are too many labels, or the raster cannot be written.
        Cancelled: the user cancelled.
    """
    labels = sorted({label for _, label in polygons})
    if len(labels) > MOST_LABELS:
        raise SuperSegError(
            f"{parameter}: the field has {len(labels)} different values; choose a field that names"
            " classes."
        )
    numbers = {label: number for number, label in enumerate(labels, start=1)}
    vector = memory_vectors().CreateDataSource("")
    layer = vector.CreateLayer("labels", geom_type=ogr.wkbUnknown)
    layer.CreateField(ogr.FieldDefn(FIELD, ogr.OFTInteger))
    for wkb, label in polygons:
        shape = polygon_in_pixels(wkb, grid, parameter)
        if shape is not None:
            feature = ogr.Feature(layer.GetLayerDefn())
            feature.SetGeometry(shape)
            feature.SetField(FIELD, numbers[label])
            layer.CreateFeature(feature)
    _burn(layer, grid, path, progress)
    return dict(enumerate(labels, start=1))


def _burn(layer: Any, grid: Grid, path: Path, progress: Progress) -> None:
    def report(fraction: float, _text: str, _data: object) -> int:
        progress.report(fraction)
        return 0 if progress.cancelled() else 1

    options = ["TILED=YES", "COMPRESS=DEFLATE", "ZLEVEL=1", "SPARSE_OK=TRUE", "BIGTIFF=IF_SAFER"]
    create = gdal.GetDriverByName("GTiff").Create
    size = (grid.width, grid.height, 1, gdal.GDT_UInt16)
    target, error = attempt(create, str(path), *size, options)
    if target is None:
        raise WritingError(path, error)
    # The polygons are in pixel coordinates.
    target.SetGeoTransform((0.0, 1.0, 0.0, 0.0, 0.0, 1.0))
    target.GetRasterBand(1).SetNoDataValue(0)
    attribute = [f"ATTRIBUTE={FIELD}"]
    code, error = attempt(
        gdal.RasterizeLayer, target, [1], layer, options=attribute, callback=report
    )
    errors = [error if code != 0 else "", *set_georeference(target, grid)]
    errors.append(attempt(target.FlushCache)[1])
    with quiet() as late_errors:
        del target
    stop_if_cancelled(progress)
    for error in [*errors, *late_errors]:
        if error:
            raise WritingError(path, error)
