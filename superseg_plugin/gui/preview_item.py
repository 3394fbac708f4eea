# SPDX-License-Identifier: GPL-2.0-or-later
"""A preview drawn over the map, to the right of a line that the user drags."""

from __future__ import annotations

import numpy as np
from qgis.core import QgsPointXY
from qgis.gui import QgsMapCanvasItem
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QPainter, QPen, QPolygonF

from .canvas_images import image_of, image_transform

OUTLINE = (255, 235, 59, 210)
# Distances in pixels of the screen: radius of the grip, of labels from the line, within labels.
GRIP, GAP, PADDING = 9.0, 8.0, 5.0
LEAST_ROOM = 30.0
BOX, TEXT = QColor(0, 0, 0, 170), QColor("#ffffff")


class PreviewItem(QgsMapCanvasItem):
    """Draws a `Preview` at its position, and on the left that of other settings or nothing.

    Attributes:
        opacity: of the classes, 0 to 1.
        swipe: place of the line, 0 at the left edge of the map and 1 at the right.
        with_outlines: whether superpixels are outlined.
    """

    def __init__(self, canvas):
        super().__init__(canvas)
        self._canvas = canvas
        self._preview = None
        self._right, self._left = None, None
        self._labels, self._busy = ("", ""), ""
        self.opacity, self.swipe, self.with_outlines = 1.0, 0.5, False

    def show_preview(self, preview):
        """Draw a preview and what it is compared with, or none if it is None."""
        self._preview = preview
        self._right = None if preview is None else _Side(preview)
        beside = None if preview is None else preview.beside
        self._left = None if beside is None else _Side(beside)
        self.update()

    def set_style(self, opacity, swipe, with_outlines):
        """Set the attributes."""
        self.opacity, self.swipe, self.with_outlines = opacity, swipe, with_outlines
        self.update()

    def set_labels(self, left, right):
        """Set the texts on the two sides of the line."""
        self._labels = (left, right)
        self.update()

    def set_busy(self, text):
        """Draw a text over the map while a preview is computed, or none if it is empty."""
        self._busy = text
        self.update()

    def updatePosition(self):
        self.update()

    def boundingRect(self):
        return QRectF(0, 0, self._canvas.width(), self._canvas.height())

    def paint(self, painter, _option=None, _widget=None):
        box = self.boundingRect()
        edge = self.swipe * box.width()
        if self._preview is not None:
            right = QRectF(edge, 0, box.width() - edge, box.height())
            self._paint_side(painter, self._right, right)
            self._paint_side(painter, self._left, QRectF(0, 0, edge, box.height()))
            self._paint_line(painter, edge, box.height())
            left, right = self._labels
            left = _fitting(painter, left, edge)
            _paint_label(painter, edge - GAP - _label_width(painter, left), GAP, left)
            _paint_label(painter, edge + GAP, GAP, _fitting(painter, right, box.width() - edge))
        if self._busy:
            place = (box.width() - _label_width(painter, self._busy)) / 2
            _paint_label(painter, place, box.height() / 3, self._busy)

    def _paint_side(self, painter, side, clip):
        if side is None:
            return
        painter.save()
        # The origin of the item is the upper left corner of the map.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.setClipRect(clip)
        painter.setTransform(self._placed(side), True)
        painter.setOpacity(self.opacity)
        painter.drawImage(QPointF(0, 0), side.classes)
        painter.setOpacity(1.0)
        if self.with_outlines:
            painter.drawImage(QPointF(0, 0), side.outlines)
        painter.restore()

    def _paint_line(self, painter, edge, height):
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for color, width in ((QColor("#000000"), 3.0), (QColor("#ffffff"), 1.0)):
            painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine))
            painter.drawLine(QPointF(edge, 0), QPointF(edge, height))
        middle = QPointF(edge, height / 2)
        painter.setPen(QPen(QColor("#000000"), 1.0))
        painter.setBrush(QColor("#ffffff"))
        painter.drawEllipse(middle, GRIP, GRIP)
        painter.setBrush(QColor("#000000"))
        for sign in (-1, 1):
            tip = QPointF(edge + sign * (GRIP - 2), middle.y())
            back = edge + sign * 3
            corners = (QPointF(back, middle.y() - 3.5), QPointF(back, middle.y() + 3.5))
            painter.drawPolygon(QPolygonF([tip, *corners]))
        painter.restore()

    def _placed(self, side):
        """Return the transform from preview pixels to map pixels; the map may be rotated."""
        xmin, ymin, xmax, ymax = side.extent
        corners = ((xmin, ymax), (xmax, ymax), (xmin, ymin))
        places = [self.toCanvasCoordinates(QgsPointXY(*corner)) for corner in corners]
        return image_transform(places, side.classes)


class _Side:
    """A preview as images."""

    def __init__(self, preview):
        self.extent = preview.view.extent
        colors = np.vstack([np.zeros((1, 3), np.uint8), preview.colors])
        known = np.where(preview.classes > 0, 255, 0).astype(np.uint8)
        self.classes = image_of(np.dstack([colors[preview.classes], known]))
        lines = np.zeros((*preview.outlines.shape, 4), np.uint8)
        lines[preview.outlines] = OUTLINE
        self.outlines = image_of(lines)


def _fitting(painter, text, width):
    """Return as much of a label as fits into a width, nothing if that is too little to read."""
    room = width - 2 * (GAP + PADDING)
    if room < LEAST_ROOM:
        return ""
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room))


def _label_width(painter, text):
    return painter.fontMetrics().horizontalAdvance(text) + 2 * PADDING


def _paint_label(painter, left, top, text):
    if not text:
        return
    height = painter.fontMetrics().height() + PADDING
    box = QRectF(left, top, _label_width(painter, text), height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(BOX)
    painter.drawRoundedRect(box, PADDING, PADDING)
    painter.setPen(TEXT)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.restore()
