# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:classpolygons: classes to polygons with name and area."""

from __future__ import annotations

from qgis.core import (
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFeatureSink,
    QgsFillSymbol,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingMultiStepFeedback,
    QgsProcessingParameterFeatureSink,
    QgsProcessingUtils,
    QgsRendererCategory,
    QgsUnitTypes,
    QgsVectorLayer,
)

from ..errors import SuperSegError
from ..pipeline.class_polygons import run_class_polygons
from ..progress import stop_if_cancelled
from ..raster.class_polygons import NUMBER_FIELD
from ..raster.staging import Staging
from .base import SuperSegAlgorithm
from .merge_classes import TABLE_FILES
from .running import FeedbackProgress
from .styling import Style, style

# QGIS 3.36 and later have the first, which keeps the common borders of neighbors.
COVERAGE_SIMPLIFY = "native:coveragesimplify"
SIMPLIFY_EACH = "native:simplifygeometries"
DECIMAL = 0


class ClassPolygonsAlgorithm(SuperSegAlgorithm):
    """Converts classes into polygons."""

    ID = "classpolygons"
    TITLE = "Class polygons"
    GROUP = "Steps"
    TAGS = ("polygonize", "vectorize", "classes", "polygons", "simplify", "area", "vector")
    SUMMARY = "Converts classes into polygons with name and area."
    HELP = """
<p>Converts each patch of a <b>class raster</b> into a polygon with number and name of its class,
and its area. The area is measured on the ellipsoid of the raster's CRS, as in the class table, in
the project's area unit (square meters by default).</p>
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
        self.add_file(
            self.TABLE,
            "Table",
            "Text file with the columns from, to, name and color that merges and names classes, "
            "as in Merge classes.",
            TABLE_FILES,
            optional=True,
        )
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
            "Polygons with the fields class, name and area: a file, a table of a GeoPackage or of "
            "a database, or a temporary layer.",
        )
        self.add_number_output(self.POLYGON_COUNT, "Number of polygons")

    def read_request(self, request):
        self.classification = request.raster(self.CLASSIFICATION)
        self.table = request.file(self.TABLE)
        self.tolerance = request.number(self.SIMPLIFY)

    def read_outputs(self, request):
        self.file = request.vector_file(self.OUTPUT)
        self.destination = request.parameters

    def compute(self, progress, context):
        feedback = QgsProcessingMultiStepFeedback(4 if self.tolerance else 3, progress.feedback)
        feedback.setCurrentStep(0)
        progress = FeedbackProgress(feedback)
        with Staging() as staging, self.classification.open(progress) as classification:
            path = self._scratch(staging) / "classes.gpkg"
            count, classes = run_class_polygons(classification, self.table, path, progress)
            made = str(path)
            steps = _context_of_steps(context, classification.grid.crs)
            feedback.setCurrentStep(1)
            if self.tolerance:
                simple = path.with_name("simple.gpkg")
                made = self._simplified(made, str(simple), steps, feedback)
                feedback.setCurrentStep(2)
            measured = str(path.with_name("measured.gpkg"))
            self._run(
                "native:fieldcalculator",
                {
                    "INPUT": made,
                    "FIELD_NAME": "area",
                    "FIELD_TYPE": DECIMAL,
                    "FORMULA": "$area",
                    "OUTPUT": measured,
                },
                steps,
                feedback,
            )
            stop_if_cancelled(progress)
            feedback.setCurrentStep(3 if self.tolerance else 2)
            output = self._deliver(measured, staging, context)
        style(context, output, PolygonStyle(classes))
        return {self.OUTPUT: output, self.POLYGON_COUNT: count}

    def _scratch(self, staging):
        """A folder for the steps: on the disk of the output, or that of temporary files."""
        if self.file is not None:
            return staging.scratch(self.file)
        return staging.scratch(QgsProcessingUtils.generateTempFilename("classes.gpkg"))

    def _deliver(self, polygons, staging, context):
        """Write the polygons of a file to the output; return its identifier.

        QGIS itself writes tables and temporary layers. A file is written beside its final path
        first, by QGIS too, so that a former one stays until it is complete.
        """
        if self.file is None:
            return self._write(polygons, self.destination, context)
        built = {**self.destination, self.OUTPUT: str(staging.path(self.file))}
        # This registers the layer to be loaded.
        output = self.parameterAsOutputLayer(self.destination, self.OUTPUT, context)
        self._write(polygons, built, QgsProcessingContext())
        staging.commit()
        return output

    def _write(self, polygons, parameters, context):
        layer, sink, error = QgsVectorLayer(polygons, "", "ogr"), None, ""
        content = (layer.fields(), layer.wkbType(), layer.crs())
        try:
            sink, output = self.parameterAsSink(parameters, self.OUTPUT, context, *content)
            faster = QgsFeatureSink.Flag.FastInsert
            if not (sink.addFeatures(layer.getFeatures(), faster) and sink.flushBuffer()):
                error = sink.lastError() or "unknown error"
        except QgsProcessingException as failure:
            error = str(failure)
        finally:
            # The output is complete when the sink is deleted, and an exception would keep both.
            del sink, layer
        if error:
            raise SuperSegError(
                f"OUTPUT: the polygons cannot be written ({error}); check that the database can be "
                "changed and the disk has free space, or choose a file that ends in .gpkg."
            )
        return output

    def _simplified(self, made, simple, context, feedback):
        registry = QgsApplication.processingRegistry()
        common = registry.algorithmById(COVERAGE_SIMPLIFY) is not None
        values = {"INPUT": made, "TOLERANCE": self.tolerance, "OUTPUT": simple}
        algorithm = COVERAGE_SIMPLIFY if common else SIMPLIFY_EACH
        return self._run(algorithm, values, context, feedback)["OUTPUT"]

    @staticmethod
    def _run(algorithm, values, context, feedback):
        from qgis import processing

        return processing.run(
            algorithm, values, context=context, feedback=feedback, is_child_algorithm=True
        )


def _context_of_steps(context, wkt):
    """Return a context for the steps, with the ellipsoid that the areas of class tables are on."""
    steps = QgsProcessingContext()
    steps.setTransformContext(context.transformContext())
    steps.setEllipsoid(QgsCoordinateReferenceSystem.fromWkt(wkt).ellipsoidAcronym())
    units = QgsUnitTypes.AreaUnit
    known = context.areaUnit() != units.AreaUnknownUnit
    steps.setAreaUnit(context.areaUnit() if known else units.AreaSquareMeters)
    return steps


class PolygonStyle(Style):
    """Draws the polygons in the colors of their classes."""

    def __init__(self, classes):
        super().__init__()
        self._classes = classes

    def apply(self, layer):
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
