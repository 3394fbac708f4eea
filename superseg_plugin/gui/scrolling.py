# SPDX-License-Identifier: GPL-2.0-or-later
"""Sizes of docks: scroll areas, and the first width."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QFrame, QScrollArea

# Of the main window: the map keeps the larger part.
WIDEST = 0.4


def scrolled(widget):
    """Return a scroll area: otherwise the dock would enlarge the main window on a small screen."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(widget)
    return area


def widen(dock, window, letters):
    """Make a dock as wide as a number of characters if it is narrower and there is room.

    A new dock gets the width of those beside it, and would begin with a horizontal scroll bar.
    """
    wanted = min(letters * dock.fontMetrics().averageCharWidth(), round(WIDEST * window.width()))
    if not dock.isFloating() and dock.width() < wanted:
        window.resizeDocks([dock], [wanted], Qt.Orientation.Horizontal)
