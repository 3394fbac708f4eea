# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:classpolygons: classes to polygons with name and area."""

from __future__ import annotations

from qgis.core import (
    QgsApplication,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingMultiStepFeedback,
    QgsProcessingParameterFeatureSink,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..pipeline.class_polygons import run_class_polygons
from ..progress import stop_if_cancelled
from ..raster.class_polygons import NAME_FIELD, NUMBER_FIELD
from ..raster.staging import Staging
from . import groups
from .base import SuperSegAlgorithm
from .polygon_output import (
    Measures,
    PolygonOutput,
    PolygonStyle,
    fields_of,
    kind_of,
    made_feature,
    read_polygons,
    size_fields,
)
from .running import FeedbackProgress
from .styling import style

translate = QCoreApplication.translate

# QGIS 3.36 and later have the first, which keeps the common borders of neighbors.
COVERAGE_SIMPLIFY = "native:coveragesimplify"
SIMPLIFY_EACH = "native:simplifygeometries"


class ClassPolygonsAlgorithm(SuperSegAlgorithm):
    """Converts classes into polygons."""

    ID = "classpolygons"
    TITLE = "Class polygons"
    GROUP = groups.EXPORT
    TAGS = ("polygonize", "vectorize", "classes", "polygons", "simplify", "area", "vector")
    SUMMARY = "Converts classes into polygons with name, area and perimeter."
    HELP = """
<p>Converts each patch of a <b>class raster</b> into a polygon with number and name of its class,
its area and its perimeter. Both are measured on the ellipsoid of the raster's CRS, areas as in the
class table, in the project's units (square meters and meters by default), which the titles of the
fields name. <i>Objects</i> has more figures.</p>
<p>A <b>table</b> merges and names classes first, as in <i>Merge classes</i>; the class workbench
passes a table of the classes that it shows.</p>
<p><b>Simplify</b> removes the steps of the pixels from the outlines. From QGIS 3.36 on, neighbors
keep their common borders; in earlier versions each polygon is simplified separately, which leaves
narrow gaps and overlaps. The area is that of the simplified polygon.</p>
<p>Example: <i>classes.tif</i> has pixels of 10 m. Choose it and set <i>Simplify</i> to 15: the
outlines are smooth and at most 15 m away from the borders of the pixels. This algorithm works
without the runtime.</p>
"""

    CLASSIFICATION = "CLASSIFICATION"
    TABLE = "TABLE"
    SIMPLIFY = "SIMPLIFY"
    POLYGON_COUNT = "POLYGON_COUNT"

    def initAlgorithm(self, configuration=None):
        self.add_raster(self.CLASSIFICATION, "Classes", "The raster of classes.")
        self.add_merges()
        self.add_number(
            self.SIMPLIFY,
            "Simplify (map units)",
            "Largest distance by which outlines may be moved, in the units of the CRS of the "
            "classes. 0 keeps the borders of the pixels.",
            0.0,
            0.0,
            # A meter is about 0.00001 degrees.
            decimals=5,
        )
        polygons = QgsProcessingParameterFeatureSink(
            self.OUTPUT, "Class polygons", QgsProcessing.SourceType.TypeVectorPolygon
        )
        self.add(
            polygons,
            "Polygons with the fields class, name, area and perimeter: a file, a table of a "
            "GeoPackage or of a database, or a temporary layer.",
        )
        self.add_number_output(self.POLYGON_COUNT, "Number of polygons")

    def read_request(self, request):
        self.classification = request.raster(self.CLASSIFICATION)
        self.table = request.file(self.TABLE)
        self.tolerance = request.number(self.SIMPLIFY)

    def read_outputs(self, request):
        self.output = PolygonOutput(self, request)

    def compute(self, progress, context):
        feedback = QgsProcessingMultiStepFeedback(3 if self.tolerance else 2, progress.feedback)
        feedback.setCurrentStep(0)
        progress = FeedbackProgress(feedback)
        with Staging() as staging, self.classification.open(progress) as classification:
            path = self.output.scratch(staging) / "classes.gpkg"
            count, classes = run_class_polygons(classification, self.table, path, progress)
            made = str(path)
            if self.tolerance:
                feedback.setCurrentStep(1)
                made = self._simplified(made, str(path.with_name("simple.gpkg")), context, feedback)
            stop_if_cancelled(progress)
            feedback.setCurrentStep(2 if self.tolerance else 1)
            units = (context.areaUnit(), context.distanceUnit())
            measures = Measures(classification.grid.crs, context, *units)
            fields = fields_of(
                [
                    (NUMBER_FIELD, "integer", translate("SuperSeg", "Class")),
                    (NAME_FIELD, "string", translate("SuperSeg", "Name")),
                    *size_fields(measures),
                ]
            )
            features = self._measured(made, fields, measures, progress)
            content = (fields, *kind_of(made))
            output = self.output.deliver(content, features, staging, context)
        style(context, output, PolygonStyle(classes, fields))
        return {self.OUTPUT: output, self.POLYGON_COUNT: count}

    @staticmethod
    def _measured(path, fields, measures, progress):
        for one in read_polygons(path, progress):
            polygon = one.geometry()
            values = [one[NUMBER_FIELD], one[NAME_FIELD]]
            values += [measures.area(polygon), measures.perimeter(polygon)]
            yield made_feature(fields, polygon, values)

    def _simplified(self, made, simple, context, feedback):
        from qgis import processing

        registry = QgsApplication.processingRegistry()
        common = registry.algorithmById(COVERAGE_SIMPLIFY) is not None
        values = {"INPUT": made, "TOLERANCE": self.tolerance, "OUTPUT": simple}
        algorithm = COVERAGE_SIMPLIFY if common else SIMPLIFY_EACH
        steps = QgsProcessingContext()
        steps.setTransformContext(context.transformContext())
        return processing.run(
            algorithm, values, context=steps, feedback=feedback, is_child_algorithm=True
        )["OUTPUT"]
