# SPDX-License-Identifier: GPL-2.0-or-later
"""Merging classes from QGIS: dialog, batch, modeler and styles."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from qgis.core import (
    QgsPalettedRasterRenderer,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterRasterLayer,
    QgsProject,
    QgsRasterLayer,
)

from superseg_plugin.raster.class_table import read_class_table
from tests.conftest import GEOTRANSFORM, read_raster, write_raster
from tests.qgis.helpers import load_results


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("from,to,name,color\n2,1,Woods & <b>fens</b>,#1b7837\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def speckled(files, tmp_path):
    """The four fields with small patches of other classes in them."""
    values = files["numbers"].copy()
    values[10:13, 10:13] = 4
    values[50:52, 50:60] = 2
    return write_raster(tmp_path / "speckled.tif", values, nodata=0)


def test_by_number_on_an_image(run, files, tmp_path, listener):
    parameters = {
        "CLASSIFICATION": files["fields"],
        "INPUT": files["scene"],
        "CLASSES": 3,
        "OUTPUT": str(tmp_path / "merged.tif"),
    }
    result = run("superseg:mergeclasses", parameters, listener)
    values = read_raster(result["OUTPUT"])[0]
    assert result["CLASS_COUNT"] == 3
    assert set(np.unique(values)) == {1, 2, 3}
    assert (values == 1).sum() == 2 * 32 * 32
    layer = QgsRasterLayer(result["OUTPUT"])
    assert layer.crs().authid() == "EPSG:32632"
    assert layer.extent() == QgsRasterLayer(files["fields"]).extent()
    assert listener.fractions == sorted(listener.fractions)
    again = {**parameters, "CLASSIFICATION": result["OUTPUT"], "INPUT": None, "CLASSES": 2}
    again = run("superseg:mergeclasses", {**again, "OUTPUT": str(tmp_path / "two.tif")})
    assert again["CLASS_COUNT"] == 2


def test_small_patches_are_merged_into_their_surroundings(run, files, speckled, tmp_path):
    parameters = {
        "CLASSIFICATION": speckled,
        "INPUT": files["scene"],
        "MIN_AREA": 100.0,
        "UNITS": "meters",
        "OUTPUT": str(tmp_path / "clean.tif"),
    }
    result = run("superseg:mergeclasses", parameters)
    assert np.array_equal(read_raster(result["OUTPUT"])[0], files["numbers"])
    result = run(
        "superseg:mergeclasses",
        {**parameters, "MIN_AREA": 36.0, "OUTPUT": str(tmp_path / "same.tif")},
    )
    assert np.array_equal(read_raster(result["OUTPUT"]), read_raster(speckled))


def test_classes_of_a_part_of_the_image(run, files, tmp_path):
    west, across, _, north, _, down = GEOTRANSFORM
    part = (west + 10 * across, across, 0.0, north + 20 * down, 0.0, down)
    numbers = files["numbers"][20:50, 10:60]
    classes = write_raster(tmp_path / "part.tif", numbers, geotransform=part, nodata=0)
    parameters = {"CLASSIFICATION": classes, "INPUT": files["scene"], "CLASSES": 4}
    result = run("superseg:mergeclasses", {**parameters, "OUTPUT": str(tmp_path / "m.tif")})
    means = read_class_table(result["OUTPUT"]).means
    values = read_raster(result["OUTPUT"])[0]
    image = files["image"][:, 20:50, 10:60]
    for number in range(1, 5):
        assert means[number - 1] == pytest.approx(image[:, values == number].mean(axis=1))


def test_the_legend_shows_names_as_they_are_and_no_empty_numbers(
    run, plugin, files, table, tmp_path, project_context, listener
):
    project = QgsProject.instance()
    parameters = {
        "CLASSIFICATION": files["fields"],
        "TABLE": table,
        "OUTPUT": QgsProcessingOutputLayerDefinition(str(tmp_path / "merged.tif"), project),
    }
    algorithm = plugin.provider.algorithm("mergeclasses")
    results = run(algorithm, parameters, listener, project_context)
    load_results(algorithm, project_context, listener, results)
    (layer,) = project.mapLayers().values()
    assert layer.name() == "fields, merged to 3 classes"
    renderer = layer.renderer()
    assert isinstance(renderer, QgsPalettedRasterRenderer)
    found = [(entry.value, entry.label, entry.color.name()) for entry in renderer.classes()]
    assert found[0] == (1, "Woods & <b>fens</b> (50.0 %)", "#1b7837")
    assert [value for value, _, _ in found] == [1, 3, 4]


@pytest.mark.parametrize(
    ("former", "name"),
    [
        ("image, 16 classes", "image, merged to 3 classes"),
        ("image, merged to 5 classes", "image, merged to 3 classes"),
        ("2, 3 or more classes", "2, 3 or more classes, merged to 3 classes"),
    ],
)
def test_the_name_of_a_result_has_one_number_of_classes(
    run, plugin, files, table, tmp_path, project_context, listener, former, name
):
    project = QgsProject.instance()
    parameters = {
        "CLASSIFICATION": project.addMapLayer(QgsRasterLayer(files["fields"], former)),
        "TABLE": table,
        "OUTPUT": QgsProcessingOutputLayerDefinition(str(tmp_path / "merged.tif"), project),
    }
    algorithm = plugin.provider.algorithm("mergeclasses")
    results = run(algorithm, parameters, listener, project_context)
    load_results(algorithm, project_context, listener, results)
    names = {layer.name() for layer in project.mapLayers().values()}
    assert names == {former, name}


def test_segment_then_merge_by_number_alone(run, files, tmp_path):
    parameters = {"INPUT": files["scene"], "CLASSES": 4, "PRESET": "fast", "DEVICE": "cpu"}
    many = run("superseg:segment", {**parameters, "OUTPUT": str(tmp_path / "many.tif")})
    assert many["CLASS_COUNT"] == 4
    few = run(
        "superseg:mergeclasses",
        {"CLASSIFICATION": many["OUTPUT"], "CLASSES": 3, "OUTPUT": str(tmp_path / "few.tif")},
    )
    assert few["CLASS_COUNT"] == 3
    before, after = read_raster(many["OUTPUT"])[0], read_raster(few["OUTPUT"])[0]
    assert set(np.unique(after)) == {1, 2, 3}
    # Classes join whole.
    for number in range(1, 5):
        assert len(np.unique(after[before == number])) == 1


def test_segment_then_merge_in_a_model(run, files, tmp_path, listener):
    model = QgsProcessingModelAlgorithm("Few classes")
    scene = QgsProcessingModelParameter("scene")
    model.addModelParameter(QgsProcessingParameterRasterLayer("scene", "Image"), scene)
    source = QgsProcessingModelChildParameterSource
    segment = QgsProcessingModelChildAlgorithm("superseg:segment")
    segment.setChildId("segment")
    merge = QgsProcessingModelChildAlgorithm("superseg:mergeclasses")
    merge.setChildId("merge")
    # As the designer does.
    for child in (segment, merge):
        for definition in child.algorithm().parameterDefinitions():
            if definition.defaultValue() is not None:
                value = source.fromStaticValue(definition.defaultValue())
                child.addParameterSources(definition.name(), [value])
    for name, value in {"CLASSES": 6, "PRESET": "fast", "DEVICE": "cpu"}.items():
        segment.addParameterSources(name, [source.fromStaticValue(value)])
    segment.addParameterSources("INPUT", [source.fromModelParameter("scene")])
    merge.addParameterSources("CLASSIFICATION", [source.fromChildOutput("segment", "OUTPUT")])
    merge.addParameterSources("CLASSES", [source.fromStaticValue(2)])
    output = QgsProcessingModelOutput("Classes", "Classes")
    output.setChildId("merge")
    output.setChildOutputName("OUTPUT")
    merge.setModelOutputs({"Classes": output})
    model.addChildAlgorithm(segment)
    model.addChildAlgorithm(merge)
    assert model.validate() == (True, [])
    path = str(tmp_path / "classes.tif")
    # Releases of QGIS name it differently.
    classes = model.destinationParameterDefinitions()[0].name()
    result = run(model, {"scene": files["scene"], classes: path}, listener)
    assert set(np.unique(read_raster(result[classes]))) == {1, 2}
    record = json.loads(Path(path + ".superseg.json").read_text(encoding="utf-8"))
    assert len(record["merge_order"]) == 1


def test_a_layer_of_the_project_and_a_table_given_as_text_values(
    run, files, table, tmp_path, project_context
):
    layer = QgsRasterLayer(files["fields"], "Fields")
    assert QgsProject.instance().addMapLayer(layer)
    parameters = {"CLASSIFICATION": layer.id(), "CLASSES": "", "TABLE": table, "MIN_AREA": "0"}
    parameters["OUTPUT"] = str(tmp_path / "m.tif")
    result = run("superseg:mergeclasses", parameters, context=project_context)
    assert result["CLASS_COUNT"] == 3
    QgsProject.instance().removeMapLayer(layer.id())


def test_cancelling_leaves_no_file(run, files, tmp_path):
    from tests.qgis.helpers import Listener

    parameters = {"CLASSIFICATION": files["fields"], "INPUT": files["scene"], "CLASSES": 2}
    output = {"OUTPUT": str(tmp_path / "merged.tif")}
    assert run("superseg:mergeclasses", {**parameters, **output}, Listener(cancel_at=1)) == {}
    assert list(tmp_path.iterdir()) == []
