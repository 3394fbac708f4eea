# SPDX-License-Identifier: GPL-2.0-or-later
"""A map tool that finds the class under the cursor."""

from __future__ import annotations

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsProject
from qgis.gui import QgsMapTool
from qgis.PyQt.QtCore import QCoreApplication, Qt, pyqtSignal

translate = QCoreApplication.translate


class ClassTool(QgsMapTool):
    """Tells of clicks on a class layer.

    Signals:
        picked: number of the class, 0 where there is none; whether to add it to the selection.
        failed: why the place cannot be found in the layer.
    """

    picked = pyqtSignal(int, bool)
    failed = pyqtSignal(str)

    def __init__(self, canvas):
        super().__init__(canvas)
        self.layer = None
        self.setCursor(Qt.CursorShape.CrossCursor)

    def canvasReleaseEvent(self, event):
        if self.layer is None or event.button() != Qt.MouseButton.LeftButton:
            return
        keys = Qt.KeyboardModifier
        add = bool(event.modifiers() & (keys.ControlModifier | keys.ShiftModifier))
        try:
            number = self.class_at(self.toMapCoordinates(event.pos()))
        except QgsCsException:
            self.failed.emit(
                translate(
                    "SuperSeg",
                    "This place cannot be brought into the CRS of {}; choose another CRS for the"
                    " project, or click nearer to the layer.",
                ).format(self.layer.name())
            )
            return
        self.picked.emit(number, add)

    def class_at(self, point):
        """Return the number of the class at a place of the map, 0 for none.

        Raises:
            QgsCsException: the place has no coordinates in the layer's CRS.
        """
        crs = self.canvas().mapSettings().destinationCrs()
        transform = QgsCoordinateTransform(crs, self.layer.crs(), QgsProject.instance())
        value, found = self.layer.dataProvider().sample(transform.transform(point), 1)
        return int(value) if found else 0
