# SPDX-License-Identifier: GPL-2.0-or-later
"""Recognizing what an image measures: radar backscatter, elevation, anything else.

Idea: names and units tell more than numbers. Bands are radar if all are called by a polarization
(VV, VH, HH, HV) or by a coefficient (sigma0, gamma0), if their unit is dB, or if there are two to
four bands of floats without names that are negative, as backscatter in decibels is. Linear
backscatter is converted to decibels. A single band is an elevation or a height if band or file are
called so, or if its unit is a length. Everything else stays what it is: measurements of any kind.
Reflectance is never recognized, as nothing but its nodata would change.
Approximate: decided on a sample, once for the whole run; names that tell nothing are not guessed.
Cost: one pass over the sample.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from ...blocks import DECIBELS, ELEVATION, MEASURED, REFLECTANCE
from ...errors import SuperSegError
from ...raster.decoding import AMPLITUDE, POWER, Backscatter, Decoding, Reflectance
from ...raster.source import RasterSource
from ...raster.texts import words_of
from ..options.values import AUTOMATIC, WORDS

Array = npt.NDArray[Any]
Valid = npt.NDArray[np.bool_]

POLARIZATIONS = frozenset(("vv", "vh", "hh", "hv"))
COEFFICIENT = re.compile("(sigma|gamma|beta)[ _-]?(0|nought|naught)")
# Words of the files of radar products that have one polarization each.
RADAR_FILES = frozenset(("grd", "slc", "rtc", "iw", "ew", "sar", "palsar", "sentinel"))
# Words of bands that are computed from backscatter and are none.
NO_BACKSCATTER = frozenset(
    ("ratio", "rvi", "rfdi", "angle", "index", "coherence", "coh", "phase", "diff", "std", "mask")
)
HEIGHTS = frozenset(("dem", "dtm", "dsm", "chm", "ndsm", "srtm", "elevation", "elev", "height"))
# Words of bands that are computed from elevations, or from heights of something else.
NO_HEIGHT = frozenset(
    ("slope", "aspect", "hillshade", "shade", "shaded", "relief", "roughness", "curvature", "flow")
)
LENGTHS = frozenset(("m", "meter", "meters", "metre", "metres", "ft", "foot", "feet"))
# Range of backscatter in decibels: noise of sensors lies above, corner reflectors below.
DECIBEL_RANGE = (-70.0, 40.0)
# Bands without names are backscatter in decibels where nearly all of their values are negative, and
# the medians lie where those of land and water do, from smooth water in VH to forest in VV.
NEGATIVE_SHARE, DECIBEL_MEDIANS, UNNAMED_BANDS = 0.98, (-35.0, -3.0), (2, 4)
# Values are in decibels and not linear where at least this share of them is negative: a coefficient
# that noise was subtracted from has few.
LEAST_NEGATIVE = 0.1
# Heights on Earth in meters, from the deepest sea, and in feet.
HEIGHT_RANGE = (-12000.0, 30000.0)
# Fewer different values are classes.
FEWEST_HEIGHTS = 16


def recognize_measurements(source: RasterSource, sample: Array, valid: Valid, values: str) -> str:
    """Set what the values of an image measure, for the whole run.

    Args:
        source: the scene, changed in place; its fill values are known.
        sample: `(bands, pixels)` raw values.
        valid: `(bands, pixels)`, False for nodata and fill values.
        values: one of `VALUES`, of those that are no embedding.

    Returns:
        What was found and by what, for the log; "" for measurements of any kind.

    Raises:
        SuperSegError: the values cannot be what the user says.
    """
    pixels = sample[:, valid.all(axis=0)]
    decoding: Decoding | None = None
    if values == AUTOMATIC:
        kind, reason = _recognized(source, pixels)
    else:
        kind = values if values in (REFLECTANCE, DECIBELS, ELEVATION) else MEASURED
        reason = f"as VALUES “{values}” says"
    if kind == DECIBELS and pixels.size:
        decoding = _of_backscatter(pixels)
    elif kind == REFLECTANCE:
        decoding = Reflectance()
    if (
        decoding is not None
        and pixels.size
        and not decoding.valid(pixels, decoding.decode(pixels)).any()
    ):
        raise SuperSegError(
            f"{source.name} has no pixel with {WORDS[kind]}: all are 0. Check BANDS, or "
            f"choose another VALUES than “{values}”."
        )
    source.read_as(kind, decoding)
    if kind == MEASURED:
        return ""
    return f"{_found(kind, decoding)}, {reason}"


def _recognized(source: RasterSource, pixels: Array) -> tuple[str, str]:
    """Kind of the values of an image, and why."""
    if not pixels.size:
        return MEASURED, ""
    low, high = float(pixels.min()), float(pixels.max())
    units = {unit.strip().lower() for unit in source.units}
    if pixels.dtype != np.uint8:
        if all(_is_backscatter(name) for name in source.band_names):
            return DECIBELS, f"by the names of the bands ({', '.join(source.band_names)})"
        of_file = words_of(source.name)
        if len(pixels) == len(of_file & POLARIZATIONS) == 1 and of_file & RADAR_FILES:
            return DECIBELS, "by the name of the file"
    within = DECIBEL_RANGE[0] <= low and high <= DECIBEL_RANGE[1]
    if units == {"db"} and within:
        return DECIBELS, "by the unit of the bands"
    unnamed = all(f"Band {n}" == name for n, name in zip(source.bands, source.band_names))
    if unnamed and within and _looks_like_decibels(pixels):
        return DECIBELS, "by their values: negative in all bands"
    if len(pixels) > 1 or pixels.dtype == np.uint8 or not _may_be_heights(pixels):
        return MEASURED, ""
    words = words_of(source.band_names[0])
    if words & NO_HEIGHT:
        return MEASURED, ""
    if words & HEIGHTS:
        return ELEVATION, f"by the name of the band ({source.band_names[0]})"
    of_file = words_of(source.name)
    if of_file & HEIGHTS and not of_file & NO_HEIGHT:
        return ELEVATION, "by the name of the file"
    if units <= LENGTHS:
        return ELEVATION, f"by the unit of the band ({source.units[0]})"
    return MEASURED, ""


def _is_backscatter(name: str) -> bool:
    words = words_of(name)
    told = bool(words & POLARIZATIONS) or COEFFICIENT.search(name.lower()) is not None
    return told and len(words & POLARIZATIONS) <= 1 and not words & NO_BACKSCATTER


def _looks_like_decibels(pixels: Array) -> bool:
    fewest, most = UNNAMED_BANDS
    if pixels.dtype.kind != "f" or not fewest <= len(pixels) <= most:
        return False
    medians = np.median(pixels, axis=1)
    low, high = DECIBEL_MEDIANS
    negative = (pixels < 0).mean(axis=1)
    return bool(((medians >= low) & (medians <= high) & (negative >= NEGATIVE_SHARE)).all())


def _may_be_heights(pixels: Array) -> bool:
    low, high = HEIGHT_RANGE
    inside = low <= float(pixels.min()) and float(pixels.max()) <= high
    return inside and len(np.unique(pixels[0])) >= FEWEST_HEIGHTS


def _of_backscatter(pixels: Array) -> Backscatter | None:
    """How backscatter becomes decibels; None where it is in decibels, as bytes for the eye are."""
    if pixels.dtype == np.uint8 or (pixels < 0).mean() >= LEAST_NEGATIVE:
        return None
    # Products hold power as floats, and amplitude as whole numbers.
    return Backscatter(POWER if pixels.dtype.kind == "f" else AMPLITUDE)


def _found(kind: str, decoding: Decoding | None) -> str:
    if isinstance(decoding, Backscatter):
        of = "power" if decoding.per_decade == POWER else "amplitude"
        return f"decibels: radar backscatter, computed from {of}"
    return {
        DECIBELS: "decibels: radar backscatter",
        ELEVATION: "elevation or height",
        REFLECTANCE: "reflectance, 0 in all bands is nodata",
    }[kind]
