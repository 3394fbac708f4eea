# SPDX-License-Identifier: GPL-2.0-or-later
"""Decoding: what is computed of the raw values of an image before anything else.

Radar backscatter is stored as power, as amplitude or in decibels. Linear values have speckle whose
spread grows with the mean and a distribution with a long tail; in decibels the spread is the same
at all levels [1]. Reflectance is 0 in all bands only where nothing was measured, as at the borders
of Sentinel-2's tiles.

Exact: both rules, pixel by pixel. Cost: one logarithm a value of radar.

References:
    [1] J.-S. Lee and E. Pottier, "Polarimetric Radar Imaging: From Basics to Applications", CRC
        Press (2009), chapter 4: the logarithm of speckle has a constant variance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]
Valid = npt.NDArray[np.bool_]

# Decibels of a factor of 10 in power and in amplitude, whose square is power.
POWER, AMPLITUDE = 10, 20


class Decoding(Protocol):
    """How raw values `(bands, ...)` become those that are computed with."""

    def decode(self, values: Array) -> Floats:
        """Return the decoded values, float32, of the same shape."""

    def compact(self, values: Array) -> Array | None:
        """Return values that take less memory and that `BandScaling` decodes; None for none."""
        return None

    def valid(self, values: Array, decoded: Array) -> Valid:
        """Which pixels `(...)` of raw and decoded (or compact) values are valid."""


@dataclass(frozen=True)
class Backscatter(Decoding):
    """Linear radar backscatter, decoded to decibels; pixels of 0 and below are nodata.

    Attributes:
        per_decade: decibels of a factor of 10: POWER or AMPLITUDE.

    Example:
        >>> Backscatter(POWER).decode(np.array([[0.01, 1.0]], np.float32)).round(2).tolist()
        [[-20.0, 0.0]]
    """

    per_decade: int

    def decode(self, values: Array) -> Floats:
        """Return decibels."""
        with np.errstate(divide="ignore", invalid="ignore"):
            decibels = self.per_decade * np.log10(values.astype(np.float32))
        return np.asarray(np.nan_to_num(decibels, nan=0.0, neginf=0.0, posinf=0.0), np.float32)

    def valid(self, values: Array, decoded: Array) -> Valid:
        """Pixels with backscatter in all bands."""
        return np.asarray((values > 0).all(axis=0))


@dataclass(frozen=True)
class Reflectance(Decoding):
    """Reflectance, whatever its unit; pixels of 0 in all bands are nodata."""

    def decode(self, values: Array) -> Floats:
        """Return the values."""
        return values.astype(np.float32)

    def valid(self, values: Array, decoded: Array) -> Valid:
        """Pixels that are not 0 in all bands."""
        return np.asarray((values != 0).any(axis=0))


def decoded_values(
    decoding: Decoding | None, values: Array, valid: Valid, compact: bool = False
) -> tuple[Array, Valid]:
    """Decode raw values `(bands, rows, cols)`.

    Args:
        decoding: how; None to return the values.
        values: raw.
        valid: `(rows, cols)` or `(bands, rows, cols)`, changed in place.
        compact: return the compact values where there are any.
    """
    if decoding is None:
        return values, valid
    decoded = decoding.compact(values) if compact else None
    if decoded is None:
        decoded = decoding.decode(values)
    valid &= decoding.valid(values, decoded)
    return decoded, valid
