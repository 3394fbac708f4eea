# SPDX-License-Identifier: GPL-2.0-or-later
"""Merge classes by number, by table, and small objects into their neighbors."""

from __future__ import annotations

from contextlib import ExitStack

from ..pipeline.merging import MergingInputs, run_merging
from ..pipeline.options.merging import MergingOptions
from ..raster.class_table import MOST_CLASSES
from .base import SuperSegAlgorithm
from .declarations import MODEL_OR_ANY_FILES
from .styling import ClassStyle, style

TABLE_FILES = "Tables (*.csv *.txt *.tsv);;All files (*.*)"


class MergeClassesAlgorithm(SuperSegAlgorithm):
    """The Processing face of merging classes."""

    ID = "mergeclasses"
    TITLE = "Merge classes"
    GROUP = "Steps"
    TAGS = ("merge", "classes", "reclassify", "rename", "sieve", "generalize", "legend", "raster")
    SUMMARY = "Makes fewer classes of many: by number, by table, and without small objects."
    HELP = """
<p>Makes fewer classes of many, in one or more of these ways:</p>
<ul>
<li><b>By number</b>: the most alike classes join until so many are left. They are numbered anew,
largest first.</li>
<li><b>By table</b>: a text file says which class becomes which, and may give names and colors.
Classes that it does not name stay.</li>
<li><b>Small objects</b>: patches smaller than the minimum area join the neighbor that is most like
them, weighted by the border that they share; the smallest first. All else stays as it is, to the
pixel.</li>
</ul>
<p>Which classes are alike is measured on the <b>image</b> where it is given. Otherwise it is read
from the <b>model</b>, or from the record that <i>Segment</i> and <i>Classify</i> leave beside their
classes (<i>classes.tif.superseg.json</i>). The result has such a record too, so that it can be
merged again.</p>
<p>Example: <i>Segment</i> has given 16 classes in <i>classes.tif</i>. Choose that raster, enter 8
as the number of classes and leave all else empty: the most alike join until 8 are left. In a model,
connect the classes of <i>Segment</i> here and do the same.</p>
<p>Example: of the 16, classes 3 and 7 are forest and 5 is water. With this table in
<i>forest.csv</i></p>
<pre>from,to,name,color<br>3,3,Forest,#1b7837<br>7,3,,<br>5,5,Water,#2166ac</pre>
<p>and a minimum area of 500, classes 3 and 7 become one called Forest, 5 is called Water, and no
patch under 500 square meters is left, unless nodata surrounds it.</p>
<p>The classes may come from any program: any raster of whole numbers from 1 with at most 255
different ones will do where the image is given; 0 counts as nodata. Nothing needs to be
installed.</p>
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
            "How many classes shall be left; the most alike join. 0 or empty: not by number.",
            None,
            0,
            MOST_CLASSES,
        )
        self.add_file(
            self.TABLE,
            "Table",
            "Text file in UTF-8 with the columns from, to, name and color, separated by comma, "
            "semicolon or tab; name and color (such as #1b7837) may be missing. Each line makes "
            "one class another.",
            TABLE_FILES,
            optional=True,
        )
        self.add_number(
            self.MIN_AREA,
            "Minimum area (square map units)",
            "Patches smaller than this join their most similar neighbor, after the classes have "
            "been merged. In the units of the CRS, such as square meters; square meters too where "
            "the coordinates are degrees, pixels where there is no georeference. 0 keeps all.",
            0.0,
            0.0,
        )
        self.add_raster(
            self.INPUT,
            "Image",
            "The image that the classes are of: classes are compared by its values, and small "
            "patches with their neighbors by their average colors, in all bands except alpha. It "
            "may be larger than the classes.",
            optional=True,
        )
        self.add_file(
            self.MODEL,
            "Model",
            "The model that the classes are from (.superseg): knows which of them are alike, and "
            "their names. Not needed with an image, or with the classes' own record beside them.",
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
        return {self.OUTPUT: self.output, self.CLASS_COUNT: count}
