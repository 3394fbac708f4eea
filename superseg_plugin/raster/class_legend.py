# SPDX-License-Identifier: GPL-2.0-or-later
"""Names and colors of classes in a raster that any program may have written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osgeo import gdal

from ..errors import SuperSegError
from .gdal_calls import attempt
from .texts import one_line

Color = tuple[int, int, int]

MOST_ROWS = 65536
BRIGHTEST = 255


def default_name(number: int) -> str:
    """Name of a class that has not been named."""
    return f"Class {number}"


@dataclass(frozen=True)
class Legend:
    """Names and colors by class number; either may lack classes.

    Attributes:
        names: one line each, never empty.
        colors: red, green, blue, 0 to 255.
    """

    names: dict[int, str]
    colors: dict[int, Color]

    def with_zero_as(self, number: int) -> Legend:
        """Give another number to class 0, which is named if the file has no name for it.

        Args:
            number: one that no class has; 0 to leave class 0 out.
        """
        names = {old: name for old, name in self.names.items() if old}
        colors = {old: color for old, color in self.colors.items() if old}
        if number:
            names[number] = self.names.get(0, default_name(0))
            colors.pop(number, None)
            if 0 in self.colors:
                colors[number] = self.colors[0]
        return Legend(names, colors)


NO_LEGEND = Legend({}, {})


def read_legend(path: str | Path, zero: bool = False) -> Legend:
    """Read the attribute table, category names and color table of band 1.

    If they disagree about a class, the attribute table takes precedence.

    Args:
        path: the raster.
        zero: whether 0 is a class.

    Raises:
        SuperSegError: the raster cannot be opened.
    """
    dataset, error = attempt(gdal.OpenEx, str(path), gdal.OF_RASTER)
    if dataset is None:
        raise SuperSegError(f"{path} cannot be opened ({error}); choose a class raster.")
    band = dataset.GetRasterBand(1)
    names: dict[int, str] = {}
    colors: dict[int, Color] = {}
    rat, _ = attempt(band.GetDefaultRAT)
    if rat is not None:
        _read_attributes(rat, names, colors)
    categories, _ = attempt(band.GetRasterCategoryNames)
    for number, name in enumerate((categories or [])[:MOST_ROWS]):
        _keep_name(names, number, name)
    table, _ = attempt(band.GetRasterColorTable)
    if table is not None:
        for number in range(min(table.GetCount(), MOST_ROWS)):
            _keep_color(colors, number, table.GetColorEntry(number)[:3])
    legend = Legend(names, colors)
    return legend if zero else legend.with_zero_as(0)


def _read_attributes(rat: Any, names: dict[int, str], colors: dict[int, Color]) -> None:
    usages = [rat.GetUsageOfCol(column) for column in range(rat.GetColumnCount())]

    def column(*wanted: int) -> int | None:
        return next((usages.index(usage) for usage in wanted if usage in usages), None)

    value = column(gdal.GFU_MinMax, gdal.GFU_Min)
    name = column(gdal.GFU_Name)
    parts = [column(usage) for usage in (gdal.GFU_Red, gdal.GFU_Green, gdal.GFU_Blue)]
    if value is None:
        return
    for row in range(min(rat.GetRowCount(), MOST_ROWS)):
        number = rat.GetValueAsInt(row, value)
        if name is not None:
            _keep_name(names, number, rat.GetValueAsString(row, name))
        if all(part is not None for part in parts):
            _keep_color(colors, number, [rat.GetValueAsInt(row, part) for part in parts])


def _keep_name(names: dict[int, str], number: int, text: str | bytes | None) -> None:
    """Keep the first name found for a class, cleaned to one line of limited length."""
    name = one_line(text)
    if number >= 0 and name:
        names.setdefault(number, name)


def _keep_color(colors: dict[int, Color], number: int, parts: Any) -> None:
    red, green, blue = parts
    if number >= 0 and all(0 <= part <= BRIGHTEST for part in (red, green, blue)):
        colors.setdefault(number, (red, green, blue))
