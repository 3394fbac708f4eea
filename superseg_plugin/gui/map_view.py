# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of a layer that a map shows, and its pixels."""

from __future__ import annotations

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsProject
from qgis.PyQt.QtCore import QCoreApplication

from ..errors import SuperSegError
from ..layer_copy import LayerCopy, in_place, properties_of
from ..pipeline.options.preview import MapView, view_size
from .stored_map import path_of

translate = QCoreApplication.translate


def view_of(layer, settings):
    """Return the part of a raster layer that a map shows.

    Args:
        layer: the QgsRasterLayer.
        settings: QgsMapSettings.

    Returns:
        The `MapView`, and the function with which a `Previewer` fetches its pixels; None for a
        file, which GDAL reads directly.

    Raises:
        SuperSegError: the map shows no part of the layer.
    """
    if in_place(layer):
        return _view_of_file(layer, settings), None
    return _view_of_service(layer, settings)


def _view_of_file(layer, settings):
    path = path_of(layer)
    to_map = QgsCoordinateTransform(layer.crs(), settings.destinationCrs(), QgsProject.instance())
    covered = bounds(to_map, layer.extent(), layer)
    extent = settings.visibleExtent().intersect(covered)
    _require_some(extent, layer)
    wide, high = covered.width() / layer.width(), covered.height() / layer.height()
    # Pixels smaller than those of the image would add no information.
    pixel = max(settings.mapUnitsPerPixel(), min(wide, high))
    size = view_size(extent.width() / pixel, extent.height() / pixel)
    reduction = max(extent.width() / size[0] / wide, extent.height() / size[1] / high, 1.0)
    crs = _map_crs(layer, settings)
    part = extent.area() / covered.area()
    properties = properties_of(layer)
    return MapView(path, _corners(extent), size, crs, reduction, layer=properties, part=part)


def _view_of_service(layer, settings):
    extent = settings.visibleExtent()
    project = QgsProject.instance()
    to_layer = QgsCoordinateTransform(settings.destinationCrs(), layer.crs(), project)
    # The extent is transformed from the map to the layer: many services cover the whole world,
    # which cannot be transformed into every CRS.
    box = bounds(to_layer, extent, layer)
    stretch = extent.width() / box.width()
    if not layer.extent().isEmpty():
        box = box.intersect(layer.extent())
        _require_some(box, layer)
        to_map = QgsCoordinateTransform(layer.crs(), settings.destinationCrs(), project)
        extent = extent.intersect(bounds(to_map, box, layer))
    own = layer.extent().width() / layer.width() * stretch if layer.width() > 0 else 0.0
    pixel = max(settings.mapUnitsPerPixel(), own)
    size = view_size(extent.width() / pixel, extent.height() / pixel)
    shown = max(extent.width() / size[0], extent.height() / size[1])
    columns, rows = view_size(box.width() * stretch / shown, box.height() * stretch / shown)
    copy = LayerCopy.of(layer, project.transformContext(), box, columns, rows)
    reduction = max(shown / own, 1.0) if own else 1.0
    crs = _map_crs(layer, settings)
    part = box.area() / layer.extent().area() if own else 0.0
    view = MapView(layer.source(), _corners(extent), size, crs, reduction, layer.name(), part=part)
    return view, copy.written


def _corners(extent):
    return (extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum())


def _map_crs(layer, settings):
    return settings.destinationCrs().toWkt() if layer.crs().isValid() else ""


def bounds(transform, box, layer):
    """Return the bounding box of a transformed rectangle.

    Args:
        transform: QgsCoordinateTransform between the CRS of the layer and that of the map.
        box: QgsRectangle.
        layer: the QgsRasterLayer, for the message.

    Raises:
        SuperSegError: the rectangle cannot be transformed.
    """
    try:
        found = transform.transformBoundingBox(box)
    except QgsCsException:
        found = None
    if found is None or not found.isFinite():
        text = translate(
            "SuperSeg",
            "{} cannot be transformed into the CRS of the map; choose another CRS for the project.",
        )
        raise SuperSegError(text.format(layer.name()))
    return found


def _require_some(extent, layer):
    if extent.isEmpty():
        raise SuperSegError(f"The map shows no part of {layer.name()}; zoom to that layer.")
