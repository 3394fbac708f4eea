# SPDX-License-Identifier: GPL-2.0-or-later
"""The unit that areas are shown in, and areas as text."""

from __future__ import annotations

import math

from qgis.core import QgsProject, QgsUnitTypes
from qgis.PyQt.QtCore import QLocale


def area_unit(layer):
    """Return the factor from areas of the file to the project's area unit, and that unit."""
    if not layer.crs().isValid():
        return 1.0, "px²"
    units = QgsUnitTypes
    unit = QgsProject.instance().areaUnits()
    factor = units.fromUnitToUnitFactor(units.AreaUnit.AreaSquareMeters, unit)
    return factor, units.toAbbreviatedString(unit)


def area_text(area):
    """Return an area, in any unit, as a number in the language of QGIS."""
    # Four significant digits; areas measured on a map are not more precise.
    decimals = min(max(3 - math.floor(math.log10(area)), 0), 4) if area > 0 else 0
    locale = QLocale()
    # QGIS switches the separators of thousands off by default.
    options = QLocale.NumberOption
    locale.setNumberOptions(locale.numberOptions() & ~options.OmitGroupSeparator)
    return locale.toString(float(area), "f", decimals)
