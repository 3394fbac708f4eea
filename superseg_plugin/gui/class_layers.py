# SPDX-License-Identifier: GPL-2.0-or-later
"""Which layers of the project may be class layers, and choosing one."""

from __future__ import annotations

from qgis.core import Qgis, QgsApplication, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from ..pipeline.assessment.sample_places import SAMPLE_OF
from .layer_choice import optional_layer
from .stored_map import PROPERTY

translate = QCoreApplication.translate


def raster_layers():
    """Return the raster layers of the project."""
    layers = QgsProject.instance().mapLayers().values()
    return [layer for layer in layers if isinstance(layer, QgsRasterLayer)]


def may_be_classes(layer):
    """Return whether a raster layer may be a class layer, without reading its file."""
    if layer.customProperty(PROPERTY):
        return True
    if layer.bandCount() != 1 or layer.providerType() != "gdal":
        return False
    return layer.dataProvider().dataType(1) == Qgis.DataType.Byte


def layer_row():
    """Return the row that chooses a raster layer, its list with none chosen, and its pin.

    The pin keeps the workbench on its layer.
    """
    choice = optional_layer("RasterLayer")
    pin = QToolButton()
    pin.setCheckable(True)
    pin.setAutoRaise(True)
    pin.setIcon(QgsApplication.getThemeIcon("/locked.svg"))
    text = translate("SuperSeg", "Keep this layer when another one is selected")
    pin.setToolTip(text)
    pin.setAccessibleName(text)
    label = QLabel(translate("SuperSeg", "La&yer"))
    label.setBuddy(choice)
    row = QHBoxLayout()
    row.addWidget(label)
    row.addWidget(choice, 1)
    row.addWidget(pin)
    return row, choice, pin


def page_without_layer():
    """Return what the workbench shows without a class layer, and its button."""
    page = QWidget()
    layout = QVBoxLayout(page)
    text = translate(
        "SuperSeg", "No class layer is open: segment an image, or choose a class raster above."
    )
    layout.addStretch(1)
    layout.addWidget(QLabel(text, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter))
    button = QPushButton(translate("SuperSeg", "Segment an image…"))
    layout.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
    layout.addStretch(1)
    return page, button


def classes_of_sample(points, otherwise):
    """Return the layer of the class raster that points were drawn from.

    Without one, it is a layer that is chosen already, or else the first one.
    """
    source = points.customProperty(SAMPLE_OF)
    layers = [layer for layer in raster_layers() if may_be_classes(layer)]
    own = [layer for layer in layers if layer.source() == source]
    return (own or ([otherwise] if otherwise is not None else layers) or [None])[0]
