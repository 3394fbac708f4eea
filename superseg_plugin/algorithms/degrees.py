# SPDX-License-Identifier: GPL-2.0-or-later
"""Extents in degrees, which may cross the antimeridian or count another turn of the globe.

QGIS orders the two longitudes of an extent, so that 179.5,-178.9 becomes all the rest of the globe.
Here such an extent crosses the antimeridian, as it does in GeoJSON (RFC 7946, 5.2).
"""

from __future__ import annotations

import re

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsRectangle,
)

from ..errors import SuperSegError

TURN = 360.0
NUMBER = r"\s*([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*"
EXTENT = re.compile(rf"{NUMBER},{NUMBER},{NUMBER},{NUMBER}(?:\[(.+)\]\s*)?")


def is_extent(value):
    """Whether the value of a parameter is an extent as text."""
    return isinstance(value, str) and EXTENT.fullmatch(value) is not None


def degrees_box(value, layer, context):
    """Return an extent in the coordinates of a layer, if it is given in degrees as text.

    Args:
        value: of the parameter.
        layer: the raster that the extent is a part of.
        context: of Processing.

    Returns:
        QgsRectangle; None for all other extents, which QGIS reads rightly.

    Raises:
        SuperSegError: the CRS is unknown, or the extent cannot be transformed.
    """
    found = EXTENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    crs = layer.crs()
    if found[5]:
        crs = QgsCoordinateReferenceSystem(found[5].strip())
        if not crs.isValid():
            raise SuperSegError(
                f"EXTENT: QGIS does not know the CRS “{found[5].strip()}”; give a known one, such "
                "as [EPSG:4326], or none for coordinates of the image."
            )
    if not crs.isGeographic():
        return None
    west, east, south, north = (float(number) for number in found.groups()[:4])
    if west > east:
        east += TURN
    box = QgsRectangle(west, min(south, north), east, max(south, north))
    if layer.crs().isGeographic():
        return _turned(box, layer.extent())
    try:
        transform = QgsCoordinateTransform(crs, layer.crs(), context.transformContext())
        return transform.transformBoundingBox(box)
    except QgsCsException as error:
        raise SuperSegError(
            f"EXTENT cannot be transformed into the CRS of the image ({error}); give it in the "
            "coordinates of the image."
        ) from error


def _turned(box, extent):
    """Return the box moved by whole turns to where it overlaps an extent most."""

    def overlap(turns):
        moved = QgsRectangle(box)
        moved.setXMinimum(box.xMinimum() + turns * TURN)
        moved.setXMaximum(box.xMaximum() + turns * TURN)
        return moved.intersect(extent).width() if moved.intersects(extent) else 0.0, moved

    # The first of equal ones is the extent as it was given.
    return max((overlap(turns) for turns in (0, -1, 1)), key=lambda pair: pair[0])[1]
