# SPDX-License-Identifier: GPL-2.0-or-later
"""The image of a preview: which layer, how its values are read, and what is used together with it.

These are parameters of superseg:segment that belong to one image.
"""

from __future__ import annotations

from dataclasses import replace

from qgis.gui import QgsCollapsibleGroupBoxBasic
from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import QFormLayout

from .class_layers import raster_layers
from .images import is_image
from .layer_choice import LayerChoice
from .map_view import view_of
from .preview_settings import choice_box
from .raster_list import RasterList

translate = QCoreApplication.translate

VALUES, ADDITIONAL = "VALUES", "ADDITIONAL_RASTERS"


class PreviewImage(QgsCollapsibleGroupBoxBasic):
    """A list of images, and a form with the other parameters, which is closed at first.

    Args:
        algorithm: superseg:segment, which the parameters belong to.

    Attributes:
        layers: the list of images, which has its place elsewhere.
        values, additional: the widgets of the form.

    Signals:
        changed: the image stays, how it is read has changed.
    """

    changed = pyqtSignal()

    def __init__(self, algorithm, parent=None):
        super().__init__(translate("SuperSeg", "Values and additional rasters"), parent)
        self.setCollapsed(True)
        self.layers = LayerChoice("RasterLayer")
        self.values = choice_box("VALUES", algorithm.parameterDefinition(VALUES).options())
        self.additional = RasterList()
        form = QFormLayout(self)
        for name, widget in ((VALUES, self.values), (ADDITIONAL, self.additional)):
            definition = algorithm.parameterDefinition(name)
            form.addRow(definition.description(), widget)
            widget.setToolTip(definition.help())
        self.values.currentIndexChanged.connect(self._emit)
        self.additional.checkedItemsChanged.connect(self._emit)

    def list_images(self):
        """List the rasters of the project that are images."""
        self.layers.leave_out([one for one in raster_layers() if not is_image(one)])
        self.additional.offer(self.layers.currentLayer())

    def begin(self):
        """Start with another image: what was said of the former one does not hold for it."""
        self.blockSignals(True)
        self.values.setCurrentIndex(0)
        self.additional.offer(self.layers.currentLayer())
        self.blockSignals(False)

    def parameters(self):
        """Return the image as parameters of the algorithm."""
        return {
            "INPUT": self.layers.currentLayer(),
            VALUES: self.values.currentData(),
            ADDITIONAL: [layer.id() for layer in self.additional.layers()],
        }

    def view(self, settings):
        """Return the `MapView` of what a map shows, and what fetches it; see `view_of`."""
        view, fetch = view_of(self.layers.currentLayer(), settings)
        values, additional = self.values.currentData(), self.additional.rasters()
        return replace(view, values=values, additional=additional), fetch

    def _emit(self, *_values):
        self.changed.emit()
