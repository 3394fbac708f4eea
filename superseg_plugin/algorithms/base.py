# SPDX-License-Identifier: GPL-2.0-or-later
"""What all algorithms share: identity, short parameter declarations, progress and errors."""

from __future__ import annotations

from qgis.core import (
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingOutputMultipleLayers,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBand,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QUrl
from qgis.PyQt.QtGui import QIcon
from qgis.utils import iface

from ..errors import Cancelled, SuperSegError
from ..resources import RUNTIME_LINK, icon_path, resource
from ..settings import chosen_python
from ..worker.client import Worker
from ..worker.interpreter import find_interpreter, interpreter_missing_reason
from .request import Request
from .running import FeedbackProgress, unforeseen
from .sentences import refusal

translate = QCoreApplication.translate
DEVICES = ("auto", "cpu", "cuda", "mps")
MODEL_FILES = "SuperSeg models (*.superseg)"
MODEL_OR_ANY_FILES = f"{MODEL_FILES};;All files (*.*)"
REPORT_FILES = "HTML files (*.html)"

BAND_HELP = "Band numbers of the image to use. All bands except an alpha band if left empty."
EXTENT_HELP = "Only this rectangle is worked on, and the results are cut to it."
MASK_HELP = (
    "Only pixels whose center lies in one of these polygons are worked on; the others become "
    "nodata. The polygons may be in any CRS."
)
INPUT_HELP = (
    "The image: any raster layer, any number of bands, any number type. Web layers are fetched "
    "once, at the resolution of the map view."
)
SEED_HELP = (
    "What the network's training starts from; superpixels and their groups are the same for every "
    "seed. The same image, options and seed give the same result."
)
DEVICE_HELP = (
    "What computes the network: auto takes the graphics processor where there is a usable one, "
    "else the CPU; cuda is an NVIDIA processor, mps an Apple one."
)
TILE_HELP = (
    "Side of the square tiles, in pixels, in which the scene is worked on. 0 lets the free memory "
    "decide. The result hardly depends on it."
)
SMOOTHNESS_HELP = (
    "How strongly neighboring superpixels are drawn to the same class. 0 switches smoothing off."
)
MIN_AREA_HELP = (
    "Patches of fewer pixels than this are dissolved into their largest neighbor. 0 keeps all."
)


class SuperSegAlgorithm(QgsProcessingAlgorithm):
    """An algorithm states who it is, declares its parameters, reads them, and makes one call.

    Subclasses fill in the texts, declare parameters in `initAlgorithm`, read inputs and options in
    `read_request` (main thread, may touch layers) and outputs in `read_outputs`, and work in
    `compute(progress, context)`, which returns the outputs by name (both in the background, with
    plain data only).
    """

    ID = ""
    TITLE = ""
    GROUP = ""
    TAGS = ()
    SUMMARY = ""
    HELP = ""
    NEEDS_WORKER = False

    INPUT = "INPUT"
    BANDS = "BANDS"
    EXTENT = "EXTENT"
    MASK = "MASK"
    OUTPUT = "OUTPUT"

    def name(self):
        return self.ID

    def displayName(self):
        return translate("SuperSeg", self.TITLE)

    def group(self):
        return translate("SuperSeg", self.GROUP)

    def groupId(self):
        # A model's group has no id but its title; one of the same title is to be the same group.
        return self.GROUP

    def tags(self):
        # People search in their own language and in that of the literature.
        own = (translate("SuperSeg", tag) for tag in self.TAGS)
        return list(dict.fromkeys([*self.TAGS, *own]))

    def shortDescription(self):
        return translate("SuperSeg", self.SUMMARY)

    def shortHelpString(self):
        # QGIS 3.22 takes every line break in the source for a new paragraph.
        return translate("SuperSeg", " ".join(self.HELP.split()))

    def helpUrl(self):
        return QUrl.fromLocalFile(str(resource(f"help/{self.ID}.html"))).toString()

    def icon(self):
        return QIcon(icon_path())

    def svgIconPath(self):
        return icon_path()

    def createInstance(self):
        return type(self)()

    # Declaring parameters

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

    def add_image(self):
        """Declare INPUT and BANDS."""
        self.add_raster(self.INPUT, "Image", INPUT_HELP)
        bands = QgsProcessingParameterBand(
            self.BANDS,
            "Bands",
            parentLayerParameterName=self.INPUT,
            optional=True,
            allowMultiple=True,
        )
        self.add(bands, BAND_HELP)

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
        self, name, title, help_text, default, minimum=None, maximum=None, advanced=False
    ):
        """Declare a number; a default of type float makes it one with decimals."""
        kind = QgsProcessingParameterNumber.Type
        limits = {"minValue": minimum, "maxValue": maximum}
        parameter = QgsProcessingParameterNumber(
            name,
            title,
            type=kind.Double if isinstance(default, float) else kind.Integer,
            defaultValue=default,
            optional=default is None,
            **{key: value for key, value in limits.items() if value is not None},
        )
        self.add(parameter, help_text, advanced)

    def add_choice(self, name, title, help_text, options, advanced=False):
        """Declare a choice among fixed words; the first is the default."""
        parameter = QgsProcessingParameterEnum(
            name,
            title,
            options=list(options),
            defaultValue=options[0],
            usesStaticStrings=True,
        )
        self.add(parameter, help_text, advanced)

    def add_seed(self):
        """Declare SEED."""
        self.add_number("SEED", "Seed", SEED_HELP, 0, 0, 2**31 - 1, advanced=True)

    def add_device(self):
        """Declare DEVICE."""
        self.add_choice("DEVICE", "Device", DEVICE_HELP, DEVICES, advanced=True)

    def add_tile_size(self):
        """Declare TILE_SIZE."""
        self.add_number("TILE_SIZE", "Tile size", TILE_HELP, 0, 0, 65536, advanced=True)

    def add_tidying(self):
        """Declare SMOOTHNESS and MIN_AREA."""
        self.add_number("SMOOTHNESS", "Smoothness", SMOOTHNESS_HELP, 8.0, 0.0)
        self.add_number("MIN_AREA", "Minimum area (pixels)", MIN_AREA_HELP, 0, 0)

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
        """Declare a raster to write; an optional one is off unless asked for."""
        parameter = QgsProcessingParameterRasterDestination(
            name, title, optional=optional, createByDefault=not optional
        )
        self.add(parameter, help_text)

    def add_file_output(self, name, title, help_text, files, optional=False):
        """Declare a file to write; an optional one is off unless asked for."""
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
        # QGIS only returns False, and the parameter is missing without a word.
        if not declared:
            raise ValueError(f"{self.ID} cannot declare {name}")

    # Running

    def canExecute(self):
        reason = self._missing()
        if reason and iface is not None:
            reason += f' <p><a href="{RUNTIME_LINK}">Set up the runtime…</a></p>'
        return not reason, reason

    def _missing(self):
        return interpreter_missing_reason(chosen_python()) if self.NEEDS_WORKER else ""

    def checkParameterValues(self, parameters, context):
        fine, message = super().checkParameterValues(parameters, context)
        if fine:
            return True, ""
        return False, refusal(self, parameters, context) or message

    def prepareAlgorithm(self, parameters, context, feedback):
        self._refusal = ""
        try:
            # processing.run does not ask canExecute.
            reason = self._missing()
            if reason:
                raise SuperSegError(reason)
            self._python = chosen_python()
            request = Request(self, parameters, context)
            self.read_request(request)
            self._inputs = request.inputs
        except SuperSegError as error:
            # processing.run loses the text of what is raised here and keeps what processAlgorithm
            # raises, so the refusal waits until then.
            self._refusal = str(error)
        except Exception as error:  # a traceback helps nobody but us
            self._refusal = unforeseen(error, "Reading the parameters", feedback)
        return True

    def processAlgorithm(self, parameters, context, feedback):
        if self._refusal:
            raise QgsProcessingException(self._refusal)
        progress = FeedbackProgress(feedback)
        try:
            # Layers to load are kept by the context of the thread that names them: QGIS forgets
            # those named in prepareAlgorithm when the run is in the background.
            self.read_outputs(Request(self, parameters, context, self._inputs))
            return self.compute(progress, context)
        except Cancelled:
            return {}
        except SuperSegError as error:
            raise QgsProcessingException(str(error)) from error
        except Exception as error:  # a traceback helps nobody but us
            sentence = unforeseen(error, progress.activity or self.TITLE, feedback)
            raise QgsProcessingException(sentence) from error

    def worker(self, device="auto"):
        """Return a worker process, to be opened with `with`."""
        return Worker(find_interpreter(self._python), device=device)

    def read_request(self, request):
        """Turn parameters into plain data. Raises SuperSegError for what cannot be done."""

    def read_outputs(self, request):
        """Find out where results go. May run in the background: layers are out of reach."""
