# SPDX-License-Identifier: GPL-2.0-or-later
"""Labelling classes from examples, and writing what came of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from osgeo import ogr

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.classes.catalog import read_catalog
from superseg_plugin.pipeline.classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from superseg_plugin.pipeline.labelling import LabellingOutputs, run_labelling
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.steps.example_superpixels import Shapes
from superseg_plugin.pipeline.steps.teaching import thinned
from superseg_plugin.raster.class_table import read_class_table
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.superpixel_file import SuperpixelFile
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape

SIDE = 300


@pytest.fixture(scope="module")
def classes(worker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scene")
    image = write_raster(folder / "scene.tif", landscape(SIDE, SIDE))
    path = str(folder / "classes.tif")
    options = SegmentationOptions(preset="fast", classes=4)
    outputs = SegmentationOutputs(path, model=str(folder / "classes.superseg"))
    with RasterSource(image) as source:
        run_segmentation(source, outputs, options, worker, Listener())
    return path


@pytest.fixture(scope="module")
def grid(classes):
    with RasterSource(classes) as source:
        return source.grid


def points(grid, *places):
    """Examples at rows and columns."""
    pixels = np.array([(col + 0.5, row + 0.5) for row, col, _ in places])
    return Shapes(grid.to_coordinates(pixels), [name for *_, name in places])


def place_in(classes, number, which=0):
    """Row and column of a pixel well inside a superpixel of a class."""
    with SuperpixelFile.open_beside(classes) as file:
        order = np.argsort(-file.pixels, kind="stable")
        rows = order[file.classes[order] == number]
        return tuple(file.place[rows[which]].tolist())


def label(classes, output, shapes, worker, confidence=None, model=None):
    listener = Listener()
    outputs = LabellingOutputs(str(output), confidence and str(confidence), model)
    with RasterSource(classes) as source:
        count = run_labelling(source, shapes, outputs, 8.0, worker, listener)
    return read_raster(str(output))[0], count, listener


def test_classes_with_examples_are_named_and_the_others_stay(classes, grid, worker, tmp_path):
    before = read_raster(classes)[0]
    shapes = points(
        grid, (*place_in(classes, 1), "Forest"), (*place_in(classes, 2), " Open water ")
    )
    after, count, listener = label(classes, tmp_path / "named.tif", shapes, worker)
    assert count == 4
    assert np.array_equal(after[before > 2], before[before > 2])
    assert set(np.unique(after[before <= 2])) == {1, 2}
    catalog = read_catalog(str(tmp_path / "named.tif"))
    assert catalog.names == ("Forest", "Open water", "Class 3", "Class 4")
    assert catalog.colors == read_catalog(classes).colors
    assert any("stay as they are: Class 3, Class 4" in line for line in listener.lines)


def test_one_name_for_several_classes_leaves_no_empty_class(classes, grid, worker, tmp_path):
    shapes = points(
        grid,
        *((*place_in(classes, number), "forest" if number == 3 else "Forest") for number in (1, 3)),
        (*place_in(classes, 2), "Water"),
    )
    after, count, _ = label(classes, tmp_path / "named.tif", shapes, worker)
    assert count == len(np.unique(after)) == 3
    table = read_class_table(tmp_path / "named.tif")
    assert [name for name, pixels in zip(table.names, table.counts) if pixels or name] == [
        "Forest",
        "Water",
        "Class 4",
    ]
    # The result can be labelled again: it has superpixels and a merge order of its own.
    again = points(grid, (*place_in(str(tmp_path / "named.tif"), 4), "Water"))
    after, count, _ = label(str(tmp_path / "named.tif"), tmp_path / "again.tif", again, worker)
    assert count == 2
    assert not read_catalog(str(tmp_path / "again.tif")).no_order


def test_several_names_divide_a_class(classes, grid, worker, tmp_path):
    places = [place_in(classes, 1, which) for which in (0, 5)]
    shapes = points(grid, (*places[0], "Near"), (*places[1], "Far"))
    after, count, _ = label(
        classes, tmp_path / "named.tif", shapes, worker, tmp_path / "confidence.tif"
    )
    assert count == 5
    names = read_class_table(tmp_path / "named.tif").names
    assert [names[after[place] - 1] for place in places] == ["Near", "Far"]
    assert {after[place] for place in places} == {1, 5}
    confidence = read_raster(str(tmp_path / "confidence.tif"))[0]
    assert [confidence[place] for place in places] == [100, 100]
    assert confidence.min() > 0
    assert confidence.max() == 100
    before = read_raster(classes)[0]
    assert confidence[before == 1].std() > 0


def test_polygons_are_examples_of_the_superpixels_in_them(classes, grid, worker, tmp_path):
    corners = grid.to_coordinates(np.array([[0.0, 0.0], [150.0, 300.0], [150.0, 0], [300, 300]]))

    def box(one, two):
        (left, top), (right, bottom) = one, two
        ring = f"{left} {top},{right} {top},{right} {bottom},{left} {bottom},{left} {top}"
        return bytes(ogr.CreateGeometryFromWkt(f"POLYGON(({ring}))").ExportToWkb())

    polygons = [(box(*corners[:2]), "West"), (box(*corners[2:]), "East")]
    shapes = Shapes(np.zeros((0, 2)), polygons=polygons)
    after, count, _ = label(classes, tmp_path / "named.tif", shapes, worker)
    names = np.array(["", *read_class_table(tmp_path / "named.tif").names])[after]
    assert count == 2
    # Each superpixel is an example, so that only those on the border differ.
    assert (names[:, :140] == "West").mean() > 0.97
    assert (names[:, 160:] == "East").mean() > 0.97


def test_what_is_left_out_is_told(classes, grid, worker, tmp_path):
    place = place_in(classes, 1)
    several = place_in(classes, 2)
    shapes = points(
        grid,
        (*place, "Forest"),
        (*several, "Town"),
        (*several, "Town"),
        (*several, "Water"),
        (*place, ""),
        (-50, 10, "Forest"),
    )
    after, _, listener = label(classes, tmp_path / "named.tif", shapes, worker)
    told = "\n".join(listener.lines)
    assert "1 example without a name is left out" in told
    assert "1 example off the class raster is left out" in told
    assert "1 superpixel with examples of several names" in told
    assert "Town and Water" in told
    assert read_class_table(tmp_path / "named.tif").names[after[several] - 1] == "Town"


@pytest.mark.parametrize(
    ("places", "message"),
    [
        ([(-50, 10, "Forest")], "EXAMPLES: no example with a name lies on the classes"),
        ([(10, 10, "")], "EXAMPLES: no example with a name lies on the classes"),
        ([(10, 10, "Forest"), (10, 10, "Water")], "every superpixel with an example has several"),
    ],
)
def test_examples_that_name_nothing_are_refused(classes, grid, worker, tmp_path, places, message):
    with pytest.raises(SuperSegError, match=message):
        label(classes, tmp_path / "named.tif", points(grid, *places), worker)
    assert not list(tmp_path.iterdir())


def test_too_many_examples_are_thinned_evenly_over_the_names():
    indices = np.repeat([0, 1, 2], [500, 20, 80])
    kept = indices[thinned(indices, 150)]
    assert np.bincount(kept).tolist() == [65, 20, 65]
    assert len(thinned(indices, 600)) == 600


def test_the_labelled_model_gives_other_scenes_the_names(classes, grid, worker, tmp_path):
    path = Path(classes)
    shapes = points(
        grid, (*place_in(classes, 1), "Forest"), *((*place_in(classes, n), "Water") for n in (2, 3))
    )
    model = str(tmp_path / "named.superseg"), str(path.with_name("classes.superseg"))
    after, _, _ = label(classes, tmp_path / "named.tif", shapes, worker, model=model)
    outputs = ClassificationOutputs(str(tmp_path / "again.tif"))
    with RasterSource(str(path.with_name("scene.tif"))) as source:
        inputs = ClassificationInputs(source, model[0])
        run_classification(inputs, outputs, ClassificationOptions(), worker, Listener())
    again = read_raster(outputs.classes)[0]
    assert (again == after).mean() > 0.95
    tables = [read_class_table(tmp_path / f"{name}.tif") for name in ("named", "again")]
    assert np.array_equal(tables[0].colors, tables[1].colors)
    assert [tables[1].names[number - 1] for number in np.unique(after)] == [
        tables[0].names[number - 1] for number in np.unique(after)
    ]


def test_a_model_of_another_run_is_refused(classes, grid, worker, tmp_path):
    other = tmp_path / "other.superseg"
    image = write_raster(tmp_path / "other.tif", landscape(128, 128, seed=3))
    options = SegmentationOptions(preset="fast", classes=4)
    outputs = SegmentationOutputs(str(tmp_path / "other_classes.tif"), model=str(other))
    with RasterSource(image) as source:
        run_segmentation(source, outputs, options, worker, Listener())
    shapes = points(grid, (*place_in(classes, 1), "Forest"))
    model = str(tmp_path / "named.superseg"), str(other)
    with pytest.raises(SuperSegError, match=r"MODEL other\.superseg was not made with these"):
        label(classes, tmp_path / "named.tif", shapes, worker, model=model)
    assert not list(tmp_path.glob("named*"))
