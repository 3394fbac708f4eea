# SPDX-License-Identifier: GPL-2.0-or-later
"""The class table: names, colors, areas and band means of classes, stored in the class raster.

It is stored as raster attribute table, color table and category names of band 1, which QGIS and
other GIS programs display.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import SuperSegError
from .class_styles import StyledClass, write_styles
from .gdal_calls import WritingError, attempt, closing_dataset, first_error
from .texts import one_line, readable

MOST_CLASSES = 255
MEAN = "Mean_"
BAND_NAMES = "SUPERSEG_BAND_NAMES"
WAVELENGTHS = "SUPERSEG_WAVELENGTHS"
# Upper bound of counts and areas that are accepted from a file.
MOST = 2.0**62


@dataclass(frozen=True)
class ClassTable:
    """Table of the classes 1 to k of a raster.

    Attributes:
        names: `k` names.
        colors: `(k, 3)` uint8 red, green, blue.
        counts: `(k,)` int64 pixels.
        areas: `(k,)` float64 square meters; square units of the raster if it has no reference
            system.
        means: `(k, bands)` float64 means of the source's pixel values; NaN for empty classes.
        band_names: name of each column of `means`.
        wavelengths: of each column of `means` in nanometers; empty if unknown.
    """

    names: tuple[str, ...]
    colors: npt.NDArray[np.uint8]
    counts: npt.NDArray[np.int64]
    areas: npt.NDArray[np.float64]
    means: npt.NDArray[np.float64]
    band_names: tuple[str, ...] = ()
    wavelengths: tuple[float, ...] = ()

    @property
    def shares(self) -> npt.NDArray[np.float64]:
        """Fraction of the classified area that each class covers, `(k,)`, 0 to 1."""
        total = float(self.areas.sum())
        return self.areas / total if total > 0 else np.zeros(len(self.names))

    @property
    def legend(self) -> list[StyledClass]:
        """Entries of the legend: all classes but numbers without name and area.

        Such a number has been merged into another class.
        """
        rows = zip(self.names, self.colors.tolist(), self.areas, self.shares.tolist())
        return [
            StyledClass(number, name, (red, green, blue), share)
            for number, (name, (red, green, blue), area, share) in enumerate(rows, start=1)
            if name or area
        ]


def write_class_table(path: str | Path, table: ClassTable, most: int = MOST_CLASSES) -> None:
    """Write a class table to a raster: colors, category names, attribute table, nodata 0.

    The style files (`class_styles.py`) are written beside it, and GDAL writes what the format
    cannot store to an .aux.xml file. The colors of more than 255 classes are in the attribute table
    only, because QGIS would display a color table of 65536 entries.

    Args:
        path: the raster.
        table: table of its classes.
        most: largest number of classes.

    Raises:
        SuperSegError: the raster cannot be opened for writing or has too many classes.
    """
    count = len(table.names)
    if count > most:
        raise SuperSegError(f"A raster holds up to {most} classes, not {count}; make fewer.")
    dataset = _open(path, gdal.OF_UPDATE)
    with closing_dataset(dataset) as errors:
        band = dataset.GetRasterBand(1)
        colors = gdal.ColorTable()
        colors.SetColorEntry(0, (0, 0, 0, 0))
        for value, color in enumerate(table.colors[:MOST_CLASSES].tolist(), start=1):
            colors.SetColorEntry(value, (*color, 255))
        errors += [
            attempt(band.SetNoDataValue, 0)[1],
            attempt(band.SetRasterColorTable, colors)[1] if count <= MOST_CLASSES else "",
            attempt(band.SetRasterCategoryNames, ["Unclassified", *table.names])[1],
            attempt(band.SetDefaultRAT, _attribute_table(table))[1],
            attempt(dataset.SetMetadataItem, BAND_NAMES, json.dumps(table.band_names))[1],
            *(
                [attempt(dataset.SetMetadataItem, WAVELENGTHS, json.dumps(table.wavelengths))[1]]
                if table.wavelengths
                else []
            ),
        ]
    error = first_error(errors)
    if error:
        raise WritingError(path, f"class table: {error}")
    try:
        write_styles(path, table.legend)
    except OSError as refused:
        raise WritingError(path, f"style: {refused.strerror}") from None


def read_class_table(path: str | Path, most: int = MOST_CLASSES) -> ClassTable | None:
    """Read the class table of a raster.

    Args:
        path: the raster.
        most: largest number of classes.

    Returns:
        The table; None if there is none, if it has other columns or more classes, or if its values
        are out of range.

    Raises:
        SuperSegError: the raster cannot be opened.
    """
    dataset = _open(path, 0)
    band = dataset.GetRasterBand(1)
    rat, _ = attempt(band.GetDefaultRAT)
    if rat is None:
        return None
    columns = {readable(rat.GetNameOfCol(i)): i for i in range(rat.GetColumnCount())}
    needed = ("Value", "Class", "Count", "Area", "Red", "Green", "Blue")
    if not all(name in columns for name in needed):
        return None
    if rat.GetRowCount() > most:
        return None
    rows = range(rat.GetRowCount())
    values = [rat.GetValueAsInt(row, columns["Value"]) for row in rows]
    if values != list(range(1, len(values) + 1)):
        return None
    mean_columns = [name for name in columns if name.startswith(MEAN)]

    def numbers(names: list[str]) -> npt.NDArray[np.float64]:
        found = [[rat.GetValueAsDouble(row, columns[n]) for n in names] for row in rows]
        return np.array(found, dtype=np.float64).reshape(len(values), len(names))

    colors, figures = numbers(["Red", "Green", "Blue"]), numbers(["Count", "Area"])
    # Another program may have changed the table.
    if not ((colors >= 0) & (colors <= 255)).all() or not ((figures >= 0) & (figures < MOST)).all():
        return None
    band_names = _band_names(dataset.GetMetadataItem(BAND_NAMES))
    if len(band_names) != len(mean_columns):
        band_names = tuple(f"Band {one_line(name[len(MEAN) :])}" for name in mean_columns)
    return ClassTable(
        names=tuple(one_line(rat.GetValueAsString(row, columns["Class"])) for row in rows),
        colors=colors.astype(np.uint8),
        counts=figures[:, 0].astype(np.int64),
        areas=figures[:, 1],
        means=numbers(mean_columns),
        band_names=band_names,
        wavelengths=_wavelengths(dataset.GetMetadataItem(WAVELENGTHS), len(mean_columns)),
    )


def _band_names(text: str | bytes | None) -> tuple[str, ...]:
    try:
        names = json.loads(readable(text) or "[]")
    except (ValueError, RecursionError):
        return ()
    return tuple(one_line(str(name)) for name in names) if isinstance(names, list) else ()


def _wavelengths(text: str | bytes | None, bands: int) -> tuple[float, ...]:
    """Read as many wavelengths as there are bands; () if there are others or none."""
    try:
        lengths = np.array(json.loads(readable(text) or "[]"), np.float64)
    except (ValueError, TypeError, RecursionError):
        return ()
    good = lengths.shape == (bands,) and np.isfinite(lengths).all() and (lengths > 0).all()
    return tuple(lengths.tolist()) if good else ()


def _attribute_table(table: ClassTable) -> Any:
    real, integer, text = gdal.GFT_Real, gdal.GFT_Integer, gdal.GFT_String
    bands = table.means.shape[1]
    rat = gdal.RasterAttributeTable()
    columns = [
        ("Value", integer, gdal.GFU_MinMax),
        ("Class", text, gdal.GFU_Name),
        # Pixel counts of large scenes exceed the 32 bits of an integer column.
        ("Count", real, gdal.GFU_PixelCount),
        ("Area", real, gdal.GFU_Generic),
        *((f"{MEAN}{number}", real, gdal.GFU_Generic) for number in range(1, bands + 1)),
        ("Red", integer, gdal.GFU_Red),
        ("Green", integer, gdal.GFU_Green),
        ("Blue", integer, gdal.GFU_Blue),
        ("Alpha", integer, gdal.GFU_Alpha),
    ]
    for name, kind, usage in columns:
        rat.CreateColumn(name, kind, usage)
    rat.SetRowCount(len(table.names))
    for row, name in enumerate(table.names):
        cells: list[Any] = [row + 1, name, float(table.counts[row]), float(table.areas[row])]
        cells += [float(mean) for mean in table.means[row]]
        cells += [int(part) for part in table.colors[row]] + [255]
        for column, (cell, (_, kind, _)) in enumerate(zip(cells, columns)):
            if kind == text:
                rat.SetValueAsString(row, column, cell)
            elif kind == integer:
                rat.SetValueAsInt(row, column, cell)
            else:
                rat.SetValueAsDouble(row, column, cell)
    return rat


def _open(path: str | Path, mode: int) -> Any:
    dataset, error = attempt(gdal.OpenEx, str(path), gdal.OF_RASTER | mode)
    if dataset is None:
        raise SuperSegError(
            f"{path} cannot be opened ({error or 'unknown error'}); choose a class raster."
        )
    return dataset
