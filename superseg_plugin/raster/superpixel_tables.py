# SPDX-License-Identifier: GPL-2.0-or-later
"""The file of superpixels beside a class raster, `<class raster>.superseg.tif`.

A GeoTIFF with several pages, which GDAL, QGIS and other TIFF readers open. Page 1 is the raster of
superpixel ids with the georeference and overviews; the others are tables, one column of pixels for
each superpixel (or pair of neighbors) and one band for each property, whose name is the band's
description:

    1  ids          UInt32, 0 = nodata, 1 to n
    2  superpixels  Float64: pixels, area, class, confidence, leaf, row, column
    3  means        Float32: mean value of each band of the image
    4  features     Float32: what the classes are distinguished by
    5  neighbors    Int32: first and second superpixel from 1, length of the common border

Page 1 has the version and the tree of the classes as metadata. Every pixel of the class raster has
the class of its superpixel, so that another array of classes is another map. Tables are read when
they are first needed; ids are read by window.

In GDAL, page 3 of `classes.tif.superseg.tif` is the dataset `GTIFF_DIR:3:classes.tif.superseg.tif`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from .gdal_calls import WritingError, attempt, closing_dataset, first_error
from .pixels import gdal_type, write_pixels
from .windows import Window

ENDING = ".superseg.tif"
VERSION = "SUPERSEG_SUPERPIXELS"
TREE = "SUPERSEG_TREE"
CURRENT = 1
# Numbers of the pages; page 1 holds the ids.
SUPERPIXELS, MEANS, FEATURES, NEIGHBORS = range(2, 6)
COLUMNS = ("pixels", "area", "class", "confidence", "leaf", "row", "column")
# A table of more superpixels than this does not fit into a row of a TIFF.
MOST_SUPERPIXELS = 2**27


@dataclass(frozen=True)
class SuperpixelTables:
    """What is known of the superpixels 1 to n of a class raster; row i belongs to i + 1.

    Attributes:
        pixels: `(n,)` int64 valid pixels.
        areas: `(n,)` float64 square meters, or square units of a raster without reference system.
        classes: `(n,)` uint8 class in the class raster, from 1; 0 for a superpixel without pixels.
        confidence: `(n,)` float32 0 to 1.
        leaf: `(n,)` int64 leaf of the tree of classes, from 0.
        place: `(n, 2)` int64 row and column of a pixel inside.
        means: `(n, bands)` float32 mean values of the image; NaN if unknown.
        features: `(n, d)` float32 that the classes are distinguished by.
        pairs: `(m, 2)` int32 rows of neighbors, each pair once.
        lengths: `(m,)` int32 length of the common border in pixel edges.
        tree: arrays of the `ClassTree` by name.
        band_names: of the columns of `means`.
    """

    pixels: npt.NDArray[np.int64]
    areas: npt.NDArray[np.float64]
    classes: npt.NDArray[np.uint8]
    confidence: npt.NDArray[np.float32]
    leaf: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    means: npt.NDArray[np.float32]
    features: npt.NDArray[np.float32]
    pairs: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.int32]
    tree: Mapping[str, npt.NDArray[Any]]
    band_names: tuple[str, ...]


def superpixel_file_of(class_raster: str | Path) -> Path:
    """Return the path of the file of superpixels of a class raster, whether or not it exists."""
    path = Path(class_raster)
    return path.with_name(path.name + ENDING)


def append_tables(path: str | Path, tables: SuperpixelTables) -> None:
    """Append the tables to a GeoTIFF of superpixel ids, which has no overviews yet.

    Args:
        path: of the GeoTIFF.
        tables: of its superpixels.

    Raises:
        SuperSegError: the disk is full or the file cannot be written.
    """
    own = np.stack(
        [
            tables.pixels,
            tables.areas,
            tables.classes,
            tables.confidence,
            tables.leaf,
            *tables.place.T,
        ]
    )
    _append(path, own.astype(np.float64), COLUMNS)
    _append(path, tables.means.T.astype(np.float32), tables.band_names)
    names = [f"feature {number + 1}" for number in range(tables.features.shape[1])]
    _append(path, tables.features.T.astype(np.float32), names)
    neighbors = np.vstack([tables.pairs.T + 1, tables.lengths[np.newaxis]]).astype(np.int32)
    _append(path, neighbors, ("first", "second", "border"))
    tree = {name: [array.dtype.str, array.tolist()] for name, array in tables.tree.items()}

    def describe(dataset: Any) -> list[str]:
        return [
            attempt(dataset.SetMetadataItem, VERSION, str(CURRENT))[1],
            attempt(dataset.SetMetadataItem, TREE, json.dumps(tree))[1],
        ]

    _change(path, str(path), describe)


def write_classes(path: str | Path, classes: npt.NDArray[np.uint8]) -> None:
    """Replace the classes of the superpixels `(n,)` in a file.

    Raises:
        SuperSegError: the file cannot be written.
    """

    def replace(dataset: Any) -> list[str]:
        band = dataset.GetRasterBand(COLUMNS.index("class") + 1)
        values = classes[np.newaxis].astype(np.float64)
        return [write_pixels(band, Window(0, 0, len(classes), 1), values)]

    _change(path, f"GTIFF_DIR:{SUPERPIXELS}:{path}", replace)


def _append(path: str | Path, table: npt.NDArray[Any], names: Sequence[str]) -> None:
    """Append a table `(properties, rows)` as a page; an empty one has one row of zeros."""
    columns = max(table.shape[1], 1)
    if columns > MOST_SUPERPIXELS:
        raise WritingError(path, f"more than {MOST_SUPERPIXELS} superpixels")
    predictor = 3 if table.dtype.kind == "f" else 2
    options = ["APPEND_SUBDATASET=YES", "COMPRESS=DEFLATE", "ZLEVEL=1", f"PREDICTOR={predictor}"]
    options += ["INTERLEAVE=BAND", "BIGTIFF=IF_SAFER", "PHOTOMETRIC=MINISBLACK", "ALPHA=NO"]
    create = gdal.GetDriverByName("GTiff").Create
    kind = gdal_type(table.dtype)

    def fill(dataset: Any) -> list[str]:
        errors = []
        for number, (row, name) in enumerate(zip(table, names), start=1):
            band = dataset.GetRasterBand(number)
            band.SetDescription(name)
            if len(row):
                errors.append(write_pixels(band, Window(0, 0, columns, 1), row[np.newaxis]))
        return errors

    _finish(path, lambda: create(str(path), columns, 1, len(table), kind, options), fill)


def _change(path: str | Path, name: str, change: Callable[[Any], list[str]]) -> None:
    """Open a dataset of a file for updating, and change it."""
    mode = gdal.OF_RASTER | gdal.OF_UPDATE | gdal.OF_VERBOSE_ERROR
    _finish(path, lambda: gdal.OpenEx(name, mode), change)


def _finish(
    path: str | Path, opened: Callable[[], Any], change: Callable[[Any], list[str]]
) -> None:
    """Change a dataset and close it.

    Raises:
        SuperSegError: GDAL reports an error.
    """
    dataset, error = attempt(opened)
    if dataset is None:
        raise WritingError(path, error)
    with closing_dataset(dataset) as errors:
        errors += change(dataset)
    error = first_error(errors)
    if error:
        raise WritingError(path, error)
