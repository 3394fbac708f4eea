# SPDX-License-Identifier: GPL-2.0-or-later
"""Areas of a layer on the project's ellipsoid, computed by QGIS."""

from __future__ import annotations

import numpy as np
from qgis.core import QgsDistanceArea, QgsGeometry, QgsProject, QgsRectangle, QgsUnitTypes

from ..pipeline.classes.areas import BLOCKS

NO_ELLIPSOID = "NONE"


def stretch_of(layer):
    """Return the ratio of ellipsoidal to planar area by blocks of the layer.

    Returns:
        `(BLOCKS, BLOCKS)` float64, top row first. All ones without a CRS or an ellipsoid, and for
        a geographic CRS, for which the areas in the file are ellipsoidal.
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
    """Return the factor from areas of the file to the project's area unit, and that unit."""
    if not layer.crs().isValid():
        return 1.0, "px²"
    units = QgsUnitTypes
    unit = QgsProject.instance().areaUnits()
    factor = units.fromUnitToUnitFactor(units.AreaUnit.AreaSquareMeters, unit)
    return factor, units.toAbbreviatedString(unit)
