# SPDX-License-Identifier: GPL-2.0-or-later
"""Paint every class in its average color."""

from __future__ import annotations

from contextlib import ExitStack

from ..pipeline.average_color import run_average_color
from .base import SuperSegAlgorithm
from .styling import image_style, style


class AverageColorAlgorithm(SuperSegAlgorithm):
    """The Processing face of averaging colors."""

    ID = "averagecolor"
    TITLE = "Average color"
    GROUP = "Steps"
    TAGS = ("average", "color", "mean", "classes", "superpixels", "raster")
    SUMMARY = "Replaces every pixel of an image by the average of its class."
    HELP = """
<p>Replaces every pixel of an image by the <b>average of its class</b>, band by band. The result has
the bands and the number type of the image, and looks like a painting of it in as many colors as
there are classes.</p>
<p>With <b>superpixels</b>, every superpixel first takes the class that most of its pixels have.</p>
<p>Any raster of whole numbers will do as classes. Nothing needs to be installed.</p>
"""

    CLASSIFICATION = "CLASSIFICATION"
    SUPERPIXELS = "SUPERPIXELS"

    def initAlgorithm(self, configuration=None):
        self.add_raster(
            self.INPUT,
            "Image",
            "The image whose colors are averaged; all bands except an alpha band.",
        )
        self.add_raster(
            self.CLASSIFICATION,
            "Classes",
            "Raster of classes of the image, on its grid or on a part of it.",
        )
        self.add_raster(
            self.SUPERPIXELS,
            "Superpixels",
            "Superpixels on the grid of the classes: each takes its most frequent class before "
            "averaging.",
            optional=True,
        )
        self.add_raster_output(
            self.OUTPUT,
            "Average color",
            "The image with every pixel replaced by the average of its class, in all bands.",
        )

    def read_request(self, request):
        self.image = request.raster(self.INPUT, bands=[])
        self.classification = request.raster(self.CLASSIFICATION)
        self.superpixels = request.raster(self.SUPERPIXELS)

    def read_outputs(self, request):
        self.output = request.raster_output(self.OUTPUT)

    def compute(self, progress, context):
        with ExitStack() as opened:
            classification = opened.enter_context(self.classification.open(progress))
            source = opened.enter_context(self.image.open_part(progress, classification.grid))
            superpixels = None
            if self.superpixels is not None:
                superpixels = opened.enter_context(self.superpixels.open(progress))
            run_average_color(source, classification, superpixels, self.output, progress)
            processor = image_style(self.image, source)
        if processor is not None:
            style(context, self.output, processor)
        return {self.OUTPUT: self.output}
