# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:changes: the classes of two dates to their changes."""

from __future__ import annotations

from typing import ClassVar

from ..pipeline.changes import run_changes
from ..pipeline.steps.changes import MOST_CHANGES
from ..raster.format_check import CLASSES
from ..wording import counted
from . import groups
from .base import SuperSegAlgorithm
from .declarations import CSV_FILES
from .styling import ClassStyle, style


class ChangesAlgorithm(SuperSegAlgorithm):
    """Maps the changes between two dates."""

    ID = "changes"
    TITLE = "Changes between two dates"
    GROUP = groups.OTHERS
    TAGS = ("change detection", "from-to", "transition matrix", "time series", "area", "raster")
    SUMMARY = "Maps which class became which between two dates."
    CONTENTS: ClassVar = {"OUTPUT": CLASSES}
    HELP = """
<p>Compares the <b>classes of two dates</b> that were made with one model. Every change that occurs
is a class of the result, with a name such as <i>Forest &gt; Town</i>, its area, and the color of
the later class. Unchanged pixels are pale; pixels without a class at one of the dates are
nodata.</p>
<p>The <b>table</b> has a line for each pair of classes, including unchanged ones: <i>value</i> in
the raster, class <i>from</i> and <i>to</i>, their names, <i>pixels</i>, <i>area</i> (square meters
on the ellipsoid) and <i>percent</i> of the area that has a class at both
dates.</p>
<p>Both rasters need pixels that coincide, and are compared where both are; and the same legend:
class 3 must mean the same at both dates.
Two runs of <i>Segment</i> number their classes differently; segment or train on one date, and
<i>Classify</i> the other with that model.</p>
<p>Example: <i>Segment</i> has divided <i>may.tif</i> into 8 classes and written a model. Classify
<i>june.tif</i> with it and choose both class rasters here: the largest changes have the numbers 2,
3 and so on. This algorithm works without the runtime.</p>
"""

    CLASSIFICATION_BEFORE = "CLASSIFICATION_BEFORE"
    CLASSIFICATION_AFTER = "CLASSIFICATION_AFTER"
    TABLE = "TABLE"
    CHANGE_COUNT = "CHANGE_COUNT"
    CHANGED_AREA = "CHANGED_AREA"
    CHANGED_PERCENT = "CHANGED_PERCENT"

    def initAlgorithm(self, configuration=None):
        self.add_raster(
            self.CLASSIFICATION_BEFORE, "Classes before", "The classes of the earlier date."
        )
        self.add_raster(
            self.CLASSIFICATION_AFTER,
            "Classes after",
            "The classes of the later date, with pixels that coincide and the same legend.",
        )
        self.add_raster_output(
            self.OUTPUT,
            "Changes",
            "Raster of changes from 2, the largest first; 1 is unchanged and 0 is nodata.",
        )
        self.add_file_output(
            self.TABLE,
            "Table of changes",
            "Area of each pair of an earlier and a later class, as comma-separated values.",
            CSV_FILES,
            optional=True,
        )
        self.add_number_output(self.CHANGE_COUNT, "Number of changes")
        self.add_number_output(self.CHANGED_AREA, "Changed area (square meters)")
        self.add_number_output(self.CHANGED_PERCENT, "Changed share (percent)")

    def read_request(self, request):
        self.before = request.raster(self.CLASSIFICATION_BEFORE)
        self.after = request.raster(self.CLASSIFICATION_AFTER)

    def read_outputs(self, request):
        self.output = request.raster_output(self.OUTPUT)
        self.table = request.file_output(self.TABLE)

    def compute(self, progress, context):
        with self.before.open(progress) as before, self.after.open(progress) as after:
            result = run_changes(before, after, self.output, self.table, progress)
        style(context, self.output, ClassStyle(MOST_CHANGES))
        progress.log(f"{counted(result.changes, 'change')} on {result.percent:.1f} % of the area")
        outputs = {
            self.OUTPUT: self.output,
            self.CHANGE_COUNT: result.changes,
            self.CHANGED_AREA: result.area,
            self.CHANGED_PERCENT: result.percent,
        }
        if self.table:
            outputs[self.TABLE] = self.table
        return outputs
