# SPDX-License-Identifier: GPL-2.0-or-later
"""How much a layer's map stretches the ground, asked of QGIS."""

from __future__ import annotations

import numpy as np
from qgis.core import QgsDistanceArea, QgsGeometry, QgsProject, QgsRectangle, QgsUnitTypes

from ..pipeline.classes.areas import BLOCKS

NO_ELLIPSOID = "NONE"


def stretch_of(layer):
    """Area on the project's ellipsoid over area on the map, by blocks of the layer.

    Returns:
        `(BLOCKS, BLOCKS)` from the top row down; ones where the areas of the file stand as they
        are: without a CRS or an ellipsoid, and in degrees, where they are on the ellipsoid already.
    """
    project = QgsProject.instance()
    factors = np.ones((BLOCKS, BLOCKS))
    crs = layer.crs()
    if not crs.isValid() or crs.isGeographic() or project.ellipsoid() in ("", NO_ELLIPSOID):
        return factors
    measure = QgsDistanceArea()
    measure.setSourceCrs(crs, project.transformContext())
    if not measure.setEllipsoid(project.ellipsoid()):
        return factors
    units = QgsUnitTypes
    meters = units.fromUnitToUnitFactor(crs.mapUnits(), units.DistanceUnit.DistanceMeters)
    extent = layer.extent()
    width, height = extent.width() / BLOCKS, extent.height() / BLOCKS
    for row in range(BLOCKS):
        for col in range(BLOCKS):
            left, top = extent.xMinimum() + col * width, extent.yMaximum() - row * height
            block = QgsRectangle(left, top - height, left + width, top)
            measured = measure.convertAreaMeasurement(
                measure.measureArea(QgsGeometry.fromRect(block)), units.AreaUnit.AreaSquareMeters
            )
            found = measured / (width * height * meters**2)
            if np.isfinite(found) and found > 0:
                factors[row, col] = found
    return factors


def area_unit(layer):
    """What an area of the file is multiplied by for the project's unit, and what that is called."""
    if not layer.crs().isValid():
        return 1.0, "px²"
    units = QgsUnitTypes
    unit = QgsProject.instance().areaUnits()
    factor = units.fromUnitToUnitFactor(units.AreaUnit.AreaSquareMeters, unit)
    return factor, units.toAbbreviatedString(unit)
