# SPDX-License-Identifier: GPL-2.0-or-later
"""The parameters of a run as settings for a report, and as a command line that repeats it."""

from __future__ import annotations

import shlex
from pathlib import Path

from qgis.core import (
    Qgis,
    QgsProcessing,
    QgsProcessingDestinationParameter,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterBand,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
)

from ..credentials import hide_credentials
from ..pipeline.reports.run import Provenance
from ..raster.gdal_calls import gdal_version
from ..resources import version
from ..translation import tr
from .degrees import is_extent

FILES_OF_LAYERS = ("gdal", "ogr")


def provenance_of(request):
    """Describe a request for the report of its run. Main thread only, as it reads layers."""
    texts = _ParameterTexts(request)
    return Provenance(
        command=texts.command(),
        versions={"SuperSeg": version(), "QGIS": Qgis.QGIS_VERSION, "GDAL": gdal_version()},
        settings=texts.settings(),
    )


class _ParameterTexts:
    """The parameters of a request as texts."""

    def __init__(self, request):
        self._algorithm = request.algorithm
        self._request = request
        self._place = (request.parameters, request.context)
        self._texts, self._lists = {}, {}
        for definition in request.algorithm.parameterDefinitions():
            text = self._text(definition)
            if text:
                self._texts[definition.name()] = hide_credentials(text)

    def command(self):
        """Return the command line, with one parameter on each line."""
        lines = [f"qgis_process run superseg:{self._algorithm.ID} --"]
        for definition in self._algorithm.parameterDefinitions():
            text = self._texts.get(definition.name())
            if text is not None and self._differs(definition):
                # A list is given element by element.
                parts = self._lists.get(definition.name(), [text])
                lines += [shlex.quote(f"{definition.name()}={part}") for part in parts]
        return " \\\n    ".join(lines)

    def settings(self):
        """Return the inputs and options by title, with words where 0 has a meaning of its own."""
        found = {}
        for definition in self._algorithm.parameterDefinitions():
            name = definition.name()
            if name in self._texts and not _is_result(definition):
                text = self._texts[name]
                found[definition.description()] = _zero(name) if text == "0" else text
        return found

    def _differs(self, definition):
        default = definition.defaultValue()
        if _is_result(definition) or default is None:
            return True
        if isinstance(definition, QgsProcessingParameterNumber):
            return float(self._texts[definition.name()]) != float(default)
        return self._texts[definition.name()] != str(default)

    def _text(self, definition):
        """Return the value, or the default; "" for none."""
        name, algorithm = definition.name(), self._algorithm
        if _is_result(definition):
            return self._result(definition)
        parameters, context = self._place
        if isinstance(definition, QgsProcessingParameterNumber):
            if not self._request.given(name) and definition.defaultValue() is None:
                return ""
            whole = definition.dataType() == QgsProcessingParameterNumber.Type.Integer
            if whole:
                return str(algorithm.parameterAsInt(parameters, name, context))
            return f"{algorithm.parameterAsDouble(parameters, name, context):.12g}"
        if isinstance(definition, QgsProcessingParameterEnum):
            return algorithm.parameterAsEnumString(parameters, name, context)
        if not self._request.given(name):
            return ""
        if isinstance(definition, QgsProcessingParameterBand):
            return ";".join(map(str, algorithm.parameterAsInts(parameters, name, context)))
        if isinstance(definition, QgsProcessingParameterExtent):
            return self._extent(name)
        if isinstance(definition, QgsProcessingParameterRasterLayer):
            return _source(algorithm.parameterAsRasterLayer(parameters, name, context))
        if isinstance(definition, QgsProcessingParameterMultipleLayers):
            layers = algorithm.parameterAsLayerList(parameters, name, context)
            self._lists[name] = [hide_credentials(_source(layer)) for layer in layers]
            return ", ".join(self._lists[name])
        if isinstance(definition, QgsProcessingParameterFeatureSource):
            return _source(algorithm.parameterAsVectorLayer(parameters, name, context))
        return algorithm.parameterAsString(parameters, name, context)

    def _extent(self, name):
        parameters, context = self._place
        if is_extent(parameters[name]):
            return parameters[name].strip()
        box = self._algorithm.parameterAsExtent(parameters, name, context)
        if box.isNull():
            return ""
        sides = (box.xMinimum(), box.xMaximum(), box.yMinimum(), box.yMaximum())
        code = self._algorithm.parameterAsExtentCrs(parameters, name, context).authid()
        return ",".join(f"{side:.12g}" for side in sides) + (f" [{code}]" if code else "")

    def _result(self, definition):
        """Return the path of a result, or a file name for a temporary one."""
        if not self._request.given(definition.name()):
            return ""
        value = self._place[0][definition.name()]
        if isinstance(value, QgsProcessingOutputLayerDefinition):
            value = value.sink.staticValue()
        path = str(value)
        if path and path != QgsProcessing.TEMPORARY_OUTPUT:
            return path
        raster = isinstance(definition, QgsProcessingParameterRasterDestination)
        ending = "tif" if raster else definition.defaultFileExtension()
        return f"{definition.name().lower()}.{ending}"


def _is_result(definition):
    return isinstance(definition, QgsProcessingDestinationParameter)


def _zero(name):
    """Return what 0 means for a parameter, or "0"."""
    automatic = tr("automatic")
    words = {
        "CLASSES": automatic,
        "SUPERPIXEL_SIZE": automatic,
        "TILE_SIZE": automatic,
        "MIN_AREA": tr("all patches are kept"),
        "SUPERPIXEL_FILE": tr("no file"),
    }
    return words.get(name, "0")


def _source(layer):
    """Return the source of a layer of a file, and the name of other layers."""
    if layer is None:
        return ""
    source = layer.source()
    if layer.providerType() not in FILES_OF_LAYERS:
        return layer.name()
    path = Path(source)
    return str(path.absolute()) if path.exists() else source
