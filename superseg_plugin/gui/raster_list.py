# SPDX-License-Identifier: GPL-2.0-or-later
"""A list of raster layers of the project to check: rasters that are used together with an image."""

from __future__ import annotations

from qgis.core import QgsProject
from qgis.gui import QgsCheckableComboBox
from qgis.PyQt.QtCore import QCoreApplication, Qt

from ..layer_copy import in_place, properties_of
from ..raster.stack import AdditionalRaster
from .class_layers import raster_layers
from .images import is_image

translate = QCoreApplication.translate


class RasterList(QgsCheckableComboBox):
    """A box that lists the rasters of the project; `checkedItemsChanged` tells of a change."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setDefaultText(translate("SuperSeg", "None"))

    def offer(self, image):
        """List the rasters that GDAL reads, but for an image; those that are checked stay so."""
        layers = [one for one in raster_layers() if is_image(one) and in_place(one)]
        wanted = sorted(
            ((one.name(), one.id()) for one in layers if one is not image),
            key=lambda pair: pair[0].casefold(),
        )
        known = [(self.itemText(n), self.itemData(n)) for n in range(self.count())]
        if wanted == known:
            return
        checked = self.checkedItemsData()
        self.blockSignals(True)
        self.clear()
        for name, layer_id in wanted:
            state = Qt.CheckState.Checked if layer_id in checked else Qt.CheckState.Unchecked
            self.addItemWithCheckState(name, state, layer_id)
        self.blockSignals(False)
        if self.checkedItemsData() != checked:
            self.checkedItemsChanged.emit(self.checkedItems())

    def layers(self):
        """Return the layers that are checked."""
        found = map(QgsProject.instance().mapLayer, self.checkedItemsData())
        return [layer for layer in found if layer is not None]

    def rasters(self):
        """Return the layers that are checked as `AdditionalRaster`."""
        return tuple(AdditionalRaster(one.source(), properties_of(one)) for one in self.layers())
