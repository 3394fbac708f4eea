# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:superpixels: an image to superpixels."""

from __future__ import annotations

from contextlib import ExitStack
from typing import ClassVar

from ..pipeline.options.ground_sizes import require_one_size
from ..pipeline.options.superpixels import CONNECTIVITIES, METHODS, SuperpixelOptions
from ..pipeline.superpixels import run_superpixels
from ..raster.format_check import SUPERPIXELS
from ..raster.stack import stacked
from . import groups
from .additional_rasters import add_additional_rasters, additional_rasters
from .base import SuperSegAlgorithm
from .parameter_help import IMAGERY_TEMPLATE
from .styling import SuperpixelStyle, style


class SuperpixelsAlgorithm(SuperSegAlgorithm):
    """Divides an image into superpixels."""

    ID = "superpixels"
    TITLE = "Superpixels"
    GROUP = groups.SEGMENT
    TAGS = ("superpixels", "segmentation", "felzenszwalb", "slic", "objects", "obia", "raster")
    SUMMARY = "Divides an image into small patches of similar pixels."
    CONTENTS: ClassVar = {"OUTPUT": SUPERPIXELS}
    HELP = """
<p>Divides an image into <b>superpixels</b>: small patches of neighboring, similar pixels whose
borders follow the edges in the image.</p>
<p><i>felzenszwalb</i> merges neighbors as long as the difference between them is small compared
with the differences inside them: superpixels differ in size and follow fine detail. <i>slic</i>
makes compact superpixels of about the same size.</p>
<p>The size can be set in three ways: by <i>Imagery</i>, the size that suits a kind of sensor; by
<i>Superpixel size</i>, the side of the smallest superpixels in pixels or meters; or by scale,
minimum size and region size of the method. The last apply while imagery is any and the superpixel
size is 0. Setting the size in two ways is an error.</p>
<p>All bands are used. The scene is processed in tiles; superpixels are merged across the borders of
the tiles, so that these do not show in the result.</p>
<p>The result contains a number for each superpixel, from 1 without gaps; 0 is nodata. It can be
used in <i>Train a network</i>, <i>Classify</i> and <i>Average color</i>.</p>
"""
    NEEDS_WORKER = True

    METHOD = "METHOD"
    SCALE = "SCALE"
    SIGMA = "SIGMA"
    MIN_SIZE = "MIN_SIZE"
    REGION_SIZE = "REGION_SIZE"
    COMPACTNESS = "COMPACTNESS"
    CONNECTIVITY = "CONNECTIVITY"
    TILE_SIZE = "TILE_SIZE"
    VALUES = "VALUES"
    SUPERPIXEL_COUNT = "SUPERPIXEL_COUNT"

    def initAlgorithm(self, configuration=None):
        self.add_image()
        self.add_choice(
            self.METHOD,
            "Method",
            "felzenszwalb: superpixels of different sizes that follow fine detail. slic: compact "
            "superpixels of about the same size.",
            METHODS,
        )
        usual = IMAGERY_TEMPLATE.format("as MIN_SIZE or REGION_SIZE sets them")
        self.add_imagery(
            f"{usual} All but any set SCALE and MIN_SIZE, or REGION_SIZE with slic, "
            "which must then keep their defaults."
        )
        self.add_bands()
        add_additional_rasters(self)
        self.add_area()
        self.add_superpixel_size()
        self.add_number(
            self.SCALE,
            "Scale (felzenszwalb)",
            "Larger values give larger superpixels. Used by felzenszwalb.",
            32.0,
            0.0,
        )
        self.add_number(
            self.MIN_SIZE,
            "Minimum size (felzenszwalb, pixels)",
            "Superpixels of fewer pixels are merged with a neighbor. Used by felzenszwalb.",
            64,
            1,
        )
        self.add_number(
            self.REGION_SIZE,
            "Region size (slic, pixels)",
            "Side of a typical superpixel. Used by slic.",
            16,
            2,
        )
        self.add_number(
            self.SIGMA,
            "Sigma (felzenszwalb, pixels)",
            "Standard deviation of the Gaussian filter that smooths the image first; 0 for no "
            "filter. Used by felzenszwalb.",
            0.5,
            0.0,
            advanced=True,
        )
        self.add_number(
            self.COMPACTNESS,
            "Compactness (slic)",
            "Larger values give squarer superpixels, smaller ones follow the edges more closely. "
            "Used by slic.",
            25.0,
            0.0,
            advanced=True,
        )
        self.add_choice(
            self.CONNECTIVITY,
            "Connectivity (felzenszwalb)",
            "Neighbors of a pixel: 8 includes the diagonal ones, which keeps narrow lines in one "
            "piece; 4 is a little faster. Used by felzenszwalb.",
            CONNECTIVITIES,
            advanced=True,
        )
        self.add_cluster()
        self.add_tile_size()
        self.add_values()
        self.add_raster_output(
            self.OUTPUT,
            "Superpixels",
            "Raster of superpixel numbers, from 1; 0 is nodata.",
        )
        self.add_number_output(self.SUPERPIXEL_COUNT, "Number of superpixels")

    def read_request(self, request):
        self.image = request.image()
        self.additional = additional_rasters(request)
        self.options = SuperpixelOptions(
            method=request.choice(self.METHOD),
            scale=request.number(self.SCALE),
            sigma=request.number(self.SIGMA),
            min_size=request.integer(self.MIN_SIZE),
            region_size=request.integer(self.REGION_SIZE),
            compactness=request.number(self.COMPACTNESS),
            connectivity=int(request.choice(self.CONNECTIVITY)),
            tile_size=request.integer(self.TILE_SIZE),
            values=request.choice(self.VALUES),
        )
        self.size = request.ground_size()
        require_one_size(self.options, self.size)

    def read_outputs(self, request):
        self.output = request.raster_output(self.OUTPUT)

    def compute(self, progress, context):
        with ExitStack() as opened:
            source = opened.enter_context(self.image.open(progress))
            source = opened.enter_context(stacked(source, self.additional))
            worker = opened.enter_context(self.worker(progress))
            result = run_superpixels(source, self.output, self.options, worker, progress, self.size)
        style(context, self.output, SuperpixelStyle(result.count))
        return {self.OUTPUT: self.output, self.SUPERPIXEL_COUNT: result.count}
