# SPDX-License-Identifier: GPL-2.0-or-later
"""Which layers of the project are images, and which of them is meant."""

from __future__ import annotations

from qgis.core import QgsPalettedRasterRenderer, QgsProject, QgsRasterLayer
from qgis.utils import iface


def is_image(layer):
    """Return whether a layer is a raster, but not one of classes."""
    # Class rasters are drawn with a palette.
    return isinstance(layer, QgsRasterLayer) and not isinstance(
        layer.renderer(), QgsPalettedRasterRenderer
    )


def first_image():
    """Return the selected image, another image of the project if none is, or None."""
    layers = [iface.activeLayer(), *QgsProject.instance().mapLayers().values()]
    return next((layer for layer in layers if is_image(layer)), None)
