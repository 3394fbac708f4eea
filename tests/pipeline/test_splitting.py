# SPDX-License-Identifier: GPL-2.0-or-later
"""Splitting classes, and writing what came of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from osgeo import ogr

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.classes.catalog import read_catalog
from superseg_plugin.pipeline.formats.record import read_record_of
from superseg_plugin.pipeline.merging import MergingInputs, run_merging
from superseg_plugin.pipeline.options.merging import MergingOptions
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.splitting import Splitting, run_splitting
from superseg_plugin.pipeline.steps.superpixels_inside import Area
from superseg_plugin.progress import Progress
from superseg_plugin.raster.class_table import read_class_table
from superseg_plugin.raster.layer_properties import AS_THE_FILE
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.superpixel_file import SuperpixelFile
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape

SIDE = 300


def segment(image, path, worker, classes):
    options = SegmentationOptions(preset="fast", classes=classes)
    with RasterSource(image) as source:
        run_segmentation(source, SegmentationOutputs(str(path)), options, worker, Listener())
    return str(path)


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    return write_raster(tmp_path_factory.mktemp("scene") / "scene.tif", landscape(SIDE, SIDE))


@pytest.fixture(scope="module")
def classes(image, worker, tmp_path_factory):
    return segment(image, tmp_path_factory.mktemp("classes") / "classes.tif", worker, 4)


def split(path, output, *chosen, parts=2, area=None):
    with RasterSource(path) as source:
        run_splitting(source, Splitting(chosen, parts, area), str(output), Progress())
    return read_raster(str(output))[0]


def box(left, top, right, bottom):
    ring = f"{left} {top},{right} {top},{right} {bottom},{left} {bottom},{left} {top}"
    polygon = ogr.CreateGeometryFromWkt(f"POLYGON(({ring}))")
    return Area([bytes(polygon.ExportToWkb())], (left, bottom, right, top), AS_THE_FILE)


def test_only_that_class_is_split_and_new_numbers_follow(classes, tmp_path):
    before = read_raster(classes)[0]
    after = split(classes, tmp_path / "split.tif", "2", parts=3)
    assert np.array_equal(after[before != 2], before[before != 2])
    assert set(np.unique(after[before == 2])) == {2, 5, 6}
    counts = [(after == number).sum() for number in (2, 5, 6)]
    assert counts == sorted(counts, reverse=True)
    table = read_class_table(tmp_path / "split.tif")
    assert table.counts.tolist() == [(after == number).sum() for number in range(1, 7)]
    assert len({tuple(color) for color in table.colors.tolist()}) == 6


def test_split_by_features_is_the_next_number_of_classes(image, classes, worker, tmp_path):
    """What the tree of classes divides next, splitting divides alike."""
    five = read_raster(segment(image, tmp_path / "five.tif", worker, 5))[0]
    four = read_raster(classes)[0]
    pairs = np.unique(np.stack([four.ravel(), five.ravel()]), axis=1)
    (parent,) = [number for number in range(1, 5) if (pairs[0] == number).sum() == 2]
    after = split(classes, tmp_path / "split.tif", str(parent))
    same = {tuple(pair) for pair in np.unique(np.stack([after.ravel(), five.ravel()]), axis=1).T}
    assert len(same) == 5


def test_merging_the_result_to_the_former_number_restores_it(classes, tmp_path):
    before = read_raster(classes)[0]
    split(classes, tmp_path / "split.tif", "3", parts=4)
    with RasterSource(str(tmp_path / "split.tif")) as source:
        options = MergingOptions(classes=4)
        run_merging(MergingInputs(source), str(tmp_path / "back.tif"), options, Progress())
    back = read_raster(tmp_path / "back.tif")[0]
    assert len(np.unique(np.stack([before.ravel(), back.ravel()]), axis=1).T) == 4


def test_the_result_can_be_split_again(classes, tmp_path):
    split(classes, tmp_path / "one.tif", "1")
    after = split(str(tmp_path / "one.tif"), tmp_path / "two.tif", "1", "Class 5", parts=4)
    assert read_catalog(str(tmp_path / "two.tif")).numbers == (1, 2, 3, 4, 5, 6, 7)
    with SuperpixelFile.open_beside(str(tmp_path / "two.tif")) as kept:
        ids = kept.read_ids(kept.grid.window)
        assert np.array_equal(np.append(0, kept.classes)[ids], after)
    assert read_record_of(str(tmp_path / "two.tif"))[0]["algorithm"] == "superseg:splitclass"


def test_polygons_split_off_the_superpixels_in_them(classes, tmp_path):
    with RasterSource(classes) as source:
        x, across, _, y, _, down = source.grid.geotransform
    before = read_raster(classes)[0]
    area = box(x, y, x + 150 * across, y + 150 * down)
    after = split(classes, tmp_path / "split.tif", "1", area=area)
    changed = after != before
    assert set(np.unique(after[changed])) == {5}
    assert set(np.unique(before[changed])) == {1}
    inside = np.zeros(before.shape, bool)
    inside[:150, :150] = True
    # Superpixels that the border of the polygon cuts go with their larger part.
    assert (changed == (inside & (before == 1))).mean() > 0.97
    assert changed[:130, :130][before[:130, :130] == 1].all()


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (("9",), "SPLIT: classes.tif has no class “9”; give numbers from 1 to 4"),
        ((), "SPLIT is empty; give numbers or names of classes"),
    ],
)
def test_wrong_classes_are_named(classes, tmp_path, chosen, message):
    with pytest.raises(SuperSegError, match=message):
        split(classes, tmp_path / "split.tif", *chosen)
    assert not list(tmp_path.iterdir())


def test_a_class_raster_that_was_changed_is_refused(classes, tmp_path):
    copy = tmp_path / "classes.tif"
    for file in Path(classes).parent.glob("classes.tif*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    from osgeo import gdal

    dataset = gdal.Open(str(copy), gdal.GA_Update)
    dataset.GetRasterBand(1).WriteArray(np.full((3, 3), 2, np.uint8), 100, 100)
    dataset.GetRasterBand(1).WriteArray(np.full((3, 3), 1, np.uint8), 150, 100)
    dataset = None
    with pytest.raises(SuperSegError, match=r"classes\.tif was changed since its superpixels"):
        split(str(copy), tmp_path / "split.tif", "1")
    assert not (tmp_path / "split.tif").exists()
