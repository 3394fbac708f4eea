# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons of the map as areas of a class layer, and places of a layer on the map."""

from __future__ import annotations

import numpy as np
from qgis.core import QgsCoordinateTransform, QgsCsException, QgsPointXY, QgsProject, QgsRectangle

from ..errors import SuperSegError
from ..layer_copy import properties_of
from ..pipeline.steps.superpixels_inside import Area
from .class_tool import off_crs


def area_of(polygon, layer, settings):
    """Return the `Area` of a polygon that was drawn on the map.

    Args:
        polygon: QgsGeometry in map coordinates.
        layer: the class layer.
        settings: QgsMapSettings of the map.

    Raises:
        SuperSegError: the polygon cannot be transformed into the layer's CRS, or lies off it.
    """
    transform = QgsCoordinateTransform(
        settings.destinationCrs(), layer.crs(), QgsProject.instance()
    )
    # A straight edge on the map may be a curve in the layer's CRS.
    inside = polygon if transform.isShortCircuited() else polygon.densifyByCount(20)
    try:
        inside.transform(transform)
    except QgsCsException:
        raise SuperSegError(
            f"This area cannot be transformed into the CRS of {layer.name()}; choose another CRS"
            " for the project, or draw it closer to the layer."
        ) from None
    box = inside.boundingBox()
    if not box.intersects(layer.extent()):
        raise SuperSegError(f"This area lies off {layer.name()}; draw it on the layer.")
    extent = (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())
    return Area([bytes(inside.asWkb().data())], extent, properties_of(layer))


def around(place, layer, settings):
    """Return a pixel and its surroundings on the map.

    Args:
        place: `Grid` of the raster, row and column of the pixel, and distance in pixels that the
            surroundings reach.
        layer: the QgsRasterLayer.
        settings: QgsMapSettings of the map.

    Returns:
        QgsPointXY and QgsRectangle in the CRS of the map.

    Raises:
        SuperSegError: the place cannot be transformed into that CRS.
    """
    grid, (row, col), reach = place
    center = np.array([col + 0.5, row + 0.5])
    found = grid.to_coordinates(np.array([center, center - reach, center + reach]))
    point, *edges = (QgsPointXY(*one) for one in found.tolist())
    crs = settings.destinationCrs()
    transform = QgsCoordinateTransform(layer.crs(), crs, QgsProject.instance())
    try:
        return transform.transform(point), transform.transformBoundingBox(QgsRectangle(*edges))
    except QgsCsException:
        raise SuperSegError(off_crs(layer)) from None
