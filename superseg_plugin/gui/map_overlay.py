# SPDX-License-Identifier: GPL-2.0-or-later
"""Values of a raster drawn over the map in the colors of a table, with outlines."""

from __future__ import annotations

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsPointXY, QgsProject
from qgis.gui import QgsMapCanvasItem
from qgis.PyQt.QtCore import QPointF, QRectF, QTimer
from qgis.PyQt.QtGui import QPainter

from ..errors import SuperSegError
from ..raster.displayed_values import displayed_values, lattice
from ..raster.overlay_pixels import colored
from .canvas_images import image_of, image_transform

FLASHES = 3
FLASH_MS = 160


class MapOverlay(QgsMapCanvasItem):
    """Draws what a reader of integers and a lookup table say; nothing until `show` is called.

    The raster is read anew when the map has moved, and only then: another table for the same
    reader takes some milliseconds.

    Args:
        canvas: the map canvas.
        failed: called with the error message if the raster cannot be read.
    """

    def __init__(self, canvas, failed=None):
        super().__init__(canvas)
        self._canvas = canvas
        self._failed = failed
        self._reader, self._crs = None, None
        self._table, self._outlined, self._flash = None, None, None
        # What was read: for which reader and part of the map, its corners, and the values.
        self._key, self._corners, self._values = None, None, None
        self._image = None
        self._rest = 0
        self._timer = QTimer(canvas, interval=FLASH_MS, timeout=self._next_flash)

    def show(self, reader, table, crs, outlined=None):
        """Draw a raster.

        Args:
            reader: an `IntegerReader`.
            table: `(n, 4)` uint8 red, green, blue and opacity of each value from 0; higher values
                are not drawn.
            crs: QgsCoordinateReferenceSystem of the layer of the raster.
            outlined: `(n,)` bool, the values whose areas are outlined where another color of the
                table begins; None for no outlines.
        """
        if reader is not self._reader:
            self._key = None
        self._stop_flash()
        self._reader, self._crs = reader, crs
        self._table, self._outlined = table, outlined
        self._image = None
        self.update()

    def clear(self):
        """Draw nothing any more."""
        self._stop_flash()
        self._reader, self._key, self._values, self._image = None, None, None, None
        self.update()

    def flash(self, table, times=FLASHES):
        """Draw another table for a moment.

        Args:
            table: as for `show`.
            times: how often.
        """
        if self._reader is not None:
            self._flash, self._rest = table, 2 * times
            self._next_flash()
            self._timer.start()

    def _next_flash(self):
        self._rest -= 1
        self._image = None
        if self._rest <= 0:
            self._stop_flash()
        self.update()

    def _stop_flash(self):
        self._timer.stop()
        self._rest, self._flash = 0, None

    def updatePosition(self):
        self.update()

    def boundingRect(self):
        return QRectF(0, 0, self._canvas.width(), self._canvas.height())

    def paint(self, painter, _option=None, _widget=None):
        if self._reader is None:
            return
        self._read()
        if self._values is None:
            return
        if self._image is None:
            table = self._flash if self._rest % 2 else self._table
            self._image = image_of(colored(self._values, table, self._outlined))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.setTransform(self._placed(), True)
        painter.drawImage(QPointF(0, 0), self._image)
        painter.restore()

    def _read(self):
        """Read the part of the raster that the map shows, unless that was done."""
        settings = self._canvas.mapSettings()
        size = (self._canvas.width(), self._canvas.height())
        to_map = settings.mapToPixel()
        corners = [
            to_map.toMapCoordinates(*place) for place in ((0, 0), (size[0], 0), (0, size[1]))
        ]
        key = (*(part for point in corners for part in (point.x(), point.y())), size)
        key = (*key, settings.destinationCrs().toWkt())
        if key == self._key:
            return
        self._key, self._corners, self._image = key, corners, None
        points = lattice([(point.x(), point.y()) for point in corners], size)
        try:
            self._values = displayed_values(self._reader, self._to_layer(points, settings), size)
        except SuperSegError as error:
            self._values = None
            if self._failed is not None:
                self._failed(str(error))

    def _to_layer(self, points, settings):
        project = QgsProject.instance()
        transform = QgsCoordinateTransform(settings.destinationCrs(), self._crs, project)
        if transform.isShortCircuited():
            return points
        for row in points:
            for place in row:
                try:
                    found = transform.transform(QgsPointXY(place[0], place[1]))
                    place[:] = found.x(), found.y()
                except QgsCsException:
                    place[:] = float("nan")
        return points

    def _placed(self):
        """Return the transform from pixels of the image to the map, which may be moving."""
        corners = [self.toCanvasCoordinates(point) for point in self._corners]
        return image_transform(corners, self._image)
