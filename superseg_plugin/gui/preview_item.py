# SPDX-License-Identifier: GPL-2.0-or-later
"""A preview drawn over the map: translucent classes and outlines of superpixels."""

from __future__ import annotations

import numpy as np
from qgis.core import QgsPointXY
from qgis.gui import QgsMapCanvasItem
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QImage, QPainter, QPen, QTransform

OUTLINE = (255, 235, 59, 210)


class PreviewItem(QgsMapCanvasItem):
    """Draws a `Preview` at its position on the map."""

    def __init__(self, canvas):
        super().__init__(canvas)
        self._canvas = canvas
        self._preview = None
        self._classes, self._outlines = None, None
        self.opacity, self.swipe, self.with_outlines = 0.6, 0.0, True

    def show_preview(self, preview):
        """Draw a preview, or none if it is None."""
        self._preview = preview
        if preview is not None:
            colors = np.vstack([np.zeros((1, 3), np.uint8), preview.colors])
            known = np.where(preview.classes > 0, 255, 0).astype(np.uint8)
            self._classes = _image(np.dstack([colors[preview.classes], known]))
            lines = np.zeros((*preview.outlines.shape, 4), np.uint8)
            lines[preview.outlines] = OUTLINE
            self._outlines = _image(lines)
        self.update()

    def set_style(self, opacity, swipe, with_outlines):
        """Set how the preview is drawn.

        Args:
            opacity: of the classes, 0 to 1.
            swipe: part of the map, from the left, without the preview, 0 to 1.
            with_outlines: whether superpixels are outlined.
        """
        self.opacity, self.swipe, self.with_outlines = opacity, swipe, with_outlines
        self.update()

    def updatePosition(self):
        self.update()

    def boundingRect(self):
        return QRectF(0, 0, self._canvas.width(), self._canvas.height())

    def paint(self, painter, _option=None, _widget=None):
        if self._preview is None:
            return
        painter.save()
        # The origin of the item is the upper left corner of the map.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        edge = self.swipe * self._canvas.width()
        box = self.boundingRect()
        painter.setClipRect(QRectF(edge, 0, box.width() - edge, box.height()))
        painter.setTransform(self._placed(), True)
        painter.setOpacity(self.opacity)
        painter.drawImage(QPointF(0, 0), self._classes)
        painter.setOpacity(1.0)
        if self.with_outlines:
            painter.drawImage(QPointF(0, 0), self._outlines)
        painter.restore()
        if edge > 0:
            painter.save()
            for color, width in ((QColor("#000000"), 3.0), (QColor("#ffffff"), 1.0)):
                painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine))
                painter.drawLine(QPointF(edge, 0), QPointF(edge, box.height()))
            painter.restore()

    def _placed(self):
        """Return the transform from preview pixels to map pixels; the map may be rotated."""
        xmin, ymin, xmax, ymax = self._preview.view.extent
        origin = self.toCanvasCoordinates(QgsPointXY(xmin, ymax))
        right = self.toCanvasCoordinates(QgsPointXY(xmax, ymax))
        down = self.toCanvasCoordinates(QgsPointXY(xmin, ymin))
        rows, cols = self._preview.classes.shape
        return QTransform(
            (right.x() - origin.x()) / cols,
            (right.y() - origin.y()) / cols,
            (down.x() - origin.x()) / rows,
            (down.y() - origin.y()) / rows,
            origin.x(),
            origin.y(),
        )


def _image(pixels):
    rows, cols, _ = pixels.shape
    data = np.ascontiguousarray(pixels, np.uint8).tobytes()
    # The image refers to `data`, which this function does not keep; the copy has its own pixels.
    return QImage(data, cols, rows, 4 * cols, QImage.Format.Format_RGBA8888).copy()
