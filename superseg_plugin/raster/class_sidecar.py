# SPDX-License-Identifier: GPL-2.0-or-later
"""New names and colors beside a class raster that stays as it is: its attribute table follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osgeo import gdal

from .class_legend import Color
from .gdal_calls import attempt, quiet

MERGED = "Merged"
MERGED_NAME = "MergedName"


@dataclass(frozen=True)
class ClassLook:
    """How a class is called, and what it was merged into.

    Attributes:
        name: its own.
        color: its own.
        merged: number of the class that it is a part of; its own where it stands alone.
        merged_name: name of that.
    """

    name: str
    color: Color
    merged: int
    merged_name: str


def update_sidecar(path: str | Path, looks: Mapping[int, ClassLook]) -> str:
    """Put names and colors into the attribute table, category names and color table of band 1.

    GDAL keeps them in the .aux.xml file beside the raster, as this opens it for reading only. From
    GDAL 3.11 on, a GeoTIFF holds its attribute table itself; then the table is changed there. What
    classes were merged into stands in the columns Merged and MergedName, while any were.

    Args:
        path: a raster with an attribute table of SuperSeg.
        looks: by class number.

    Returns:
        Why it could not be done, "" where it was.
    """
    error = _update(path, looks, gdal.OF_RASTER)
    if not error and not _tells(path, looks):
        error = _update(path, looks, gdal.OF_RASTER | gdal.OF_UPDATE)
    return error


def _update(path: str | Path, looks: Mapping[int, ClassLook], mode: int) -> str:
    dataset, error = attempt(gdal.OpenEx, str(path), mode)
    if dataset is None:
        return error or "the file cannot be opened"
    band = dataset.GetRasterBand(1)
    former, error = attempt(band.GetDefaultRAT)
    if former is None:
        return error or "the file has no attribute table"
    colors, _ = attempt(band.GetRasterColorTable)
    colors = gdal.ColorTable() if colors is None else colors.Clone()
    categories = list(attempt(band.GetRasterCategoryNames)[0] or [])
    for number, look in looks.items():
        colors.SetColorEntry(number, (*look.color, 255))
        categories += [""] * (number + 1 - len(categories))
        categories[number] = look.name
    errors = [
        attempt(band.SetDefaultRAT, _table(former, looks))[1],
        attempt(band.SetRasterColorTable, colors)[1],
        attempt(band.SetRasterCategoryNames, categories)[1],
        attempt(dataset.FlushCache)[1],
    ]
    del band, former
    with quiet() as last:
        del dataset
    return next((text for text in [*errors, *last] if text), "")


def _tells(path: str | Path, looks: Mapping[int, ClassLook]) -> bool:
    """Tell whether the attribute table that GDAL finds now is the one that was written."""
    dataset, _ = attempt(gdal.OpenEx, str(path), gdal.OF_RASTER)
    band = dataset.GetRasterBand(1)
    table, _ = attempt(band.GetDefaultRAT)
    places = {table.GetNameOfCol(column): column for column in range(table.GetColumnCount())}
    for row in range(table.GetRowCount()):
        number = table.GetValueAsInt(row, places["Value"])
        look = looks.get(number)
        if look is None:
            continue
        color = tuple(table.GetValueAsInt(row, places[part]) for part in ("Red", "Green", "Blue"))
        name = table.GetValueAsString(row, places["Class"])
        merged = table.GetValueAsInt(row, places[MERGED]) if MERGED in places else number
        group = table.GetValueAsString(row, places[MERGED_NAME]) if MERGED in places else None
        if (name, color, merged) != (look.name, look.color, look.merged):
            return False
        if group not in (None, look.merged_name):
            return False
    return True


def _table(former: Any, looks: Mapping[int, ClassLook]) -> Any:
    """Copy a table with new names and colors; GDAL cannot take a column away."""
    names = [former.GetNameOfCol(column) for column in range(former.GetColumnCount())]
    kept = [index for index, name in enumerate(names) if name not in (MERGED, MERGED_NAME)]
    table = gdal.RasterAttributeTable()
    for index in kept:
        table.CreateColumn(names[index], former.GetTypeOfCol(index), former.GetUsageOfCol(index))
    added = len(kept)
    if any(look.merged != number for number, look in looks.items()):
        table.CreateColumn(MERGED, gdal.GFT_Integer, gdal.GFU_Generic)
        table.CreateColumn(MERGED_NAME, gdal.GFT_String, gdal.GFU_Generic)
    table.SetRowCount(former.GetRowCount())
    value = names.index("Value")
    for row in range(former.GetRowCount()):
        look = looks.get(former.GetValueAsInt(row, value))
        own: dict[str, Any] = {}
        if look is not None:
            own = {"Class": look.name, **dict(zip(("Red", "Green", "Blue"), look.color))}
        for column, index in enumerate(kept):
            kind = former.GetTypeOfCol(index)
            _copy(former, row, index, table, column, kind, own.get(names[index]))
        if look is not None and table.GetColumnCount() > added:
            table.SetValueAsInt(row, added, look.merged)
            table.SetValueAsString(row, added + 1, look.merged_name)
    return table


def _copy(
    former: Any, row: int, index: int, table: Any, column: int, kind: int, value: Any
) -> None:
    word = {gdal.GFT_Integer: "Int", gdal.GFT_Real: "Double"}.get(kind, "String")
    if value is None:
        value = getattr(former, f"GetValueAs{word}")(row, index)
    getattr(table, f"SetValueAs{word}")(row, column, value)
