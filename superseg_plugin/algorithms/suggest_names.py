# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:suggestnames: names for classes from a land-cover map or polygons."""

from __future__ import annotations

from contextlib import ExitStack

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
)

from ..errors import SuperSegError
from ..pipeline.assessment.name_suggestions import NamedReference, run_name_suggestions
from . import groups
from .base import SuperSegAlgorithm
from .declarations import TABLE_FILES
from .labelled_polygons import labelled_polygons
from .layer_legend import colors_of_polygons, legend_of_raster


class SuggestNamesAlgorithm(SuperSegAlgorithm):
    """Proposes names for classes."""

    ID = "suggestnames"
    TITLE = "Suggest names"
    GROUP = groups.NAME
    TAGS = ("names", "legend", "land cover", "WorldCover", "CORINE", "OSM", "classes", "table")
    SUMMARY = "Proposes names and colors for classes from a land-cover map or polygons."
    HELP = """
<p>Compares a raster of classes with a <b>reference</b> that covers all or a part of it, and
proposes for each class the name and color of the reference class that most of its pixels have. The
reference is a land-cover map, such as ESA WorldCover or CORINE, or a layer of <b>polygons</b> with
a <b>field</b> of names, such as OpenStreetMap or a cadastre. It may have any grid and CRS; a raster
is warped by the nearest pixel.</p>
<p>The share of these pixels is the <b>purity</b> of the class. Below the smallest purity the class
is mixed and gets no name; split it, or name it manually.</p>
<p>The <b>table</b> has the columns from, to, name, color, purity and remark; classes of one name
become one. Look at it, change what you know better, and apply it with <i>Merge classes</i> or in
the class workbench (<i>Name as</i>).</p>
<p>Names and colors are those of the attribute table, categories or color table of the raster, or
those of the style of its layer. Files of ESA WorldCover, which contain no names, are recognized by
their colors.</p>
<p>Example: <i>classes.tif</i> has 16 classes. With WorldCover as reference, nine of them are named,
four of these Tree cover, and two are mixed. <i>Merge classes</i> with this table makes the named
map. This algorithm works without the runtime.</p>
"""

    CLASSIFICATION = "CLASSIFICATION"
    REFERENCE = "REFERENCE"
    POLYGONS = "POLYGONS"
    FIELD = "FIELD"
    PURITY = "PURITY"
    TABLE = "TABLE"
    NAMED_COUNT = "NAMED_COUNT"
    MIXED_COUNT = "MIXED_COUNT"

    def initAlgorithm(self, configuration=None):
        self.add_raster(self.CLASSIFICATION, "Classes", "The raster of classes to name.")
        self.add_raster(
            self.REFERENCE,
            "Land-cover map",
            "Raster of named classes, on any grid and in any CRS; or give polygons.",
            optional=True,
        )
        polygons = QgsProcessingParameterFeatureSource(
            self.POLYGONS,
            "Polygons",
            types=[QgsProcessing.SourceType.TypeVectorPolygon],
            optional=True,
        )
        self.add(
            polygons,
            "Polygons with a field of names, in any CRS; in place of a land-cover map. Pixels in "
            "polygons of several names do not count.",
        )
        field = QgsProcessingParameterField(
            self.FIELD, "Field of the names", parentLayerParameterName=self.POLYGONS, optional=True
        )
        self.add(field, "Field of the polygons with the names; polygons without one do not count.")
        self.add_number(
            self.PURITY,
            "Smallest purity (percent)",
            "Classes of which less than this share is of one reference class get no name. At 60, "
            "at most two of five pixels of a named class are of another reference class.",
            60.0,
            0.0,
            100.0,
        )
        self.add_file_output(
            self.TABLE,
            "Table of names",
            "The proposals as comma-separated values, which Merge classes reads.",
            TABLE_FILES,
        )
        self.add_number_output(self.NAMED_COUNT, "Number of classes with a name")
        self.add_number_output(self.MIXED_COUNT, "Number of classes without a name")

    def read_request(self, request):
        self.classification = request.raster(self.CLASSIFICATION)
        self.reference = request.raster(self.REFERENCE)
        if (self.reference is None) != request.given(self.POLYGONS):
            raise SuperSegError(
                "REFERENCE and POLYGONS: give one of them, a land-cover map or polygons with a "
                "field of names."
            )
        parameters, context = request.parameters, request.context
        if self.reference is not None:
            self.style = legend_of_raster(
                self.parameterAsRasterLayer(parameters, self.REFERENCE, context)
            )
        else:
            names = (self.POLYGONS, self.FIELD, self.CLASSIFICATION)
            self.polygons = labelled_polygons(request, *names)
            self.colors = colors_of_polygons(
                self.parameterAsVectorLayer(parameters, self.POLYGONS, context),
                request.text(self.FIELD),
            )
        self.purity = request.number(self.PURITY) / 100

    def read_outputs(self, request):
        self.table = request.file_output(self.TABLE)

    def compute(self, progress, context):
        with ExitStack() as opened:
            classification = opened.enter_context(self.classification.open(progress))
            if self.reference is not None:
                raster = opened.enter_context(self.reference.open(progress))
                reference = NamedReference(raster, self.style)
            else:
                reference = NamedReference(polygons=self.polygons.polygons(), colors=self.colors)
            found = run_name_suggestions(
                classification, reference, self.purity, self.table, progress
            )
        for one in found:
            told = f"{one.name}, purity {100 * one.purity:.0f} %" if one.name else one.remark
            progress.log(f"Class {one.number}: {told}")
        named = sum(bool(one.name) for one in found)
        return {
            self.TABLE: self.table,
            self.NAMED_COUNT: named,
            self.MIXED_COUNT: len(found) - named,
        }
