# SPDX-License-Identifier: GPL-2.0-or-later
"""Map what became what between two dates."""

from __future__ import annotations

from ..pipeline.changes import MOST_CHANGES, run_changes
from .base import SuperSegAlgorithm
from .styling import ClassStyle, style

TABLE_FILES = "Tables (*.csv)"


class ChangesAlgorithm(SuperSegAlgorithm):
    """The Processing face of the changes between two dates."""

    ID = "changes"
    TITLE = "Changes"
    GROUP = "Steps"
    TAGS = ("change detection", "from-to", "transition matrix", "time series", "area", "raster")
    SUMMARY = "Maps which class became which between two dates."
    HELP = """
<p>Compares the <b>classes of two dates</b>, made with one model, and maps what became what: every
change that occurs is a class of its own with a name such as <i>Forest &gt; Town</i>, its area, and
the color of what it became. What has not changed is pale, and what has no class at one of the dates
is nodata.</p>
<p>The <b>table</b> has a line for each pair of classes, no change included: <i>value</i> in the
map, class <i>from</i> and <i>to</i>, their names, <i>pixels</i>, <i>area</i> (square meters, on the
ellipsoid where the coordinates are degrees) and <i>percent</i> of the area that has a class at both
dates.</p>
<p>Both rasters need the same pixels and the same legend: number 3 must stand for the same at both
dates. Two runs of <i>Segment</i> number their classes each in its own way; train or segment the one
date, and <i>Classify</i> the other by that model.</p>
<p>Example: <i>Segment</i> has given <i>may.tif</i> 8 classes and a model. Classify <i>june.tif</i>
by it, choose both class rasters here, and the largest changes are numbers 2, 3 and so on. Nothing
needs to be installed.</p>
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
            "The classes of the later date, on the same grid and with the same legend.",
        )
        self.add_raster_output(
            self.OUTPUT,
            "Changes",
            "Raster of changes, the largest first, from 2; 1 is no change and 0 nodata.",
        )
        self.add_file_output(
            self.TABLE,
            "Table of changes",
            "Area of each former class that became each present one, as comma-separated values.",
            TABLE_FILES,
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
        progress.log(f"{result.changes} changes on {result.percent:.1f} % of the area")
        outputs = {
            self.OUTPUT: self.output,
            self.CHANGE_COUNT: result.changes,
            self.CHANGED_AREA: result.area,
            self.CHANGED_PERCENT: result.percent,
        }
        if self.table:
            outputs[self.TABLE] = self.table
        return outputs
