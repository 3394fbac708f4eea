# SPDX-License-Identifier: GPL-2.0-or-later
"""Which layers of the project may be class layers."""

from __future__ import annotations

from qgis.core import Qgis, QgsProject, QgsRasterLayer

from .class_session import PROPERTY


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
