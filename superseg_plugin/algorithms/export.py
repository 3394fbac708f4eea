# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies of layers that GDAL cannot read directly: which pixels of them a run needs."""

from __future__ import annotations

import math

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsRectangle,
    QgsUnitTypes,
)

from ..errors import SuperSegError
from ..layer_copy import LayerCopy

# Web maps have no size of their own; so many pixels are fetched at most.
MOST_PIXELS = 4096 * 4096
# Longer side of a web map that is fetched without a map view.
SIDE_WITHOUT_VIEW = 2048
SCREEN_DOTS_PER_INCH = 96


def export_of(layer, parameter, extent, mask, context):
    """Plan the copy of a layer.

    Args:
        layer: the QgsRasterLayer.
        parameter: its parameter, for messages.
        extent: (xmin, ymin, xmax, ymax) in the layer's CRS, or None.
        mask: the `Mask` of polygons, or None.
        context: the QgsProcessingContext, for the resolution of the map view.

    Raises:
        SuperSegError: the extent does not overlap the layer.
    """
    box, columns, rows, note = pixels_to_copy(layer, parameter, extent, mask, context)
    return LayerCopy.of(layer, context.transformContext(), box, columns, rows, note)


def pixels_to_copy(layer, parameter, extent, mask, context):
    """Return box, columns and rows of the copy that `export_of` plans, and a remark or ""."""
    area = QgsRectangle(*extent) if extent else None
    if area is not None and area.isEmpty():
        raise SuperSegError("EXTENT has no area; give one with xmin < xmax and ymin < ymax.")
    if layer.width() > 0 and layer.height() > 0:
        return (*_own_pixels(layer, area), "")
    return _view_pixels(layer, parameter, area, mask, context)


def bands_of_copy(layer):
    """Return the number of bands of a copy, without alpha; pictures have red, green and blue."""
    picture = (Qgis.DataType.ARGB32, Qgis.DataType.ARGB32_Premultiplied)
    provider = layer.dataProvider()
    return 3 if provider.dataType(1) in picture else provider.bandCount()


def _own_pixels(layer, area):
    """Return the box, columns and rows of whole pixels of the layer that cover the area."""
    whole = layer.extent()
    if area is None:
        return whole, layer.width(), layer.height()
    _require_overlap(layer, area)
    across = whole.width() / layer.width()
    down = whole.height() / layer.height()
    slack = 1e-6
    left = max(math.floor((area.xMinimum() - whole.xMinimum()) / across + slack), 0)
    right = min(math.ceil((area.xMaximum() - whole.xMinimum()) / across - slack), layer.width())
    top = max(math.floor((whole.yMaximum() - area.yMaximum()) / down + slack), 0)
    bottom = min(math.ceil((whole.yMaximum() - area.yMinimum()) / down - slack), layer.height())
    columns, rows = max(right - left, 1), max(bottom - top, 1)
    west = whole.xMinimum() + left * across
    north = whole.yMaximum() - top * down
    return QgsRectangle(west, north - rows * down, west + columns * across, north), columns, rows


def _view_pixels(layer, parameter, area, mask, context):
    """Return box, columns, rows and a remark for a layer without a resolution of its own."""
    scale, view = _map_view(context, layer.crs())
    if area is None and mask is not None:
        area = mask.bounds()
    if area is None:
        area = view
    if area is None or not area.intersects(layer.extent()):
        if layer.extent().isEmpty():
            raise SuperSegError(
                f"{parameter}: {layer.name()} has no extent of its own; give an EXTENT."
            )
        if area is not None and area is not view:
            _require_overlap(layer, area)
        area = layer.extent()
    else:
        area = area.intersect(layer.extent())
    resolution = scale or max(area.width(), area.height()) / SIDE_WITHOUT_VIEW
    coarser = math.sqrt(area.width() / resolution * (area.height() / resolution) / MOST_PIXELS)
    bounded = coarser > 1.0
    if bounded:
        resolution *= coarser
    columns = max(round(area.width() / resolution), 1)
    rows = max(round(area.height() / resolution), 1)
    note = (
        f"{layer.name()} has no resolution of its own: {columns} x {rows} pixels are fetched, "
        f"{resolution:.6g} map units each"
    )
    note += (
        ", the most allowed; zoom in or give a smaller EXTENT for more detail." if bounded else "."
    )
    return area, columns, rows, note


def _require_overlap(layer, area):
    if not area.intersects(layer.extent()):
        raise SuperSegError(
            f"EXTENT lies outside {layer.name()}; choose an extent that overlaps the layer."
        )


def _map_view(context, crs):
    """Return the map units of `crs` per screen pixel and the extent of the view, None if unknown.

    Processing stores the view in the expression context, which is available without a window.
    """
    scope = context.expressionContext()
    scale, view = scope.variable("map_scale"), scope.variable("map_extent")
    resolution = None
    if isinstance(scale, (int, float)) and scale > 0:
        meters = scale * 0.0254 / SCREEN_DOTS_PER_INCH
        unit = QgsUnitTypes.DistanceUnit.DistanceMeters
        resolution = meters * QgsUnitTypes.fromUnitToUnitFactor(unit, crs.mapUnits())
    if not isinstance(view, QgsGeometry) or view.isNull():
        return resolution, None
    of_view = QgsCoordinateReferenceSystem(scope.variable("map_crs") or "")
    transform = QgsCoordinateTransform(of_view, crs, context.transformContext())
    try:
        return resolution, transform.transformBoundingBox(view.boundingBox())
    except QgsCsException:
        return resolution, None
