# SPDX-License-Identifier: GPL-2.0-or-later
"""The shipped model gives the results of its separate steps."""

from __future__ import annotations

import numpy as np
import pytest
from qgis.core import QgsPalettedRasterRenderer, QgsProcessingOutputLayerDefinition, QgsProject

from tests.conftest import read_raster
from tests.qgis.helpers import load_results
from tests.qgis.test_public_names import MODEL_NAME


@pytest.fixture
def shipped(provider, tmp_path):
    """The model and where each of its outputs is to go, by the output's title."""
    model = provider.algorithm(MODEL_NAME)
    ends = {"Model": ".superseg"}
    names = {d.description(): d.name() for d in model.destinationParameterDefinitions()}
    places = {
        title: str(tmp_path / f"{title.replace(' ', '_')}{ends.get(title, '.tif')}")
        for title in names
    }
    return model, names, places


def test_the_model_equals_its_separate_steps(run, files, tmp_path, shipped):
    model, names, places = shipped
    chosen = {"CLASSES": 4, "STEPS": 5, "SEED": 3, "DEVICE": "cpu"}
    outputs = {names[title]: place for title, place in places.items()}
    result = run(model.id(), {"INPUT": files["scene"], **chosen, **outputs})
    assert {result[name] for name in names.values()} == set(places.values())

    steps = tmp_path / "steps"
    steps.mkdir()
    image = {"INPUT": files["scene"]}
    superpixels = run("superseg:superpixels", {**image, "OUTPUT": str(steps / "s.tif")})["OUTPUT"]
    with_superpixels = {**image, "SUPERPIXELS": superpixels}
    trained = run(
        "superseg:trainfcn",
        {**with_superpixels, **chosen, "MODEL": str(steps / "m.superseg")},
    )
    classes = run(
        "superseg:classify",
        {
            **with_superpixels,
            "MODEL": trained["MODEL"],
            "DEVICE": "cpu",
            "OUTPUT": str(steps / "c.tif"),
        },
    )["OUTPUT"]
    average = run(
        "superseg:averagecolor",
        {**with_superpixels, "CLASSIFICATION": classes, "OUTPUT": str(steps / "a.tif")},
    )["OUTPUT"]
    assert np.array_equal(read_raster(places["Superpixels"]), read_raster(superpixels))
    assert np.array_equal(read_raster(places["Classes"]), read_raster(classes))
    assert np.array_equal(read_raster(places["Average color"]), read_raster(average))


def test_the_model_has_the_class_limits_of_its_step(provider):
    numbers = [
        provider.algorithm(name).parameterDefinition("CLASSES") for name in (MODEL_NAME, "trainfcn")
    ]
    assert len({(number.minimum(), number.maximum()) for number in numbers}) == 1


def test_the_model_styles_its_classes(run, files, shipped, project_context, listener):
    model, names, places = shipped
    outputs = {names[title]: place for title, place in places.items()}
    outputs[names["Classes"]] = QgsProcessingOutputLayerDefinition(
        places["Classes"], QgsProject.instance()
    )
    parameters = {"INPUT": files["scene"], "CLASSES": 4, "STEPS": 2, "DEVICE": "cpu", **outputs}
    results = run(model, parameters, listener, project_context)
    load_results(model, project_context, listener, results)
    layers = {layer.name(): layer for layer in QgsProject.instance().mapLayers().values()}
    (classes,) = (layer for name, layer in layers.items() if name.startswith("scene, "))
    assert isinstance(classes.renderer(), QgsPalettedRasterRenderer)
