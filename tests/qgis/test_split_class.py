# SPDX-License-Identifier: GPL-2.0-or-later
"""Splitting classes from QGIS."""

from __future__ import annotations

import numpy as np
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsGeometry,
    QgsProcessingException,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)

from tests.conftest import read_raster


@pytest.fixture
def classes(run, files, tmp_path):
    path = tmp_path / "classes.tif"
    parameters = {"INPUT": files["scene"], "CLASSES": 3, "PRESET": "fast", "OUTPUT": str(path)}
    return run("superseg:segment", parameters)["OUTPUT"]


def split(run, classes, path, **parameters):
    parameters = {"CLASSIFICATION": classes, "OUTPUT": str(path), **parameters}
    return run("superseg:splitclass", parameters)


def test_by_number_and_name(run, classes, tmp_path):
    before = read_raster(classes)[0]
    result = split(run, classes, tmp_path / "split.tif", SPLIT="1; class 2", PARTS=4)
    after = read_raster(result["OUTPUT"])[0]
    assert result["CLASS_COUNT"] == len(np.unique(after)) == 5
    assert np.array_equal(after == 3, before == 3)


def test_by_polygons_in_another_crs(run, classes, tmp_path):
    before = read_raster(classes)[0]
    raster = QgsRasterLayer(classes)
    box = raster.extent()
    # The upper quarter.
    below = box.yMaximum() - box.height() / 4
    part = QgsRectangle(box.xMinimum(), below, box.xMaximum(), box.yMaximum())
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    polygon = QgsGeometry.fromRect(part).densifyByCount(20)
    transform = QgsCoordinateTransform(raster.crs(), degrees, QgsProject.instance())
    assert polygon.transform(transform) == QgsGeometry.OperationResult.Success
    layer = QgsVectorLayer("Polygon?crs=EPSG:4326", "part", "memory")
    feature = QgsFeature()
    feature.setGeometry(polygon)
    layer.dataProvider().addFeature(feature)
    result = split(run, classes, tmp_path / "split.tif", POLYGONS=layer)
    after = read_raster(result["OUTPUT"])[0]
    rows = before.shape[0]
    # Superpixels on the border go with their larger part.
    assert (after[: rows * 2 // 10] > 3).mean() > 0.9
    assert (after != before)[rows * 3 // 10 :].mean() < 0.05
    layer.dataProvider().truncate()
    with pytest.raises(QgsProcessingException, match="POLYGONS has no polygon over"):
        split(run, classes, tmp_path / "none.tif", POLYGONS=layer)


def test_a_raster_without_superpixels_is_refused(run, files, tmp_path):
    with pytest.raises(QgsProcessingException, match=r"no fields\.tif\.superseg\.tif beside"):
        split(run, files["fields"], tmp_path / "split.tif", SPLIT="1")
    assert not list(tmp_path.glob("split*"))
