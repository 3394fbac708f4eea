# SPDX-License-Identifier: GPL-2.0-or-later
"""Apply a model to all images of a folder."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterString,
)

from ..pipeline.folder_classification import run_folder_classification, scenes_of
from ..pipeline.options.classification import ClassificationOptions
from .base import SuperSegAlgorithm
from .declarations import MODEL_OR_ANY_FILES


class FolderClassificationAlgorithm(SuperSegAlgorithm):
    """The Processing face of classifying a folder."""

    ID = "classifyfolder"
    TITLE = "Classify a folder"
    GROUP = "Steps"
    TAGS = ("classification", "inference", "model", "batch", "folder", "time series", "raster")
    SUMMARY = "Applies a trained model to all images of a folder."
    HELP = """
<p>Does for every image of a <b>folder</b> what <i>Classify</i> does for one, with the same
<b>model</b>, so that the classes of all of them can be compared: dates of one place, or tiles of a
large area.</p>
<p>The results are called <i>name_classes.tif</i> and lie in the folder of results. An image that
cannot be classified, such as one with other bands, is told of in the log, and the next one is
taken. As a step of a model it stands for the loop that the model designer lacks.</p>
<p>Example: train on <i>may.tif</i>, put May to September into one folder, and choose that folder:
there are five class rasters with the same legend.</p>
"""
    NEEDS_WORKER = True

    FOLDER = "FOLDER"
    PATTERN = "PATTERN"
    MODEL = "MODEL"
    SMOOTHNESS = "SMOOTHNESS"
    MIN_AREA = "MIN_AREA"
    DEVICE = "DEVICE"
    LAYERS = "LAYERS"
    IMAGE_COUNT = "IMAGE_COUNT"

    def initAlgorithm(self, configuration=None):
        folder = QgsProcessingParameterFile(
            self.FOLDER, "Folder of images", QgsProcessingParameterFile.Behavior.Folder
        )
        self.add(folder, "Where the images are; folders in it are not looked into.")
        pattern = QgsProcessingParameterString(self.PATTERN, "Names", "*.tif")
        self.add(
            pattern, "Which files to take, with * and ?; several patterns separated by semicolons."
        )
        self.add_file(self.MODEL, "Model", "A model file (.superseg).", MODEL_OR_ANY_FILES)
        self.add_tidying()
        self.add_device()
        results = QgsProcessingParameterFolderDestination(self.OUTPUT, "Folder of results")
        self.add(results, "Where the class rasters go, as name_classes.tif.")
        self.add_layers_output(self.LAYERS, "Class rasters")
        self.add_number_output(self.IMAGE_COUNT, "Number of images classified")

    def read_request(self, request):
        self.scenes = scenes_of(request.folder(self.FOLDER), request.text(self.PATTERN) or "")
        self.model = request.file(self.MODEL)
        self.device = request.choice(self.DEVICE)
        self.options = ClassificationOptions(
            smoothness=request.number(self.SMOOTHNESS), min_area=request.integer(self.MIN_AREA)
        )

    def read_outputs(self, request):
        self.output = request.folder_output(self.OUTPUT)

    def compute(self, progress, context):
        with self.worker(self.device) as worker:
            result = run_folder_classification(
                self.scenes, self.model, self.output, self.options, worker, progress
            )
        return {
            self.OUTPUT: self.output,
            self.LAYERS: list(result.written),
            self.IMAGE_COUNT: len(result.written),
        }
