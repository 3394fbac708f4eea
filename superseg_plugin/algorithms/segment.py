# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:segment: an image to classes in one run."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import ClassVar

from ..errors import SuperSegError
from ..pipeline.options.segmentation import PRESETS, SegmentationOutputs
from ..pipeline.planning.estimate import EstimateRequest, estimate_segmentation
from ..pipeline.segmentation import run_segmentation
from ..pipeline.steps.recorded_values import remarks_on_values
from ..raster.format_check import CLASSES, CONFIDENCE, SUPERPIXELS
from ..raster.stack import stacked
from . import groups
from .additional_rasters import add_additional_rasters, additional_layers, additional_rasters
from .base import SuperSegAlgorithm
from .command_line import provenance_of
from .declarations import MODEL_FILES, REPORT_FILES
from .destinations import IMAGE
from .image_styles import image_style
from .parameter_help import AVERAGE_COLOR_HELP, CONFIDENCE_HELP, SIZE_UNITS_HELP
from .request import Request
from .segmentation_options import segmentation_options
from .styling import (
    ClassStyle,
    ConfidenceStyle,
    SuperpixelStyle,
    classes_of,
    name_classes,
    style,
)


class SegmentAlgorithm(SuperSegAlgorithm):
    """Segments an image."""

    ID = "segment"
    TITLE = "Segment"
    GROUP = groups.SEGMENT
    ICON = "superseg"
    TAGS = (
        "segmentation",
        "classification",
        "unsupervised",
        "superpixels",
        "clustering",
        "deep learning",
        "land cover",
        "raster",
    )
    SUMMARY = "Divides an image into classes of similar surface, without training samples."
    CONTENTS: ClassVar = {
        "OUTPUT": CLASSES,
        "SUPERPIXELS": SUPERPIXELS,
        "AVERAGE_COLOR": IMAGE,
        "CONFIDENCE": CONFIDENCE,
    }
    HELP = """
<p>Divides an image into <b>classes</b> of similar surface, such as water, forest, roofs or bare
soil. <b>No training samples are needed</b>: choose an image and the number of classes, and name the
classes afterwards.</p>
<p>The image is divided into superpixels. These are clustered by their color, texture and
surroundings, into classes that form one tree: with one class more, one class is divided into two
and the others stay as they are. So 16 classes that are merged to 8 afterwards are the same as 8
classes in the first place. At last, pixels near borders are assigned to one of the classes around
them by their own color, so that borders follow the image (<i>Refine borders pixel by
pixel</i>).</p>
<ul>
<li><i>balanced</i>: the surroundings of superpixels are described twice, by the kinds of
superpixels that two mixture models find.</li>
<li><i>fast</i>: they are described once, in less time. The classes are nearly as good; for very
large scenes.</li>
<li><i>published</i>: the published method, for comparison. Its network is trained on its own
predictions (self-training). It may end with fewer classes, and the classes depend on the seed.</li>
</ul>
<p><i>Imagery</i> sets the size of the superpixels on the ground for a kind of sensor. The size can
also be set directly, in pixels or meters. Below the parameters, the dialog shows an estimate of
time and memory, which is learned from the runs on this computer. During the run, the progress shows
the time left.</p>
<p>Nodata is left out: pixels that the file declares as such in any band, and values far from all
others that many pixels have exactly, such as -9999, which the log names. Bands without a valid
pixel are not used.</p>
<p>The result is a styled layer: each class has the average color of its pixels, and the legend
shows its share of the area. Names, colors, areas and band means are stored in the file.
Superpixels, average color, confidence, a model and a report can be written in the same run.</p>
<p>The similarity of the classes is stored beside the result, in <i>classes.tif.superseg.json</i>.
With this file, <i>Merge classes</i> reduces the number of classes in a moment and without the
image. The superpixels are stored in <i>classes.tif.superseg.tif</i>, a GeoTIFF with the ids on its
first page and tables of size, class, confidence, band means, features and neighbors on the
others.</p>
"""
    NEEDS_WORKER = True

    CLASSES = "CLASSES"
    PRESET = "PRESET"
    DEVICE = "DEVICE"
    TILE_SIZE = "TILE_SIZE"
    SUPERPIXELS = "SUPERPIXELS"
    AVERAGE_COLOR = "AVERAGE_COLOR"
    CONFIDENCE = "CONFIDENCE"
    MODEL = "MODEL"
    REPORT = "REPORT"
    CLASS_COUNT = "CLASS_COUNT"
    SUPERPIXEL_COUNT = "SUPERPIXEL_COUNT"

    def initAlgorithm(self, configuration=None):
        # What most users choose stands first.
        self.add_image()
        self.add_number(
            self.CLASSES,
            "Number of classes",
            "Number of classes in the result; if the image has fewer kinds of surface, the log "
            "says so. 0 is automatic: as many classes, from 2 to 24, as each explain at least 1 % "
            "of the differences between superpixels. published may end with fewer classes, and "
            "starts with 32 if this is 0.",
            16,
            0,
            255,
        )
        self.add_imagery()
        self.add_choice(
            self.PRESET,
            "Preset",
            "balanced: for nearly all images. fast: nearly as good, for very large scenes. "
            "published: the published method, for comparison.",
            PRESETS,
        )
        self.add_bands()
        add_additional_rasters(self)
        self.add_area()
        self.add_smoothness()
        self.add_min_area()
        self.add_superpixel_size(units_help=SIZE_UNITS_HELP)
        self.add_seed()
        self.add_device()
        self.add_cluster()
        self.add_tile_size()
        self.add_values()
        self.add_balance()
        self.add_refinement()
        self.add_superpixel_file("classes.tif.superseg.tif")
        self.add_raster_output(self.OUTPUT, "Classes", "Raster of classes, from 1; 0 is nodata.")
        self.add_raster_output(
            self.SUPERPIXELS,
            "Superpixels",
            "Raster of superpixel numbers, from 1; 0 is nodata.",
            optional=True,
        )
        self.add_raster_output(
            self.AVERAGE_COLOR,
            "Average color",
            AVERAGE_COLOR_HELP,
            optional=True,
        )
        self.add_raster_output(
            self.CONFIDENCE,
            "Confidence",
            CONFIDENCE_HELP,
            optional=True,
        )
        self.add_file_output(
            self.MODEL,
            "Model",
            "The classes as a model file, to classify other images with the same bands.",
            MODEL_FILES,
            optional=True,
        )
        self.add_file_output(
            self.REPORT,
            "Report",
            "Web page for reading and printing: maps, classes, training curves, times, settings, "
            "and the command line that repeats the run.",
            REPORT_FILES,
            optional=True,
        )
        self.add_number_output(self.CLASS_COUNT, "Number of classes")
        self.add_number_output(self.SUPERPIXEL_COUNT, "Number of superpixels")

    def read_request(self, request):
        self.image = request.image()
        self.additional = additional_rasters(request)
        self.device = request.choice(self.DEVICE)
        self.options = self._options(request)
        self.provenance = provenance_of(request)

    def estimator(self, parameters, context):
        """Return a function without parameters that returns an `Estimate`.

        This is called in the main thread; the function reads the header of the image and may be
        called in another thread. Both raise SuperSegError where a run would fail.
        """
        # The estimate counts masked pixels like others; reading the polygons can take long.
        parameters = {**parameters, self.MASK: None}
        fine, reason = self.checkParameterValues(parameters, context)
        if not fine:
            raise SuperSegError(reason)
        request = Request(self, parameters, context)
        find_size, note, source = request.image_size()
        asked = EstimateRequest(
            self._options(request),
            request.given(self.MODEL),
            request.given(self.REPORT),
            request.choice(self.DEVICE),
        )
        further = sum(layer.bandCount() for layer in additional_layers(request))
        look = source and partial(remarks_on_values, asked.options.values, *source)
        return partial(
            estimate_segmentation, partial(_with_bands, find_size, further), asked, note, look
        )

    def _options(self, request):
        options = segmentation_options(request)
        return replace(options, tile_size=request.integer(self.TILE_SIZE))

    def read_outputs(self, request):
        self.outputs = SegmentationOutputs(
            classes=request.raster_output(self.OUTPUT),
            superpixels=request.raster_output(self.SUPERPIXELS),
            average_color=request.raster_output(self.AVERAGE_COLOR),
            confidence=request.raster_output(self.CONFIDENCE),
            model=request.file_output(self.MODEL),
            report=request.file_output(self.REPORT),
        )

    def compute(self, progress, context):
        with ExitStack() as opened:
            source = opened.enter_context(self.image.open(progress))
            source = opened.enter_context(stacked(source, self.additional))
            worker = opened.enter_context(self.worker(progress, self.device))
            result = run_segmentation(
                source, self.outputs, self.options, worker, progress, self.provenance
            )
            average_color_style = image_style(self.image, source)
        paths = self.outputs
        style(context, paths.classes, ClassStyle())
        title = self.parameterDefinition(self.OUTPUT).description()
        name = classes_of(self.image.name, result.class_count)
        name_classes(context, paths.classes, title, name)
        style(context, paths.superpixels, SuperpixelStyle(result.superpixel_count))
        style(context, paths.confidence, ConfidenceStyle())
        if average_color_style is not None:
            style(context, paths.average_color, average_color_style)
        written = {
            self.OUTPUT: paths.classes,
            self.SUPERPIXELS: paths.superpixels,
            self.AVERAGE_COLOR: paths.average_color,
            self.CONFIDENCE: paths.confidence,
            self.MODEL: paths.model,
            self.REPORT: paths.report,
        }
        return {
            **{name: path for name, path in written.items() if path},
            self.CLASS_COUNT: result.class_count,
            self.SUPERPIXEL_COUNT: result.superpixel_count,
        }


def _with_bands(find_size, further):
    """Return the grid of an image, and its number of bands with those of further rasters."""
    grid, bands = find_size()
    return grid, bands + further
