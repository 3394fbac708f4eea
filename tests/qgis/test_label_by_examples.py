# SPDX-License-Identifier: GPL-2.0-or-later
"""Labelling by examples from QGIS."""

from __future__ import annotations

import numpy as np
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingException,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

from superseg_plugin.raster.class_table import read_class_table
from superseg_plugin.raster.superpixel_file import SuperpixelFile
from tests.conftest import read_raster


@pytest.fixture
def classes(run, files, tmp_path):
    path = tmp_path / "classes.tif"
    parameters = {"INPUT": files["scene"], "CLASSES": 3, "PRESET": "fast", "OUTPUT": str(path)}
    return run("superseg:segment", parameters)["OUTPUT"]


def examples(classes, names, kind="Point"):
    """One example in each class, in degrees; a polygon is a pixel wide."""
    raster = QgsRasterLayer(classes)
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    transform = QgsCoordinateTransform(raster.crs(), degrees, QgsProject.instance())
    layer = QgsVectorLayer(f"{kind}?crs=EPSG:4326&field=name:string", "examples", "memory")
    with SuperpixelFile.open_beside(classes) as file:
        for number, name in enumerate(names, start=1):
            rows = np.flatnonzero(file.classes == number)
            row, col = file.place[rows[file.pixels[rows].argmax()]]
            ((x, y),) = file.grid.to_coordinates(np.array([[col + 0.5, row + 0.5]]))
            geometry = QgsGeometry.fromPointXY(QgsPointXY(x, y))
            if kind == "Polygon":
                geometry = geometry.buffer(raster.rasterUnitsPerPixelX(), 8)
            if geometry.transform(transform):
                raise ValueError("the example has no coordinates in degrees")
            feature = QgsFeature(layer.fields())
            feature.setGeometry(geometry)
            feature.setAttributes([name])
            layer.dataProvider().addFeature(feature)
    layer.updateExtents()
    return layer


@pytest.mark.parametrize("kind", ["Point", "Polygon"])
def test_examples_in_another_crs_name_the_classes(run, classes, tmp_path, kind):
    layer = examples(classes, ["Water", "Forest"], kind)
    parameters = {"CLASSIFICATION": classes, "EXAMPLES": layer, "FIELD": "name"}
    outputs = {"OUTPUT": str(tmp_path / "named.tif"), "CONFIDENCE": str(tmp_path / "sure.tif")}
    result = run("superseg:labelbyexamples", {**parameters, **outputs})
    assert result["CLASS_COUNT"] == 3
    table = read_class_table(result["OUTPUT"])
    assert table.names == ("Water", "Forest", "Class 3")
    before, after = read_raster(classes)[0], read_raster(result["OUTPUT"])[0]
    assert np.array_equal(before == 3, after == 3)
    assert read_raster(result["CONFIDENCE"])[0].max() <= 100


def test_bad_examples_are_told(run, files, classes, tmp_path):
    layer = examples(classes, ["Water"])
    parameters = {"CLASSIFICATION": classes, "EXAMPLES": layer, "OUTPUT": str(tmp_path / "n.tif")}
    with pytest.raises(QgsProcessingException, match=r"FIELD: choose the field of examples"):
        run("superseg:labelbyexamples", {**parameters, "FIELD": "other"})
    other = {**parameters, "CLASSIFICATION": files["fields"], "FIELD": "name"}
    with pytest.raises(QgsProcessingException, match=r"no fields\.tif\.superseg\.tif beside"):
        run("superseg:labelbyexamples", other)
    layer.dataProvider().truncate()
    with pytest.raises(QgsProcessingException, match="EXAMPLES has no points"):
        run("superseg:labelbyexamples", {**parameters, "FIELD": "name"})
    assert not list(tmp_path.glob("n.tif*"))
