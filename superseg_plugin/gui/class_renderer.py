# SPDX-License-Identifier: GPL-2.0-or-later
"""Renderer and legend of a class layer: one color and one legend entry for each group."""

from __future__ import annotations

from qgis.core import QgsMapLayerLegendUtils, QgsPalettedRasterRenderer, QgsProject
from qgis.PyQt.QtGui import QColor

from ..pipeline.classes.kept_edits import legend_of

NODE_ORDER = "legend/node-order"


def show_groups(layer, groups):
    """Draw a class layer in the colors of groups.

    Args:
        layer: the raster layer.
        groups: of `merged_classes`.
    """
    # The class that gives a group its number comes first: only these have a legend entry.
    classes = [
        QgsPalettedRasterRenderer.Class(one.number, QColor(*one.color), one.label)
        for one in legend_of(groups)
    ]
    renderer = QgsPalettedRasterRenderer(layer.dataProvider(), 1, classes)
    former = layer.renderer()
    if former is not None:
        renderer.setOpacity(former.opacity())
        renderer.setAlphaBand(former.alphaBand())
    _cut_legend(layer, len(groups), len(classes))
    layer.setRenderer(renderer)
    layer.triggerRepaint()


def is_shown(layer, catalog):
    """Return whether the renderer of a layer has exactly the classes of the catalog."""
    renderer = layer.renderer()
    if not isinstance(renderer, QgsPalettedRasterRenderer):
        return False
    return {entry.value for entry in renderer.classes()} == set(catalog.numbers)


def _cut_legend(layer, shown, count):
    node = QgsProject.instance().layerTreeRoot().findLayer(layer.id())
    if node is None:
        return
    if shown < count:
        # The legend begins with the name of the band, which is hidden.
        before = 1 if layer.dataProvider().displayBandName(1) else 0
        order = list(range(before, before + shown))
        QgsMapLayerLegendUtils.setLegendNodeOrder(node, order)
    elif node.customProperty(NODE_ORDER) is not None:
        node.removeCustomProperty(NODE_ORDER)
