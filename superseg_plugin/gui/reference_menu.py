# SPDX-License-Identifier: GPL-2.0-or-later
"""The menu of the layers that classes can be compared with."""

from __future__ import annotations

from qgis.core import Qgis, QgsProject, QgsRasterLayer, QgsVectorLayer, QgsWkbTypes
from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import QMenu

translate = QCoreApplication.translate

INTEGERS = ("Byte", "Int16", "UInt16", "Int32", "UInt32")
# Fields that are taken for that of the classes, the first that a layer has.
LABEL_FIELDS = ("label", "class", "name", "code", "kind", "type")


class ReferenceMenu(QMenu):
    """Lists class rasters, polygons and points, and the steps to label a sample.

    Signals:
        chosen: the reference layer.
        drawRequested, labelRequested: draw accuracy points, label them.
    """

    chosen = pyqtSignal(object)
    drawRequested = pyqtSignal()
    labelRequested = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.classes = None
        self.aboutToShow.connect(self._list)

    def _list(self):
        self.clear()
        for layer in reference_layers(self.classes):
            action = self.addAction(layer.name())
            action.triggered.connect(lambda _checked=False, one=layer: self.chosen.emit(one))
        if self.isEmpty():
            text = translate("SuperSeg", "Add the reference to the project first")
            self.addAction(text).setEnabled(False)
        self.addSeparator()
        draw = self.addAction(translate("SuperSeg", "Draw accuracy points…"))
        draw.triggered.connect(lambda _checked=False: self.drawRequested.emit())
        label = self.addAction(translate("SuperSeg", "Label accuracy points…"))
        label.triggered.connect(lambda _checked=False: self.labelRequested.emit())


def reference_layers(classes):
    """Return the layers of the project that a class layer can be compared with, by their names.

    These are other rasters with one band of integers, and layers of polygons or points.
    """
    layers = QgsProject.instance().mapLayers().values()
    found = [layer for layer in layers if layer is not classes and _is_reference(layer)]
    return sorted(found, key=lambda layer: layer.name().casefold())


def label_field(layer):
    """Return the name of the field that probably holds the classes, "" without fields."""
    names = layer.fields().names()
    by_lower = {name.lower(): name for name in reversed(names)}
    known = [by_lower[name] for name in LABEL_FIELDS if name in by_lower]
    return (known or names or [""])[0]


def is_points(layer):
    """Return whether a layer holds points."""
    kind = QgsWkbTypes.GeometryType.PointGeometry
    return isinstance(layer, QgsVectorLayer) and layer.geometryType() == kind


def _is_reference(layer):
    if isinstance(layer, QgsRasterLayer):
        integers = {getattr(Qgis.DataType, name) for name in INTEGERS}
        return layer.bandCount() == 1 and layer.dataProvider().dataType(1) in integers
    if not isinstance(layer, QgsVectorLayer):
        return False
    kinds = QgsWkbTypes.GeometryType
    return layer.geometryType() in (kinds.PointGeometry, kinds.PolygonGeometry)
