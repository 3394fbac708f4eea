# SPDX-License-Identifier: GPL-2.0-or-later
"""Cut an image into superpixels."""

from __future__ import annotations

from contextlib import ExitStack

from ..pipeline.options.ground_sizes import require_one_size
from ..pipeline.options.superpixels import CONNECTIVITIES, METHODS, SuperpixelOptions
from ..pipeline.superpixels import run_superpixels
from .base import SuperSegAlgorithm
from .declarations import IMAGERY_TEMPLATE
from .styling import SuperpixelStyle, style


class SuperpixelsAlgorithm(SuperSegAlgorithm):
    """The Processing face of the superpixel step."""

    ID = "superpixels"
    TITLE = "Superpixels"
    GROUP = "Steps"
    TAGS = ("superpixels", "segmentation", "felzenszwalb", "slic", "objects", "obia", "raster")
    SUMMARY = "Cuts an image into small patches of similar pixels."
    HELP = """
<p>Cuts an image into <b>superpixels</b>: small patches of neighboring pixels that look alike and
whose borders follow the edges in the image.</p>
<p><i>felzenszwalb</i> merges neighbors as long as the step between them is small for the
patches that they would join: superpixels differ in size and follow fine detail. <i>slic</i> grows
compact patches of about the same size.</p>
<p>How large they are can be said in three ways: by <i>Imagery</i>, which knows what suits a sensor;
by <i>Superpixel size</i>, the side of the smallest ones in pixels or meters; or by the method's own
scale, minimum size and region size. The last are used while imagery is any and the superpixel size
is 0; one of the first two together with changed own sizes is refused.</p>
<p>All bands are used, however many there are. The scene is worked on tile by tile; the seams are
joined, so that no tile line shows.</p>
<p>The result holds a number for each superpixel, from 1 without gaps; 0 is nodata. It can be given
to <i>Train a network</i>, <i>Classify</i> and <i>Average color</i>.</p>
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
    SUPERPIXEL_COUNT = "SUPERPIXEL_COUNT"

    def initAlgorithm(self, configuration=None):
        self.add_image()
        self.add_area()
        self.add_choice(
            self.METHOD,
            "Method",
            "felzenszwalb: sizes differ, borders follow fine detail. slic: compact, about the "
            "same size.",
            METHODS,
        )
        from_sizes = IMAGERY_TEMPLATE.format("MIN_SIZE or REGION_SIZE on")
        self.add_superpixel_size(
            imagery_help=f"{from_sizes} Sets SCALE and MIN_SIZE, or REGION_SIZE with slic, which "
            "must then be left as they are."
        )
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
            "Width of the Gaussian that smooths the image beforehand; 0 for none. Used by "
            "felzenszwalb.",
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
            "Neighbors that a pixel may join: 8 with the diagonal ones, which keeps narrow lines "
            "in one piece, or 4, a little faster. Used by felzenszwalb.",
            CONNECTIVITIES,
            advanced=True,
        )
        self.add_tile_size()
        self.add_raster_output(
            self.OUTPUT,
            "Superpixels",
            "Raster of superpixel numbers, from 1; 0 is nodata.",
        )
        self.add_number_output(self.SUPERPIXEL_COUNT, "Number of superpixels")

    def read_request(self, request):
        self.image = request.image()
        self.options = SuperpixelOptions(
            method=request.choice(self.METHOD),
            scale=request.number(self.SCALE),
            sigma=request.number(self.SIGMA),
            min_size=request.integer(self.MIN_SIZE),
            region_size=request.integer(self.REGION_SIZE),
            compactness=request.number(self.COMPACTNESS),
            connectivity=request.choice(self.CONNECTIVITY),
            tile_size=request.integer(self.TILE_SIZE),
        )
        self.size = request.ground_size()
        require_one_size(self.options, self.size)

    def read_outputs(self, request):
        self.output = request.raster_output(self.OUTPUT)

    def compute(self, progress, context):
        with ExitStack() as opened:
            source = opened.enter_context(self.image.open(progress))
            worker = opened.enter_context(self.worker())
            result = run_superpixels(source, self.output, self.options, worker, progress, self.size)
        style(context, self.output, SuperpixelStyle(result.count))
        return {self.OUTPUT: self.output, self.SUPERPIXEL_COUNT: result.count}
