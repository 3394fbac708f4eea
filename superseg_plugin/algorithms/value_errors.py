# SPDX-License-Identifier: GPL-2.0-or-later
"""Error messages for parameter values that QGIS rejects."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingParameterBand,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
)

LARGEST_INTEGER = 2**31 - 1
LARGEST_NUMBER = 1e300


def value_error(algorithm, parameters, context):
    """Return a message about the first invalid value, "" where that of QGIS is sufficient."""
    for definition in algorithm.parameterDefinitions():
        value = parameters.get(definition.name())
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
        return "give a raster layer that QGIS can show, or the path of a raster file."
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
