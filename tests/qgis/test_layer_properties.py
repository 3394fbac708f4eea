# SPDX-License-Identifier: GPL-2.0-or-later
"""What QGIS knows of a layer, and the file of its validity, holds in every algorithm."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessingContext,
    QgsRasterLayer,
    QgsRasterRange,
    QgsVectorLayer,
)

from superseg_plugin.raster.class_table import read_class_table
from tests.conftest import quarters, read_raster, write_raster

# A part of the 64 x 64 pixels of 2 m.
HOLE = np.zeros((64, 64), bool)
HOLE[8:20, 40:56] = True
MARK = 77


def image_layer(path, nodata=None, **options):
    """A layer of an image that holds MARK in the hole."""
    image, _ = quarters()
    image[image == MARK] += 1
    path = write_raster(
        path, np.where(HOLE, MARK, image).astype(np.uint8), nodata=nodata, **options
    )
    return QgsRasterLayer(path, "image")


def painted(path):
    """The valid pixels of a raster."""
    dataset = gdal.Open(path)
    return dataset.GetRasterBand(1).GetMaskBand().ReadAsArray() > 0


def segment(run, layer, tmp_path, **options):
    given = {"INPUT": layer, "CLASSES": 5, "PRESET": "fast", "DEVICE": "cpu", **options}
    return run("superseg:segment", {**given, "OUTPUT": str(tmp_path / "c.tif")})["OUTPUT"]


@pytest.mark.parametrize(
    "ranges",
    [
        [QgsRasterRange(MARK, MARK)],
        [QgsRasterRange(MARK - 1, MARK + 1, QgsRasterRange.BoundsType.Exclusive)],
    ],
    ids=["a value", "an open range"],
)
def test_additional_nodata_values_of_a_layer_are_nodata(run, tmp_path, ranges):
    layer = image_layer(tmp_path / "image.tif")
    for band in (1, 2, 3):
        layer.dataProvider().setUserNoDataValue(band, ranges)
    classes = read_raster(segment(run, layer, tmp_path))[0]
    assert np.array_equal(classes == 0, HOLE)
    path = str(tmp_path / "s.tif")
    run("superseg:superpixels", {"INPUT": layer, "OUTPUT": path})
    assert np.array_equal(read_raster(path)[0] == 0, HOLE)


def test_a_nodata_value_that_the_layer_does_not_use_is_a_value(run, tmp_path):
    layer = image_layer(tmp_path / "image.tif", nodata=MARK)
    assert (read_raster(segment(run, layer, tmp_path))[0][HOLE] == 0).all()
    for band in (1, 2, 3):
        layer.dataProvider().setUseSourceNoDataValue(band, False)
    assert (read_raster(segment(run, layer, tmp_path))[0] > 0).all()


@pytest.mark.parametrize("written", [None, 32632])
def test_the_reference_system_of_the_layer_is_that_of_the_result(run, tmp_path, written):
    layer = image_layer(tmp_path / "image.tif", epsg=written)
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32633"))
    result = QgsRasterLayer(segment(run, layer, tmp_path), "classes")
    assert result.crs().authid() == "EPSG:32633"


def test_rational_polynomial_coefficients_are_kept(run, tmp_path):
    layer = image_layer(tmp_path / "image.tif", geotransform=None, epsg=None)
    zeros = " ".join(["0"] * 17)
    given = {
        **{"LINE_OFF": "32", "SAMP_OFF": "32", "LAT_OFF": "47", "LONG_OFF": "9"},
        **{"HEIGHT_OFF": "0", "LINE_SCALE": "32", "SAMP_SCALE": "32", "LAT_SCALE": "0.01"},
        **{"LONG_SCALE": "0.01", "HEIGHT_SCALE": "500"},
        **{"LINE_NUM_COEFF": f"0 0 -1 {zeros}", "LINE_DEN_COEFF": f"1 0 0 {zeros}"},
        **{"SAMP_NUM_COEFF": f"0 1 0 {zeros}", "SAMP_DEN_COEFF": f"1 0 0 {zeros}"},
    }
    path = layer.source()
    del layer
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.SetMetadata(given, "RPC")
    dataset = None
    result = segment(run, path, tmp_path)
    found = gdal.Open(result).GetMetadata("RPC")
    assert {name: found[name] for name in given} == given


# Rasters of classes


@pytest.fixture(params=["mask", "alpha", "class 0", "nodata", "layer"])
def classes(request, tmp_path):
    """A class raster that is not valid in the hole, and its numbers elsewhere."""
    _, numbers = quarters()
    path = tmp_path / "classes.tif"
    if request.param == "mask":
        return write_raster(path, numbers, mask=~HOLE), numbers
    if request.param == "alpha":
        return write_raster(path, numbers, alpha=np.where(HOLE, 0, 255)), numbers
    if request.param == "class 0":
        numbers = numbers - 1
        return write_raster(
            path, np.where(HOLE, 255, numbers).astype(np.uint8), nodata=255
        ), numbers
    marked = np.where(HOLE, MARK, numbers).astype(np.uint8)
    if request.param == "nodata":
        return write_raster(path, marked, nodata=MARK), numbers
    layer = QgsRasterLayer(write_raster(path, marked), "classes")
    layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(MARK, MARK)])
    return layer, numbers


def test_polygons_cover_the_valid_pixels(run, classes, tmp_path):
    given = {"CLASSIFICATION": classes[0], "OUTPUT": str(tmp_path / "p.gpkg")}
    layer = QgsVectorLayer(run("superseg:classpolygons", given)["OUTPUT"], "polygons", "ogr")
    area = {}
    for feature in layer.getFeatures():
        number = feature["class"]
        area[number] = area.get(number, 0.0) + feature.geometry().area()
    valid = classes[1][~HOLE]
    assert area == {n: 4.0 * (valid == n).sum() for n in np.unique(valid).tolist()}


def test_merging_keeps_the_valid_pixels(run, classes, files, tmp_path):
    given = {"CLASSIFICATION": classes[0], "INPUT": files["scene"], "CLASSES": 3}
    path = run("superseg:mergeclasses", {**given, "OUTPUT": str(tmp_path / "m.tif")})["OUTPUT"]
    assert np.array_equal(read_raster(path)[0] == 0, HOLE)
    assert sum(read_class_table(path).counts) == (~HOLE).sum()


def test_changes_compare_the_valid_pixels(run, classes, tmp_path):
    given = {"CLASSIFICATION_BEFORE": classes[0], "CLASSIFICATION_AFTER": classes[0]}
    outputs = {"OUTPUT": str(tmp_path / "c.tif"), "TABLE": str(tmp_path / "c.csv")}
    run("superseg:changes", {**given, **outputs})
    assert np.array_equal(read_raster(outputs["OUTPUT"])[0] == 0, HOLE)
    with Path(outputs["TABLE"]).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    valid = classes[1][~HOLE]
    counts = {int(row["from"]): int(row["pixels"]) for row in rows}
    assert counts == {n: (valid == n).sum() for n in np.unique(valid).tolist()}


def test_evaluation_compares_the_valid_pixels(run, classes, files):
    given = {"CLASSIFICATION": classes[0], "REFERENCE": files["fields"]}
    found = run("superseg:evaluate", given)
    assert found["ACCURACY"] == found["MEAN_IOU"] == 1.0
    found = run("superseg:evaluate", {"CLASSIFICATION": files["fields"], "REFERENCE": classes[0]})
    assert found["ACCURACY"] == found["MEAN_IOU"] == 1.0


def test_average_color_paints_the_valid_pixels(run, classes, files, tmp_path):
    given = {"INPUT": files["scene"], "CLASSIFICATION": classes[0]}
    path = run("superseg:averagecolor", {**given, "OUTPUT": str(tmp_path / "a.tif")})["OUTPUT"]
    assert np.array_equal(painted(path), ~HOLE)


# Fill values of an image whose classes are there already


@pytest.fixture
def filled(tmp_path):
    """An image with undeclared -9999 in the hole, and its path."""
    image, _ = quarters(dtype="float32")
    return write_raster(tmp_path / "image.tif", np.where(HOLE, -9999, image).astype(np.float32))


def test_average_color_leaves_out_fill_values_as_the_run_did(run, filled, files, tmp_path):
    given = {"INPUT": filled, "CLASSIFICATION": files["fields"]}
    path = run("superseg:averagecolor", {**given, "OUTPUT": str(tmp_path / "a.tif")})["OUTPUT"]
    assert np.array_equal(painted(path), ~HOLE)
    kept = segment(run, filled, tmp_path, VALUES="as they are")
    given["CLASSIFICATION"] = kept
    path = run("superseg:averagecolor", {**given, "OUTPUT": str(tmp_path / "b.tif")})["OUTPUT"]
    assert (read_raster(path)[0][HOLE] == -9999).all()


def test_merging_compares_classes_without_fill_values(run, filled, files, tmp_path):
    merged = {}
    for name, image in (("filled", filled), ("scene", files["scene"])):
        given = {"CLASSIFICATION": files["fields"], "INPUT": image, "CLASSES": 2}
        path = str(tmp_path / f"{name}.tif")
        run("superseg:mergeclasses", {**given, "OUTPUT": path})
        merged[name] = read_raster(path)[0]
    assert np.array_equal(merged["filled"], merged["scene"])


def test_the_dialog_names_fill_values_and_their_share(plugin, filled):
    algorithm = plugin.provider.algorithm("segment")
    given = {d.name(): d.defaultValue() for d in algorithm.parameterDefinitions()}
    given |= {"INPUT": filled, "CLASSES": 4, "OUTPUT": "TEMPORARY_OUTPUT"}
    estimate = algorithm.estimator(given, QgsProcessingContext())()
    (line,) = estimate.look()
    assert "4.7 % of the pixels have exactly -9999" in line
    given["VALUES"] = "as they are"
    assert algorithm.estimator(given, QgsProcessingContext())().look() == []
