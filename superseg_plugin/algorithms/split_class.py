# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:splitclass: a class that is too broad to several classes."""

from __future__ import annotations

import re
from typing import ClassVar

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterString,
)

from ..pipeline.classes.splitting import MOST_PARTS
from ..pipeline.splitting import Splitting, run_splitting
from ..pipeline.steps.superpixels_inside import Area
from ..raster.format_check import CLASSES
from . import groups
from .base import SuperSegAlgorithm
from .parameter_help import RESULT_HELP
from .styling import ClassStyle, name_classes, split_from, style


class SplitClassAlgorithm(SuperSegAlgorithm):
    """Splits classes."""

    ID = "splitclass"
    TITLE = "Split class"
    GROUP = groups.NAME
    TAGS = ("split", "divide", "classes", "subclass", "cluster", "reclassify", "raster")
    SUMMARY = "Splits classes that are too broad, by the features of their superpixels."
    CONTENTS: ClassVar = {"OUTPUT": CLASSES}
    HELP = """
<p>Splits one or more classes into 2 to 8 classes, such as <i>roofs and roads</i> into roofs and
roads. Two ways:</p>
<ul>
<li><b>By features</b>: the superpixels of the classes are divided by their color, texture and
surroundings, as <i>Segment</i> does for the whole image.</li>
<li><b>By polygons</b>: the superpixels of the classes of which at least half lies in the polygons
become a class of their own.</li>
</ul>
<p>The largest part keeps number, name and color of the class; the others get the next free numbers.
All other classes are unchanged. In the tree of classes, the parts are merged again first.</p>
<p>Needs the file <i>classes.tif.superseg.tif</i> that <i>Segment</i> and <i>Classify</i> write. The
result has such a file, too, so that it can be split again. Neither the image nor the runtime is
needed. The class workbench splits classes on the map, with undo.</p>
"""

    CLASSIFICATION = "CLASSIFICATION"
    SPLIT = "SPLIT"
    PARTS = "PARTS"
    POLYGONS = "POLYGONS"
    CLASS_COUNT = "CLASS_COUNT"

    def initAlgorithm(self, configuration=None):
        self.add_raster(self.CLASSIFICATION, "Classes", RESULT_HELP)
        self.add(
            QgsProcessingParameterString(self.SPLIT, "Classes to split", optional=True),
            "Numbers or names of the classes to split, separated by semicolons, such as 3;7. They "
            "are split together. May be empty with polygons: all classes in them are split.",
        )
        self.add_number(
            self.PARTS,
            "Number of parts",
            "Number of classes that the classes to split become. Not used with polygons.",
            2,
            2,
            MOST_PARTS,
        )
        self.add(
            QgsProcessingParameterFeatureSource(
                self.POLYGONS,
                "Polygons",
                types=[QgsProcessing.SourceType.TypeVectorPolygon],
                optional=True,
            ),
            "Superpixels of the classes inside these polygons become a class of their own.",
        )
        self.add_raster_output(
            self.OUTPUT, "Split classes", "Raster of classes, from 1; 0 is nodata."
        )
        self.add_number_output(self.CLASS_COUNT, "Number of classes")

    def read_request(self, request):
        self.classification = request.raster(self.CLASSIFICATION)
        parts = re.split(r"[;,\n]", request.text(self.SPLIT) or "")
        self.names = tuple(part.strip() for part in parts if part.strip())
        self.parts = request.integer(self.PARTS)
        self.polygons = request.polygons(self.POLYGONS, self.CLASSIFICATION)

    def read_outputs(self, request):
        self.output = request.raster_output(self.OUTPUT)

    def compute(self, progress, context):
        area = None
        if self.polygons is not None:
            box = self.polygons.bounds()
            extent = (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())
            area = Area(self.polygons.polygons(), extent, self.classification.layer)
        with self.classification.open(progress) as classification:
            splitting = Splitting(self.names, self.parts, area)
            count = run_splitting(classification, splitting, self.output, progress)
        style(context, self.output, ClassStyle())
        title = self.parameterDefinition(self.OUTPUT).description()
        name_classes(context, self.output, title, split_from(self.classification.name, count))
        return {self.OUTPUT: self.output, self.CLASS_COUNT: count}
