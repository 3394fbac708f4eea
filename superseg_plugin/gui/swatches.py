# SPDX-License-Identifier: GPL-2.0-or-later
"""Squares in the color of a class, outlined so that they are seen on any background."""

from __future__ import annotations

from qgis.PyQt.QtCore import QRectF, Qt
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

SIDE = 64
# Gray contrasts with light and with dark backgrounds.
OUTLINE = "#808080"
OUTLINE_SHARE = 0.08


def swatch_icon(color):
    """Return an icon of a QColor."""
    pixmap = QPixmap(SIDE, SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    width = OUTLINE_SHARE * SIDE
    pen = QPen(QColor(OUTLINE), width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(color)
    painter.drawRect(QRectF(width / 2, width / 2, SIDE - width, SIDE - width))
    painter.end()
    icon = QIcon(pixmap)
    # Without this, QGIS tints the icon of a selected row, which changes its color.
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
