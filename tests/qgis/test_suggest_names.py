# SPDX-License-Identifier: GPL-2.0-or-later
"""Names for classes from layers, as QGIS shows them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFillSymbol,
    QgsGeometry,
    QgsPalettedRasterRenderer,
    QgsProcessingException,
    QgsRasterLayer,
    QgsRectangle,
    QgsRendererCategory,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor

from superseg_plugin.raster.class_legend import read_legend
from tests.conftest import GEOTRANSFORM, write_raster


def quarter(column, row):
    """The ground of one of the four fields of `files`."""
    x, y = GEOTRANSFORM[0] + 64 * column, GEOTRANSFORM[3] - 64 * row
    return QgsGeometry.fromRect(QgsRectangle(x, y - 64, x + 64, y))


@pytest.fixture
def parcels():
    """Polygons over three of the four fields, one without a name."""
    layer = QgsVectorLayer("Polygon?crs=EPSG:32632&field=use:string", "parcels", "memory")
    features = []
    for place, use in (((0, 0), "Meadow"), ((1, 0), "Lake"), ((0, 1), None)):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(quarter(*place))
        feature.setAttribute("use", use)
        features.append(feature)
    assert layer.dataProvider().addFeatures(features)[0]
    symbol = QgsFillSymbol.createSimple({"color": "0,0,255"})
    layer.setRenderer(
        QgsCategorizedSymbolRenderer("use", [QgsRendererCategory("Lake", symbol, "")])
    )
    return layer


def rows_of(path):
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return [line.split(",")[:4] for line in lines[1:]]


def test_the_names_of_a_styled_layer_are_merged_by_mergeclasses(run, files, tmp_path, listener):
    reference = QgsRasterLayer(write_raster(tmp_path / "r.tif", files["numbers"] % 2 + 6), "map")
    entry = QgsPalettedRasterRenderer.Class
    entries = [entry(6, QColor(0, 90, 0), "Forest"), entry(7, QColor(0, 0, 200), "Water")]
    reference.setRenderer(QgsPalettedRasterRenderer(reference.dataProvider(), 1, entries))
    given = {"CLASSIFICATION": files["fields"], "REFERENCE": reference}
    found = run("superseg:suggestnames", {**given, "TABLE": str(tmp_path / "n.csv")}, listener)
    assert (found["NAMED_COUNT"], found["MIXED_COUNT"]) == (4, 0)
    assert rows_of(found["TABLE"]) == [
        ["1", "1", "Water", "#0000c8"],
        ["2", "2", "Forest", "#005a00"],
        ["3", "1", "Water", "#0000c8"],
        ["4", "2", "Forest", "#005a00"],
    ]
    assert "Class 1: Water, purity 100 %" in listener.lines
    given = {"CLASSIFICATION": files["fields"], "TABLE": found["TABLE"]}
    run("superseg:mergeclasses", {**given, "INPUT": files["scene"], "OUTPUT": f"{tmp_path}/m.tif"})
    assert read_legend(tmp_path / "m.tif").names == {1: "Water", 2: "Forest"}


def test_polygons_in_another_system_name_the_classes_below(run, files, parcels, tmp_path):
    given = {"CLASSIFICATION": files["fields"], "FIELD": "use"}
    table = str(tmp_path / "n.csv")
    own = run("superseg:suggestnames", {**given, "POLYGONS": parcels, "TABLE": table})
    assert (own["NAMED_COUNT"], own["MIXED_COUNT"]) == (2, 2)
    rows = {row[0]: row[2:] for row in rows_of(table)}
    numbers = files["numbers"]
    assert rows[str(numbers[0, 0])] == ["Meadow", ""]
    assert rows[str(numbers[0, -1])] == ["Lake", "#0000ff"]
    moved = str(tmp_path / "moved.gpkg")
    system = QgsCoordinateReferenceSystem("EPSG:4326")
    run("native:reprojectlayer", {"INPUT": parcels, "TARGET_CRS": system, "OUTPUT": moved})
    run("superseg:suggestnames", {**given, "POLYGONS": moved, "TABLE": str(tmp_path / "m.csv")})
    assert [row[2] for row in rows_of(tmp_path / "m.csv")] == [row[2] for row in rows_of(table)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "REFERENCE and POLYGONS: give one of them"),
        ({"POLYGONS": "parcels"}, "FIELD: choose the field of parcels .* its fields are use"),
        ({"POLYGONS": "parcels", "FIELD": "land"}, "FIELD: choose the field of parcels"),
        ({"POLYGONS": "parcels", "REFERENCE": "fields"}, "REFERENCE and POLYGONS: give one"),
        ({"REFERENCE": "scene", "CLASSIFICATION": "elsewhere"}, "REFERENCE: .*no pixel has both"),
        ({"POLYGONS": "parcels", "FIELD": "use", "CLASSIFICATION": "elsewhere"}, "no polygon over"),
    ],
)
def test_what_names_nothing_is_a_sentence(run, files, parcels, tmp_path, changes, said):
    far = (600000.0, 2.0, 0.0, 5300000.0, 0.0, -2.0)
    elsewhere = write_raster(tmp_path / "e.tif", files["numbers"], nodata=0, geotransform=far)
    layers = {"parcels": parcels, "elsewhere": elsewhere, **files}
    given = {"CLASSIFICATION": files["fields"], "TABLE": str(tmp_path / "n.csv")}
    given.update({name: layers.get(value, value) for name, value in changes.items()})
    with pytest.raises(QgsProcessingException) as caught:
        run("superseg:suggestnames", given)
    assert re.search(said, str(caught.value))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e.tif"]
