# SPDX-License-Identifier: GPL-2.0-or-later
"""The unit that areas are shown in."""

from __future__ import annotations

from qgis.core import QgsProject, QgsUnitTypes


def area_unit(layer):
    """Return the factor from areas of the file to the project's area unit, and that unit."""
    if not layer.crs().isValid():
        return 1.0, "px²"
    units = QgsUnitTypes
    unit = QgsProject.instance().areaUnits()
    factor = units.fromUnitToUnitFactor(units.AreaUnit.AreaSquareMeters, unit)
    return factor, units.toAbbreviatedString(unit)
