# SPDX-License-Identifier: GPL-2.0-or-later
"""Apply a model to an image."""

from __future__ import annotations

from contextlib import ExitStack

from ..pipeline.classification import run_classification
from ..pipeline.options.classification import ClassificationOptions
from .base import SuperSegAlgorithm
from .declarations import MODEL_OR_ANY_FILES
from .styling import ClassStyle, ConfidenceStyle, style


class ClassificationAlgorithm(SuperSegAlgorithm):
    """The Processing face of the classification step."""

    ID = "classify"
    TITLE = "Classify"
    GROUP = "Steps"
    TAGS = ("classification", "inference", "model", "fcn", "land cover", "raster")
    SUMMARY = "Applies a trained model to an image and gives a raster of classes."
    HELP = """
<p>Gives every pixel of an image the class that a <b>model</b> of <i>Train a network</i> or
<i>Segment</i> finds for it. The image must have the bands that the model was trained on; the same
model used on several dates or scenes gives classes that can be compared.</p>
<p>All pixels of a <b>superpixel</b> get the same class. What the superpixel looks like and what
surrounds it counts, if the model was guided by clusters, and what the network sees in it;
smoothness draws similar neighbors together. On the image that the model comes from, the result is
that of <i>Segment</i>. Superpixels are made where none are given. With a smoothness of 0 and no
superpixels the network classifies every pixel on its own. The minimum area dissolves small
patches.</p>
<p>Where the model knows which of its classes are alike, <i>Merge classes</i> makes fewer of them
without the image.</p>
<p>The scene is worked on tile by tile; the tile size cannot be seen in the result. Names, colors,
areas and band means of the classes are written into the file itself, so that other programs see
them too.</p>
"""
    NEEDS_WORKER = True

    MODEL = "MODEL"
    SUPERPIXELS = "SUPERPIXELS"
    SMOOTHNESS = "SMOOTHNESS"
    MIN_AREA = "MIN_AREA"
    DEVICE = "DEVICE"
    TILE_SIZE = "TILE_SIZE"
    CONFIDENCE = "CONFIDENCE"

    def initAlgorithm(self, configuration=None):
        self.add_raster(
            self.INPUT,
            "Image",
            "The image: a raster layer with the bands that the model was trained on.",
        )
        self.add_file(self.MODEL, "Model", "A model file (.superseg).", MODEL_OR_ANY_FILES)
        self.add_raster(
            self.SUPERPIXELS,
            "Superpixels",
            "Superpixels of the same image, on the same grid: each gets one class. Made with the "
            "usual settings if left empty, unless smoothness is 0.",
            optional=True,
        )
        self.add_tidying()
        self.add_area()
        self.add_device()
        self.add_tile_size()
        self.add_raster_output(self.OUTPUT, "Classes", "Raster of classes, from 1; 0 is nodata.")
        self.add_raster_output(
            self.CONFIDENCE,
            "Confidence",
            "How sure the model is of each pixel's class, in percent.",
            optional=True,
        )

    def read_request(self, request):
        self.image = request.image()
        self.model = request.file(self.MODEL)
        self.superpixels = request.raster(self.SUPERPIXELS)
        self.device = request.choice(self.DEVICE)
        self.options = ClassificationOptions(
            smoothness=request.number(self.SMOOTHNESS),
            min_area=request.integer(self.MIN_AREA),
            tile_size=request.integer(self.TILE_SIZE),
        )

    def read_outputs(self, request):
        self.output = request.raster_output(self.OUTPUT)
        self.confidence = request.raster_output(self.CONFIDENCE)

    def compute(self, progress, context):
        with ExitStack() as opened:
            source = opened.enter_context(self.image.open(progress))
            superpixels = None
            if self.superpixels is not None:
                scene = self.superpixels
                superpixels = opened.enter_context(scene.open(progress, self.image.extent))
            worker = opened.enter_context(self.worker(self.device))
            run_classification(
                source,
                self.model,
                superpixels,
                self.output,
                self.confidence,
                self.options,
                worker,
                progress,
            )
        style(context, self.output, ClassStyle())
        style(context, self.confidence, ConfidenceStyle())
        outputs = {self.OUTPUT: self.output}
        if self.confidence:
            outputs[self.CONFIDENCE] = self.confidence
        return outputs
