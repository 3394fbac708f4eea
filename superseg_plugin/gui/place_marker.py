# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows a place on the map: zooms to it and outlines its pixel; hides classes meanwhile."""

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
from .map_overlay import MapOverlay

# A white line within a black one is seen on every image.
LINES = (("#000000", 5), ("#ffffff", 2))
# Property of a node of the tree of layers that is hidden for a while.
HIDDEN = "superseg/hidden"


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
                if outline.transform(transform) != QgsGeometry.OperationResult.Success:
                    return
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
    """Hides layers in the layer panel, until they are shown again.

    The tree of layers keeps which ones are hidden, so that they can be shown again in a project
    that was saved meanwhile.
    """

    def hide(self, layers):
        """Hide all layers of the same files as some layers, instead of those hidden before."""
        self.show()
        sources = {_source(layer) for layer in layers}
        for node in QgsProject.instance().layerTreeRoot().findLayers():
            layer = node.layer()
            if layer and _source(layer) in sources and node.itemVisibilityChecked():
                node.setCustomProperty(HIDDEN, True)
                node.setItemVisibilityChecked(False)

    def show(self):
        """Show the layers again."""
        for node in QgsProject.instance().layerTreeRoot().findLayers():
            if node.customProperty(HIDDEN):
                node.removeCustomProperty(HIDDEN)
                node.setItemVisibilityChecked(True)


def show_overlays(canvas, on):
    """Show or hide what the workbench draws over a map: edits and selected classes."""
    for item in canvas.scene().items():
        if isinstance(item, MapOverlay):
            item.setVisible(on)


def _source(layer):
    return layer.source().split("|")[0]


def _band(canvas, color, width):
    band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
    band.setStrokeColor(color)
    band.setFillColor(QColor(0, 0, 0, 0))
    band.setWidth(width)
    band.setLineStyle(Qt.PenStyle.SolidLine)
    return band
