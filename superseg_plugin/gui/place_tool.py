# SPDX-License-Identifier: GPL-2.0-or-later
"""A map tool that reports clicked positions in the CRS of the class layer."""

from __future__ import annotations

from qgis.PyQt.QtCore import pyqtSignal

from .class_tool import ClassTool


class PlaceTool(ClassTool):
    """Reports clicks; the shortcuts of the workbench work as in `ClassTool`.

    Signals:
        placed: QgsPointXY in the CRS of the layer.
    """

    placed = pyqtSignal(object)

    def clicked(self, place, _event):
        self.placed.emit(place)
