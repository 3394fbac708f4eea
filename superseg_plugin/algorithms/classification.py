# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:classify: an image and a model to classes."""

from __future__ import annotations

from contextlib import ExitStack
from typing import ClassVar

from ..pipeline.classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from ..pipeline.options.classification import ClassificationOptions
from ..raster.format_check import CLASSES, CONFIDENCE
from ..raster.stack import stacked
from . import groups
from .additional_rasters import add_additional_rasters, additional_rasters
from .base import SuperSegAlgorithm
from .declarations import MODEL_OR_ANY_FILES
from .parameter_help import CONFIDENCE_HELP, MODEL_BANDS_HELP
from .styling import ClassStyle, ConfidenceStyle, classes_of, name_classes, style


class ClassificationAlgorithm(SuperSegAlgorithm):
    """Classifies an image with a model."""

    ID = "classify"
    TITLE = "Classify with a model"
    GROUP = groups.OTHERS
    TAGS = ("classification", "inference", "model", "fcn", "land cover", "raster")
    SUMMARY = "Applies a trained model to an image, which gives a raster of classes."
    CONTENTS: ClassVar = {"OUTPUT": CLASSES, "CONFIDENCE": CONFIDENCE}
    HELP = """
<p>Assigns a class to every pixel of an image, by a <b>model</b> of <i>Train a network</i> or
<i>Segment</i>. The image must have the bands that the model was trained on; they are matched by
their names, or chosen by number in the order of the model. Its values must be in the same units,
otherwise the image is refused; it can then be matched to the values of the model. Classes of
several dates or scenes can be compared if they are classified with the same model.</p>
<p>All pixels of a <b>superpixel</b> get the same class. If the model was trained with clusters, it
is found from color, texture and surroundings of the superpixel, otherwise from the network's
predictions; smoothing assigns similar neighbors to the same class. For the image that the model was
trained on, the result is that of <i>Segment</i>. Superpixels are computed if none are given. With a
smoothness of 0 and without superpixels, the network classifies each pixel. Patches smaller than the
minimum area are merged into their neighbors.</p>
<p>If the model contains the similarity of its classes, <i>Merge classes</i> can reduce their number
without the image.</p>
<p>The class workbench can split, correct and teach the classes of the result if a <b>file of
superpixels</b> is stored beside it, as of <i>Segment</i>. That needs a model that was trained with
clusters, as those of <i>Segment</i> are, and a classification by superpixels.</p>
<p>The scene is processed in tiles, which do not show in the result. Names, colors, areas and band
means of the classes are stored in the file, where other programs can read them.</p>
"""
    NEEDS_WORKER = True

    MODEL = "MODEL"
    SUPERPIXELS = "SUPERPIXELS"
    RESCALE = "RESCALE"
    SMOOTHNESS = "SMOOTHNESS"
    MIN_AREA = "MIN_AREA"
    DEVICE = "DEVICE"
    TILE_SIZE = "TILE_SIZE"
    VALUES = "VALUES"
    BALANCE_TILES = "BALANCE_TILES"
    REFINE_BORDERS = "REFINE_BORDERS"
    CONFIDENCE = "CONFIDENCE"

    def initAlgorithm(self, configuration=None):
        self.add_image("The image: a raster layer with the bands that the model was trained on.")
        self.add_file(self.MODEL, "Model", "A model file (.superseg).", MODEL_OR_ANY_FILES)
        self.add_tidying()
        self.add_bands(MODEL_BANDS_HELP)
        add_additional_rasters(self)
        self.add_raster(
            self.SUPERPIXELS,
            "Superpixels",
            "Superpixels of the same image, on the same grid; each gets one class. If empty, they "
            "are computed with default settings, unless smoothness is 0.",
            optional=True,
        )
        self.add_area()
        self.add_rescaling()
        self.add_device()
        self.add_cluster()
        self.add_tile_size()
        self.add_values()
        self.add_balance()
        self.add_refinement()
        self.add_superpixel_file("classes.tif.superseg.tif")
        self.add_raster_output(self.OUTPUT, "Classes", "Raster of classes, from 1; 0 is nodata.")
        self.add_raster_output(
            self.CONFIDENCE,
            "Confidence",
            CONFIDENCE_HELP,
            optional=True,
        )

    def read_request(self, request):
        self.image = request.image()
        self.additional = additional_rasters(request)
        self.model = request.file(self.MODEL)
        self.superpixels = request.raster(self.SUPERPIXELS)
        self.device = request.choice(self.DEVICE)
        self.options = ClassificationOptions(
            smoothness=request.number(self.SMOOTHNESS),
            min_area=request.number(self.MIN_AREA),
            units=request.choice(self.UNITS),
            tile_size=request.integer(self.TILE_SIZE),
            values=request.choice(self.VALUES),
            rescale=request.flag(self.RESCALE),
            superpixel_file=request.number(self.SUPERPIXEL_FILE),
            balance_tiles=request.flag(self.BALANCE_TILES),
            refine_borders=request.flag(self.REFINE_BORDERS),
        )

    def read_outputs(self, request):
        self.output = request.raster_output(self.OUTPUT)
        self.confidence = request.raster_output(self.CONFIDENCE)

    def compute(self, progress, context):
        with ExitStack() as opened:
            source = opened.enter_context(self.image.open(progress))
            source = opened.enter_context(stacked(source, self.additional))
            superpixels = None
            if self.superpixels is not None:
                scene = self.superpixels
                superpixels = opened.enter_context(scene.open(progress, self.image.extent))
            worker = opened.enter_context(self.worker(progress, self.device))
            result = run_classification(
                ClassificationInputs(source, self.model, superpixels),
                ClassificationOutputs(self.output, self.confidence),
                self.options,
                worker,
                progress,
            )
        style(context, self.output, ClassStyle())
        title = self.parameterDefinition(self.OUTPUT).description()
        name = classes_of(self.image.name, result.class_count)
        name_classes(context, self.output, title, name)
        style(context, self.confidence, ConfidenceStyle())
        outputs = {self.OUTPUT: self.output}
        if self.confidence:
            outputs[self.CONFIDENCE] = self.confidence
        return outputs
