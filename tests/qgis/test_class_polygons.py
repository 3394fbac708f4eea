# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons of classes: one a patch, with name and area on the ellipsoid."""

from __future__ import annotations

import re

import numpy as np
import pytest
from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingUtils,
    QgsVectorLayer,
)

from tests.class_rasters import striped, write_classes
from tests.qgis.helpers import Listener

DEGREES = (10.0, 0.001, 0.0, 50.0, 0.0, -0.001)


def features(path):
    layer = QgsVectorLayer(path, "polygons", "ogr")
    assert layer.isValid()
    return [
        (f["class"], f["name"], f["area"], f.geometry().constGet().nCoordinates(), f.geometry())
        for f in layer.getFeatures()
    ]


def test_every_patch_is_a_polygon_with_name_and_area(run, tmp_path):
    values = np.ones((20, 20), np.uint8)
    values[5:10, 5:10] = 2
    values[15:18, 5:10] = 2
    values[0, 0] = 0
    path = write_classes(tmp_path / "classes.tif", values)
    found = run(
        "superseg:classpolygons",
        {"CLASSIFICATION": path, "OUTPUT": str(tmp_path / "polygons.gpkg")},
    )
    rows = features(found["OUTPUT"])
    assert found["POLYGON_COUNT"] == len(rows) == 3
    assert sorted((number, name) for number, name, *_ in rows) == [
        (1, "Class 1"),
        (2, "Class 2"),
        (2, "Class 2"),
    ]
    # Pixels of 2 x 2 m in UTM at its central meridian, where a map is 0.9996 of the ground.
    areas = sorted(area for _, _, area, *_ in rows)
    ground = 4 / 0.9996**2
    assert areas == pytest.approx([15 * ground, 25 * ground, 359 * ground], rel=1e-4)


def test_a_table_merges_and_names_first(run, tmp_path):
    path = write_classes(tmp_path / "classes.tif", striped(4))
    table = tmp_path / "table.csv"
    table.write_text("from,to,name\n1,1,It's wood\n2,1,\n", encoding="utf-8")
    found = run(
        "superseg:classpolygons",
        {"CLASSIFICATION": path, "TABLE": str(table), "OUTPUT": str(tmp_path / "p.gpkg")},
    )
    rows = features(found["OUTPUT"])
    assert sorted((number, name) for number, name, *_ in rows) == [
        (1, "It's wood"),
        (3, "Class 3"),
        (4, "Class 4"),
    ]


def test_geographic_areas_are_square_meters_on_the_ellipsoid(run, tmp_path):
    values = np.full((10, 10), 1, np.uint8)
    path = write_classes(tmp_path / "classes.tif", values, geotransform=DEGREES, epsg=4326)
    found = run(
        "superseg:classpolygons", {"CLASSIFICATION": path, "OUTPUT": str(tmp_path / "p.gpkg")}
    )
    ((_, _, area, _, _),) = features(found["OUTPUT"])
    # A hundredth of a degree each way at 50 degrees north.
    assert area == pytest.approx(1112.3 * 716.9, rel=2e-3)


def test_simplifying_removes_the_steps(run, tmp_path):
    rows, cols = np.indices((60, 60))
    path = write_classes(tmp_path / "classes.tif", np.where(rows > cols, 1, 2))
    points = []
    for tolerance in (0, 4):
        found = run(
            "superseg:classpolygons",
            {
                "CLASSIFICATION": path,
                "SIMPLIFY": tolerance,
                "OUTPUT": str(tmp_path / f"p{tolerance}.gpkg"),
            },
        )
        points.append([points for _, _, _, points, _ in features(found["OUTPUT"])])
    assert min(points[0]) > 100
    assert max(points[1]) < 10


def test_a_cancelled_run_leaves_no_files(run, tmp_path):
    path = write_classes(tmp_path / "classes.tif", striped(4))
    target = tmp_path / "p.gpkg"
    run(
        "superseg:classpolygons",
        {"CLASSIFICATION": path, "OUTPUT": str(target)},
        feedback=Listener(cancel_at=5),
    )
    assert not target.exists()
    assert not list(tmp_path.glob(".superseg-*"))


def test_a_table_of_other_classes_is_refused(run, tmp_path):
    path = write_classes(tmp_path / "classes.tif", striped(2))
    table = tmp_path / "table.csv"
    table.write_text("from,to\n7,1\n", encoding="utf-8")
    with pytest.raises(QgsProcessingException, match=r"table\.csv, line 2 lists class 7"):
        run(
            "superseg:classpolygons",
            {"CLASSIFICATION": path, "TABLE": str(table), "OUTPUT": str(tmp_path / "p.gpkg")},
        )


def table_of(path, name):
    return QgsVectorLayer(f"{path}|layername={name}", name, "ogr")


def test_a_table_of_an_existing_geopackage_leaves_the_others(run, tmp_path):
    path = write_classes(tmp_path / "classes.tif", striped(4))
    target = tmp_path / "x.gpkg"
    run("superseg:classpolygons", {"CLASSIFICATION": path, "OUTPUT": str(target)})
    for _ in range(2):
        # The second run replaces the table.
        found = run(
            "superseg:classpolygons",
            {
                "CLASSIFICATION": path,
                "OUTPUT": f"ogr:dbname='{target}' table=\"classes\" (geom)",
            },
        )
        layer = table_of(target, "classes")
        assert layer.isValid()
        assert layer.featureCount() == found["POLYGON_COUNT"] == 4
        assert {feature["name"] for feature in layer.getFeatures()} >= {"Class 1", "Class 4"}
        assert layer.crs().authid() == "EPSG:32632"
    assert table_of(target, "x").featureCount() == 4
    assert not list(tmp_path.glob(".superseg-*"))


@pytest.mark.parametrize("output", ["memory:", "TEMPORARY_OUTPUT", "memory:{}"])
def test_a_temporary_layer_has_the_polygons_with_their_areas(provider, tmp_path, output):
    path = write_classes(tmp_path / "classes.tif", striped(4))
    context = QgsProcessingContext()
    parameters = {"CLASSIFICATION": path, "OUTPUT": output}
    found, fine = provider.algorithm("classpolygons").create().run(parameters, context, Listener())
    assert fine
    layer = QgsProcessingUtils.mapLayerFromString(found["OUTPUT"], context)
    assert layer.featureCount() == 4
    assert min(feature["area"] for feature in layer.getFeatures()) > 0
    assert not list(tmp_path.glob(".superseg-*"))


@pytest.mark.parametrize("name", ["p.shp", "p.geojson", "p.fgb", "p.sqlite"])
def test_any_vector_file_of_qgis_is_written_whole(run, tmp_path, name):
    path = write_classes(tmp_path / "classes.tif", striped(4))
    (tmp_path / "out").mkdir()
    found = run(
        "superseg:classpolygons", {"CLASSIFICATION": path, "OUTPUT": str(tmp_path / "out" / name)}
    )
    assert [name for _, name, *_ in features(found["OUTPUT"])] == [
        f"Class {number}" for number in range(1, 5)
    ]
    assert not list((tmp_path / "out").glob(".*"))


def test_a_database_that_cannot_be_written_is_an_error_and_stays(run, tmp_path):
    path = write_classes(tmp_path / "classes.tif", striped(2))
    target = tmp_path / "x.gpkg"
    target.write_text("no database")
    output = f"ogr:dbname='{target}' table=\"a\" (geom)"
    with pytest.raises(QgsProcessingException, match=r"OUTPUT: .*cannot be written"):
        run("superseg:classpolygons", {"CLASSIFICATION": path, "OUTPUT": output})
    assert target.read_text() == "no database"


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("ogr:dbname='/none/x.gpkg' table=\"classes\" (geom)", "folder /none does not exist"),
        ("/none/x.gpkg", "folder /none does not exist"),
        ("x.dxf", r"OUTPUT.*\.dxf"),
        ("x.xyzzy", "xyzzy"),
    ],
)
def test_an_output_that_cannot_be_is_refused_by_the_dialog(provider, tmp_path, output, said):
    path = write_classes(tmp_path / "classes.tif", striped(2))
    output = output if "/" in output else str(tmp_path / output)
    fine, message = (
        provider.algorithm("classpolygons")
        .create()
        .checkParameterValues({"CLASSIFICATION": path, "OUTPUT": output}, QgsProcessingContext())
    )
    assert not fine
    assert re.search(said, message)
    assert ".superseg-" not in message
