# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:averagecolor: an image and classes to the means of the classes."""

from __future__ import annotations

from contextlib import ExitStack
from typing import ClassVar

from ..pipeline.average_color import run_average_color
from . import groups
from .base import SuperSegAlgorithm
from .destinations import IMAGE
from .image_styles import image_style
from .parameter_help import AVERAGE_COLOR_HELP
from .styling import style


class AverageColorAlgorithm(SuperSegAlgorithm):
    """Replaces each pixel by the mean of its class."""

    ID = "averagecolor"
    TITLE = "Average color"
    GROUP = groups.EXPORT
    TAGS = ("average", "color", "mean", "classes", "superpixels", "raster")
    SUMMARY = "Replaces every pixel of an image by the average of its class."
    CONTENTS: ClassVar = {"OUTPUT": IMAGE}
    HELP = """
<p>Replaces every pixel of an image by the <b>average of its class</b> in each band. The result has
the bands and the data type of the image.</p>
<p>The bands of an <b>embedding</b> are no colors, nor are two polarizations of radar, nor more than
12 bands without wavelengths: the result is then a picture of the averages in false colors. Red,
green and blue are the first three principal components; of radar, they are VV, VH and their ratio
in decibels. The classes of one model have the same colors in every year.</p>
<p>With <b>superpixels</b>, every superpixel is first assigned to its most frequent class.</p>
<p>The classes may be any raster of integers. This algorithm works without the runtime.</p>
"""

    CLASSIFICATION = "CLASSIFICATION"
    SUPERPIXELS = "SUPERPIXELS"

    def initAlgorithm(self, configuration=None):
        self.add_raster(
            self.INPUT,
            "Image",
            "The image whose values are averaged; all bands except an alpha band.",
        )
        self.add_raster(
            self.CLASSIFICATION,
            "Classes",
            "Raster of classes of the image, on its grid or on a part of it.",
        )
        self.add_raster(
            self.SUPERPIXELS,
            "Superpixels",
            "Superpixels on the grid of the classes; each is assigned to its most frequent class "
            "before averaging.",
            optional=True,
        )
        self.add_raster_output(
            self.OUTPUT,
            "Average color",
            AVERAGE_COLOR_HELP,
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
