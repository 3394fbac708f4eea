# SPDX-License-Identifier: GPL-2.0-or-later
"""Methods that declare parameters and outputs of an algorithm, with their help."""

from __future__ import annotations

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputMultipleLayers,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBand,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..pipeline.options.ground_sizes import IMAGERY, UNITS
from ..pipeline.options.superpixels import LARGEST_TILE
from ..pipeline.options.values import VALUES
from .parameter_help import (
    AREA_UNITS_HELP,
    BALANCE_HELP,
    BAND_HELP,
    CLUSTER_HELP,
    DEVICE_HELP,
    EXTENT_HELP,
    IMAGERY_HELP,
    INPUT_HELP,
    MASK_HELP,
    MERGES_HELP,
    MIN_AREA_HELP,
    REFINEMENT_HELP,
    RESCALE_HELP,
    SEED_HELP,
    SMOOTHNESS_HELP,
    SUPERPIXEL_SIZE_HELP,
    TILE_HELP,
    UNITS_HELP,
    VALUES_HELP,
)

translate = QCoreApplication.translate
DEVICES = ("auto", "cpu", "cuda", "mps")
MODEL_FILES = "SuperSeg models (*.superseg)"
CSV_FILES = "Tables (*.csv)"
TABLE_FILES = "Tables (*.csv *.txt *.tsv);;All files (*.*)"
MODEL_OR_ANY_FILES = f"{MODEL_FILES};;All files (*.*)"
REPORT_FILES = "HTML files (*.html)"


class Declarations:
    """A base class of algorithms with methods that declare parameters and outputs."""

    INPUT = "INPUT"
    BANDS = "BANDS"
    EXTENT = "EXTENT"
    MASK = "MASK"
    SUPERPIXEL_FILE = "SUPERPIXEL_FILE"
    OUTPUT = "OUTPUT"
    IMAGERY = "IMAGERY"
    SUPERPIXEL_SIZE = "SUPERPIXEL_SIZE"
    UNITS = "UNITS"

    def add(self, parameter, help_text, advanced=False):
        """Declare a parameter with its help."""
        parameter.setDescription(translate("SuperSeg", parameter.description()))
        parameter.setHelp(translate("SuperSeg", help_text))
        if advanced:
            flag = QgsProcessingParameterDefinition.Flag.FlagAdvanced
            parameter.setFlags(parameter.flags() | flag)
        name = parameter.name()
        self._require(self.addParameter(parameter), name)

    def add_raster(self, name, title, help_text, optional=False):
        """Declare a raster layer."""
        self.add(QgsProcessingParameterRasterLayer(name, title, optional=optional), help_text)

    def add_image(self, input_help=INPUT_HELP):
        """Declare INPUT."""
        self.add_raster(self.INPUT, "Image", input_help)

    def add_bands(self, bands_help=BAND_HELP):
        """Declare BANDS."""
        bands = QgsProcessingParameterBand(
            self.BANDS,
            "Bands",
            parentLayerParameterName=self.INPUT,
            optional=True,
            allowMultiple=True,
        )
        self.add(bands, bands_help)

    def add_area(self):
        """Declare EXTENT and MASK."""
        self.add(QgsProcessingParameterExtent(self.EXTENT, "Extent", optional=True), EXTENT_HELP)
        polygons = QgsProcessingParameterFeatureSource(
            self.MASK,
            "Mask",
            types=[QgsProcessing.SourceType.TypeVectorPolygon],
            optional=True,
        )
        self.add(polygons, MASK_HELP)

    def add_number(
        self,
        name,
        title,
        help_text,
        default,
        minimum=None,
        maximum=None,
        advanced=False,
        decimals=2,
        optional=False,
    ):
        """Declare a number.

        Args:
            name: the parameter.
            title: its label in the dialog.
            help_text: its help.
            default: a float declares a real number, an int or None an integer; None makes it
                optional.
            minimum: the smallest value; None for no limit.
            maximum: the largest value; None for no limit.
            advanced: whether the dialog lists it under the advanced parameters.
            decimals: number of decimals in the dialog.
            optional: whether models and commands that lack it are valid, as those made before.
        """
        kind = QgsProcessingParameterNumber.Type
        limits = {"minValue": minimum, "maxValue": maximum}
        parameter = QgsProcessingParameterNumber(
            name,
            title,
            type=kind.Double if isinstance(default, float) else kind.Integer,
            defaultValue=default,
            optional=optional or default is None,
            **{key: value for key, value in limits.items() if value is not None},
        )
        # The default is six decimals.
        parameter.setMetadata({"widget_wrapper": {"decimals": decimals}})
        self.add(parameter, help_text, advanced)

    def add_choice(self, name, title, help_text, options, advanced=False):
        """Declare a choice between static strings; the first is the default."""
        parameter = QgsProcessingParameterEnum(
            name,
            title,
            options=list(options),
            defaultValue=options[0],
            usesStaticStrings=True,
        )
        self.add(parameter, help_text, advanced)

    def add_imagery(self, imagery_help=IMAGERY_HELP):
        """Declare IMAGERY."""
        self.add_choice(self.IMAGERY, "Imagery", imagery_help, tuple(IMAGERY))

    def add_superpixel_size(self, units_help=UNITS_HELP):
        """Declare SUPERPIXEL_SIZE and UNITS."""
        self.add_number(
            self.SUPERPIXEL_SIZE,
            "Superpixel size",
            SUPERPIXEL_SIZE_HELP,
            0.0,
            0.0,
            advanced=True,
        )
        self.add_choice(self.UNITS, "Units", units_help, UNITS, advanced=True)

    def add_seed(self):
        """Declare SEED."""
        self.add_number("SEED", "Seed", SEED_HELP, 0, 0, 2**31 - 1, advanced=True)

    def add_device(self):
        """Declare DEVICE."""
        self.add_choice("DEVICE", "Device", DEVICE_HELP, DEVICES, advanced=True)

    def add_cluster(self):
        """Declare CLUSTER."""
        parameter = QgsProcessingParameterString("CLUSTER", "Dask cluster", optional=True)
        self.add(parameter, CLUSTER_HELP, advanced=True)

    def add_tile_size(self):
        """Declare TILE_SIZE."""
        self.add_number("TILE_SIZE", "Tile size", TILE_HELP, 0, 0, LARGEST_TILE, advanced=True)

    def add_values(self):
        """Declare VALUES."""
        self.add_choice("VALUES", "Values", VALUES_HELP, VALUES, advanced=True)

    def add_balance(self):
        """Declare BALANCE_TILES."""
        title = "Remove brightness steps between mosaic tiles"
        # Models that were saved before have no value for it.
        parameter = QgsProcessingParameterBoolean("BALANCE_TILES", title, False, optional=True)
        self.add(parameter, BALANCE_HELP, advanced=True)

    def add_refinement(self):
        """Declare REFINE_BORDERS."""
        title = "Refine borders pixel by pixel"
        parameter = QgsProcessingParameterBoolean("REFINE_BORDERS", title, True, optional=True)
        self.add(parameter, REFINEMENT_HELP, advanced=True)

    def add_rescaling(self):
        """Declare RESCALE."""
        parameter = QgsProcessingParameterBoolean("RESCALE", "Match values to the model", False)
        self.add(parameter, RESCALE_HELP, advanced=True)

    def add_tidying(self):
        """Declare SMOOTHNESS, MIN_AREA and UNITS."""
        self.add_smoothness()
        self.add_min_area()
        self.add_choice(self.UNITS, "Units", AREA_UNITS_HELP, UNITS, advanced=True)

    def add_superpixel_file(self, name):
        """Declare SUPERPIXEL_FILE.

        Args:
            name: of the file, in the help.
        """
        self.add_number(
            self.SUPERPIXEL_FILE,
            "Largest file of superpixels (MB)",
            f"The superpixels with their features are stored beside the classes, in {name}, up to "
            "this size: about 200 bytes a superpixel. With this file, classes can be split, "
            "corrected and learned from examples. 0: no such file.",
            1000.0,
            0.0,
            advanced=True,
            optional=True,
        )

    def add_min_area(self):
        """Declare MIN_AREA."""
        self.add_number("MIN_AREA", "Minimum area", MIN_AREA_HELP, 0.0, 0.0)

    def add_smoothness(self):
        """Declare SMOOTHNESS."""
        self.add_number("SMOOTHNESS", "Smoothness", SMOOTHNESS_HELP, 8.0, 0.0, decimals=1)

    def add_merges(self, help_text=MERGES_HELP, title="Table"):
        """Declare TABLE, a file that merges and names classes."""
        self.add_file("TABLE", title, help_text, TABLE_FILES, optional=True)

    def add_file(self, name, title, help_text, files, optional=False, advanced=False):
        """Declare a file to read."""
        parameter = QgsProcessingParameterFile(
            name,
            title,
            behavior=QgsProcessingParameterFile.Behavior.File,
            fileFilter=files,
            optional=optional,
        )
        self.add(parameter, help_text, advanced)

    def add_raster_output(self, name, title, help_text, optional=False):
        """Declare a raster to write; an optional one is not written by default."""
        parameter = QgsProcessingParameterRasterDestination(
            name, title, optional=optional, createByDefault=not optional
        )
        self.add(parameter, help_text)

    def add_file_output(self, name, title, help_text, files, optional=False):
        """Declare a file to write; an optional one is not written by default."""
        parameter = QgsProcessingParameterFileDestination(
            name, title, fileFilter=files, optional=optional, createByDefault=not optional
        )
        self.add(parameter, help_text)

    def add_number_output(self, name, title):
        """Declare a number that the algorithm returns."""
        self._add_output(QgsProcessingOutputNumber, name, title)

    def add_text_output(self, name, title):
        """Declare a text that the algorithm returns."""
        self._add_output(QgsProcessingOutputString, name, title)

    def add_layers_output(self, name, title):
        """Declare several layers that the algorithm returns."""
        self._add_output(QgsProcessingOutputMultipleLayers, name, title)

    def _add_output(self, kind, name, title):
        self._require(self.addOutput(kind(name, translate("SuperSeg", title))), name)

    def _require(self, declared, name):
        # QGIS only returns False if a declaration fails.
        if not declared:
            raise ValueError(f"{self.ID} cannot declare {name}")
