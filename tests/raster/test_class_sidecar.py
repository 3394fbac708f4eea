# SPDX-License-Identifier: GPL-2.0-or-later
"""Updating names and colors of a class raster without writing its pixels."""

from __future__ import annotations

from pathlib import Path

from osgeo import gdal

from superseg_plugin.raster.class_sidecar import ClassStyle, update_sidecar
from superseg_plugin.raster.class_table import read_class_table
from tests.class_rasters import striped, write_classes
from tests.conftest import read_raster, write_raster


def table_of(path):
    """The attribute table as a dictionary of columns, the category names, the colors."""
    dataset = gdal.Open(path)
    band = dataset.GetRasterBand(1)
    rat = band.GetDefaultRAT()
    rows = range(rat.GetRowCount())
    columns = {
        rat.GetNameOfCol(column): [rat.GetValueAsString(row, column) for row in rows]
        for column in range(rat.GetColumnCount())
    }
    table = band.GetColorTable()
    colors = [table.GetColorEntry(number)[:3] for number in range(4)]
    return columns, band.GetCategoryNames(), colors


def test_the_attribute_table_follows_and_the_raster_stays(tmp_path):
    path = write_classes(tmp_path / "classes.tif", striped(3))
    before, pixels = read_class_table(path), read_raster(path)
    looks = {
        1: ClassStyle("Wald", (1, 2, 3), 1, "Wald"),
        2: ClassStyle("Class 2", (4, 5, 6), 1, "Wald"),
        3: ClassStyle("Class 3", (7, 8, 9), 3, "Class 3"),
    }
    assert update_sidecar(path, looks) == ""
    assert (read_raster(path) == pixels).all()
    after = read_class_table(path)
    assert after.names == ("Wald", "Class 2", "Class 3")
    assert after.colors.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert (after.counts == before.counts).all()
    assert (after.means == before.means).all()
    columns, categories, colors = table_of(path)
    assert columns["Merged"] == ["1", "1", "3"]
    assert columns["MergedName"] == ["Wald", "Wald", "Class 3"]
    assert categories[1] == "Wald"
    assert colors[2] == (4, 5, 6)


def test_a_merge_alone_is_written(tmp_path):
    path = write_classes(tmp_path / "classes.tif", striped(2))
    first = {n: ClassStyle(f"Class {n}", (n, n, n), n, f"Class {n}") for n in (1, 2)}
    assert update_sidecar(path, first) == ""
    second = {n: ClassStyle(f"Class {n}", (n, n, n), 1, "Both") for n in (1, 2)}
    assert update_sidecar(path, second) == ""
    assert table_of(path)[0]["Merged"] == ["1", "1"]
    third = {n: ClassStyle(f"Class {n}", (n, n, n), 1, "All") for n in (1, 2)}
    assert update_sidecar(path, third) == ""
    assert table_of(path)[0]["MergedName"] == ["All", "All"]


def test_the_columns_of_merged_classes_are_removed_when_nothing_is_merged(tmp_path):
    path = write_classes(tmp_path / "classes.tif", striped(2))
    together = {1: ClassStyle("a", (1, 2, 3), 1, "a"), 2: ClassStyle("b", (4, 5, 6), 1, "a")}
    alone = {1: ClassStyle("a", (1, 2, 3), 1, "a"), 2: ClassStyle("b", (4, 5, 6), 2, "b")}
    assert update_sidecar(path, together) == ""
    assert "Merged" in table_of(path)[0]
    assert update_sidecar(path, alone) == ""
    assert "Merged" not in table_of(path)[0]


def test_a_raster_without_a_table_is_an_error(tmp_path):
    path = write_raster(tmp_path / "plain.tif", striped(2))
    assert "attribute table" in update_sidecar(path, {1: ClassStyle("a", (1, 2, 3), 1, "a")})
    assert not Path(f"{path}.aux.xml").exists()
