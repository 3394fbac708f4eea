# SPDX-License-Identifier: GPL-2.0-or-later
"""Scroll areas of docks."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QFrame, QScrollArea


def scrolled(widget):
    """Return a scroll area: otherwise the dock would enlarge the main window on a small screen."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(widget)
    return area
