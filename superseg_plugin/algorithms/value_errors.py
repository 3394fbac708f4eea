# SPDX-License-Identifier: GPL-2.0-or-later
"""Error messages for parameter values that QGIS rejects."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingParameterBand,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingUtils,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ..raster.gdal_calls import parts_of_container

# Parameters of what classes are compared with: rasters, polygons, points.
REFERENCE, POLYGONS, SAMPLES = "REFERENCE", "POLYGONS", "SAMPLES"
LARGEST_INTEGER = 2**31 - 1
LARGEST_NUMBER = 1e300
# So many rasters of a container are named.
LISTED = 4
RASTER_ADVICE = "give a raster layer that QGIS can show, or the path of a raster file."


def value_error(algorithm, parameters, context):
    """Return a message about the first invalid value, "" where that of QGIS is sufficient."""
    for definition in algorithm.parameterDefinitions():
        value = parameters.get(definition.name())
        if isinstance(definition, QgsProcessingParameterRasterLayer):
            message = _raster_error(algorithm, definition.name(), value, context)
            if message:
                return message
        if isinstance(definition, QgsProcessingParameterMultipleLayers):
            values = value if isinstance(value, (list, tuple)) else [value]
            for each in values if value else ():
                message = _raster_error(algorithm, definition.name(), each, context)
                if message or not definition.checkValueIsAcceptable([each], context):
                    state = f"{definition.name()}: “{each}” cannot be opened as a raster: "
                    return message or state + RASTER_ADVICE
        if definition.checkValueIsAcceptable(value, context):
            continue
        advice = _advice(definition)
        if advice:
            state = "is missing" if value is None else f"is “{value}”"
            return f"{definition.name()} {state}: {advice}"
    return ""


def _advice(definition):
    if isinstance(definition, QgsProcessingParameterNumber):
        return _range(definition)
    if isinstance(definition, QgsProcessingParameterEnum):
        return f"choose one of {', '.join(definition.options())}."
    if isinstance(definition, QgsProcessingParameterExtent):
        return "give an extent as xmin,xmax,ymin,ymax, optionally followed by [EPSG:code]."
    if isinstance(definition, QgsProcessingParameterBand):
        return "give band numbers, 1 for the first band, separated by semicolons."
    if isinstance(definition, QgsProcessingParameterRasterLayer):
        return RASTER_ADVICE
    return ""


def _raster_error(algorithm, name, value, context):
    """Return a message about a value that is a layer, but not one raster; else ""."""
    if value is None or value == "":
        return ""
    if isinstance(value, str) and QgsProcessingUtils.mapLayerFromString(
        value, context, True, QgsProcessingUtils.LayerHint.Raster
    ):
        return ""
    parts = parts_of_container(value) if isinstance(value, str) else []
    if parts:
        further = f" and {len(parts) - LISTED} more" if len(parts) > LISTED else ""
        return (
            f"{name} is “{value}”, which holds {len(parts)} rasters and none of its own: give one "
            f"of {', '.join(parts[:LISTED])}{further}, or add it to QGIS and choose the layer."
        )
    layer = value
    if isinstance(value, str):
        hint = QgsProcessingUtils.LayerHint.Vector
        layer = QgsProcessingUtils.mapLayerFromString(value, context, True, hint)
    if isinstance(layer, QgsVectorLayer) and name == REFERENCE:
        polygons = layer.geometryType() != QgsWkbTypes.GeometryType.PointGeometry
        other = POLYGONS if polygons and algorithm.parameterDefinition(POLYGONS) else SAMPLES
        if algorithm.parameterDefinition(other):
            return (
                f"{name} is “{layer.name()}”, a vector layer: give it as {other}, with the field "
                "of its classes."
            )
    if isinstance(layer, QgsVectorLayer):
        return (
            f"{name} is “{layer.name()}”, a vector layer, where a raster is needed: rasterize it "
            "first, onto the grid of the other raster, with Raster > Conversion > Rasterize "
            "(vector to raster) and the attribute with the class number as the value to burn in."
        )
    return ""


def _range(definition):
    whole = definition.dataType() == QgsProcessingParameterNumber.Type.Integer
    kind = "a whole number" if whole else "a number"
    low, high = definition.minimum(), definition.maximum()
    # Without a declared limit, QGIS returns the limits of the data type.
    if high < (LARGEST_INTEGER if whole else LARGEST_NUMBER):
        return f"give {kind} from {low:g} to {high:g}."
    if low > -(LARGEST_INTEGER if whole else LARGEST_NUMBER):
        return f"give {kind} of at least {low:g}."
    return f"give {kind}."
