# SPDX-License-Identifier: GPL-2.0-or-later
"""Results are styled when the dialog of QGIS loads them."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import numpy as np
import pytest
from qgis.core import (
    QgsHillshadeRenderer,
    QgsMultiBandColorRenderer,
    QgsPalettedRasterRenderer,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsRasterLayer,
    QgsSingleBandPseudoColorRenderer,
)
from qgis.PyQt.QtCore import QCoreApplication

from superseg_plugin.algorithms import styling
from tests.conftest import read_raster, write_raster
from tests.qgis.helpers import load_results


@pytest.fixture
def load(run, plugin, project_context, tmp_path, listener):
    """Run an algorithm, load its results as the dialog does, and return the layers by name."""

    def load_it(name, parameters, outputs):
        project = QgsProject.instance()
        sinks = {
            output: QgsProcessingOutputLayerDefinition(str(tmp_path / f"{output}.tif"), project)
            for output in outputs
        }
        algorithm = plugin.provider.algorithm(name)
        results = run(algorithm, {**parameters, **sinks}, listener, project_context)
        # Only SuperSeg may hold references to the styles.
        gc.collect()
        load_results(algorithm, project_context, listener, results)
        # A style that has been applied is not kept for the rest of the session.
        QCoreApplication.processEvents()
        assert not styling._kept
        return {layer.name(): layer for layer in project.mapLayers().values()}

    return load_it


@pytest.mark.parametrize(("count", "told"), [(1, "1 class"), (12, "12 classes")])
def test_a_layer_says_how_many_classes_it_has(count, told):
    name = styling.classes_of("tile", count)
    assert name == f"tile, {told}"
    assert styling.merged_from(name, count) == f"tile, merged to {told}"
    assert styling.split_from(styling.merged_from(name, count), 3) == "tile, split to 3 classes"


def test_styles_of_all_outputs_of_segment(load, files):
    names = ["OUTPUT", "SUPERPIXELS", "AVERAGE_COLOR", "CONFIDENCE"]
    parameters = {"INPUT": files["scene"], "CLASSES": 4, "PRESET": "fast", "DEVICE": "cpu"}
    layers = load("segment", parameters, names)
    classes = next(layer for name, layer in layers.items() if name.endswith(" classes"))
    count = len(classes.renderer().classes())
    named = f"{Path(files['scene']).stem}, {count} classes"
    assert set(layers) == {named, "Superpixels", "Average color", "Confidence"}

    values = read_raster(classes.source())[0]
    renderer = classes.renderer()
    assert isinstance(renderer, QgsPalettedRasterRenderer)
    entries = renderer.classes()
    assert [entry.value for entry in entries] == list(range(1, values.max() + 1))
    for entry in entries:
        share = 100 * (values == entry.value).mean()
        assert entry.label == f"Class {int(entry.value)} ({share:.1f} %)"
    assert len({entry.color.name() for entry in entries}) == len(entries)

    assert isinstance(layers["Superpixels"].renderer(), QgsHillshadeRenderer)
    assert layers["Superpixels"].hasScaleBasedVisibility()
    confidence = layers["Confidence"].renderer()
    assert isinstance(confidence, QgsSingleBandPseudoColorRenderer)
    assert (confidence.classificationMin(), confidence.classificationMax()) == (0.0, 100.0)
    average = layers["Average color"].renderer()
    assert isinstance(average, QgsMultiBandColorRenderer)
    assert (average.redBand(), average.greenBand(), average.blueBand()) == (1, 2, 3)


def test_average_colors_of_heights_have_a_ramp_and_those_of_embeddings_are_a_picture(
    load, tmp_path
):
    classes = np.repeat([[1, 2, 3, 4]], 64, axis=0).repeat(16, axis=1).astype(np.uint8)
    rows = write_raster(tmp_path / "classes.tif", classes, nodata=0)
    height = 250.0 * classes + np.random.default_rng(0).normal(0, 5, classes.shape)
    image = write_raster(tmp_path / "dem.tif", height.astype(np.float32), names=["elevation"])
    given = {"INPUT": image, "CLASSIFICATION": rows}
    renderer = load("averagecolor", given, ["OUTPUT"])["Average color"].renderer()
    assert isinstance(renderer, QgsSingleBandPseudoColorRenderer)
    assert 200 < renderer.classificationMin() < 300 < 900 < renderer.classificationMax() < 1100
    QgsProject.instance().clear()
    vectors = np.random.default_rng(1).normal(size=(64, 4))[:, classes - 1]
    vectors += np.random.default_rng(2).normal(0, 0.1, vectors.shape)
    vectors = (vectors / np.linalg.norm(vectors, axis=0)).astype(np.float32)
    given["INPUT"] = write_raster(tmp_path / "embedding.tif", vectors)
    layer = load("averagecolor", given, ["OUTPUT"])["Average color"]
    assert isinstance(layer.renderer(), QgsMultiBandColorRenderer)
    shown = read_raster(layer.source())
    assert shown.dtype == np.uint8
    assert len(shown) == 3
    assert len(np.unique(shown.reshape(3, -1), axis=1).T) == 4


def test_outlines_are_dark_on_white(load, files):
    layer = load("superpixels", {"INPUT": files["scene"], "METHOD": "slic"}, ["OUTPUT"])
    layer = layer["Superpixels"]
    labels = read_raster(layer.source())[0]
    pipe = layer.pipe()
    block = pipe.last().block(1, layer.extent(), 64, 64)
    gray = np.array([[block.color(row, col) & 255 for col in range(64)] for row in range(64)])
    edge = np.zeros((64, 64), bool)
    edge[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    edge[1:] |= labels[1:] != labels[:-1]
    inside = np.ones((64, 64), bool)
    for row, col in np.argwhere(edge):
        inside[max(row - 2, 0) : row + 2, max(col - 2, 0) : col + 2] = False
    assert gray[edge].max() < 120
    assert gray[inside].min() > 240


def test_average_color_is_drawn_like_the_image(load, files, tmp_path):
    image = np.concatenate([files["image"], files["image"][:1]]).astype(np.uint16) * 40
    path = write_raster(tmp_path / "four.tif", image)
    layer = QgsRasterLayer(path, "Four")
    renderer = QgsMultiBandColorRenderer(layer.dataProvider(), 4, 3, 2)
    layer.setRenderer(renderer)
    layer.setDefaultContrastEnhancement()
    assert QgsProject.instance().addMapLayer(layer)
    parameters = {"INPUT": layer.id(), "CLASSIFICATION": files["fields"]}
    shown = load("averagecolor", parameters, ["OUTPUT"])["Average color"].renderer()
    assert (shown.redBand(), shown.greenBand(), shown.blueBand()) == (4, 3, 2)
    wanted = layer.renderer().redContrastEnhancement()
    got = shown.redContrastEnhancement()
    assert got.maximumValue() == wanted.maximumValue()
    assert got.contrastEnhancementAlgorithm() == wanted.contrastEnhancementAlgorithm()


@pytest.mark.parametrize("classes", [6, 100])
def test_changes_are_named_and_unchanged_pixels_are_pale(load, tmp_path, classes):
    before, after = np.random.default_rng(1).integers(1, classes + 1, (2, 64, 64)).astype(np.uint8)
    before[:, :8] = 0
    parameters = {
        "CLASSIFICATION_BEFORE": write_raster(tmp_path / "a.tif", before, nodata=0),
        "CLASSIFICATION_AFTER": write_raster(tmp_path / "b.tif", after, nodata=0),
    }
    layer = load("changes", parameters, ["OUTPUT"])["Changes"]
    values = read_raster(layer.source())[0]
    renderer = layer.renderer()
    assert isinstance(renderer, QgsPalettedRasterRenderer)
    entries = renderer.classes()
    # More than a byte holds, and no more than there are.
    assert [entry.value for entry in entries] == list(range(1, values.max() + 1))
    assert (values.max() > 255) == (classes == 100)
    assert entries[0].label.startswith("No change (")
    assert entries[0].color.lightness() > 220
    row, col = next(zip(*np.nonzero(values == 2)))
    label = f"Class {before[row, col]} > Class {after[row, col]} ("
    assert entries[1].label.startswith(label)
    block = layer.pipe().last().block(1, layer.extent(), 64, 64)
    assert block.color(0, 0) >> 24 == 0


def test_a_run_without_a_project_loads_nothing(run, files, tmp_path, project_context):
    path = str(tmp_path / "superpixels.tif")
    parameters = {"INPUT": files["scene"], "OUTPUT": path}
    run("superseg:superpixels", parameters, context=project_context)
    assert not project_context.layersToLoadOnCompletion()


def test_a_class_raster_opens_elsewhere_with_the_legend_of_the_run(load, files, tmp_path):
    given = {"CLASSIFICATION": files["fields"], "INPUT": files["scene"], "CLASSES": 3}
    (shown,) = load("mergeclasses", given, ["OUTPUT"]).values()
    plain = QgsRasterLayer(str(tmp_path / "OUTPUT.tif"), "plain")
    (tmp_path / "OUTPUT.qml").rename(tmp_path / "other.qml")
    without = QgsRasterLayer(str(tmp_path / "OUTPUT.tif"), "without")

    def entries(layer):
        return [(c.value, c.color.name(), c.label) for c in layer.renderer().classes()]

    assert entries(plain) == entries(shown)
    assert len(entries(plain)) == 3
    assert sum(float(label.split("(")[1].split()[0]) for *_, label in entries(plain)) > 99.8
    # This is what the style is for: 256 entries in QGIS 3.22, no shares in later ones.
    assert entries(without) != entries(shown)
    message, fine = shown.loadNamedStyle(str(tmp_path / "other.qml"))
    assert fine, message
    assert entries(shown) == entries(plain)


def test_a_style_of_the_user_stays_and_the_log_says_so(run, files, tmp_path, listener):
    (tmp_path / "m.qml").write_text("<qgis/>")
    given = {"CLASSIFICATION": files["fields"], "INPUT": files["scene"], "CLASSES": 3}
    run("superseg:mergeclasses", {**given, "OUTPUT": str(tmp_path / "m.tif")}, listener)
    assert (tmp_path / "m.qml").read_text() == "<qgis/>"
    assert any("m.qml: not written by SuperSeg, kept" in line for line in listener.lines)


def test_the_record_has_the_classes_as_stac_describes_them(run, files, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("from,to,name,color\n1,1,Wood & field,#1b7837\n2,2,水,\n", encoding="utf-8")
    given = {"CLASSIFICATION": files["fields"], "INPUT": files["scene"], "TABLE": str(table)}
    run("superseg:mergeclasses", {**given, "OUTPUT": str(tmp_path / "m.tif")})
    record = json.loads((tmp_path / "m.tif.superseg.json").read_text(encoding="utf-8"))
    nodata, one, two, *_ = record["classification:classes"]
    assert (nodata["value"], nodata["nodata"]) == (0, True)
    assert (one["value"], one["name"], one["title"]) == (1, "wood-field", "Wood & field")
    assert one["color_hint"] == "1B7837"
    assert (two["name"], two["title"]) == ("class", "水")
    assert sum(each.get("percentage", 0) for each in record["classification:classes"]) == (
        pytest.approx(100, abs=0.01)
    )
