# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:segmentfolder: the images of a folder to classes of one legend."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ..pipeline.folder_segmentation import (
    FOLDER_PRESETS,
    MODEL_NAME,
    FolderSegmentationOutputs,
    run_folder_segmentation,
)
from ..pipeline.steps.folder_scenes import FolderScenes
from . import groups
from .declarations import MODEL_FILES
from .folder_run import FolderRun
from .parameter_help import BAND_HELP, SIZE_UNITS_HELP
from .segmentation_options import segmentation_options


class FolderSegmentationAlgorithm(FolderRun):
    """Segments the images of a folder with one legend."""

    ID = "segmentfolder"
    TITLE = "Segment a folder"
    GROUP = groups.SEGMENT
    TAGS = (
        "segmentation",
        "classification",
        "unsupervised",
        "land cover",
        "batch",
        "folder",
        "time series",
        "raster",
    )
    SUMMARY = "Divides all images of a folder into the same classes, without training samples."
    HELP = """
<p>Divides all images in a <b>folder</b> into <b>classes</b> of similar surface with <b>one
legend</b>, without training samples: tiles of a large area, flights of a drone, or dates of one
place. Choose the folder and the number of classes, and name the classes afterwards. Applied to each
image alone, <i>Segment</i> would find other classes in each.</p>
<p>One model is trained on a sample of all images: small folders are taken whole, and of large ones
256 windows of 512 x 512 pixels, at least one of each image, by area. Then each image is classified
with this model, as <i>Classify a folder with a model</i> does. The <b>model</b> is stored as
<i>classes.superseg</i> in the folder of results, unless another file is chosen, and classifies
further images.</p>
<p>All images are opened before the work begins. The images must have the same bands in the same
units. One that cannot be read, or has other bands or other units than most, is left out, and the
log gives the reason. The results are named <i>name_classes.tif</i> and have the same names, colors
and numbers of classes. A run that was cancelled goes on where it ended.</p>
<p>The <b>table of classes</b> lists pixels, area and percent of each class in each image. The
<b>table of changes</b> tells for several dates of one place what became what from each image to the
next, in the order of their names.</p>
<p>Example: a drone survey of nine tiles. The result is nine class rasters with one legend.</p>
"""

    CLASSES = "CLASSES"
    PRESET = "PRESET"
    MODEL = "MODEL"

    def initAlgorithm(self, configuration=None):
        self.add_folder()
        self.add_number(
            self.CLASSES,
            "Number of classes",
            "Number of classes of all images together; if they have fewer kinds of surface, the "
            "log says so. 0 is automatic: as many classes, from 2 to 24, as each explain at least "
            "1 % of the differences between superpixels.",
            16,
            0,
            255,
        )
        self.add_imagery()
        self.add_choice(
            self.PRESET,
            "Preset",
            "balanced: for nearly all images. fast: nearly as good, for very large scenes.",
            FOLDER_PRESETS,
        )
        self.add_rasters(BAND_HELP)
        self.add_smoothness()
        self.add_min_area()
        self.add_superpixel_size(units_help=SIZE_UNITS_HELP)
        self.add_seed()
        self.add_device()
        self.add_cluster()
        self.add_values()
        self.add_balance()
        self.add_refinement()
        self.add_superpixel_file("name_classes.tif.superseg.tif")
        self.add_results()
        self.add_file_output(
            self.MODEL,
            "Model",
            "The classes as a model file, to classify other images with the same bands; "
            "classes.superseg in the folder of results if empty.",
            MODEL_FILES,
            optional=True,
        )

    def read_request(self, request):
        self.read_scenes(request)
        self.options = segmentation_options(request)

    def read_outputs(self, request):
        super().read_outputs(request)
        self.model = request.file_output(self.MODEL) or str(Path(self.output) / MODEL_NAME)

    def compute(self, progress, context):
        found = run_folder_segmentation(
            FolderScenes(self.scenes, self.bands, self.options, self.additional),
            FolderSegmentationOutputs(self.output, self.model, self.table, self.class_table),
            partial(self.worker, progress, self.device),
            progress,
        )
        return {**self.results_of(found), self.MODEL: self.model}
