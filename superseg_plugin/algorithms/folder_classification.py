# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithm superseg:classifyfolder: the images of a folder and a model to classes."""

from __future__ import annotations

from functools import partial

from qgis.core import (
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterString,
)

from ..pipeline.folder_classification import (
    FolderInputs,
    FolderOutputs,
    run_folder_classification,
)
from ..pipeline.options.classification import ClassificationOptions
from ..pipeline.steps.folder_files import scenes_of
from . import groups
from .base import SuperSegAlgorithm
from .declarations import CSV_FILES, MODEL_OR_ANY_FILES
from .parameter_help import MODEL_BANDS_HELP


class FolderClassificationAlgorithm(SuperSegAlgorithm):
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
<p>The results are named <i>name_classes.tif</i> and are written to the folder of results. If an
image cannot be classified, for example because it has other bands or other units, the log gives the
reason and the next image follows. In the model designer, this algorithm takes the place of a
loop.</p>
<p>Example: train on <i>may.tif</i>, put the images of May to September into one folder, and choose
that folder. The result is five class rasters with the same legend.</p>
"""
    NEEDS_WORKER = True
    CANCELLED = "Cancelled; the scenes that were classified before stay in the folder."

    FOLDER = "FOLDER"
    PATTERN = "PATTERN"
    MODEL = "MODEL"
    RESCALE = "RESCALE"
    SMOOTHNESS = "SMOOTHNESS"
    MIN_AREA = "MIN_AREA"
    DEVICE = "DEVICE"
    VALUES = "VALUES"
    BALANCE_TILES = "BALANCE_TILES"
    TABLE = "TABLE"
    LAYERS = "LAYERS"
    IMAGE_COUNT = "IMAGE_COUNT"

    def initAlgorithm(self, configuration=None):
        folder = QgsProcessingParameterFile(
            self.FOLDER, "Folder of images", QgsProcessingParameterFile.Behavior.Folder
        )
        self.add(folder, "Folder with the images; its subfolders are not searched.")
        pattern = QgsProcessingParameterString(self.PATTERN, "Names", "*.tif")
        self.add(
            pattern,
            "File names to include, with the wildcards * and ?; separate several patterns by "
            "semicolons.",
        )
        self.add_file(self.MODEL, "Model", "A model file (.superseg).", MODEL_OR_ANY_FILES)
        bands = QgsProcessingParameterString(self.BANDS, "Bands", optional=True)
        self.add(bands, f"{MODEL_BANDS_HELP} Separate the numbers by semicolons.")
        self.add_rescaling()
        self.add_tidying()
        self.add_device()
        self.add_values()
        self.add_balance()
        self.add_superpixel_file("name_classes.tif.superseg.tif")
        results = QgsProcessingParameterFolderDestination(self.OUTPUT, "Folder of results")
        self.add(results, "Folder for the class rasters, which are named name_classes.tif.")
        self.add_file_output(
            self.TABLE,
            "Table of changes",
            "What became what from each image to the next, as comma-separated values; for images "
            "whose pixels coincide.",
            CSV_FILES,
            optional=True,
        )
        self.add_layers_output(self.LAYERS, "Class rasters")
        self.add_number_output(self.IMAGE_COUNT, "Number of images classified")

    def read_request(self, request):
        self.scenes = scenes_of(request.folder(self.FOLDER), request.text(self.PATTERN) or "")
        self.model = request.file(self.MODEL)
        self.bands = request.bands()
        self.device = request.choice(self.DEVICE)
        self.options = ClassificationOptions(
            smoothness=request.number(self.SMOOTHNESS),
            min_area=request.number(self.MIN_AREA),
            units=request.choice(self.UNITS),
            rescale=request.flag(self.RESCALE),
            values=request.choice(self.VALUES),
            superpixel_file=request.number(self.SUPERPIXEL_FILE),
            balance_tiles=request.flag(self.BALANCE_TILES),
        )

    def read_outputs(self, request):
        self.output = request.folder_output(self.OUTPUT)
        self.table = request.file_output(self.TABLE)

    def compute(self, progress, context):
        result = run_folder_classification(
            FolderInputs(self.scenes, self.model, self.bands),
            FolderOutputs(self.output, self.table),
            self.options,
            partial(self.worker, self.device),
            progress,
        )
        results = {
            self.OUTPUT: self.output,
            self.LAYERS: list(result.written),
            self.IMAGE_COUNT: len(result.written),
        }
        if result.table:
            results[self.TABLE] = result.table
        return results
