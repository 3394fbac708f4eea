# SPDX-License-Identifier: GPL-2.0-or-later
"""From a class raster to labelled points to its accuracy."""

from __future__ import annotations

import csv

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
    assert [name for name in names if name != "fid"] == [
        *("sample", "class", "name", "label", "class_area"),
    ]
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


def test_points_of_the_published_example_give_its_figures(run, tmp_path):
    """Olofsson et al. 2014, tables 8 and 9: pixels of 30 m, in an equal-area projection."""
    counts = [[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]]
    kinds = ["Deforestation", "Forest gain", "Stable forest", "Stable non-forest"]
    pixels = [200_000, 150_000, 3_200_000, 6_450_000]
    classes = np.repeat(np.arange(1, 5, dtype=np.uint8), pixels).reshape(4000, 2500)
    place = (0.0, 30.0, 0.0, 2_000_000.0, 0.0, -30.0)
    path = write_raster(tmp_path / "map.tif", classes, epsg=5070, geotransform=place, nodata=0)
    layer = QgsVectorLayer("Point?crs=EPSG:5070&field=kind:string", "sample", "memory")
    features = []
    for number, row in enumerate(counts):
        first = sum(pixels[:number])
        labels = [kind for kind, count in zip(kinds, row) for _ in range(count)]
        for step, label in enumerate(labels):
            y, x = divmod(first + 7 * step, 2500)
            feature = QgsFeature(layer.fields())
            feature.setGeometry(
                QgsGeometry.fromWkt(f"POINT({30 * x + 15} {2_000_000 - 30 * y - 15})")
            )
            feature.setAttribute("kind", label)
            features.append(feature)
    assert layer.dataProvider().addFeatures(features)[0]
    table = tmp_path / "names.csv"
    rows = [f"{number},{number},{kind}" for number, kind in enumerate(kinds, start=1)]
    table.write_text("\n".join(["from,to,name", *rows]), encoding="utf-8")
    figures = tmp_path / "figures.csv"
    given = {"CLASSIFICATION": path, "SAMPLES": layer, "FIELD": "kind", "TABLE": str(table)}
    found = run("superseg:evaluate", {**given, "FIGURES": str(figures)})
    assert (round(found["ACCURACY"], 2), round(found["OVERALL_ERROR"], 2)) == (0.95, 0.02)
    with figures.open(encoding="utf-8", newline="") as opened:
        lines = list(csv.DictReader(opened))

    def told(figure, digits, factor=1.0):
        return [
            tuple(round(factor * float(line[k]), digits) for k in ("value", "half_interval_95"))
            for kind in kinds
            for line in lines
            if (line["figure"], line["reference_class"]) == (figure, kind)
        ]

    assert told("area", 0, 1e-4) == [
        (21_158, 6_158),
        (11_686, 3_756),
        (285_770, 15_510),
        (581_386, 16_282),
    ]
    expected = [(0.88, 0.07), (0.73, 0.10), (0.93, 0.04), (0.96, 0.02)]
    assert told("user's accuracy", 2) == expected
    producers = told("producer's accuracy", 2)
    assert producers[0] == (0.75, 0.21)
    assert [value for value, _ in producers] == [0.75, 0.85, 0.93, 0.96]
    shares = {
        (line["map_class"], line["reference_class"]): float(line["value"])
        for line in lines
        if line["figure"] == "share of the area"
    }
    matrix = [[round(shares[one, other], 4) for other in kinds] for one in kinds]
    assert matrix == [
        [0.0176, 0.0000, 0.0013, 0.0011],
        [0.0000, 0.0110, 0.0016, 0.0024],
        [0.0019, 0.0000, 0.2967, 0.0213],
        [0.0040, 0.0020, 0.0179, 0.6212],
    ]


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
        ({"FIELD": "nothing"}, "FIELD: choose the field .*sample, class, name, label, class_area"),
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
