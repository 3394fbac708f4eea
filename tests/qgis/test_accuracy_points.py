# SPDX-License-Identifier: GPL-2.0-or-later
"""From a class raster to labelled points to its accuracy."""

from __future__ import annotations

import numpy as np
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProcessingException,
    QgsRasterLayer,
    QgsVectorLayer,
)

from tests.conftest import write_raster


@pytest.fixture
def labelled(run, files, tmp_path):
    """Points of the fields whose label is the number of the field, wrong for each tenth."""
    path = str(tmp_path / "points.gpkg")
    given = {"CLASSIFICATION": files["fields"], "COUNT": 200, "MINIMUM": 20, "OUTPUT": path}
    found = run("superseg:accuracypoints", given)
    layer = QgsVectorLayer(path, "points", "ogr")
    assert found["POINT_COUNT"] == layer.featureCount() == 200
    assert layer.crs() == QgsRasterLayer(files["fields"], "classes").crs()
    names = layer.fields().names()
    assert [name for name in names if name != "fid"] == ["sample", "class", "name", "label"]
    index = layer.fields().lookupField("label")
    with_labels = {}
    for feature in layer.getFeatures():
        number = feature["class"]
        with_labels[feature.id()] = {
            index: str(number % 4 + 1 if feature["sample"] % 10 == 0 else number)
        }
    assert layer.dataProvider().changeAttributeValues(with_labels)
    return path


def test_labelled_points_give_accuracy_and_areas(run, files, labelled, tmp_path, listener):
    report = tmp_path / "report.html"
    given = {"CLASSIFICATION": files["fields"], "SAMPLES": labelled, "FIELD": "label"}
    found = run("superseg:evaluate", {**given, "REPORT": str(report)}, listener)
    assert found["ACCURACY"] == pytest.approx(0.9, abs=0.04)
    assert 0.02 < found["OVERALL_ERROR"] < 0.07
    assert found["KAPPA"] == pytest.approx(0.87, abs=0.06)
    assert any("user's accuracy" in line for line in listener.lines)
    assert "Accuracy assessment" in report.read_text(encoding="utf-8")


def test_points_may_be_in_another_system(run, files, labelled, tmp_path):
    moved = str(tmp_path / "moved.gpkg")
    given = {"INPUT": labelled, "TARGET_CRS": QgsCoordinateReferenceSystem("EPSG:4326")}
    run("native:reprojectlayer", {**given, "OUTPUT": moved})
    given = {"CLASSIFICATION": files["fields"], "FIELD": "label"}
    one = run("superseg:evaluate", {**given, "SAMPLES": labelled})
    two = run("superseg:evaluate", {**given, "SAMPLES": moved})
    assert one["ACCURACY"] == two["ACCURACY"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"FIELD": "nothing"}, "FIELD: choose the field .*sample, class, name, label"),
        ({"FIELD": None}, "FIELD: choose the field"),
        ({"SAMPLES": None}, "REFERENCE, POLYGONS and SAMPLES: give one"),
        ({"REFERENCE": "{fields}"}, "REFERENCE, POLYGONS and SAMPLES: give one"),
        ({"FIELD": "unlabelled"}, "FIELD"),
    ],
)
def test_what_cannot_be_assessed_is_a_sentence(run, files, labelled, changes, text):
    given = {"CLASSIFICATION": files["fields"], "SAMPLES": labelled, "FIELD": "label"}
    for name, value in changes.items():
        given[name] = value.format(**files) if isinstance(value, str) else value
    with pytest.raises(QgsProcessingException, match=text):
        run("superseg:evaluate", given)


def test_points_without_labels_are_refused(run, files, tmp_path):
    path = str(tmp_path / "points.gpkg")
    run("superseg:accuracypoints", {"CLASSIFICATION": files["fields"], "COUNT": 50, "OUTPUT": path})
    given = {"CLASSIFICATION": files["fields"], "SAMPLES": path, "FIELD": "label"}
    with pytest.raises(QgsProcessingException, match="no place has both a label and a class"):
        run("superseg:evaluate", given)


def test_points_far_from_the_map_are_left_out(run, files, tmp_path):
    layer = QgsVectorLayer("Point?crs=EPSG:32632&field=label:string", "far", "memory")
    features = []
    for wkt, label in (
        ("POINT(0 0)", "1"),
        ("POINT(500010 5199990)", "1"),
        ("POINT(500012 5199990)", "1"),
    ):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromWkt(wkt))
        feature.setAttribute("label", label)
        features.append(feature)
    assert layer.dataProvider().addFeatures(features)[0]
    given = {"CLASSIFICATION": files["fields"], "SAMPLES": layer, "FIELD": "label"}
    assert run("superseg:evaluate", given)["ACCURACY"] == 1.0


def test_a_raster_without_classes_has_no_points(run, tmp_path):
    blank = write_raster(tmp_path / "blank.tif", np.zeros((8, 8), np.uint8), nodata=0)
    with pytest.raises(QgsProcessingException, match=r"no pixel of blank\.tif has a class"):
        run("superseg:accuracypoints", {"CLASSIFICATION": blank, "OUTPUT": "memory:"})
