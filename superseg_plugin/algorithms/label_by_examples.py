# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:labelbyexamples: a named map from a few examples."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsWkbTypes,
)

from ..errors import SuperSegError
from ..pipeline.labelling import LabellingOutputs, run_labelling
from ..pipeline.steps.example_superpixels import Shapes
from ..raster.format_check import CLASSES, CONFIDENCE
from . import groups
from .base import SuperSegAlgorithm
from .declarations import MODEL_FILES, MODEL_OR_ANY_FILES
from .labelled_points import labelled_points
from .labelled_polygons import labelled_polygons
from .parameter_help import RESULT_HELP
from .styling import ClassStyle, ConfidenceStyle, classes_of, name_classes, style


class LabelByExamplesAlgorithm(SuperSegAlgorithm):
    """Names classes from examples."""

    ID = "labelbyexamples"
    TITLE = "Label by examples"
    GROUP = groups.NAME
    TAGS = ("examples", "training", "supervised", "land cover", "names", "classification", "raster")
    SUMMARY = "Makes a named map from a few examples, points or polygons with names."
    CONTENTS: ClassVar = {"OUTPUT": CLASSES, "CONFIDENCE": CONFIDENCE}
    HELP = """
<p>Learns from a few <b>examples</b>, points or polygons with a field of names, and names the other
superpixels of a result of <i>Segment</i>: by their color, texture and surroundings, by the tree of
classes, and, with many examples, by their distance. Twenty examples are a good beginning; the class
workbench asks for those that tell most.</p>
<p>A <b>point</b> is an example of the superpixel that it lies in, <b>polygons</b> are examples of
all superpixels of which at least half lies in them. Where examples of several names lie in one
superpixel, the more frequent name counts. Examples off the raster, on nodata or without a name are
left out.</p>
<p><b>Classes without an example stay as they are.</b> All superpixels of the other classes get one
of the names. A class that gets one name as a whole keeps its number and color.</p>
<p>The <b>confidence</b> is the estimated probability of the name of each superpixel; low values
show where an example is missing.</p>
<p>With the <b>model</b> that <i>Segment</i> wrote, the result is a <b>labelled model</b>, too, with
which <i>Classify</i> gives other scenes the same names.</p>
<p>Example: <i>classes.tif</i> has 16 classes. With 20 points of Forest, Field, Water and Town in
the field <i>name</i>, at least one of them in every class, the result has four classes with these
names.</p>
<p>Needs the file <i>classes.tif.superseg.tif</i> that <i>Segment</i> and <i>Classify</i> write; the
image is not needed. The result has such a file, too.</p>
"""
    NEEDS_WORKER = True

    CLASSIFICATION = "CLASSIFICATION"
    EXAMPLES = "EXAMPLES"
    FIELD = "FIELD"
    SMOOTHNESS = "SMOOTHNESS"
    CONFIDENCE = "CONFIDENCE"
    MODEL = "MODEL"
    LABELLED_MODEL = "LABELLED_MODEL"
    CLASS_COUNT = "CLASS_COUNT"

    def initAlgorithm(self, configuration=None):
        self.add_raster(self.CLASSIFICATION, "Classes", RESULT_HELP)
        kinds = QgsProcessing.SourceType
        examples = QgsProcessingParameterFeatureSource(
            self.EXAMPLES, "Examples", types=[kinds.TypeVectorPoint, kinds.TypeVectorPolygon]
        )
        self.add(examples, "Points or polygons with a field of names, in any CRS.")
        field = QgsProcessingParameterField(
            self.FIELD, "Field of the names", parentLayerParameterName=self.EXAMPLES
        )
        self.add(field, "Field of the examples with their names; those without one do not count.")
        self.add_smoothness()
        self.add_file(
            self.MODEL,
            "Model",
            "The model (.superseg) that Segment wrote with these classes; only needed for the "
            "labelled model.",
            MODEL_OR_ANY_FILES,
            optional=True,
            advanced=True,
        )
        self.add_raster_output(
            self.OUTPUT, "Labelled classes", "Raster of classes, from 1; 0 is nodata."
        )
        self.add_raster_output(
            self.CONFIDENCE,
            "Confidence",
            "Confidence of the name of each pixel, in percent.",
            optional=True,
        )
        self.add_file_output(
            self.LABELLED_MODEL,
            "Labelled model",
            "The model with the named classes, which classifies other scenes with Classify.",
            MODEL_FILES,
            optional=True,
        )
        self.add_number_output(self.CLASS_COUNT, "Number of classes")

    def read_request(self, request):
        self.classification = request.raster(self.CLASSIFICATION)
        source = self.parameterAsSource(request.parameters, self.EXAMPLES, request.context)
        kind = QgsWkbTypes.geometryType(source.wkbType()) if source else None
        self.polygons = self.points = None
        if kind == QgsWkbTypes.GeometryType.PolygonGeometry:
            names = (self.EXAMPLES, self.FIELD, self.CLASSIFICATION)
            self.polygons = labelled_polygons(request, *names)
        else:
            names = (self.EXAMPLES, self.FIELD)
            self.points = labelled_points(request, *names, self.classification)
        self.smoothness = request.number(self.SMOOTHNESS)
        self.model = request.file(self.MODEL)
        if request.given(self.LABELLED_MODEL) and not self.model:
            raise SuperSegError(
                "LABELLED_MODEL needs MODEL, the model that Segment wrote with these classes."
            )

    def read_outputs(self, request):
        self.output = request.raster_output(self.OUTPUT)
        self.confidence = request.raster_output(self.CONFIDENCE)
        path = request.file_output(self.LABELLED_MODEL)
        self.labelled_model = (path, self.model) if path else None

    def compute(self, progress, context):
        if self.polygons is not None:
            shapes = Shapes(np.zeros((0, 2)), polygons=self.polygons.polygons())
        else:
            places, labels, _ = self.points.read()
            shapes = Shapes(places, labels)
        outputs = LabellingOutputs(self.output, self.confidence, self.labelled_model)
        with (
            self.classification.open(progress) as classification,
            self.worker(progress) as worker,
        ):
            count = run_labelling(
                classification, shapes, outputs, self.smoothness, worker, progress
            )
        style(context, self.output, ClassStyle())
        title = self.parameterDefinition(self.OUTPUT).description()
        name_classes(context, self.output, title, classes_of(self.classification.name, count))
        style(context, self.confidence, ConfidenceStyle())
        results = {self.OUTPUT: self.output, self.CLASS_COUNT: count}
        if self.confidence:
            results[self.CONFIDENCE] = self.confidence
        if self.labelled_model:
            results[self.LABELLED_MODEL] = self.labelled_model[0]
        return results
