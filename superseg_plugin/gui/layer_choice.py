# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists of the layers of the project to choose one from."""

from __future__ import annotations

from qgis.core import QgsMapLayerProxyModel, QgsProject
from qgis.gui import QgsMapLayerComboBox


class LayerChoice(QgsMapLayerComboBox):
    """A list of layers, which also tells when the chosen one was removed or left out.

    The list of QGIS goes on to another layer then, and emits `layerChanged` only where no more than
    one is left.

    Args:
        *kinds: that it lists, as named in QgsMapLayerProxyModel.
    """

    def __init__(self, *kinds):
        super().__init__()
        # Versions of QGIS differ in where the kinds are.
        filters = getattr(QgsMapLayerProxyModel, "Filter", QgsMapLayerProxyModel)
        wanted = getattr(filters, kinds[0])
        for kind in kinds[1:]:
            wanted |= getattr(filters, kind)
        self.setFilters(wanted)
        self._told = self._chosen()
        self.layerChanged.connect(self._note)
        QgsProject.instance().layersRemoved.connect(self._compare)

    def leave_out(self, layers):
        """List no layer of these."""
        self.setExceptedLayerList(layers)
        self._compare()

    def _chosen(self):
        layer = self.currentLayer()
        return None if layer is None else layer.id()

    def _note(self, _layer):
        self._told = self._chosen()

    def _compare(self, *_ids):
        if self._chosen() != self._told:
            self.layerChanged.emit(self.currentLayer())


def optional_layer(kind):
    """Return a list of layers of a kind, with none chosen."""
    choice = LayerChoice(kind)
    choice.setAllowEmptyLayer(True)
    choice.setLayer(None)
    return choice
