# SPDX-License-Identifier: GPL-2.0-or-later
"""A map tool that reports clicked positions in the CRS of the class layer."""

from __future__ import annotations

from qgis.core import QgsCsException
from qgis.PyQt.QtCore import Qt, pyqtSignal

from .class_tool import ClassTool, in_layer, off_crs


class PlaceTool(ClassTool):
    """Reports clicks; the shortcuts of the workbench work as in `ClassTool`.

    Signals:
        placed: QgsPointXY in the CRS of the layer.
    """

    placed = pyqtSignal(object)

    def canvasReleaseEvent(self, event):
        if self.layer is None or event.button() != Qt.MouseButton.LeftButton:
            return
        try:
            place = in_layer(self.toMapCoordinates(event.pos()), self.canvas(), self.layer)
        except QgsCsException:
            self.failed.emit(off_crs(self.layer))
            return
        self.placed.emit(place)
