# SPDX-License-Identifier: GPL-2.0-or-later
"""Wavelengths of the bands of a raster, and the bands that are visible colors.

Sources, of which the first with a value is used: the item CENTRAL_WAVELENGTH_UM of GDAL's metadata
domain IMAGERY; the items `wavelength` and `wavelength_units` of a band, which GDAL reads from ENVI
headers; a length with its unit in the name of the band, such as "Band 3 (0.56 Micrometers)". A
number without a unit is taken for micrometers below 100 and for nanometers from there on: the
spectrum that is measured on land ends at 15 micrometers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

# Nanometers in a unit, by the letters that its name begins with.
UNITS = (("nm", 1.0), ("nano", 1.0), ("um", 1e3), ("µm", 1e3), ("μm", 1e3), ("micro", 1e3))
NAMED = re.compile(
    r"(\d+(?:\.\d+)?)\s*(nm|nanomet(?:er|re)s?|[uµμ]m|micromet(?:er|re)s?|microns?)\b",
    re.IGNORECASE,
)
LARGEST_MICROMETERS = 100.0
# Red, green and blue of Sentinel-2 in nanometers, and how far a band may lie from them: the ranges
# of blue, green and red light are some 100 nm wide each.
VISIBLE = (665.0, 560.0, 490.0)
FARTHEST = 50.0


def wavelength_of(band: Any, name: str) -> float | None:
    """Return the central wavelength of a band in nanometers; None if it is not known.

    Args:
        band: of GDAL.
        name: of the band.
    """
    micrometers = _number(band.GetMetadataItem("CENTRAL_WAVELENGTH_UM", "IMAGERY"))
    if micrometers is not None:
        return 1e3 * micrometers
    items = {key.lower(): value for key, value in (band.GetMetadata() or {}).items()}
    length = _number(items.get("wavelength"))
    if length is not None:
        unit = str(items.get("wavelength_units") or items.get("wavelength_unit") or "")
        return length * _nanometers(unit, length)
    found = NAMED.search(name)
    return float(found[1]) * _nanometers(found[2], 0.0) if found else None


def wavelengths_of(bands: Sequence[Any], names: Sequence[str]) -> tuple[float, ...]:
    """Return the wavelengths of bands in nanometers; () unless all are known."""
    found = [wavelength_of(band, name) for band, name in zip(bands, names)]
    known = tuple(length for length in found if length)
    return known if len(known) == len(found) else ()


def visible_bands(wavelengths: Sequence[float]) -> tuple[int, ...]:
    """Return the indices of the bands nearest to red, green and blue; () if one of them is missing.

    Example:
        >>> visible_bands((450.0, 500.0, 550.0, 600.0, 650.0, 850.0))
        (4, 2, 1)
        >>> visible_bands((850.0, 1600.0, 2200.0))
        ()
    """
    if not wavelengths:
        return ()
    nearest = [
        min(range(len(wavelengths)), key=lambda band: abs(wavelengths[band] - color))
        for color in VISIBLE
    ]
    near = all(abs(wavelengths[band] - color) <= FARTHEST for band, color in zip(nearest, VISIBLE))
    return tuple(nearest) if near and len(set(nearest)) == len(VISIBLE) else ()


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None


def _nanometers(unit: str, length: float) -> float:
    """Nanometers in a unit; the size of the length decides if the unit is not known."""
    name = unit.strip().lower()
    for letters, size in UNITS:
        if name.startswith(letters):
            return size
    return 1e3 if length < LARGEST_MICROMETERS else 1.0
