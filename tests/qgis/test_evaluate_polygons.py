# SPDX-License-Identifier: GPL-2.0-or-later
"""Evaluation of classes by polygons, and of the classes that a table merges."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProcessingException,
    QgsVectorLayer,
)

from tests.conftest import write_raster


@pytest.fixture
def noisy(files, tmp_path):
    """A map of the fields in which some rows are wrong."""
    fields = gdal.Open(files["fields"]).ReadAsArray()
    fields[5:25] = fields[5:25] % 4 + 1
    return write_raster(tmp_path / "noisy.tif", fields, nodata=0)


@pytest.fixture
def polygons(run, files, tmp_path):
    """The fields as polygons in geographic coordinates, with number and name."""
    made, moved = str(tmp_path / "made.gpkg"), str(tmp_path / "moved.gpkg")
    run("superseg:classpolygons", {"CLASSIFICATION": files["fields"], "OUTPUT": made})
    target = QgsCoordinateReferenceSystem("EPSG:4326")
    run("native:reprojectlayer", {"INPUT": made, "TARGET_CRS": target, "OUTPUT": moved})
    return moved


@pytest.mark.parametrize("field", ["class", "name"])
def test_polygons_in_another_system_equal_the_raster(run, files, noisy, polygons, field):
    given = {"CLASSIFICATION": noisy}
    expected = run("superseg:evaluate", {**given, "REFERENCE": files["fields"]})
    given["POLYGONS_FIELD"] = field
    found = run("superseg:evaluate", {**given, "POLYGONS": polygons})
    layer = QgsVectorLayer(polygons, "fields", "ogr")
    again = run("superseg:evaluate", {**given, "POLYGONS": layer})
    assert 0.7 < expected["NAMED_ACCURACY"] < 1
    assert set(expected) == {
        *("AMI", "ARI", "FMI", "ARE", "V_MEASURE", "ACCURACY", "MEAN_IOU"),
        *("NAMED_ACCURACY", "NAMED_MEAN_IOU", "KAPPA"),
    }
    for name, value in expected.items():
        assert found[name] == again[name] == pytest.approx(value, rel=1e-12), name


@pytest.mark.parametrize("kind", ["raster", "polygons"])
def test_figures_equal_scikit_learn(run, files, noisy, polygons, tmp_path, listener, kind):
    """The figures that scikit-learn 1.9.1 gives for the pixels of both rasters.

    As more of class 2 lies in field 1 than in field 2, it counts as 1. What scikit-learn gives for
    other tables is compared in tests/engine/test_scores_match_sklearn.py.
    """
    figures = tmp_path / "figures.json"
    given = {"CLASSIFICATION": noisy, "FIGURES": str(figures)}
    if kind == "raster":
        found = run("superseg:evaluate", {**given, "REFERENCE": files["fields"]}, listener)
        assert "2: not mapped, producer's accuracy 0.000" in listener.lines
        assert "1 counts as 1: 100.0 % of the pixels of 1 are 1" in listener.lines
    else:
        given["POLYGONS_FIELD"] = "class"
        found = run("superseg:evaluate", {**given, "POLYGONS": polygons})
    told = json.loads(figures.read_text(encoding="utf-8"))["figures"]

    def of(figure):
        return [row["value"] for row in told if row["figure"] == figure]

    # accuracy_score, cohen_kappa_score, adjusted_mutual_info_score, adjusted_rand_score
    assert found["NAMED_ACCURACY"] == 0.75
    assert found["KAPPA"] == pytest.approx(2 / 3, rel=1e-12)
    assert found["AMI"] == pytest.approx(0.7122633296431854, rel=1e-9)
    assert found["ARI"] == pytest.approx(0.5840846277104849, rel=1e-12)
    # jaccard_score, precision_score, recall_score
    assert of("IoU") == pytest.approx([8 / 11, 0, 8 / 13, 1], rel=1e-12)
    # No class counts as 2, where scikit-learn gives 0.
    users = [value for value in of("user's accuracy") if value is not None]
    assert users == pytest.approx([8 / 11, 8 / 13, 1], rel=1e-12)
    assert of("producer's accuracy") == pytest.approx([1, 0, 1, 1], rel=1e-12)
    # confusion_matrix; here one row for each reference class
    assert np.reshape(of("pixels"), (4, 4)).tolist() == [
        [384, 640, 0, 0],
        [0, 384, 640, 0],
        [0, 0, 1024, 0],
        [0, 0, 0, 1024],
    ]


def test_a_table_merges_and_names_before_the_comparison(run, files, noisy, tmp_path, listener):
    table, figures = tmp_path / "table.csv", tmp_path / "figures.json"
    table.write_text("from,to,name\n1,1,One\n2,1,\n3,3,\n4,4,\n", encoding="utf-8")
    given = {"CLASSIFICATION": noisy, "REFERENCE": files["fields"], "TABLE": str(table)}
    found = run("superseg:evaluate", {**given, "FIGURES": str(figures)}, listener)
    assert any(line.startswith("One counts as 1: ") for line in listener.lines)
    assert not any("nan" in line for line in listener.lines)
    told = json.loads(figures.read_text(encoding="utf-8"))["figures"]
    accuracy = {one["figure"]: one["value"] for one in told if not one["reference_class"]}
    assert accuracy["overall accuracy"] == pytest.approx(found["NAMED_ACCURACY"])
    assert accuracy["kappa"] == pytest.approx(found["KAPPA"])
    table.write_text("from,to\n99,1\n", encoding="utf-8")
    with pytest.raises(QgsProcessingException, match="line 2 lists class 99"):
        run("superseg:evaluate", given)


def test_figures_of_a_sample_have_intervals(run, files, tmp_path, listener):
    points = QgsVectorLayer("Point?crs=EPSG:32632&field=kind:double", "visits", "memory")
    features = []
    for row in range(12):
        for column in range(12):
            feature = QgsFeature(points.fields())
            wkt = f"POINT({500003 + 10 * column} {5199997 - 10 * row})"
            feature.setGeometry(QgsGeometry.fromWkt(wkt))
            feature.setAttribute("kind", 1.0 if column % 5 else 2.0)
            features.append(feature)
    far = QgsFeature(points.fields())
    far.setGeometry(QgsGeometry.fromWkt("POINT(0 0)"))
    far.setAttribute("kind", 7.0)
    assert points.dataProvider().addFeatures([*features, far])[0]
    figures = tmp_path / "figures.csv"
    given = {"CLASSIFICATION": files["fields"], "SAMPLES": points, "FIELD": "kind"}
    found = run("superseg:evaluate", {**given, "FIGURES": str(figures)}, listener)
    with figures.open(encoding="utf-8", newline="") as opened:
        rows = {(row["figure"], row["reference_class"]): row for row in csv.DictReader(opened)}
    overall = rows["overall accuracy", ""]
    assert float(overall["value"]) == pytest.approx(found["ACCURACY"])
    assert float(overall["half_interval_95"]) == pytest.approx(found["OVERALL_ERROR"])
    # Whole numbers of a decimal field are the numbers of classes.
    assert rows["area", "1"]["unit"] == "m2"
    assert any("1 labelled place off" in line for line in listener.lines)


def test_vectors_as_reference_raster_are_a_sentence(run, files, polygons, tmp_path):
    points = str(tmp_path / "points.gpkg")
    run(
        "superseg:accuracypoints", {"CLASSIFICATION": files["fields"], "COUNT": 9, "OUTPUT": points}
    )
    for path, name in ((polygons, "POLYGONS"), (points, "SAMPLES")):
        given = {"CLASSIFICATION": files["fields"], "REFERENCE": path}
        with pytest.raises(QgsProcessingException, match=f"a vector layer: give it as {name}"):
            run("superseg:evaluate", given)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (None, "POLYGONS_FIELD: choose the field of .*class"),
        ("label", "POLYGONS_FIELD: choose the field of .*class"),
    ],
)
def test_polygons_need_a_field_of_their_own(run, files, polygons, field, text):
    given = {"CLASSIFICATION": files["fields"], "POLYGONS": polygons, "POLYGONS_FIELD": field}
    with pytest.raises(QgsProcessingException, match=text):
        run("superseg:evaluate", given)


def test_polygons_elsewhere_are_a_sentence(run, files):
    layer = QgsVectorLayer("Polygon?crs=EPSG:4326&field=kind:string", "far", "memory")
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromWkt("POLYGON((20 20, 21 20, 21 21, 20 20))"))
    feature.setAttribute("kind", "Wood")
    assert layer.dataProvider().addFeatures([feature])[0]
    given = {"CLASSIFICATION": files["fields"], "POLYGONS": layer, "POLYGONS_FIELD": "kind"}
    with pytest.raises(QgsProcessingException, match="POLYGONS has no polygon over"):
        run("superseg:evaluate", given)
