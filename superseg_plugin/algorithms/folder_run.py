# SPDX-License-Identifier: GPL-2.0-or-later
"""What the algorithms that run over the images of a folder have in common."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterString,
)

from ..pipeline.steps.folder_files import scenes_of
from .additional_rasters import add_additional_rasters, additional_rasters
from .base import SuperSegAlgorithm
from .declarations import CSV_FILES
from .parameter_help import ADDITIONAL_OF_FOLDER_HELP


class FolderRun(SuperSegAlgorithm):
    """An algorithm with a folder of images and a folder of class rasters."""

    NEEDS_WORKER = True
    CANCELLED = (
        "Cancelled; the scenes that were classified before stay in the folder, and the same run "
        "goes on with the others."
    )

    FOLDER = "FOLDER"
    PATTERN = "PATTERN"
    TABLE = "TABLE"
    CLASS_TABLE = "CLASS_TABLE"
    LAYERS = "LAYERS"
    IMAGE_COUNT = "IMAGE_COUNT"

    def add_folder(self):
        """Declare FOLDER and PATTERN."""
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

    def add_rasters(self, bands_help):
        """Declare BANDS as a text, as there is no layer to choose from, and ADDITIONAL_RASTERS."""
        bands = QgsProcessingParameterString(self.BANDS, "Bands", optional=True)
        self.add(bands, f"{bands_help} Separate the numbers by semicolons.")
        add_additional_rasters(self, ADDITIONAL_OF_FOLDER_HELP)

    def add_results(self):
        """Declare the folder of results, the tables, and what is returned."""
        results = QgsProcessingParameterFolderDestination(self.OUTPUT, "Folder of results")
        self.add(
            results,
            "Folder for the class rasters, which are named name_classes.tif. Those that are there "
            "already, of the same image, model and settings, are kept.",
        )
        self.add_file_output(
            self.TABLE,
            "Table of changes",
            "What became what from each image to the next, as comma-separated values; for images "
            "whose pixels coincide.",
            CSV_FILES,
            optional=True,
        )
        self.add_file_output(
            self.CLASS_TABLE,
            "Table of classes",
            "The classes of all images as comma-separated values: image, class, name, pixels, area "
            "and percent of the area of the image.",
            CSV_FILES,
            optional=True,
        )
        self.add_layers_output(self.LAYERS, "Class rasters")
        self.add_number_output(self.IMAGE_COUNT, "Number of images classified")

    def read_scenes(self, request):
        """Read FOLDER, PATTERN, BANDS, ADDITIONAL_RASTERS and DEVICE."""
        self.additional = additional_rasters(request)
        folder, pattern = request.folder(self.FOLDER), request.text(self.PATTERN) or ""
        self.scenes = scenes_of(folder, pattern, self.additional)
        self.bands = request.bands()
        self.device = request.choice("DEVICE")

    def read_outputs(self, request):
        self.output = request.folder_output(self.OUTPUT)
        self.table = request.file_output(self.TABLE)
        self.class_table = request.file_output(self.CLASS_TABLE)

    def results_of(self, found):
        """Return the outputs by name.

        Args:
            found: `FolderResult` of the run.
        """
        results = {
            self.OUTPUT: self.output,
            self.LAYERS: list(found.written),
            self.IMAGE_COUNT: len(found.written),
        }
        if found.table:
            results[self.TABLE] = found.table
        if self.class_table:
            results[self.CLASS_TABLE] = self.class_table
        return results
