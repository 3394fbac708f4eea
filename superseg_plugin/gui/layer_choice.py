# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists of the layers of the project to choose one from."""

from __future__ import annotations

from qgis.core import QgsMapLayerProxyModel
from qgis.gui import QgsMapLayerComboBox


def layer_choice(*kinds):
    """Return a list of layers.

    Args:
        *kinds: that it lists, as named in QgsMapLayerProxyModel.
    """
    choice = QgsMapLayerComboBox()
    # Versions of QGIS differ in where the kinds are.
    filters = getattr(QgsMapLayerProxyModel, "Filter", QgsMapLayerProxyModel)
    wanted = getattr(filters, kinds[0])
    for kind in kinds[1:]:
        wanted |= getattr(filters, kind)
    choice.setFilters(wanted)
    return choice


def optional_layer(kind):
    """Return a list of layers of a kind, with none chosen."""
    choice = layer_choice(kind)
    choice.setAllowEmptyLayer(True)
    choice.setLayer(None)
    return choice
