# SPDX-License-Identifier: GPL-2.0-or-later
"""A map tool that draws one polygon: clicks add corners, a right click or Enter closes it."""

from __future__ import annotations

from qgis.core import QgsGeometry, QgsWkbTypes
from qgis.gui import QgsRubberBand
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor

from .class_tool import ClassTool

LINE, FILL = QColor(255, 235, 59), QColor(255, 235, 59, 50)


class PolygonTool(ClassTool):
    """Draws polygons, one after the other; the shortcuts of the workbench work as in `ClassTool`.

    Backspace takes the last corner away, Esc all of them.

    Signals:
        drawn: QgsGeometry of the polygon, in map coordinates.
    """

    drawn = pyqtSignal(object)

    def __init__(self, canvas, action_for):
        super().__init__(canvas, action_for)
        self._corners = []
        self._band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._band.setStrokeColor(LINE)
        self._band.setFillColor(FILL)
        self._band.setWidth(2)

    def canvasReleaseEvent(self, event):
        if event.button() == Qt.MouseButton.LeftButton:
            self._corners.append(self.toMapCoordinates(event.pos()))
            self._draw(self._corners[-1])
        elif event.button() == Qt.MouseButton.RightButton:
            self._finish()

    def canvasDoubleClickEvent(self, _event):
        self._finish()

    def canvasMoveEvent(self, event):
        if self._corners:
            self._draw(self.toMapCoordinates(event.pos()))

    def keyPressEvent(self, event):
        keys = Qt.Key
        if event.key() in (keys.Key_Return, keys.Key_Enter):
            self._finish()
        elif event.key() == keys.Key_Backspace and self._corners:
            self._corners.pop()
            self._draw(self._corners[-1] if self._corners else None)
        elif event.key() == keys.Key_Escape and self._corners:
            self._clear()
        else:
            return
        # QGIS would take the key as one of its own.
        event.ignore()

    def deactivate(self):
        self._clear()
        super().deactivate()

    def _draw(self, pointer):
        self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
        for corner in self._corners:
            self._band.addPoint(corner, False)
        if pointer is not None:
            self._band.addPoint(pointer, True)

    def _clear(self):
        self._corners = []
        self._draw(None)

    def _finish(self):
        corners = self._corners
        self._clear()
        polygon = QgsGeometry.fromPolygonXY([[*corners, corners[0]]]) if len(corners) > 2 else None
        if polygon is not None and not polygon.isEmpty() and polygon.area() > 0:
            self.drawn.emit(polygon)
