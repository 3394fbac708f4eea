# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:mergeclasses: classes to fewer classes."""

from __future__ import annotations

from contextlib import ExitStack
from typing import ClassVar

from ..pipeline.merging import MergingInputs, run_merging
from ..pipeline.options.ground_sizes import UNITS
from ..pipeline.options.merging import MergingOptions
from ..raster.class_table import MOST_CLASSES
from ..raster.format_check import CLASSES
from . import groups
from .base import SuperSegAlgorithm
from .declarations import MODEL_OR_ANY_FILES
from .parameter_help import AREA_UNITS_HELP
from .styling import ClassStyle, merged_from, name_classes, style


class MergeClassesAlgorithm(SuperSegAlgorithm):
    """Merges classes."""

    ID = "mergeclasses"
    TITLE = "Merge classes"
    GROUP = groups.NAME
    TAGS = ("merge", "classes", "reclassify", "rename", "sieve", "generalize", "legend", "raster")
    SUMMARY = (
        "Reduces the number of classes by similarity or by a table, and removes small patches."
    )
    CONTENTS: ClassVar = {"OUTPUT": CLASSES}
    HELP = """
<p>Merges classes in one or more of these ways:</p>
<ul>
<li><b>By number</b>: the most similar classes are merged until the given number is left. They are
renumbered, the largest first.</li>
<li><b>By table</b>: a text file lists which class becomes which, and may give names and colors.
Classes that are not in the table are kept.</li>
<li><b>Minimum area</b>: patches smaller than the minimum area are merged into a similar neighbor,
weighted by the length of the common border, the smallest patches first, as in <i>Segment</i> and
<i>Classify</i>. All other pixels are unchanged.</li>
</ul>
<p>The similarity of the classes is computed from the <b>image</b> if it is given. Otherwise it is
read from the <b>model</b>, or from the file that <i>Segment</i> and <i>Classify</i> write beside
their classes (<i>classes.tif.superseg.json</i>). The result has such a file, too, so that it can be
merged again.</p>
<p>Example: <i>Segment</i> has found 16 classes in <i>classes.tif</i>. Choose that raster, enter 8
as the number of classes and leave everything else empty: the most similar classes are merged until
8 are left. In a model, connect the classes of <i>Segment</i> to this input.</p>
<p>Example: of the 16 classes, 3 and 7 are forest and 5 is water. With this table in
<i>forest.csv</i></p>
<pre>from,to,name,color<br>3,3,Forest,#1b7837<br>7,3,,<br>5,5,Water,#2166ac</pre>
<p>and a minimum area of 500 in units of meters, classes 3 and 7 become one class called Forest,
class 5 is called Water, and no patch smaller than 500 square meters is left, unless it is
surrounded by nodata.</p>
<p>The classes may come from any program. With an image, any raster of integers from 1 with at most
255 different values is accepted; 0 counts as nodata unless the file or the layer declares another
nodata value. This algorithm works without the runtime.</p>
"""

    CLASSIFICATION = "CLASSIFICATION"
    CLASSES = "CLASSES"
    TABLE = "TABLE"
    MODEL = "MODEL"
    MIN_AREA = "MIN_AREA"
    CLASS_COUNT = "CLASS_COUNT"

    def initAlgorithm(self, configuration=None):
        self.add_raster(self.CLASSIFICATION, "Classes", "The raster of classes to merge.")
        self.add_number(
            self.CLASSES,
            "Number of classes",
            "Number of classes to keep; the most similar ones are merged. 0 or empty: do not "
            "merge by number.",
            None,
            0,
            MOST_CLASSES,
        )
        self.add_merges(
            "Text file in UTF-8 with the columns from, to, name and color, separated by comma, "
            "semicolon or tab; name and color (such as #1b7837) are optional. Each line assigns "
            "the class from to the class to.",
        )
        self.add_min_area()
        self.add_choice(self.UNITS, "Units", AREA_UNITS_HELP, UNITS, advanced=True)
        self.add_raster(
            self.INPUT,
            "Image",
            "The image that was classified: classes are compared by its values in all bands except "
            "alpha. It may be larger than the class raster.",
            optional=True,
        )
        self.add_file(
            self.MODEL,
            "Model",
            "The model of the classes (.superseg), which contains their similarity and their "
            "names. Not needed with an image, or if the file that Segment writes is beside the "
            "classes.",
            MODEL_OR_ANY_FILES,
            optional=True,
        )
        self.add_raster_output(
            self.OUTPUT, "Merged classes", "Raster of classes, from 1; 0 is nodata."
        )
        self.add_number_output(self.CLASS_COUNT, "Number of classes")

    def read_request(self, request):
        self.classification = request.raster(self.CLASSIFICATION)
        self.image = request.raster(self.INPUT, bands=[])
        self.table = request.file(self.TABLE)
        self.model = request.file(self.MODEL)
        self.options = MergingOptions(
            classes=request.integer(self.CLASSES) if request.given(self.CLASSES) else 0,
            min_area=request.number(self.MIN_AREA),
            units=request.choice(self.UNITS),
        )

    def read_outputs(self, request):
        self.output = request.raster_output(self.OUTPUT)

    def compute(self, progress, context):
        with ExitStack() as opened:
            classification = opened.enter_context(self.classification.open(progress))
            image = None
            if self.image is not None:
                image = opened.enter_context(self.image.open_part(progress, classification.grid))
            inputs = MergingInputs(classification, image, self.table, self.model)
            count = run_merging(inputs, self.output, self.options, progress)
        style(context, self.output, ClassStyle())
        title = self.parameterDefinition(self.OUTPUT).description()
        name = merged_from(self.classification.name, count)
        name_classes(context, self.output, title, name)
        return {self.OUTPUT: self.output, self.CLASS_COUNT: count}
