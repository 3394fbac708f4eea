# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentences for values that QGIS only calls incorrect."""

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


def refusal(algorithm, parameters, context):
    """Name the first unacceptable value and what would do; empty where QGIS knows better."""
    for definition in algorithm.parameterDefinitions():
        value = parameters.get(definition.name())
        if definition.checkValueIsAcceptable(value, context):
            continue
        cure = _cure(definition)
        if cure:
            state = "is missing" if value is None else f"is “{value}”"
            return f"{definition.name()} {state}: {cure}"
    return ""


def _cure(definition):
    if isinstance(definition, QgsProcessingParameterNumber):
        return _range(definition)
    if isinstance(definition, QgsProcessingParameterEnum):
        return f"choose one of {', '.join(definition.options())}."
    if isinstance(definition, QgsProcessingParameterExtent):
        return "give an extent as xmin,xmax,ymin,ymax, with [EPSG:code] after it if need be."
    if isinstance(definition, QgsProcessingParameterBand):
        return "give band numbers, 1 for the first band, separated by semicolons."
    if isinstance(definition, QgsProcessingParameterRasterLayer):
        return "give a raster layer that QGIS can show, or the path of a raster file."
    return ""


def _range(definition):
    whole = definition.dataType() == QgsProcessingParameterNumber.Type.Integer
    kind = "a whole number" if whole else "a number"
    low, high = definition.minimum(), definition.maximum()
    # Where no limit is declared, QGIS states the limits of the type.
    if high < (LARGEST_INTEGER if whole else LARGEST_NUMBER):
        return f"give {kind} from {low:g} to {high:g}."
    if low > -(LARGEST_INTEGER if whole else LARGEST_NUMBER):
        return f"give {kind} of at least {low:g}."
    return f"give {kind}."
