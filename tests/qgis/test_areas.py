# SPDX-License-Identifier: GPL-2.0-or-later
"""Areas of classes are those that QGIS measures on the ellipsoid, in every output."""

from __future__ import annotations

import csv
import re

import numpy as np
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsDistanceArea,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsUnitTypes,
    QgsVectorLayer,
)

from superseg_plugin.gui.class_session import ClassSession
from superseg_plugin.raster.class_table import read_class_table
from tests.conftest import read_raster, write_raster

# Code, pixel size and upper left corner: web mercator at 60 degrees north, polar stereographic,
# degrees and UTM.
PLACES = {
    3857: (20.0, 1_113_194.9, 8_399_737.9),
    3413: (30.0, 200_000.0, -1_400_000.0),
    4326: (0.0002, 10.0, 60.0),
    32632: (10.0, 300_000.0, 5_200_000.0),
}


def measured(code, geotransform, classes):
    """Areas of the classes in square meters: QgsDistanceArea, run of pixels by run of pixels."""
    system = QgsCoordinateReferenceSystem.fromEpsgId(code)
    measure = QgsDistanceArea()
    measure.setSourceCrs(system, QgsProject.instance().transformContext())
    assert measure.setEllipsoid(system.ellipsoidAcronym())
    left, width, _, top, _, height = geotransform
    areas = np.zeros(int(classes.max()) + 1)
    for row, line in enumerate(classes):
        ends = np.flatnonzero(np.diff(np.append(line.astype(int), -1))) + 1
        start = 0
        for end in ends.tolist():
            west, east = left + start * width, left + end * width
            north, south = top + row * height, top + (row + 1) * height
            corners = [(west, north), (east, north), (east, south), (west, south)]
            run = QgsGeometry.fromPolygonXY([[QgsPointXY(*corner) for corner in corners]])
            areas[line[start]] += measure.convertAreaMeasurement(
                measure.measureArea(run), QgsUnitTypes.AreaUnit.AreaSquareMeters
            )
            start = end
    return areas[1:]


def scene():
    """Fields of three kinds, and classes of another date."""
    generator = np.random.default_rng(3)
    kinds = np.kron(generator.integers(0, 3, (6, 7)), np.ones((16, 16), int))
    image = np.stack([40 + 70 * kinds, 200 - 50 * kinds]) + generator.integers(0, 6, kinds.shape)
    return image.astype(np.uint8)


@pytest.mark.parametrize("code", PLACES)
def test_every_output_has_the_area_that_qgis_measures(run, tmp_path, code):
    side, left, top = PLACES[code]
    geotransform = (left, side, 0.0, top, 0.0, -side)
    image = write_raster(tmp_path / "i.tif", scene(), geotransform=geotransform, epsg=code)
    report = tmp_path / "report.html"
    output = run(
        "superseg:segment",
        {
            "INPUT": image,
            "CLASSES": 3,
            "PRESET": "fast",
            "DEVICE": "cpu",
            "OUTPUT": str(tmp_path / "classes.tif"),
            "REPORT": str(report),
        },
    )["OUTPUT"]
    classes = read_raster(output)[0]
    expected = measured(code, geotransform, classes)
    assert read_class_table(output).areas == pytest.approx(expected, rel=1e-5)

    session = ClassSession(QgsRasterLayer(output, "classes"))
    assert [group.area for group in session.groups] == pytest.approx(expected, rel=1e-5)

    page = report.read_text(encoding="utf-8")
    unit = {"m²": 1, "ha": 1e4, "km²": 1e6}[re.search(r"Area, (m²|ha|km²)", page)[1]]
    cells = re.findall(r"<td[^>]*>([\d,]*\.?\d+)</td>", page)
    shown = np.array([float(cell.replace(",", "")) for cell in cells]) * unit
    assert (np.abs(shown[:, np.newaxis] / expected - 1).min(axis=0) < 1e-3).all()

    polygons = run(
        "superseg:classpolygons",
        {"CLASSIFICATION": output, "OUTPUT": str(tmp_path / "polygons.gpkg")},
    )["OUTPUT"]
    found = np.zeros(len(expected))
    for feature in QgsVectorLayer(polygons, "polygons", "ogr").getFeatures():
        found[feature["class"] - 1] += feature["area"]
    # QGIS measures polygons of several hundred meters by their corners.
    assert found == pytest.approx(expected, rel=1e-4)

    table = tmp_path / "changes.csv"
    run(
        "superseg:changes",
        {
            "CLASSIFICATION_BEFORE": output,
            "CLASSIFICATION_AFTER": output,
            "OUTPUT": str(tmp_path / "changes.tif"),
            "TABLE": str(table),
        },
    )
    with table.open(encoding="utf-8", newline="") as file:
        areas = {int(row["from"]): float(row["area"]) for row in csv.DictReader(file)}
    assert [areas[number + 1] for number in range(len(expected))] == pytest.approx(
        expected, rel=1e-5
    )
