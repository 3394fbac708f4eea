# SPDX-License-Identifier: GPL-2.0-or-later
"""Updating the names and colors of a class raster without writing its pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osgeo import gdal

from .class_legend import Color
from .gdal_calls import attempt, closing_dataset, first_error
from .texts import readable

MERGED = "Merged"
MERGED_NAME = "MergedName"
# Metadata of the file that hold the edits of the workbench.
DOMAIN, EDITS = "SUPERSEG", "EDITS"


@dataclass(frozen=True)
class ClassStyle:
    """Name and color of a class, and the class that it was merged into.

    Attributes:
        name: name of the class itself.
        color: color of the class itself.
        merged: number of the class that it was merged into; its own number if it was not merged.
        merged_name: name of that class.
    """

    name: str
    color: Color
    merged: int
    merged_name: str


def update_sidecar(path: str | Path, styles: Mapping[int, ClassStyle], edits: str = "") -> str:
    """Write names and colors to the attribute table, category names and color table of band 1.

    The raster is opened for reading only, so GDAL writes them to the .aux.xml file beside it. From
    GDAL 3.11 on, the attribute table of a GeoTIFF is stored in the file itself; then the file is
    opened for updating. While any classes are merged, the columns Merged and MergedName state
    into which.

    Args:
        path: a raster with an attribute table of SuperSeg.
        styles: style of each class by its number.
        edits: the edits that led to them, which `read_edits` returns; "" for none.

    Returns:
        The error, "" if there was none.
    """
    error = _update(path, styles, edits, gdal.OF_RASTER)
    if not error and not (_is_stored(path, styles) and read_edits(path) == edits):
        error = _update(path, styles, edits, gdal.OF_RASTER | gdal.OF_UPDATE)
    return error


def read_edits(path: str | Path) -> str:
    """Return the edits that `update_sidecar` has written; "" for none."""
    dataset, _ = attempt(gdal.OpenEx, str(path), gdal.OF_RASTER)
    found, _ = attempt(dataset.GetMetadataItem, EDITS, DOMAIN) if dataset is not None else ("", "")
    return readable(found)


def _update(path: str | Path, styles: Mapping[int, ClassStyle], edits: str, mode: int) -> str:
    dataset, error = attempt(gdal.OpenEx, str(path), mode)
    if dataset is None:
        return error or "the file cannot be opened"
    with closing_dataset(dataset) as errors:
        band = dataset.GetRasterBand(1)
        former, error = attempt(band.GetDefaultRAT)
        if former is None:
            return error or "the file has no attribute table"
        colors, _ = attempt(band.GetRasterColorTable)
        colors = gdal.ColorTable() if colors is None else colors.Clone()
        categories = list(attempt(band.GetRasterCategoryNames)[0] or [])
        for number, style in styles.items():
            colors.SetColorEntry(number, (*style.color, 255))
            categories += [""] * (number + 1 - len(categories))
            categories[number] = style.name
        errors += [
            attempt(band.SetDefaultRAT, _table(former, styles))[1],
            attempt(band.SetRasterColorTable, colors)[1],
            attempt(band.SetRasterCategoryNames, categories)[1],
            attempt(dataset.SetMetadataItem, EDITS, edits or None, DOMAIN)[1],
        ]
    return first_error(errors)


def _is_stored(path: str | Path, styles: Mapping[int, ClassStyle]) -> bool:
    """Whether the attribute table that GDAL now reads has these styles."""
    dataset, _ = attempt(gdal.OpenEx, str(path), gdal.OF_RASTER)
    band = dataset.GetRasterBand(1)
    table, _ = attempt(band.GetDefaultRAT)
    places = {table.GetNameOfCol(column): column for column in range(table.GetColumnCount())}
    for row in range(table.GetRowCount()):
        number = table.GetValueAsInt(row, places["Value"])
        style = styles.get(number)
        if style is None:
            continue
        color = tuple(table.GetValueAsInt(row, places[part]) for part in ("Red", "Green", "Blue"))
        name = table.GetValueAsString(row, places["Class"])
        merged = table.GetValueAsInt(row, places[MERGED]) if MERGED in places else number
        merged_name = table.GetValueAsString(row, places[MERGED_NAME]) if MERGED in places else None
        if (name, color, merged) != (style.name, style.color, style.merged):
            return False
        if merged_name not in (None, style.merged_name):
            return False
    return True


def _table(former: Any, styles: Mapping[int, ClassStyle]) -> Any:
    """Copy an attribute table with new names and colors; GDAL cannot remove a column from one."""
    names = [former.GetNameOfCol(column) for column in range(former.GetColumnCount())]
    kept = [index for index, name in enumerate(names) if name not in (MERGED, MERGED_NAME)]
    table = gdal.RasterAttributeTable()
    for index in kept:
        table.CreateColumn(names[index], former.GetTypeOfCol(index), former.GetUsageOfCol(index))
    added = len(kept)
    if any(style.merged != number for number, style in styles.items()):
        table.CreateColumn(MERGED, gdal.GFT_Integer, gdal.GFU_Generic)
        table.CreateColumn(MERGED_NAME, gdal.GFT_String, gdal.GFU_Generic)
    table.SetRowCount(former.GetRowCount())
    value = names.index("Value")
    for row in range(former.GetRowCount()):
        style = styles.get(former.GetValueAsInt(row, value))
        own: dict[str, Any] = {}
        if style is not None:
            own = {"Class": style.name, **dict(zip(("Red", "Green", "Blue"), style.color))}
        for column, index in enumerate(kept):
            _write_cell(table, row, column, former, index, own.get(names[index]))
        if style is not None and table.GetColumnCount() > added:
            table.SetValueAsInt(row, added, style.merged)
            table.SetValueAsString(row, added + 1, style.merged_name)
    return table


def _write_cell(
    table: Any, row: int, column: int, former: Any, index: int, value: Any = None
) -> None:
    """Write a value to a cell of a table; without one, copy the cell of the former table."""
    type_names = {gdal.GFT_Integer: "Int", gdal.GFT_Real: "Double"}
    type_name = type_names.get(former.GetTypeOfCol(index), "String")
    if value is None:
        value = getattr(former, f"GetValueAs{type_name}")(row, index)
    getattr(table, f"SetValueAs{type_name}")(row, column, value)
