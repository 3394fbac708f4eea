# SPDX-License-Identifier: GPL-2.0-or-later
"""A map tool that selects the class at the clicked position, with the keys of the workbench."""

from __future__ import annotations

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsProject
from qgis.gui import QgsMapTool
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QToolTip

translate = QCoreApplication.translate


class ClassTool(QgsMapTool):
    """Reports the class at a clicked position.

    While it is the active tool, the shortcuts of the workbench work on the map too: a click moves
    the keyboard focus to the canvas, where QGIS has other meanings for some of them.

    Args:
        canvas: the map canvas.
        action_for: returns the QAction whose shortcut a key event is, or None.

    Attributes:
        class_of: takes a position in the layer's CRS and returns the number of the class there.
        tip_of: takes the number of the class under the pointer and its position in the layer's CRS
            and returns the text of the tooltip; None for no tooltips.

    Signals:
        picked: number of the class, 0 for none; whether to add it to the selection.
        failed: an error message: the position cannot be transformed into the layer's CRS.
    """

    picked = pyqtSignal(int, bool)
    failed = pyqtSignal(str)

    def __init__(self, canvas, action_for):
        super().__init__(canvas)
        self.layer = None
        self.tip_of, self.class_of = None, None
        self._action_for = action_for
        self.setCursor(Qt.CursorShape.CrossCursor)

    def activate(self):
        super().activate()
        self.canvas().installEventFilter(self)

    def deactivate(self):
        self.canvas().removeEventFilter(self)
        super().deactivate()

    def eventFilter(self, watched, event):
        # Accepting the override keeps QGIS from taking the key as a shortcut of its own.
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        action = None
        if self.layer is not None and event.type() in kinds:
            action = self._action_for(event)
        if action is None:
            return super().eventFilter(watched, event)
        event.accept()
        if event.type() == QEvent.Type.KeyPress and action.isEnabled():
            action.trigger()
        return True

    def canvasReleaseEvent(self, event):
        if self.layer is None or event.button() != Qt.MouseButton.LeftButton:
            return
        try:
            place = self._in_layer(event)
        except QgsCsException:
            self.failed.emit(off_crs(self.layer))
            return
        self.clicked(place, event)

    def clicked(self, place, event):
        """Report a click at a position in the layer's CRS."""
        keys = Qt.KeyboardModifier
        add = bool(event.modifiers() & (keys.ControlModifier | keys.ShiftModifier))
        self.picked.emit(self._class_in_layer(place), add)

    def canvasMoveEvent(self, event):
        if self.layer is None or self.tip_of is None:
            return
        try:
            place = self._in_layer(event)
        except QgsCsException:
            return
        text = self.tip_of(self._class_in_layer(place), place)
        # An empty text hides the tooltip.
        QToolTip.showText(self.canvas().mapToGlobal(event.pos()), text, self.canvas())

    def _in_layer(self, event):
        """Return the position of a mouse event in the layer's CRS.

        Raises:
            QgsCsException: it cannot be transformed.
        """
        crs = self.canvas().mapSettings().destinationCrs()
        transform = QgsCoordinateTransform(crs, self.layer.crs(), QgsProject.instance())
        return transform.transform(self.toMapCoordinates(event.pos()))

    def _class_in_layer(self, place):
        return self.class_of(place) if self.class_of is not None else 0


def off_crs(layer):
    """Return the message that a position cannot be transformed into the CRS of a layer."""
    text = translate(
        "SuperSeg",
        "This position cannot be transformed into the CRS of {}; choose another CRS for"
        " the project, or click closer to the layer.",
    )
    return text.format(layer.name())
