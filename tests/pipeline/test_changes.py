# SPDX-License-Identifier: GPL-2.0-or-later
"""What became what between two class rasters."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.errors import Cancelled, SuperSegError
from superseg_plugin.pipeline.changes import run_changes
from superseg_plugin.pipeline.steps.changes import MOST_CHANGES
from superseg_plugin.progress import Progress
from superseg_plugin.raster.class_table import ClassTable, read_class_table, write_class_table
from superseg_plugin.raster.source import RasterSource
from tests.conftest import GEOTRANSFORM, read_raster, write_raster
from tests.pipeline.conftest import Listener

NAMES = ("Forest", "Town", "Water")
COLORS = np.array([[20, 90, 30], [200, 40, 40], [30, 60, 180]], np.uint8)
# Of pixels of 2 x 2 m at the central meridian of UTM, where a map is 0.9996 of the ground.
PIXEL = 4.0 / 0.9996**2


def write_legend(path, classes, names=NAMES, colors=COLORS, **place):
    """Write a class raster with names and colors."""
    write_raster(path, classes, nodata=0, **place)
    counts = np.bincount(classes.ravel(), minlength=len(names) + 1)[1:]
    means = np.zeros((len(names), 0))
    table = ClassTable(tuple(names), colors, counts, counts * PIXEL, means)
    write_class_table(path, table)
    return str(path)


@pytest.fixture
def dates(tmp_path):
    """Forest becomes town in 30 pixels, water forest in 10, and a row has no class before."""
    before = np.full((20, 20), 1, np.uint8)
    before[:, 10:] = 3
    after = before.copy()
    after[0:3, 0:10] = 2
    after[19, 10:] = 1
    before[10] = 0
    return write_legend(tmp_path / "a.tif", before), write_legend(tmp_path / "b.tif", after)


def changes(before, after, folder, table=None, progress=None):
    output = str(folder / "changes.tif")
    with RasterSource(before) as one, RasterSource(after) as two:
        found = run_changes(one, two, output, table, progress or Progress())
    return found, output


def test_each_change_is_a_class_with_name_area_and_color(dates, tmp_path):
    found, output = changes(*dates, tmp_path)
    assert (found.changes, found.area) == (2, pytest.approx(40 * PIXEL))
    assert found.percent == pytest.approx(100 * 40 / 380)
    pixels = read_raster(output)[0]
    assert (pixels[0:3, 0:10] == 2).all()
    assert (pixels[19, 10:] == 3).all()
    assert (pixels[10] == 0).all()
    assert (pixels == 1).sum() == 340
    table = read_class_table(output)
    assert table.names == ("No change", "Forest > Town", "Water > Forest")
    assert table.areas == pytest.approx([340 * PIXEL, 30 * PIXEL, 10 * PIXEL])
    assert table.colors[1].tolist() == COLORS[1].tolist()
    assert table.colors[2].tolist() == COLORS[0].tolist()
    assert table.colors[0].min() > 220
    dataset = gdal.Open(output)
    band = dataset.GetRasterBand(1)
    assert band.GetNoDataValue() == 0
    assert band.GetRasterColorTable().GetColorEntry(0)[3] == 0
    assert band.GetRasterCategoryNames()[2] == "Forest > Town"


def test_the_table_has_every_pair(dates, tmp_path):
    table = tmp_path / "changes.csv"
    changes(*dates, tmp_path, str(table))
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {(row["from_name"], row["to_name"]): row for row in rows}
    assert set(found) == {
        ("Forest", "Forest"),
        ("Water", "Water"),
        ("Forest", "Town"),
        ("Water", "Forest"),
    }
    town = found["Forest", "Town"]
    assert (town["value"], town["from"], town["to"], town["pixels"]) == ("2", "1", "2", "30")
    assert float(town["area"]) == pytest.approx(30 * PIXEL)
    assert sum(float(row["percent"]) for row in rows) == pytest.approx(100, abs=0.01)
    assert found["Water", "Water"]["value"] == "1"


def test_nothing_changed_is_a_result_too(dates, tmp_path):
    found, output = changes(dates[0], dates[0], tmp_path)
    assert (found.changes, found.area, found.percent) == (0, 0.0, 0.0)
    assert read_class_table(output).names == ("No change",)


def test_more_changes_than_a_byte_holds(tmp_path):
    generator = np.random.default_rng(0)
    before, after = generator.integers(1, 256, (2, 130, 130)).astype(np.uint8)
    paths = [str(write_raster(tmp_path / f"{n}.tif", x)) for n, x in (("a", before), ("b", after))]
    found, output = changes(*paths, tmp_path)
    kinds = set(zip(before.ravel().tolist(), after.ravel().tolist()))
    assert found.changes == sum(a != b for a, b in kinds) > 10_000
    pixels = read_raster(output)[0]
    assert pixels.dtype == np.uint16
    assert (pixels == 1).sum() == (before == after).sum()
    table = read_class_table(output, MOST_CHANGES)
    assert len(table.names) == pixels.max() == found.changes + 1
    row, col = 7, 11
    assert table.names[pixels[row, col] - 1] in (
        f"Class {before[row, col]} > Class {after[row, col]}",
        "No change",
    )
    # QGIS would list all 65536 entries of a color table.
    dataset = gdal.Open(output)
    assert dataset.GetRasterBand(1).GetRasterColorTable() is None


def test_areas_are_of_the_ellipsoid(tmp_path):
    place = {"geotransform": (10.0, 0.1, 0.0, 60.0, 0.0, -0.1), "epsg": 4326}
    before = np.ones((400, 4), np.uint8)
    after = before.copy()
    after[0], after[399] = 2, 3
    paths = [
        write_legend(tmp_path / f"{name}.tif", classes, **place)
        for name, classes in (("a", before), ("b", after))
    ]
    _, output = changes(*paths, tmp_path)
    north, south = sorted(read_class_table(output).areas[1:])
    assert south / north == pytest.approx(np.cos(np.radians(20)) / np.cos(np.radians(60)), rel=0.02)


@pytest.mark.parametrize(
    ("names", "colors", "text"),
    [
        (("Forest", "Water", "Town"), COLORS, "class 2 is “Town” before and called “Water” after"),
        (("Class 1", "Class 2", "Class 3"), COLORS, "called “Class 1” after"),
    ],
)
def test_other_names_are_another_legend(dates, tmp_path, names, colors, text):
    other = write_legend(tmp_path / "c.tif", read_raster(dates[1])[0], names, colors)
    with pytest.raises(SuperSegError, match=text):
        changes(dates[0], other, tmp_path)
    assert not (tmp_path / "changes.tif").exists()


def test_unnamed_classes_of_two_runs_are_recognized_by_their_colors(dates, tmp_path):
    unnamed = ("Class 1", "Class 2", "Class 3")
    one, two = (
        write_legend(tmp_path / f"{n}.tif", read_raster(dates[0])[0], unnamed, colors)
        for n, colors in (("c", COLORS), ("d", COLORS[::-1].copy()))
    )
    with pytest.raises(SuperSegError, match="class 1 is “Class 1” before and another color after"):
        changes(one, two, tmp_path)


def test_what_cannot_be_compared_is_a_sentence(dates, tmp_path):
    left, across, _, top, _, down = GEOTRANSFORM
    for place, text in (
        ((left + across / 2, across, 0, top, 0, down), "lie 0.5 x 0 pixels beside"),
        ((left, 2 * across, 0, top, 0, 2 * down), "pixels of 2 x 2 times the size"),
        ((left + 9000, across, 0, top, 0, down), "covers other ground"),
        (None, "has no geotransform"),
    ):
        other = write_raster(
            tmp_path / "other.tif", np.ones((20, 20), np.uint8), geotransform=place
        )
        with pytest.raises(SuperSegError, match=rf"CLASSIFICATION_AFTER: other\.tif.* {text}"):
            changes(dates[0], other, tmp_path)
    nothing = str(write_raster(tmp_path / "no.tif", np.zeros((20, 20), np.uint8), nodata=0))
    with pytest.raises(SuperSegError, match="no pixel has a class both in"):
        changes(dates[0], nothing, tmp_path)
    high = str(write_raster(tmp_path / "high.tif", np.full((20, 20), 300, np.uint16)))
    with pytest.raises(SuperSegError, match=r"CLASSIFICATION_BEFORE: high\.tif holds number 300"):
        changes(high, dates[1], tmp_path)
    assert not (tmp_path / "changes.tif").exists()


def test_rasters_of_one_lattice_are_compared_on_their_common_part(dates, tmp_path):
    left, across, _, top, _, down = GEOTRANSFORM
    pixels = read_raster(dates[1])[0][2:17, 6:]
    place = (left + 6 * across, across, 0, top + 2 * down, 0, down)
    part = write_legend(tmp_path / "part.tif", pixels, geotransform=place)
    listener = Listener()
    found, output = changes(dates[0], part, tmp_path, progress=listener)
    assert any("common part of 14 x 15 pixels" in line for line in listener.lines)
    # Of the rows that became town one is left, with four of its pixels.
    assert (found.changes, found.area) == (1, pytest.approx(4 * PIXEL))
    assert np.array_equal(gdal.Open(output).GetGeoTransform(), place)
    common = read_raster(output)[0]
    whole, path = changes(*dates, tmp_path)
    assert whole.changes == 2
    # Numbers are by area: town comes first in both.
    assert np.array_equal(read_raster(path)[0][2:17, 6:], common)


def test_systems_that_agree_within_a_pixel_are_one(dates, tmp_path):
    other = write_legend(tmp_path / "other.tif", read_raster(dates[1])[0], epsg=25832)
    found, _ = changes(dates[0], other, tmp_path)
    assert found.changes == 2
    further = write_legend(tmp_path / "further.tif", read_raster(dates[1])[0], epsg=32633)
    with pytest.raises(SuperSegError, match="another coordinate reference system"):
        changes(dates[0], further, tmp_path)


def test_legends_without_a_common_number_are_remarked(dates, tmp_path):
    tens = write_raster(tmp_path / "tens.tif", read_raster(dates[1])[0] * 10, nodata=0)
    listener = Listener()
    changes(dates[0], tens, tmp_path, progress=listener)
    (line,) = [line for line in listener.lines if line.startswith("Warning")]
    assert "1 to 3" in line
    assert "10 to 30" in line
    assert "legends differ" in line


def test_a_cancelled_run_leaves_nothing(dates, tmp_path):
    class Stopped(Progress):
        def __init__(self):
            self.far = 0.0

        def report(self, fraction, text=""):
            self.far = fraction

        def cancelled(self):
            return self.far > 0.7

    before = sorted(tmp_path.iterdir())
    with pytest.raises(Cancelled):
        changes(*dates, tmp_path, str(tmp_path / "t.csv"), Stopped())
    assert sorted(tmp_path.iterdir()) == before
