# SPDX-License-Identifier: GPL-2.0-or-later
"""From an image to classes in one run."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

from ..errors import SuperSegError
from ..pipeline.options.segmentation import PRESETS, SegmentationOptions, SegmentationOutputs
from ..pipeline.planning.plan import EstimateRequest, estimate_segmentation
from ..pipeline.segmentation import run_segmentation
from .base import SuperSegAlgorithm
from .command_line import provenance_of
from .declarations import MODEL_FILES, REPORT_FILES
from .request import Request
from .styling import ClassStyle, ConfidenceStyle, SuperpixelStyle, image_style, style


class SegmentAlgorithm(SuperSegAlgorithm):
    """The Processing face of the whole chain."""

    ID = "segment"
    TITLE = "Segment"
    GROUP = "Segmentation"
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
    SUMMARY = "Divides an image into classes of like surface, without samples."
    HELP = """
<p>Divides an image into <b>classes</b> of like surface, such as water, forest, roofs or bare soil.
<b>No samples are needed</b>: give an image and the number of classes, and name the classes
afterwards.</p>
<p>The image is cut into superpixels, these are grouped by their color, texture and surroundings, a
small network learns the groups from the image itself, and both together decide on the class of
every superpixel.</p>
<ul>
<li><i>balanced</i>: the best result for the time.</li>
<li><i>fast</i>: the groups alone, for a first look and for very large scenes. It gives up what the
network adds: no second opinion on the superpixels, and no model for other scenes. Where the model
is asked for, a network is trained for it alone; the classes stay the same.</li>
<li><i>published</i>: the published method as it stands, for comparison. Its network teaches itself,
may end with fewer classes, and gives others with another seed.</li>
</ul>
<p>Say what the image was taken by (<i>Imagery</i>), and superpixels have a size on the ground that
suits it; or give the size yourself, in pixels or meters. Below the parameters stands what a run
with them will take, an estimate of time and memory that is learned from the runs on this computer;
the progress tells how long is left.</p>
<p>The classes come as a styled layer whose colors are the classes' average colors, with each
class's share of the area in the legend. Names, colors, areas and band means are in the file
itself. Superpixels, average color, confidence, the model and a report can be had from the same
run.</p>
<p>Which classes are most alike is kept beside the result, in <i>classes.tif.superseg.json</i>:
<i>Merge classes</i> makes fewer of them without the image and in a moment.</p>
"""
    NEEDS_WORKER = True

    CLASSES = "CLASSES"
    PRESET = "PRESET"
    SMOOTHNESS = "SMOOTHNESS"
    MIN_AREA = "MIN_AREA"
    SEED = "SEED"
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
        self.add_image()
        self.add_area()
        self.add_number(
            self.CLASSES,
            "Number of classes",
            "How many classes come out; where the image has fewer kinds of surface, the log says "
            "so. 0 finds out: of 24 classes those too alike are joined, and at least 4 stay if "
            "there are as many. published may end with fewer, and starts from 32 with 0.",
            16,
            0,
            255,
        )
        self.add_choice(
            self.PRESET,
            "Preset",
            "balanced: the best result for the time. fast: no network, so no refinement by one. "
            "published: the published method as it stands.",
            PRESETS,
        )
        self.add_superpixel_size(
            units_help="What SUPERPIXEL_SIZE and MIN_AREA are given in: pixels, or meters and "
            "square meters, whatever the units of the image's CRS."
        )
        self.add_smoothness()
        self.add_number(
            self.MIN_AREA,
            "Minimum area",
            "Patches smaller than this are dissolved into their largest neighbor; pixels, or "
            "square meters if UNITS is meters. 0 keeps all.",
            0.0,
            0.0,
        )
        self.add_seed()
        self.add_device()
        self.add_tile_size()
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
            "The image with every pixel replaced by the average of its class, in all bands.",
            optional=True,
        )
        self.add_raster_output(
            self.CONFIDENCE,
            "Confidence",
            "How sure each pixel's class is, in percent.",
            optional=True,
        )
        self.add_file_output(
            self.MODEL,
            "Model",
            "What the classes are told apart by, to classify other images of the same bands with.",
            MODEL_FILES,
            optional=True,
        )
        self.add_file_output(
            self.REPORT,
            "Report",
            "A page to read and to print: maps, classes, the course of the training, times, "
            "settings, and the command line that repeats the run.",
            REPORT_FILES,
            optional=True,
        )
        self.add_number_output(self.CLASS_COUNT, "Number of classes")
        self.add_number_output(self.SUPERPIXEL_COUNT, "Number of superpixels")

    def read_request(self, request):
        self.image = request.image()
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
        return partial(
            estimate_segmentation,
            request.describe_image(),
            EstimateRequest(
                self._options(request),
                request.given(self.MODEL),
                request.given(self.REPORT),
                request.choice(self.DEVICE),
            ),
        )

    def _options(self, request):
        return SegmentationOptions(
            classes=request.integer(self.CLASSES),
            preset=request.choice(self.PRESET),
            imagery=request.choice(self.IMAGERY),
            superpixel_size=request.number(self.SUPERPIXEL_SIZE),
            units=request.choice(self.UNITS),
            smoothness=request.number(self.SMOOTHNESS),
            min_area=request.number(self.MIN_AREA),
            seed=request.integer(self.SEED),
            tile_size=request.integer(self.TILE_SIZE),
        )

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
            worker = opened.enter_context(self.worker(self.device))
            result = run_segmentation(
                source, self.outputs, self.options, worker, progress, self.provenance
            )
            average_color_style = image_style(self.image, source)
        paths = self.outputs
        style(context, paths.classes, ClassStyle())
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
