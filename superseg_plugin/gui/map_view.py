# SPDX-License-Identifier: GPL-2.0-or-later
"""Which part of a layer a map shows, and how to get at its pixels."""

from __future__ import annotations

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsProject

from ..errors import SuperSegError
from ..layer_copy import LayerCopy, in_place
from ..pipeline.preview import MapView, view_size
from .class_session import path_of


def view_of(layer, settings):
    """Return what a map shows of a raster layer.

    Args:
        layer: the QgsRasterLayer.
        settings: QgsMapSettings.

    Returns:
        The `MapView`, and what fetches it for a `Previewer`; None where GDAL reads it in place.

    Raises:
        SuperSegError: the map shows nothing of it.
    """
    if in_place(layer):
        return _view_of_file(layer, settings), None
    return _view_of_service(layer, settings)


def _view_of_file(layer, settings):
    path = path_of(layer)
    to_map = QgsCoordinateTransform(layer.crs(), settings.destinationCrs(), QgsProject.instance())
    covered = _bounds(to_map, layer.extent(), layer)
    extent = settings.visibleExtent().intersect(covered)
    _require_some(extent, layer)
    wide, high = covered.width() / layer.width(), covered.height() / layer.height()
    # Finer than the image itself would be pixels without anything new in them.
    pixel = max(settings.mapUnitsPerPixel(), min(wide, high))
    size = view_size(extent.width() / pixel, extent.height() / pixel)
    reduction = max(extent.width() / size[0] / wide, extent.height() / size[1] / high, 1.0)
    return _view(path, extent, size, layer, settings, reduction, "")


def _view_of_service(layer, settings):
    extent = settings.visibleExtent()
    project = QgsProject.instance()
    to_layer = QgsCoordinateTransform(settings.destinationCrs(), layer.crs(), project)
    # From the map to the layer: many cover a world that has no place in the map's system.
    box = _bounds(to_layer, extent, layer)
    stretch = extent.width() / box.width()
    if not layer.extent().isEmpty():
        box = box.intersect(layer.extent())
        _require_some(box, layer)
        to_map = QgsCoordinateTransform(layer.crs(), settings.destinationCrs(), project)
        extent = extent.intersect(_bounds(to_map, box, layer))
    own = layer.extent().width() / layer.width() * stretch if layer.width() > 0 else 0.0
    pixel = max(settings.mapUnitsPerPixel(), own)
    size = view_size(extent.width() / pixel, extent.height() / pixel)
    shown = max(extent.width() / size[0], extent.height() / size[1])
    columns, rows = view_size(box.width() * stretch / shown, box.height() * stretch / shown)
    copy = LayerCopy.of(layer, project.transformContext(), box, columns, rows)
    reduction = max(shown / own, 1.0) if own else 1.0
    view = _view(layer.source(), extent, size, layer, settings, reduction, layer.name())
    return view, copy.written


def _view(path, extent, size, layer, settings, reduction, name):
    bounds = (extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum())
    wkt = settings.destinationCrs().toWkt() if layer.crs().isValid() else ""
    return MapView(path, bounds, size, wkt, reduction, name)


def _bounds(transform, box, layer):
    try:
        found = transform.transformBoundingBox(box)
    except QgsCsException:
        found = None
    if found is None or not found.isFinite():
        raise SuperSegError(
            f"{layer.name()} cannot be brought into the CRS of the map; choose another one for"
            " the project."
        )
    return found


def _require_some(extent, layer):
    if extent.isEmpty():
        raise SuperSegError(f"The map shows nothing of {layer.name()}; zoom to that layer.")
