# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:classifyfolder: the images of a folder and a model to classes."""

from __future__ import annotations

from functools import partial

from ..pipeline.folder_classification import (
    FolderInputs,
    FolderOutputs,
    run_folder_classification,
)
from ..pipeline.options.classification import ClassificationOptions
from . import groups
from .declarations import MODEL_OR_ANY_FILES
from .folder_run import FolderRun
from .parameter_help import MODEL_BANDS_HELP


class FolderClassificationAlgorithm(FolderRun):
    """Classifies the images of a folder with a model."""

    ID = "classifyfolder"
    TITLE = "Classify a folder with a model"
    GROUP = groups.OTHERS
    TAGS = ("classification", "inference", "model", "batch", "folder", "time series", "raster")
    SUMMARY = "Applies a trained model to all images of a folder."
    HELP = """
<p>Applies <i>Classify</i> with one <b>model</b> to each image in a <b>folder</b>, for example to
several dates of one place or to the tiles of a large area. The classes of all results can be
compared.</p>
<p>The <b>table of changes</b> tells for several dates of one place what became what from each image
to the next, in the order of their names: the classes with their names, <i>pixels</i>, <i>area</i>
(square meters on the ellipsoid) and <i>percent</i> of the area that has a class at both dates.
<i>Changes between two dates</i> maps them.</p>
<p>The results are named <i>name_classes.tif</i> and are written to the folder of results. Several
small images are classified at once. A run that was cancelled goes on where it ended: results of the
same image, model and settings are kept. If an
image cannot be classified, for example because it has other bands or other units, the log gives the
reason and the next image follows. In the model designer, this algorithm takes the place of a
loop.</p>
<p>Example: train on <i>may.tif</i>, put the images of May to September into one folder, and choose
that folder. The result is five class rasters with the same legend.</p>
"""

    MODEL = "MODEL"
    RESCALE = "RESCALE"
    SMOOTHNESS = "SMOOTHNESS"
    MIN_AREA = "MIN_AREA"
    VALUES = "VALUES"
    BALANCE_TILES = "BALANCE_TILES"
    REFINE_BORDERS = "REFINE_BORDERS"

    def initAlgorithm(self, configuration=None):
        self.add_folder()
        self.add_file(self.MODEL, "Model", "A model file (.superseg).", MODEL_OR_ANY_FILES)
        self.add_rasters(MODEL_BANDS_HELP)
        self.add_rescaling()
        self.add_tidying()
        self.add_device()
        self.add_cluster()
        self.add_values()
        self.add_balance()
        self.add_refinement()
        self.add_superpixel_file("name_classes.tif.superseg.tif")
        self.add_results()

    def read_request(self, request):
        self.read_scenes(request)
        self.model = request.file(self.MODEL)
        self.options = ClassificationOptions(
            smoothness=request.number(self.SMOOTHNESS),
            min_area=request.number(self.MIN_AREA),
            units=request.choice(self.UNITS),
            rescale=request.flag(self.RESCALE),
            values=request.choice(self.VALUES),
            superpixel_file=request.number(self.SUPERPIXEL_FILE),
            balance_tiles=request.flag(self.BALANCE_TILES),
            refine_borders=request.flag(self.REFINE_BORDERS),
        )

    def compute(self, progress, context):
        found = run_folder_classification(
            FolderInputs(self.scenes, self.model, self.bands, self.additional),
            FolderOutputs(self.output, self.table, self.class_table),
            self.options,
            partial(self.worker, progress, self.device),
            progress,
        )
        return self.results_of(found)
