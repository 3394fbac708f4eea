# SPDX-License-Identifier: GPL-2.0-or-later
"""Dragging the line between the two sides of a preview on the map, with any map tool."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent, QObject, Qt, pyqtSignal

# Distance from the line, in pixels of the screen, at which it can be taken.
REACH = 6


class SwipeHandle(QObject):
    """Takes presses of the left button on the line from the map tool, and leaves it all others.

    Args:
        canvas: the map canvas.
        place: returns where the line is, 0 at the left edge of the map and 1 at the right.
        parent: the parent object.

    Signals:
        moved: where the line was dragged to, as for `place`.
    """

    moved = pyqtSignal(float)

    def __init__(self, canvas, place, parent=None):
        super().__init__(parent)
        self._canvas, self._place = canvas, place
        self._on, self._dragged, self._near = False, False, False

    def switch(self, on):
        """Start or stop to take events."""
        if on == self._on:
            return
        self._on = on
        view = self._canvas.viewport()
        if on:
            view.installEventFilter(self)
            # Moves without a button are needed for the pointer, which some tools do not ask for.
            view.setMouseTracking(True)
        else:
            view.removeEventFilter(self)
            self._dragged = False
            self._point(False)

    def eventFilter(self, _view, event):
        kinds = QEvent.Type
        kind = event.type()
        if kind in (kinds.MouseButtonPress, kinds.MouseButtonDblClick):
            left = event.button() == Qt.MouseButton.LeftButton
            self._dragged = left and self._is_near(event)
            return self._dragged
        if kind == kinds.MouseMove:
            if self._dragged:
                part = _x(event) / max(self._canvas.width(), 1)
                self.moved.emit(min(max(part, 0.0), 1.0))
                return True
            # With a button pressed, the tool does something of its own.
            self._point(event.buttons() == Qt.MouseButton.NoButton and self._is_near(event))
        elif kind == kinds.MouseButtonRelease and self._dragged:
            self._dragged = False
            return True
        elif kind == kinds.Leave and not self._dragged:
            self._point(False)
        return False

    def _is_near(self, event):
        return abs(_x(event) - self._place() * self._canvas.width()) <= REACH

    def _point(self, near):
        """Show the pointer of the line, or that of the map tool."""
        if near == self._near:
            return
        self._near = near
        view = self._canvas.viewport()
        if near:
            view.setCursor(Qt.CursorShape.SplitHCursor)
        else:
            view.unsetCursor()


def _x(event):
    # Qt 6 has positions of fractions of a pixel.
    return event.position().x() if hasattr(event, "position") else event.pos().x()
