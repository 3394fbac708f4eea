# SPDX-License-Identifier: GPL-2.0-or-later
"""The parameter ADDITIONAL_RASTERS: rasters that are used together with INPUT."""

from __future__ import annotations

from qgis.core import QgsProcessing, QgsProcessingParameterMultipleLayers, QgsRasterLayer

from ..errors import SuperSegError
from ..layer_copy import in_place, properties_of
from ..raster.resampled import PARAMETER
from ..raster.stack import AdditionalRaster
from .parameter_help import ADDITIONAL_HELP


def add_additional_rasters(algorithm, text=ADDITIONAL_HELP):
    """Declare ADDITIONAL_RASTERS."""
    rasters = QgsProcessingParameterMultipleLayers(
        PARAMETER, "Additional rasters", QgsProcessing.SourceType.TypeRaster, optional=True
    )
    algorithm.add(rasters, text)


def additional_layers(request):
    """Return the layers of ADDITIONAL_RASTERS. Main thread only.

    Raises:
        SuperSegError: one is no raster file.
    """
    if not request.given(PARAMETER) or request.parameters[PARAMETER] == []:
        return []
    algorithm = request.algorithm
    layers = algorithm.parameterAsLayerList(request.parameters, PARAMETER, request.context)
    for layer in layers:
        if not isinstance(layer, QgsRasterLayer) or not in_place(layer):
            raise SuperSegError(
                f"{PARAMETER}: {layer.name()} is not a raster file; export it as GeoTIFF and choose"
                " the file."
            )
    return layers


def additional_rasters(request):
    """Return the rasters of ADDITIONAL_RASTERS as plain data. Main thread only."""
    layers = additional_layers(request)
    request.inputs += [layer.source() for layer in layers]
    return [AdditionalRaster(layer.source(), properties_of(layer)) for layer in layers]
