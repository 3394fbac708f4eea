# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:objects: superpixels or patches of classes as polygons with figures."""

from __future__ import annotations

import math
from contextlib import ExitStack

from qgis.core import (
    QgsGeometry,
    QgsProcessing,
    QgsProcessingMultiStepFeedback,
    QgsProcessingParameterFeatureSink,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..errors import SuperSegError
from ..pipeline.objects import ObjectInputs, run_objects
from ..progress import stop_if_cancelled
from ..raster.class_polygons import NAME_FIELD, NUMBER_FIELD
from ..raster.staging import Staging
from ..wording import counted
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
    with_unit,
)
from .running import FeedbackProgress
from .styling import style

translate = QCoreApplication.translate

KINDS = ("patches", "superpixels")


class ObjectsAlgorithm(SuperSegAlgorithm):
    """Converts superpixels or patches into polygons with their figures."""

    ID = "objects"
    TITLE = "Objects with measurements"
    GROUP = groups.EXPORT
    TAGS = (
        "objects",
        "superpixels",
        "segments",
        "polygons",
        "OBIA",
        "statistics",
        "shape",
        "vector",
    )
    SUMMARY = "Converts superpixels or patches of classes into polygons with shape and band values."
    HELP = """
<p>Converts the <b>patches</b> of a class raster, or the <b>superpixels</b> that it was made of,
into polygons with what is known of each:</p>
<ul>
<li>number, class and name, confidence in percent;</li>
<li>pixels, area and perimeter on the ellipsoid of the CRS in square meters and meters, and
compactness, 4 &pi; area / perimeter&sup2;: 0.79 for a square, less for long and ragged
objects;</li>
<li>for each band of the <b>image</b>: mean, standard deviation, and texture, the mean absolute
difference of adjacent pixels of the object;</li>
<li>the number of neighbors and their numbers, separated by spaces.</li>
</ul>
<p>Superpixels and confidence are read from the file that <i>Segment</i> and <i>Classify</i> write
(<i>classes.tif.superseg.tif</i>). Without an image the means are those of that file. Class rasters
of other programs have patches only, without confidence.</p>
<p>A <b>table</b> merges and names classes first, as in <i>Merge classes</i>; patches of merged
classes that touch become one.</p>
<p>Example: make the patches of <i>classes.tif</i>, and select them in QGIS by the expression
<i>name = 'Water' and area &lt; 500</i>: the small ponds. This algorithm works without the
runtime.</p>
"""

    CLASSIFICATION = "CLASSIFICATION"
    OBJECTS = "OBJECTS"
    TABLE = "TABLE"
    OBJECT_COUNT = "OBJECT_COUNT"

    def initAlgorithm(self, configuration=None):
        self.add_raster(self.CLASSIFICATION, "Classes", "The raster of classes.")
        self.add_choice(
            self.OBJECTS,
            "Objects",
            "patches: connected areas of one class. superpixels: those that the classes were made "
            "of, if Segment or Classify has stored them.",
            KINDS,
        )
        self.add_raster(
            self.INPUT,
            "Image",
            "The image that was classified, for means, standard deviations and textures of all "
            "bands except alpha. It may be larger than the class raster.",
            optional=True,
        )
        self.add_merges()
        polygons = QgsProcessingParameterFeatureSink(
            self.OUTPUT, "Objects as polygons", QgsProcessing.SourceType.TypeVectorPolygon
        )
        self.add(
            polygons,
            "A polygon for each object: a file, a table of a GeoPackage or of a database, or a "
            "temporary layer. Shapefiles shorten the names of fields and long lists of neighbors.",
        )
        self.add_number_output(self.OBJECT_COUNT, "Number of objects")

    def read_request(self, request):
        self.classification = request.raster(self.CLASSIFICATION)
        self.image = request.raster(self.INPUT, bands=[])
        self.table = request.file(self.TABLE)
        self.superpixels = request.choice(self.OBJECTS) == KINDS[1]

    def read_outputs(self, request):
        self.output = PolygonOutput(self, request)

    def compute(self, progress, context):
        feedback = QgsProcessingMultiStepFeedback(2, progress.feedback)
        feedback.setCurrentStep(0)
        progress = FeedbackProgress(feedback)
        with Staging() as staging, ExitStack() as opened:
            classification = opened.enter_context(self.classification.open(progress))
            image = None
            if self.image is not None:
                image = opened.enter_context(self.image.open_part(progress, classification.grid))
            inputs = ObjectInputs(classification, self.superpixels, image, self.table)
            path = self.output.scratch(staging) / "objects.gpkg"
            found = run_objects(inputs, path, progress)
            stop_if_cancelled(progress)
            feedback.setCurrentStep(1)
            measures = Measures(classification.grid.crs, context)
            fields = _fields(found.figures, measures)
            crs = kind_of(str(path))[1]
            content = (fields, QgsWkbTypes.Type.MultiPolygon, crs)
            features = _features(str(path), found, fields, measures, progress)
            output = self.output.deliver(content, features, staging, context)
        style(context, output, PolygonStyle(found.classes, fields))
        count = int((found.figures.pixels > 0).sum())
        progress.log(counted(count, "object"))
        return {self.OUTPUT: output, self.OBJECT_COUNT: count}


def _fields(figures, measures):
    """Return the QgsFields of objects."""
    described = [
        ("id", "integer", translate("SuperSeg", "Number")),
        (NUMBER_FIELD, "integer", translate("SuperSeg", "Class")),
        (NAME_FIELD, "string", translate("SuperSeg", "Name")),
        ("confidence", "double", with_unit(translate("SuperSeg", "Confidence"), "%")),
        ("pixels", "int8", translate("SuperSeg", "Pixels")),
        *size_fields(measures),
        ("compactness", "double", translate("SuperSeg", "Compactness (0 to 1)")),
        ("neighbors", "integer", translate("SuperSeg", "Number of neighbors")),
        ("neighbor_ids", "string", translate("SuperSeg", "Neighbors")),
    ]
    if figures.confidence is None:
        del described[3]
    if figures.bands is not None:
        for prefix, title, known in (
            ("mean", translate("SuperSeg", "Mean of {}"), True),
            ("std", translate("SuperSeg", "Standard deviation of {}"), figures.bands.spreads),
            ("texture", translate("SuperSeg", "Texture of {}"), figures.bands.textures),
        ):
            if known is not None:
                described += [
                    (f"{prefix}_{number}", "double", title.format(band))
                    for number, band in enumerate(figures.bands.names, start=1)
                ]
    return fields_of(described)


def _features(path, found, fields, measures, progress):
    """Yield a QgsFeature for each object; polygons of one object are put together."""
    waiting = {}
    for one in read_polygons(path, progress):
        number, polygon = one[NUMBER_FIELD], one.geometry()
        several = found.several.get(number)
        if several:
            parts = waiting.setdefault(number, [])
            parts.append(polygon)
            if len(parts) < several:
                continue
            polygon = QgsGeometry.collectGeometry(waiting.pop(number))
        if not polygon.convertToMultiType():
            raise SuperSegError(f"Object {number} has no polygon; please report it with the log.")
        yield made_feature(fields, polygon, _values(found, number - 1, measures.perimeter(polygon)))


def _values(found, row, perimeter):
    """Return the values of the fields of an object."""
    figures = found.figures
    number, area = int(figures.classes[row]), float(figures.areas[row])
    neighbors = figures.neighbors.of(row)
    values = [row + 1, number, found.classes[number].name]
    if figures.confidence is not None:
        values.append(100 * float(figures.confidence[row]))
    compactness = 4 * math.pi * area / perimeter**2 if perimeter else None
    values += [int(figures.pixels[row]), area, perimeter, compactness]
    values += [len(neighbors), " ".join(map(str, neighbors))]
    if figures.bands is not None:
        for table in (figures.bands.means, figures.bands.spreads, figures.bands.textures):
            if table is not None:
                values += [None if math.isnan(value) else value for value in table[row].tolist()]
    return values
