# SPDX-License-Identifier: GPL-2.0-or-later
"""Names and colors of classes in the style of a layer."""

from __future__ import annotations

from qgis.core import QgsCategorizedSymbolRenderer, QgsPalettedRasterRenderer

from ..raster.class_legend import NO_LEGEND, Legend
from ..raster.texts import one_line
from .labelled_polygons import label_of


def legend_of_raster(layer):
    """Return the `Legend` of the values of a raster layer; empty unless it draws unique values."""
    renderer = layer.renderer()
    if not isinstance(renderer, QgsPalettedRasterRenderer):
        return NO_LEGEND
    entries = [(int(one.value), one) for one in renderer.classes() if one.value == int(one.value)]
    names = {value: one_line(entry.label) for value, entry in entries}
    return Legend(
        {value: name for value, name in names.items() if name},
        {value: entry.color.getRgb()[:3] for value, entry in entries},
    )


def colors_of_polygons(layer, field):
    """Return colors by label of a vector layer; empty unless it is drawn by categories of a field.

    Args:
        layer: the QgsVectorLayer, or None.
        field: name of the field of the labels.
    """
    renderer = layer.renderer() if layer is not None else None
    if not isinstance(renderer, QgsCategorizedSymbolRenderer):
        return {}
    if renderer.classAttribute().strip('"') != field:
        return {}
    return {
        label_of(category.value()): category.symbol().color().getRgb()[:3]
        for category in renderer.categories()
        if label_of(category.value())
    }
