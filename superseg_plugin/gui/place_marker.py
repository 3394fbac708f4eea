# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows a place on the map: zooms to it and outlines its pixel; hides layers meanwhile."""

from __future__ import annotations

from qgis.core import (
    QgsCoordinateTransform,
    QgsGeometry,
    QgsProject,
    QgsRectangle,
    QgsWkbTypes,
)
from qgis.gui import QgsRubberBand, QgsVertexMarker
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from ..pipeline.assessment.sample_places import PixelGrid

# A white line within a black one is seen on every image.
LINES = (("#000000", 5), ("#ffffff", 2))


class PlaceMarker:
    """Marks a place on a map canvas."""

    def __init__(self, canvas):
        self._canvas = canvas
        self._bands = [_band(canvas, QColor(color), width) for color, width in LINES]
        self._cross = QgsVertexMarker(canvas)
        self._cross.setIconType(QgsVertexMarker.IconType.ICON_CIRCLE)
        self._cross.setColor(QColor("#ffffff"))
        self._cross.setIconSize(18)
        self._cross.setPenWidth(2)
        self.hide()

    def show(self, point, classes, pixels):
        """Zoom to a place and mark it.

        Args:
            point: QgsPointXY in the CRS of the class layer, or of the map without one.
            classes: the QgsRasterLayer whose pixel is outlined; None to mark the point, at the
                scale that the map has.
            pixels: side of the part that is shown, in pixels of the class layer.

        Raises:
            QgsCsException: the place cannot be transformed into the CRS of the map.
        """
        self.hide()
        if classes is None:
            self._canvas.setCenter(point)
            self._cross.setCenter(point)
            self._cross.show()
        else:
            box = classes.extent()
            extent = (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())
            grid = PixelGrid(extent, classes.width(), classes.height())
            around = QgsRectangle(*grid.around(point.x(), point.y(), pixels))
            crs = self._canvas.mapSettings().destinationCrs()
            transform = QgsCoordinateTransform(classes.crs(), crs, QgsProject.instance())
            self._canvas.setExtent(transform.transformBoundingBox(around))
            pixel = grid.pixel(point.x(), point.y())
            if pixel is None:
                self._cross.setCenter(transform.transform(point))
                self._cross.show()
            else:
                outline = QgsGeometry.fromRect(QgsRectangle(*pixel))
                outline.transform(transform)
                for band in self._bands:
                    band.setToGeometry(outline, None)
                    band.show()
        self._canvas.refresh()

    def hide(self):
        """Remove the mark."""
        for band in self._bands:
            band.hide()
        self._cross.hide()

    def remove(self):
        """Remove the items from the canvas."""
        for item in (*self._bands, self._cross):
            self._canvas.scene().removeItem(item)
        self._bands, self._cross = [], None


class HiddenLayers:
    """Hides the layers of a file in the layer panel, until they are shown again."""

    def __init__(self):
        self._hidden = []

    def hide(self, layer):
        """Hide all layers that show the file of a layer, instead of those hidden before."""
        self.show()
        if layer is None:
            return
        project = QgsProject.instance()
        source = layer.source().split("|")[0]
        for other in project.mapLayers().values():
            node = project.layerTreeRoot().findLayer(other.id())
            same = other.source().split("|")[0] == source
            if same and node is not None and node.itemVisibilityChecked():
                node.setItemVisibilityChecked(False)
                self._hidden.append(other.id())

    def show(self):
        """Show the layers again."""
        for layer_id in self._hidden:
            node = QgsProject.instance().layerTreeRoot().findLayer(layer_id)
            if node is not None:
                node.setItemVisibilityChecked(True)
        self._hidden = []


def _band(canvas, color, width):
    band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
    band.setStrokeColor(color)
    band.setFillColor(QColor(0, 0, 0, 0))
    band.setWidth(width)
    band.setLineStyle(Qt.PenStyle.SolidLine)
    return band
