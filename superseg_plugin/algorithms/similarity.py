# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:similarity: where the land is like that at some places."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsWkbTypes,
)

from ..errors import SuperSegError
from ..pipeline.similarity import run_similarity
from ..pipeline.steps.example_superpixels import Shapes
from ..raster.format_check import SIMILARITY
from . import groups
from .base import SuperSegAlgorithm
from .labelled_points import Points
from .parameter_help import RESULT_HELP
from .styling import SimilarityStyle, style


class SimilarityAlgorithm(SuperSegAlgorithm):
    """Maps the similarity to examples."""

    ID = "similarity"
    TITLE = "Similarity to examples"
    GROUP = groups.NAME
    TAGS = ("similarity", "search", "more like this", "examples", "embedding", "raster")
    SUMMARY = "Shows where the land is like that at a few places: a raster of similarity, 0 to 1."
    CONTENTS: ClassVar = {"OUTPUT": SIMILARITY}
    HELP = """
<p>Compares all superpixels of a result of <i>Segment</i> with those at a few <b>examples</b>,
points or polygons on one kind of land, and writes the <b>similarity</b> of each: 1 for the
examples, 0 for superpixels that have nothing in common with them. To find more places like these,
select the pixels above a threshold; 0.8 is a good beginning.</p>
<p>A point is an example of the superpixel that it lies in, a polygon of all superpixels of which at
least half lies in it. With several examples, the most similar one counts, so that they may show
different sides of what is looked for.</p>
<p>The similarity is the <b>cosine</b> of the angle between two vectors; negative values become 0.
The vector of a superpixel holds the features that the classes are distinguished by, minus their
mean over the scene: of an embedding its values, of other images color, texture and surroundings.
Half of it comes from the neighbors, weighted by the length of the common border.</p>
<p>Needs the file <i>classes.tif.superseg.tif</i> that <i>Segment</i> and <i>Classify</i> write.
Neither the image nor the runtime is needed. In the class workbench, <i>More like this</i> does the
same on the map, and gives the superpixels above the threshold a name.</p>
"""

    CLASSIFICATION = "CLASSIFICATION"
    EXAMPLES = "EXAMPLES"

    def initAlgorithm(self, configuration=None):
        self.add_raster(self.CLASSIFICATION, "Classes", RESULT_HELP)
        kinds = QgsProcessing.SourceType
        examples = QgsProcessingParameterFeatureSource(
            self.EXAMPLES, "Examples", types=[kinds.TypeVectorPoint, kinds.TypeVectorPolygon]
        )
        self.add(examples, "Points or polygons on the kind of land that is looked for, in any CRS.")
        self.add_raster_output(
            self.OUTPUT, "Similarity", "Raster of similarity, from 0 to 1; -9999 is nodata."
        )

    def read_request(self, request):
        self.classification = request.raster(self.CLASSIFICATION)
        source = self.parameterAsSource(request.parameters, self.EXAMPLES, request.context)
        if source is None:
            raise SuperSegError(
                f"{self.EXAMPLES} cannot be opened; choose a layer of points or polygons."
            )
        self.polygons = self.points = None
        kind = QgsWkbTypes.geometryType(source.wkbType())
        if kind == QgsWkbTypes.GeometryType.PolygonGeometry:
            self.polygons = request.polygons(self.EXAMPLES, self.CLASSIFICATION)
        else:
            context = request.context.transformContext()
            crs = self.classification.crs
            self.points = Points(self.EXAMPLES, source, None, crs, context)

    def read_outputs(self, request):
        self.output = request.raster_output(self.OUTPUT)

    def compute(self, progress, context):
        if self.polygons is not None:
            polygons = [(polygon, "") for polygon in self.polygons.polygons()]
            shapes = Shapes(np.zeros((0, 2)), polygons=polygons)
        else:
            shapes = Shapes(self.points.read()[0])
        with self.classification.open(progress) as classification:
            run_similarity(classification, shapes, self.output, progress)
        style(context, self.output, SimilarityStyle())
        return {self.OUTPUT: self.output}
