# SPDX-License-Identifier: GPL-2.0-or-later
"""Similarity to examples from QGIS."""

from __future__ import annotations

import numpy as np
import pytest
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProcessingFeatureSourceDefinition,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

from superseg_plugin.algorithms.styling import SimilarityStyle
from tests.class_rasters import striped, write_classes, write_superpixels
from tests.conftest import read_raster

# Column and row in the lower left and the upper right corner.
LEFT, RIGHT = (4, 60), (60, 4)


@pytest.fixture
def classes(plugin, tmp_path):
    path = write_classes(tmp_path / "classes.tif", striped(3))
    write_superpixels(path)
    return path


def examples(classes, kind, *places):
    raster = QgsRasterLayer(classes)
    box, pixel = raster.extent(), raster.rasterUnitsPerPixelX()
    layer = QgsVectorLayer(f"{kind}?crs={raster.crs().authid()}", "examples", "memory")
    for col, row in places:
        x, y = box.xMinimum() + (col + 0.5) * pixel, box.yMaximum() - (row + 0.5) * pixel
        point = QgsGeometry.fromWkt(f"POINT({x} {y})")
        feature = QgsFeature()
        # A polygon covers less than half of a superpixel of 8 x 8 pixels.
        feature.setGeometry(point if kind == "Point" else point.buffer(2 * pixel, 4))
        layer.dataProvider().addFeature(feature)
    layer.updateExtents()
    return layer


@pytest.mark.parametrize("kind", ["Point", "Polygon"])
def test_points_and_polygons(run, classes, tmp_path, kind):
    given = {"CLASSIFICATION": classes, "EXAMPLES": examples(classes, kind, LEFT)}
    result = run("superseg:similarity", {**given, "OUTPUT": str(tmp_path / "similar.tif")})
    values = read_raster(result["OUTPUT"])[0]
    assert values.dtype == np.float32
    assert values[60, 4] == values.max() == 1
    assert values[4, 60] == 0


def test_only_selected_features_count(run, project_context, classes, tmp_path):
    layer = examples(classes, "Point", LEFT, RIGHT)
    assert QgsProject.instance().addMapLayer(layer)
    layer.selectByIds([2])
    selected = QgsProcessingFeatureSourceDefinition(layer.id(), selectedFeaturesOnly=True)
    given = {"CLASSIFICATION": classes, "EXAMPLES": selected}
    given["OUTPUT"] = str(tmp_path / "similar.tif")
    result = run("superseg:similarity", given, context=project_context)
    values = read_raster(result["OUTPUT"])[0]
    assert values[4, 60] == 1
    assert values[60, 4] == 0


def test_the_layer_has_a_ramp_from_0_to_1(run, classes, tmp_path):
    given = {"CLASSIFICATION": classes, "EXAMPLES": examples(classes, "Point", LEFT)}
    path = run("superseg:similarity", {**given, "OUTPUT": str(tmp_path / "similar.tif")})["OUTPUT"]
    layer = QgsRasterLayer(path)
    assert layer.dataProvider().sourceNoDataValue(1) == -9999
    SimilarityStyle().apply(layer)
    renderer = layer.renderer()
    assert (renderer.classificationMin(), renderer.classificationMax()) == (0, 1)
    items = renderer.shader().rasterShaderFunction().colorRampItemList()
    assert [item.label for item in items] == ["0.00", "0.25", "0.50", "0.75", "1.00"]
