# SPDX-License-Identifier: GPL-2.0-or-later
"""Objects as polygons in QGIS: fields with units, filters by class and area, any destination."""

from __future__ import annotations

import gc
import math
import re
import shutil

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import (
    QgsProcessingException,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsVectorLayer,
)

from superseg_plugin.raster.superpixel_tables import superpixel_file_of
from tests.class_rasters import striped, write_classes
from tests.conftest import quarters, read_raster, write_raster
from tests.qgis.helpers import Listener, load_results


@pytest.fixture(scope="module")
def segmented(plugin, files, tmp_path_factory):
    """Classes with their superpixels beside them."""
    from qgis import processing

    path = str(tmp_path_factory.mktemp("segmented") / "classes.tif")
    given = {"INPUT": files["scene"], "PRESET": "fast", "CLASSES": 4, "DEVICE": "cpu"}
    processing.run("superseg:segment", {**given, "OUTPUT": path}, feedback=Listener())
    return path


def rows_of(path):
    layer = QgsVectorLayer(path, "objects", "ogr")
    assert layer.isValid()
    names = layer.fields().names()
    return [{name: one[name] for name in names} for one in layer.getFeatures()], layer


def test_superpixels_are_polygons_with_all_that_is_known(run, files, segmented, tmp_path):
    given = {"CLASSIFICATION": segmented, "OBJECTS": "superpixels", "INPUT": files["scene"]}
    found = run("superseg:objects", {**given, "OUTPUT": str(tmp_path / "o.gpkg")})
    rows, layer = rows_of(found["OUTPUT"])
    assert found["OBJECT_COUNT"] == len(rows) > 4
    ids = read_raster(superpixel_file_of(segmented))[0]
    assert sorted(row["id"] for row in rows) == np.unique(ids[ids > 0]).tolist()
    classes, image = read_raster(segmented)[0], read_raster(files["scene"])
    for row in rows:
        inside = ids == row["id"]
        assert row["class"] == classes[inside][0]
        assert row["name"] == f"Class {row['class']}"
        assert row["pixels"] == inside.sum()
        assert row["area"] == pytest.approx(inside.sum() * 4 / 0.9996**2, rel=1e-4)
        assert 0 < row["confidence"] <= 100
        assert 0 < row["compactness"] <= 1
        assert row["mean_2"] == pytest.approx(image[1][inside].mean())
        assert row["std_3"] == pytest.approx(image[2][inside].std())
        assert row["texture_1"] > 0
        others = [int(number) for number in row["neighbor_ids"].split()]
        assert len(others) == row["neighbors"] > 0
        assert row["id"] not in others
    assert layer.crs().authid() == "EPSG:32632"


def test_patches_are_selected_by_name_and_area(run, tmp_path):
    values = np.ones((30, 30), np.uint8)
    values[2:4, 2:4] = values[10:15, 10:15] = 2
    # Two pixels that touch at a corner are two patches.
    values[20, 20] = values[21, 21] = 3
    values[0] = 0
    path = write_classes(tmp_path / "classes.tif", values)
    table = tmp_path / "names.csv"
    table.write_text("from,to,name,color\n2,2,It's water,#0000ff\n", encoding="utf-8")
    given = {"CLASSIFICATION": path, "TABLE": str(table), "OUTPUT": str(tmp_path / "o.gpkg")}
    rows, layer = rows_of(run("superseg:objects", given)["OUTPUT"])
    assert sorted((row["class"], row["pixels"]) for row in rows) == [
        *((1, 839), (2, 4), (2, 25), (3, 1), (3, 1))
    ]
    layer.selectByExpression("\"name\" = 'It''s water' and \"area\" < 50")
    (small,) = layer.selectedFeatures()
    # A square of 2 x 2 pixels of 2 m.
    assert small["area"] == pytest.approx(16, rel=2e-3)
    assert small["perimeter"] == pytest.approx(16, rel=2e-3)
    assert small["compactness"] == pytest.approx(math.pi / 4, rel=1e-2)
    assert small["neighbors"] == 1
    large = max(rows, key=lambda row: row["pixels"])
    # The outlines of the holes count.
    assert large["perimeter"] == pytest.approx(2 * (29 + 30 + 29 + 30 + 8 + 20 + 8), rel=2e-3)
    assert large["neighbors"] == 4


def test_an_object_of_two_polygons_is_one_feature(run, segmented, tmp_path):
    path = tmp_path / "classes.tif"
    ids = read_raster(superpixel_file_of(segmented))[0]
    # The largest superpixel without its middle column has two polygons.
    number = int(np.bincount(ids.ravel())[1:].argmax()) + 1
    columns = np.flatnonzero((ids == number).any(axis=0))
    cut = (ids == number) & (np.arange(ids.shape[1]) == columns[len(columns) // 2])
    for ending in ("", ".aux.xml", ".superseg.tif"):
        shutil.copyfile(f"{segmented}{ending}", f"{path}{ending}")
    # A mask beside the file, which itself stays as it is.
    opened = gdal.Open(str(path))
    opened.CreateMaskBand(gdal.GMF_PER_DATASET)
    shown = np.where(cut, 0, 255).astype(np.uint8)
    opened.GetRasterBand(1).GetMaskBand().WriteRaster(0, 0, *shown.T.shape, shown.tobytes())
    opened = None
    assert path.with_name(f"{path.name}.msk").is_file()
    given = {"CLASSIFICATION": str(path), "OBJECTS": "superpixels"}
    rows, layer = rows_of(
        run("superseg:objects", {**given, "OUTPUT": str(tmp_path / "o.gpkg")})["OUTPUT"]
    )
    assert len({row["id"] for row in rows}) == len(rows)
    (one,) = [each for each in layer.getFeatures() if each["id"] == number]
    assert len(one.geometry().asMultiPolygon()) > 1
    # Without an image there are means only.
    assert "mean_1" in rows[0]
    assert "std_1" not in rows[0]


@pytest.mark.parametrize("output", ["o.shp", "o.geojson", "memory:", "TEMPORARY_OUTPUT"])
def test_any_destination_is_written_whole(run, segmented, tmp_path, output):
    file = "." in output
    given = {"CLASSIFICATION": segmented, "OBJECTS": "patches"}
    (tmp_path / "out").mkdir()
    target = str(tmp_path / "out" / output) if file else output
    found = run("superseg:objects", {**given, "OUTPUT": target})
    layer = QgsVectorLayer(found["OUTPUT"], "o", "ogr") if file else found["OUTPUT"]
    if not file and isinstance(layer, str):
        layer = QgsVectorLayer(layer, "o", "ogr")
    assert layer.featureCount() == found["OBJECT_COUNT"] > 0
    assert not list((tmp_path / "out").glob(".*"))


@pytest.mark.parametrize(("bands", "hidden"), [(12, False), (13, True)])
def test_the_attribute_table_shows_few_bands_only(
    run, plugin, project_context, tmp_path, bands, hidden
):
    path = write_classes(tmp_path / "classes.tif", striped(3))
    shape = read_raster(path)[0].shape
    image = write_raster(tmp_path / "image.tif", quarters(*shape, bands=bands)[0])
    target = QgsProcessingOutputLayerDefinition(str(tmp_path / "o.gpkg"), QgsProject.instance())
    listener = Listener()
    given = {"CLASSIFICATION": path, "INPUT": image, "OUTPUT": target}
    results = run("superseg:objects", given, listener, project_context)
    gc.collect()
    load_results(plugin.provider.algorithm("objects"), project_context, listener, results)
    (layer,) = QgsProject.instance().mapLayers().values()
    assert f"mean_{bands}" in layer.fields().names()
    columns = {one.name: one.hidden for one in layer.attributeTableConfig().columns()}
    assert columns.get("mean_1", False) == columns.get("texture_3", False) == hidden
    assert not columns.get("area", False)


@pytest.mark.parametrize("name", ["objects", "classpolygons"])
def test_fields_have_titles_with_units_in_a_project(run, plugin, project_context, tmp_path, name):
    path = write_classes(tmp_path / "classes.tif", striped(3))
    target = QgsProcessingOutputLayerDefinition(str(tmp_path / "o.gpkg"), QgsProject.instance())
    listener = Listener()
    given = {"CLASSIFICATION": path, "OUTPUT": target}
    results = run(f"superseg:{name}", given, listener, project_context)
    gc.collect()
    load_results(plugin.provider.algorithm(name), project_context, listener, results)
    (layer,) = QgsProject.instance().mapLayers().values()
    titles = {field.name(): field.displayName() for field in layer.fields()}
    assert titles["area"] == "Area (m²)"
    assert titles["perimeter"] == "Perimeter (m)"
    assert [category.label() for category in layer.renderer().categories()] == [
        "Class 1",
        "Class 2",
        "Class 3",
    ]
    for feature in layer.getFeatures():
        assert feature["perimeter"] > 4 * math.sqrt(feature["area"]) * 0.99


def test_without_a_reference_system_units_are_unknown(run, tmp_path):
    path = write_classes(tmp_path / "c.tif", striped(2, 8), geotransform=None, epsg=None)
    given = {"CLASSIFICATION": path, "OUTPUT": str(tmp_path / "o.gpkg")}
    rows, layer = rows_of(run("superseg:objects", given)["OUTPUT"])
    assert sorted(row["area"] for row in rows) == [24, 40]
    assert {row["perimeter"] for row in rows} == {22, 26}
    assert layer.extent().height() == 8


def test_degrees_have_square_meters(run, tmp_path):
    place = (10.0, 0.001, 0.0, 50.0, 0.0, -0.001)
    values = np.ones((10, 10), np.uint8)
    path = write_classes(tmp_path / "c.tif", values, geotransform=place, epsg=4326)
    given = {"CLASSIFICATION": path, "OUTPUT": str(tmp_path / "o.gpkg")}
    ((row,), _) = rows_of(run("superseg:objects", given)["OUTPUT"])
    assert row["area"] == pytest.approx(1112.3 * 716.9, rel=2e-3)
    assert row["perimeter"] == pytest.approx(2 * (1112.3 + 716.9), rel=2e-3)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"OBJECTS": "superpixels"}, "There is no fields.tif.superseg.tif"),
        ({"INPUT": "small"}, "INPUT: .* lies elsewhere|INPUT: small.tif"),
        ({"TABLE": "table"}, "lists class 99"),
        ({"OUTPUT": "/none/o.gpkg"}, "folder /none does not exist"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(run, files, tmp_path, changes, said):
    table = tmp_path / "table.csv"
    table.write_text("from,to\n99,1\n", encoding="utf-8")
    small = write_raster(tmp_path / "small.tif", quarters(16, 16)[0])
    layers = {"small": small, "table": str(table)}
    target = tmp_path / "o.gpkg"
    given = {"CLASSIFICATION": files["fields"], "OUTPUT": str(target)}
    given.update({name: layers.get(value, value) for name, value in changes.items()})
    with pytest.raises(QgsProcessingException) as caught:
        run("superseg:objects", given)
    assert re.search(said, str(caught.value)), caught.value
    assert not target.exists()
    assert not list(tmp_path.glob(".superseg-*"))


def test_a_cancelled_run_leaves_the_former_file(run, segmented, tmp_path):
    target = tmp_path / "o.gpkg"
    target.write_bytes(b"former")
    given = {"CLASSIFICATION": segmented, "OUTPUT": str(target)}
    run("superseg:objects", given, feedback=Listener(cancel_at=50))
    assert target.read_bytes() == b"former"
    assert not list(tmp_path.glob(".superseg-*"))
