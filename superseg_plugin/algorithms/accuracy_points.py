# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:accuracypoints: random places in every class, to be labelled."""

from __future__ import annotations

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureSink,
    QgsGeometry,
    QgsPointXY,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingParameterFeatureSink,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ..errors import SuperSegError
from ..pipeline.assessment.assessed import AssessedMap
from ..pipeline.assessment.sample_places import SAMPLE_OF
from ..pipeline.assessment.sampling import LEAST_OF_CLASS, MOST_SAMPLES, draw_sample
from ..wording import counted
from . import groups
from .base import SuperSegAlgorithm
from .styling import Style, style

# Class that a point was drawn from, and its area in m2; names of 10 letters suit every format.
STRATUM_FIELDS = ("class", "class_area")
FIELDS = (
    "Point?field=sample:integer&field=class:integer&field=name:string&field=label:string"
    "&field=class_area:double"
)


class AccuracyPointsAlgorithm(SuperSegAlgorithm):
    """Draws places for an accuracy assessment."""

    ID = "accuracypoints"
    TITLE = "Accuracy points"
    GROUP = groups.CHECK
    TAGS = ("accuracy", "sample", "stratified", "random", "validation", "points", "Olofsson")
    SUMMARY = "Draws random places in every class, to be labelled for an accuracy assessment."
    HELP = """
<p>Draws a <b>stratified random sample</b> of a raster of classes: points in the centers of random
pixels of every class. Label each of them in the field <i>label</i>, by what you see in the image or
in the field, and let <i>Evaluate</i> estimate accuracy and areas from these labels.</p>
<p>Every class gets at least the <b>smallest number</b> of points, the rest is divided by area. With
0 the <b>number of points</b> is that which brings the standard error of the overall accuracy to
0.01, if each class is right to 85 %: 1275 points. The points are in random order, so that the first
ones are a sample too. To label them, open <i>Plugins &gt; SuperSeg &gt; Label accuracy points</i>:
it shows one point after the other on the image, and hides the classes meanwhile.</p>
<p>Example: choose <i>classes.tif</i>, 300 points and 20 for each class; label them as Forest,
Field, Water and so on; choose them as samples in <i>Evaluate</i>. Source: Olofsson et al. 2014, doi
10.1016/j.rse.2014.02.015. This algorithm works without the runtime.</p>
"""

    CLASSIFICATION = "CLASSIFICATION"
    COUNT = "COUNT"
    MINIMUM = "MINIMUM"
    TABLE = "TABLE"
    SEED = "SEED"
    POINT_COUNT = "POINT_COUNT"

    def initAlgorithm(self, configuration=None):
        self.add_raster(self.CLASSIFICATION, "Classes", "The raster of classes to assess.")
        self.add_number(
            self.COUNT,
            "Number of points",
            "Number of points in all classes together. 0 is automatic.",
            0,
            0,
            MOST_SAMPLES,
        )
        self.add_number(
            self.MINIMUM,
            "Smallest number in a class",
            "Every class gets so many points, as far as their number and its pixels suffice.",
            LEAST_OF_CLASS,
            1,
            MOST_SAMPLES,
        )
        self.add_merges(
            "Text file with the columns from, to, name and color, as for Merge classes, by which "
            "the classes are merged and named before points are drawn.",
            title="Table of merges",
        )
        self.add_number(
            self.SEED,
            "Seed of the points",
            "The same seed gives the same points.",
            0,
            0,
            2**31 - 1,
            advanced=True,
        )
        points = QgsProcessingParameterFeatureSink(
            self.OUTPUT, "Accuracy points", QgsProcessing.SourceType.TypeVectorPoint
        )
        self.add(
            points,
            "Points with the fields sample, class, name, label, which is empty, and class_area, "
            "the area of the class in square meters.",
        )
        self.add_number_output(self.POINT_COUNT, "Number of points")

    def read_request(self, request):
        self.classification = request.raster(self.CLASSIFICATION)
        self.count = request.integer(self.COUNT)
        self.least = request.integer(self.MINIMUM)
        self.table = request.file(self.TABLE)
        self.seed = request.integer(self.SEED)

    def read_outputs(self, request):
        self.parameters = request.parameters

    def compute(self, progress, context):
        with self.classification.open(progress) as classification:
            assessed = AssessedMap(classification, self.table)
            sample = draw_sample(assessed, self.count, self.least, self.seed, progress)
            crs = QgsCoordinateReferenceSystem.fromWkt(classification.grid.crs)
        # The types of fields have other names in each release of Qt.
        fields = QgsVectorLayer(FIELDS, "", "memory").fields()
        try:
            sink, output = self.parameterAsSink(
                self.parameters, self.OUTPUT, context, fields, QgsWkbTypes.Type.Point, crs
            )
        except QgsProcessingException as error:
            raise SuperSegError(
                f"{self.OUTPUT}: the points cannot be written ({error})."
            ) from error
        for number, (place, value) in enumerate(
            zip(sample.places.tolist(), sample.classes.tolist()), start=1
        ):
            feature = QgsFeature(fields)
            feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(*place)))
            of_class = sample.names[value], "", sample.areas[value]
            feature.setAttributes([number, value, *of_class])
            if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
                raise SuperSegError(
                    f"{self.OUTPUT}: the points cannot be written ({sink.lastError()})."
                )
        del sink
        style(context, output, _FromClasses(self.classification.path))
        progress.log(
            f"{counted(len(sample.classes), 'point')} in {counted(len(sample.names), 'class')}"
        )
        return {self.OUTPUT: output, self.POINT_COUNT: len(sample.classes)}


class _FromClasses(Style):
    """Remembers the class raster in the layer of its points."""

    def __init__(self, path):
        super().__init__()
        self._path = path

    def apply(self, layer):
        layer.setCustomProperty(SAMPLE_OF, self._path)
