# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons of classes, with name and area."""

from __future__ import annotations

from qgis.core import (
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFillSymbol,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingLayerPostProcessorInterface,
    QgsProcessingMultiStepFeedback,
    QgsProcessingParameterVectorDestination,
    QgsRendererCategory,
    QgsUnitTypes,
)

from ..pipeline.class_polygons import run_class_polygons
from ..raster.class_polygons import NUMBER_FIELD
from ..raster.staging import Staging
from .base import SuperSegAlgorithm
from .merge_classes import TABLE_FILES
from .running import FeedbackProgress
from .styling import style

COMMON_BORDERS = "native:coveragesimplify"
EACH_BY_ITSELF = "native:simplifygeometries"
DECIMAL = 0


class ClassPolygonsAlgorithm(SuperSegAlgorithm):
    """The Processing face of polygons of classes."""

    ID = "classpolygons"
    TITLE = "Class polygons"
    GROUP = "Steps"
    TAGS = ("polygonize", "vectorize", "classes", "polygons", "simplify", "area", "vector")
    SUMMARY = "Turns classes into polygons with name and area."
    HELP = """
<p>Makes one polygon of each patch of a <b>class raster</b>, with the number of its class, its
name, and its area on the ellipsoid of the project, in the project's units of area (square meters
where nothing else is set).</p>
<p>A <b>table</b> merges and names classes first, as in <i>Merge classes</i>; the class workbench
gives one with the classes as they are shown there.</p>
<p><b>Simplify</b> takes the steps of the pixels out of the outlines. From QGIS 3.36 on, neighbors
keep their common borders; before, each polygon is simplified by itself, which leaves narrow gaps
and overlaps. The area is that of the simplified polygon.</p>
<p>Example: <i>classes.tif</i> has pixels of 10 m. Choose it, enter 15 to simplify, and the result
has smooth outlines that lie at most 15 m off the pixels. Nothing needs to be installed.</p>
"""

    CLASSIFICATION = "CLASSIFICATION"
    TABLE = "TABLE"
    SIMPLIFY = "SIMPLIFY"
    POLYGON_COUNT = "POLYGON_COUNT"

    def initAlgorithm(self, configuration=None):
        self.add_raster(self.CLASSIFICATION, "Classes", "The raster of classes.")
        self.add_file(
            self.TABLE,
            "Table",
            "Text file with the columns from, to, name and color: which class becomes which, as "
            "in Merge classes.",
            TABLE_FILES,
            optional=True,
        )
        self.add_number(
            self.SIMPLIFY,
            "Simplify (map units)",
            "How far outlines may be moved to become simpler, in the units of the classes' CRS. "
            "0 keeps the borders of the pixels.",
            0.0,
            0.0,
            # Where map units are degrees, a meter is the fifth.
            decimals=5,
        )
        polygons = QgsProcessingParameterVectorDestination(
            self.OUTPUT, "Class polygons", QgsProcessing.SourceType.TypeVectorPolygon
        )
        self.add(polygons, "Polygons with the fields class, name and area.")
        self.add_number_output(self.POLYGON_COUNT, "Number of polygons")

    def read_request(self, request):
        self.classification = request.raster(self.CLASSIFICATION)
        self.table = request.file(self.TABLE)
        self.tolerance = request.number(self.SIMPLIFY)

    def read_outputs(self, request):
        self.output = request.vector_output(self.OUTPUT)

    def compute(self, progress, context):
        feedback = QgsProcessingMultiStepFeedback(3 if self.tolerance else 2, progress.feedback)
        feedback.setCurrentStep(0)
        progress = FeedbackProgress(feedback)
        with Staging() as staging, self.classification.open(progress) as classification:
            path = staging.scratch(self.output) / "classes.gpkg"
            count, classes = run_class_polygons(classification, self.table, path, progress)
            made = str(path)
            steps = _context_of_steps(context, classification.grid.crs)
            feedback.setCurrentStep(1)
            if self.tolerance:
                simple = path.with_name("simple.gpkg")
                made = self._simplified(made, str(simple), steps, feedback)
                feedback.setCurrentStep(2)
            built = staging.path(self.output)
            self._run(
                "native:fieldcalculator",
                {
                    "INPUT": made,
                    "FIELD_NAME": "area",
                    "FIELD_TYPE": DECIMAL,
                    "FORMULA": "$area",
                    "OUTPUT": str(built),
                },
                steps,
                feedback,
            )
            staging.commit()
        style(context, self.output, PolygonStyle(classes))
        return {self.OUTPUT: self.output, self.POLYGON_COUNT: count}

    def _simplified(self, made, simple, context, feedback):
        registry = QgsApplication.processingRegistry()
        common = registry.algorithmById(COMMON_BORDERS) is not None
        values = {"INPUT": made, "TOLERANCE": self.tolerance, "OUTPUT": simple}
        algorithm = COMMON_BORDERS if common else EACH_BY_ITSELF
        return self._run(algorithm, values, context, feedback)["OUTPUT"]

    @staticmethod
    def _run(algorithm, values, context, feedback):
        from qgis import processing

        return processing.run(
            algorithm, values, context=context, feedback=feedback, is_child_algorithm=True
        )


def _context_of_steps(context, wkt):
    """A context for the steps, with an ellipsoid and a unit where there is no project to tell."""
    steps = QgsProcessingContext()
    steps.setTransformContext(context.transformContext())
    steps.setEllipsoid(
        context.ellipsoid() or QgsCoordinateReferenceSystem.fromWkt(wkt).ellipsoidAcronym()
    )
    units = QgsUnitTypes.AreaUnit
    known = context.areaUnit() != units.AreaUnknownUnit
    steps.setAreaUnit(context.areaUnit() if known else units.AreaSquareMeters)
    return steps


class PolygonStyle(QgsProcessingLayerPostProcessorInterface):
    """The colors of the classes."""

    def __init__(self, classes):
        super().__init__()
        self._classes = classes

    def postProcessLayer(self, layer, context, feedback):
        categories = []
        for number, one in self._classes.items():
            symbol = QgsFillSymbol.createSimple({"outline_style": "no"})
            if one.color is not None:
                symbol = QgsFillSymbol.createSimple(
                    {"color": ",".join(map(str, one.color)), "outline_style": "no"}
                )
            categories.append(QgsRendererCategory(number, symbol, one.name))
        layer.setRenderer(QgsCategorizedSymbolRenderer(NUMBER_FIELD, categories))
        layer.triggerRepaint()
