# SPDX-License-Identifier: GPL-2.0-or-later
"""Public names, which scripts, models and histories use."""

from __future__ import annotations

from pathlib import Path

import pytest
from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingModelAlgorithm,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
)
from qgis.PyQt.QtCore import QPointF, QRectF

DEVICES = ["auto", "cpu", "cuda", "mps"]
IMAGERY = ["any", "drone", "aerial", "vhr", "sentinel2", "landsat", "embedding"]
UNITS = ["pixels", "meters"]
VALUES = ["automatic", "as they are", "AlphaEarth int8", "embedding"]
VALUES += ["reflectance", "decibels", "elevation"]
MODEL_NAME = "Superpixels, train, classify, average colours"
# title: (parameters in order, steps, titles of the outputs)
MODELS = {
    "Segment and polygonise with statistics": (
        ["INPUT", "CLASSES", "PRESET", "IMAGERY", "MIN_AREA", "SIMPLIFY", "STATISTICS_BAND",
         "DEVICE"],
        {"superseg:segment", "superseg:classpolygons", "native:zonalstatisticsfb"},
        {"Classes", "Polygons"},
    ),
    "Train once, classify a folder of scenes": (
        ["INPUT", "BANDS", "FOLDER", "PATTERN", "CLASSES", "STEPS", "DEVICE"],
        {"superseg:trainfcn", "superseg:classifyfolder"},
        {"Model", "Folder of results"},
    ),
    "Compare two dates": (
        ["BEFORE", "AFTER", "CLASSES", "STEPS", "MIN_AREA", "DEVICE"],
        {"superseg:trainfcn", "superseg:classify", "superseg:changes"},
        {"Model", "Classes before", "Classes after", "Change", "Table of changes"},
    ),
}  # fmt: skip

# id: (parameters with defaults in order, values of the choices, outputs)
PUBLIC = {
    "segment": (
        {
            "INPUT": None,
            "CLASSES": 16,
            "IMAGERY": "any",
            "PRESET": "balanced",
            "BANDS": None,
            "ADDITIONAL_RASTERS": None,
            "EXTENT": None,
            "MASK": None,
            "SMOOTHNESS": 8.0,
            "MIN_AREA": 0.0,
            "SUPERPIXEL_SIZE": 0.0,
            "UNITS": "pixels",
            "SEED": 0,
            "DEVICE": "auto",
            "CLUSTER": None,
            "TILE_SIZE": 0,
            "VALUES": "automatic",
            "BALANCE_TILES": False,
            "REFINE_BORDERS": True,
            "SUPERPIXEL_FILE": 1000.0,
            "OUTPUT": None,
            "SUPERPIXELS": None,
            "AVERAGE_COLOR": None,
            "CONFIDENCE": None,
            "MODEL": None,
            "REPORT": None,
        },
        {
            "PRESET": ["balanced", "fast", "published"],
            "IMAGERY": IMAGERY,
            "UNITS": UNITS,
            "DEVICE": DEVICES,
            "VALUES": VALUES,
        },
        {
            "OUTPUT": "outputRaster",
            "SUPERPIXELS": "outputRaster",
            "AVERAGE_COLOR": "outputRaster",
            "CONFIDENCE": "outputRaster",
            "MODEL": "outputFile",
            "REPORT": "outputHtml",
            "CLASS_COUNT": "outputNumber",
            "SUPERPIXEL_COUNT": "outputNumber",
        },
    ),
    "superpixels": (
        {
            "INPUT": None,
            "METHOD": "felzenszwalb",
            "IMAGERY": "any",
            "BANDS": None,
            "ADDITIONAL_RASTERS": None,
            "EXTENT": None,
            "MASK": None,
            "SUPERPIXEL_SIZE": 0.0,
            "UNITS": "pixels",
            "SCALE": 32.0,
            "MIN_SIZE": 64,
            "REGION_SIZE": 16,
            "SIGMA": 0.5,
            "COMPACTNESS": 25.0,
            "CONNECTIVITY": "8",
            "CLUSTER": None,
            "TILE_SIZE": 0,
            "VALUES": "automatic",
            "OUTPUT": None,
        },
        {
            "METHOD": ["felzenszwalb", "slic"],
            "IMAGERY": IMAGERY,
            "UNITS": UNITS,
            "CONNECTIVITY": ["8", "4"],
            "VALUES": VALUES,
        },
        {"OUTPUT": "outputRaster", "SUPERPIXEL_COUNT": "outputNumber"},
    ),
    "trainfcn": (
        {
            "INPUT": None,
            "CLASSES": 16,
            "IMAGERY": "any",
            "GUIDANCE": "clusters",
            "STEPS": 150,
            "BANDS": None,
            "ADDITIONAL_RASTERS": None,
            "SUPERPIXELS": None,
            "SUPERPIXEL_SIZE": 0.0,
            "UNITS": "pixels",
            "NETWORK": "light",
            "LOSS": "crossentropy",
            "PATCH_SIZE": 256,
            "BATCH_SIZE": 4,
            "LEARNING_RATE": 0.002,
            "INITIAL_MODEL": None,
            "SEED": 0,
            "DEVICE": "auto",
            "CLUSTER": None,
            "VALUES": "automatic",
            "BALANCE_TILES": False,
            "MODEL": None,
            "REPORT": None,
        },
        {
            "IMAGERY": IMAGERY,
            "UNITS": UNITS,
            "GUIDANCE": ["clusters", "selftraining"],
            "NETWORK": ["light", "published"],
            "LOSS": ["crossentropy", "focal", "lovasz"],
            "DEVICE": DEVICES,
            "VALUES": VALUES,
        },
        {
            "MODEL": "outputFile",
            "REPORT": "outputHtml",
            "CLASS_COUNT": "outputNumber",
            "FINAL_LOSS": "outputNumber",
        },
    ),
    "classify": (
        {
            "INPUT": None,
            "MODEL": None,
            "SMOOTHNESS": 8.0,
            "MIN_AREA": 0.0,
            "UNITS": "pixels",
            "BANDS": None,
            "ADDITIONAL_RASTERS": None,
            "SUPERPIXELS": None,
            "EXTENT": None,
            "MASK": None,
            "RESCALE": False,
            "DEVICE": "auto",
            "CLUSTER": None,
            "TILE_SIZE": 0,
            "VALUES": "automatic",
            "BALANCE_TILES": False,
            "REFINE_BORDERS": True,
            "SUPERPIXEL_FILE": 1000.0,
            "OUTPUT": None,
            "CONFIDENCE": None,
        },
        {"UNITS": UNITS, "DEVICE": DEVICES, "VALUES": VALUES},
        {"OUTPUT": "outputRaster", "CONFIDENCE": "outputRaster"},
    ),
    "classifyfolder": (
        {
            "FOLDER": None,
            "PATTERN": "*.tif",
            "MODEL": None,
            "BANDS": None,
            "ADDITIONAL_RASTERS": None,
            "RESCALE": False,
            "SMOOTHNESS": 8.0,
            "MIN_AREA": 0.0,
            "UNITS": "pixels",
            "DEVICE": "auto",
            "CLUSTER": None,
            "VALUES": "automatic",
            "BALANCE_TILES": False,
            "REFINE_BORDERS": True,
            "SUPERPIXEL_FILE": 1000.0,
            "OUTPUT": None,
            "TABLE": None,
            "CLASS_TABLE": None,
        },
        {
            "UNITS": UNITS,
            "DEVICE": DEVICES,
            "VALUES": VALUES,
        },
        {
            "OUTPUT": "outputFolder",
            "TABLE": "outputFile",
            "CLASS_TABLE": "outputFile",
            "LAYERS": "outputMultilayer",
            "IMAGE_COUNT": "outputNumber",
        },
    ),
    "segmentfolder": (
        {
            "FOLDER": None,
            "PATTERN": "*.tif",
            "CLASSES": 16,
            "IMAGERY": "any",
            "PRESET": "balanced",
            "BANDS": None,
            "ADDITIONAL_RASTERS": None,
            "SMOOTHNESS": 8.0,
            "MIN_AREA": 0.0,
            "SUPERPIXEL_SIZE": 0.0,
            "UNITS": "pixels",
            "SEED": 0,
            "DEVICE": "auto",
            "CLUSTER": None,
            "VALUES": "automatic",
            "BALANCE_TILES": False,
            "REFINE_BORDERS": True,
            "SUPERPIXEL_FILE": 1000.0,
            "OUTPUT": None,
            "TABLE": None,
            "CLASS_TABLE": None,
            "MODEL": None,
        },
        {
            "PRESET": ["balanced", "fast"],
            "IMAGERY": IMAGERY,
            "UNITS": UNITS,
            "DEVICE": DEVICES,
            "VALUES": VALUES,
        },
        {
            "OUTPUT": "outputFolder",
            "TABLE": "outputFile",
            "CLASS_TABLE": "outputFile",
            "MODEL": "outputFile",
            "LAYERS": "outputMultilayer",
            "IMAGE_COUNT": "outputNumber",
        },
    ),
    "averagecolor": (
        {"INPUT": None, "CLASSIFICATION": None, "SUPERPIXELS": None, "OUTPUT": None},
        {},
        {"OUTPUT": "outputRaster"},
    ),
    "mergeclasses": (
        {
            "CLASSIFICATION": None,
            "CLASSES": None,
            "TABLE": None,
            "MIN_AREA": 0.0,
            "UNITS": "pixels",
            "INPUT": None,
            "MODEL": None,
            "OUTPUT": None,
        },
        {"UNITS": UNITS},
        {"OUTPUT": "outputRaster", "CLASS_COUNT": "outputNumber"},
    ),
    "splitclass": (
        {"CLASSIFICATION": None, "SPLIT": None, "PARTS": 2, "POLYGONS": None, "OUTPUT": None},
        {},
        {"OUTPUT": "outputRaster", "CLASS_COUNT": "outputNumber"},
    ),
    "labelbyexamples": (
        {
            "CLASSIFICATION": None,
            "EXAMPLES": None,
            "FIELD": None,
            "SMOOTHNESS": 8.0,
            "MODEL": None,
            "OUTPUT": None,
            "CONFIDENCE": None,
            "LABELLED_MODEL": None,
        },
        {},
        {
            "OUTPUT": "outputRaster",
            "CONFIDENCE": "outputRaster",
            "LABELLED_MODEL": "outputFile",
            "CLASS_COUNT": "outputNumber",
        },
    ),
    "similarity": (
        {"CLASSIFICATION": None, "EXAMPLES": None, "OUTPUT": None},
        {},
        {"OUTPUT": "outputRaster"},
    ),
    "classpolygons": (
        {"CLASSIFICATION": None, "TABLE": None, "SIMPLIFY": 0.0, "OUTPUT": None},
        {},
        {"OUTPUT": "outputVector", "POLYGON_COUNT": "outputNumber"},
    ),
    "objects": (
        {
            "CLASSIFICATION": None,
            "OBJECTS": "patches",
            "INPUT": None,
            "TABLE": None,
            "OUTPUT": None,
        },
        {"OBJECTS": ["patches", "superpixels"]},
        {"OUTPUT": "outputVector", "OBJECT_COUNT": "outputNumber"},
    ),
    "changes": (
        {
            "CLASSIFICATION_BEFORE": None,
            "CLASSIFICATION_AFTER": None,
            "OUTPUT": None,
            "TABLE": None,
        },
        {},
        {
            "OUTPUT": "outputRaster",
            "TABLE": "outputFile",
            "CHANGE_COUNT": "outputNumber",
            "CHANGED_AREA": "outputNumber",
            "CHANGED_PERCENT": "outputNumber",
        },
    ),
    "evaluate": (
        {
            "CLASSIFICATION": None,
            "REFERENCE": None,
            "UNLABELLED": None,
            "POLYGONS": None,
            "POLYGONS_FIELD": None,
            "SAMPLES": None,
            "FIELD": None,
            "TABLE": None,
            "REPORT": None,
            "FIGURES": None,
        },
        {},
        {
            "REPORT": "outputHtml",
            "FIGURES": "outputFile",
            "AMI": "outputNumber",
            "ARI": "outputNumber",
            "FMI": "outputNumber",
            "ARE": "outputNumber",
            "V_MEASURE": "outputNumber",
            "ACCURACY": "outputNumber",
            "MEAN_IOU": "outputNumber",
            "NAMED_ACCURACY": "outputNumber",
            "NAMED_MEAN_IOU": "outputNumber",
            "OVERALL_ERROR": "outputNumber",
            "KAPPA": "outputNumber",
        },
    ),
    "suggestnames": (
        {
            "CLASSIFICATION": None,
            "REFERENCE": None,
            "POLYGONS": None,
            "FIELD": None,
            "PURITY": 60.0,
            "TABLE": None,
        },
        {},
        {"TABLE": "outputFile", "NAMED_COUNT": "outputNumber", "MIXED_COUNT": "outputNumber"},
    ),
    "accuracypoints": (
        {
            "CLASSIFICATION": None,
            "COUNT": 0,
            "MINIMUM": 30,
            "TABLE": None,
            "SEED": 0,
            "OUTPUT": None,
        },
        {},
        {"OUTPUT": "outputVector", "POINT_COUNT": "outputNumber"},
    ),
    "installruntime": (
        {"BACKEND": "auto", "SOURCE": None, "FOLDER": None},
        {"BACKEND": ["auto", "cpu", "cuda"]},
        {"TEXT": "outputString"},
    ),
    "runtimereport": ({}, {}, {"TEXT": "outputString"}),
}

OPTIONAL = {
    "segment": {
        "CLUSTER",
        "BANDS",
        "ADDITIONAL_RASTERS",
        "EXTENT",
        "MASK",
        "SUPERPIXEL_FILE",
        "BALANCE_TILES",
        "REFINE_BORDERS",
        "SUPERPIXELS",
        "AVERAGE_COLOR",
        "CONFIDENCE",
        "MODEL",
        "REPORT",
    },
    "superpixels": {"CLUSTER", "BANDS", "ADDITIONAL_RASTERS", "EXTENT", "MASK"},
    "trainfcn": {
        *("CLUSTER", "BANDS", "ADDITIONAL_RASTERS", "SUPERPIXELS", "INITIAL_MODEL"),
        *("BALANCE_TILES", "REPORT"),
    },
    "classify": {
        "CLUSTER",
        "BANDS",
        "ADDITIONAL_RASTERS",
        "SUPERPIXELS",
        "EXTENT",
        "MASK",
        "BALANCE_TILES",
        "REFINE_BORDERS",
        "SUPERPIXEL_FILE",
        "CONFIDENCE",
    },
    "classifyfolder": {
        "CLUSTER",
        "BANDS",
        "ADDITIONAL_RASTERS",
        "BALANCE_TILES",
        "REFINE_BORDERS",
        "SUPERPIXEL_FILE",
        "TABLE",
        "CLASS_TABLE",
    },
    "segmentfolder": {
        "CLUSTER",
        *("BANDS", "ADDITIONAL_RASTERS", "BALANCE_TILES", "SUPERPIXEL_FILE"),
        "REFINE_BORDERS",
        *("TABLE", "CLASS_TABLE", "MODEL"),
    },
    "averagecolor": {"SUPERPIXELS"},
    "mergeclasses": {"CLASSES", "TABLE", "INPUT", "MODEL"},
    "splitclass": {"SPLIT", "POLYGONS"},
    "labelbyexamples": {"MODEL", "CONFIDENCE", "LABELLED_MODEL"},
    "similarity": set(),
    "classpolygons": {"TABLE"},
    "objects": {"INPUT", "TABLE"},
    "changes": {"TABLE"},
    "evaluate": {
        *("REFERENCE", "UNLABELLED", "POLYGONS", "POLYGONS_FIELD", "SAMPLES", "FIELD", "TABLE"),
        *("REPORT", "FIGURES"),
    },
    "accuracypoints": {"TABLE"},
    "suggestnames": {"REFERENCE", "POLYGONS", "FIELD"},
    "installruntime": {"SOURCE", "FOLDER"},
    "runtimereport": set(),
}

GROUPS = {
    "1 Segment",
    "2 Name and correct",
    "3 Check",
    "4 Export",
    "5 Other images and dates",
    "6 Runtime",
}


def test_the_provider_offers_exactly_these(provider):
    assert provider.id() == "superseg"
    names = {algorithm.name() for algorithm in provider.algorithms()}
    assert names == {*PUBLIC, MODEL_NAME, *MODELS}


@pytest.mark.parametrize("name", PUBLIC)
def test_parameters_defaults_and_outputs(provider, name):
    algorithm = provider.algorithm(name)
    parameters, words, outputs = PUBLIC[name]
    definitions = algorithm.parameterDefinitions()
    assert {d.name(): d.defaultValue() for d in definitions} == parameters
    assert [d.name() for d in definitions] == list(parameters)
    enums = [d for d in definitions if isinstance(d, QgsProcessingParameterEnum)]
    assert {d.name(): d.options() for d in enums} == words
    assert all(d.usesStaticStrings() for d in enums)
    assert {o.name(): o.type() for o in algorithm.outputDefinitions()} == outputs
    optional = QgsProcessingParameterDefinition.Flag.FlagOptional
    assert {d.name() for d in definitions if d.flags() & optional} == OPTIONAL[name]


@pytest.mark.parametrize("name", PUBLIC)
def test_all_parameters_have_help(provider, name):
    algorithm = provider.algorithm(name)
    assert len(algorithm.shortHelpString()) > 200
    text = algorithm.shortHelpString()
    # Processing draws paragraphs dark, also on the dark background of Night Mapping.
    assert "<p>" not in text.replace("<p></p>", "", 1)
    assert text.count("<div") == text.count("</div>") > 0
    assert text.count("<strong>") == text.count("</strong>")
    assert algorithm.shortDescription().endswith(".")
    assert algorithm.tags()
    assert algorithm.group() in GROUPS
    for definition in algorithm.parameterDefinitions():
        assert definition.help().endswith("."), definition.name()
        assert definition.description()
    everything = " ".join(
        [
            algorithm.shortHelpString(),
            algorithm.displayName(),
            *(d.help() + d.description() for d in algorithm.parameterDefinitions()),
        ]
    )
    assert "colour" not in everything


def test_rarely_used_parameters_are_advanced(provider):
    flag = QgsProcessingParameterDefinition.Flag.FlagAdvanced
    for algorithm in provider.algorithms():
        advanced = {d.name() for d in algorithm.parameterDefinitions() if d.flags() & flag}
        names = {d.name() for d in algorithm.parameterDefinitions()}
        rare = {
            "DEVICE",
            "CLUSTER",
            "TILE_SIZE",
            "SEED",
            "SIGMA",
            "COMPACTNESS",
            "CONNECTIVITY",
            "LEARNING_RATE",
            "SUPERPIXEL_SIZE",
            "UNITS",
            "VALUES",
        }
        assert rare & names <= advanced
        assert not advanced & {"INPUT", "OUTPUT", "CLASSES", "PRESET", "EXTENT", "MASK"}


def test_batch_cancel_and_background_are_possible(provider):
    flag = QgsProcessingAlgorithm.Flag
    # QGIS itself decides where models run.
    for algorithm in map(provider.algorithm, PUBLIC):
        assert not algorithm.flags() & flag.FlagNoThreading
        assert algorithm.flags() & flag.FlagCanCancel
        in_batches = bool(algorithm.flags() & flag.FlagSupportsBatch)
        assert in_batches == (algorithm.name() not in ("installruntime", "runtimereport"))


def test_the_shipped_model_has_named_outputs_and_known_steps(provider):
    model = provider.algorithm(MODEL_NAME)
    assert isinstance(model, QgsProcessingModelAlgorithm)
    # The id keeps the first spelling.
    assert model.displayName() == MODEL_NAME.replace("colours", "colors")
    assert model.group() == "1 Segment"
    steps = {child.algorithmId() for child in model.childAlgorithms().values()}
    assert steps == {
        "superseg:superpixels",
        "superseg:trainfcn",
        "superseg:classify",
        "superseg:averagecolor",
    }
    titles = {o.description() for o in model.outputDefinitions()}
    assert titles == {"Superpixels", "Model", "Classes", "Average color"}
    assert model.validate() == (True, [])


@pytest.mark.parametrize("title", MODELS)
def test_shipped_models_have_these_parameters_steps_and_outputs(provider, title):
    model = provider.algorithm(title)
    parameters, steps, titles = MODELS[title]
    inputs = [d for d in model.parameterDefinitions() if not d.isDestination()]
    assert [d.name() for d in inputs] == parameters
    assert {child.algorithmId() for child in model.childAlgorithms().values()} == steps
    assert {o.description() for o in model.outputDefinitions()} == titles
    assert model.validate() == (True, [])
    assert model.group() in GROUPS
    assert "colour" not in model.displayName()
    assert "polygonise" not in model.displayName()
    assert model.flags() & QgsProcessingAlgorithm.Flag.FlagSupportsBatch
    assert "Example: " in model.shortHelpString()
    assert model.shortDescription().endswith(".")
    for definition in inputs:
        assert model.helpContent()[definition.name()].endswith(".")


def test_icons_are_found(provider):
    assert not provider.icon().isNull()
    assert provider.versionInfo()
    for algorithm in provider.algorithms():
        assert not algorithm.icon().isNull()
    paths = [provider.algorithm(name).svgIconPath() for name in PUBLIC]
    assert len(set(paths)) == len(PUBLIC)
    assert all(Path(path).is_file() for path in paths)


@pytest.mark.parametrize("title", [MODEL_NAME, *MODELS])
def test_shipped_models_are_laid_out_with_comments(provider, title):
    model = provider.algorithm(title)
    inputs = [d for d in model.parameterDefinitions() if not d.isDestination()]
    boxes = [model.parameterComponents()[d.name()] for d in inputs]
    for child in model.childAlgorithms().values():
        assert child.comment().description().endswith(".")
        boxes += [child, child.comment(), *child.modelOutputs().values()]
    places = [QRectF(QPointF(), box.size()).translated(box.position()) for box in boxes]
    for number, place in enumerate(places):
        assert not any(place.intersects(other) for other in places[:number])
