# SPDX-License-Identifier: GPL-2.0-or-later
"""Embeddings: pixels whose bands are one vector, in the forms that products hold them in.

AlphaEarth's vectors have length 1 and are stored as signed bytes, x = sign(v) (v / 127.5)^2 [1].
Exports hold the same numbers as floats, with NaN, 0, -1 or -9999 where there is no vector, declared
or not: all of these are no vectors of length 1, which is how they are recognized. Floats of 64
bands are rounded to the steps of the bytes, so that all forms of one tile give the same classes.

Exact: the table of the bytes. Approximate: vectors that were averaged or resampled are shorter
than 1, and are valid down to half of that. Cost: one pass over the values.

References:
    [1] C. F. Brown et al., "AlphaEarth Foundations: an embedding field model for accurate and
        efficient global mapping from sparse label data", arXiv 2507.22291 (2025), and the notes on
        its release as GeoTIFF.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..alpha_earth import STEPS, decode_bytes

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]
Valid = npt.NDArray[np.bool_]

# Bands of AlphaEarth's vectors.
ALPHA_EARTH_BANDS = 64
# Lengths that a vector of length 1 may have after averaging and rounding.
SHORTEST, LONGEST = 0.5, 1.5


@dataclass(frozen=True)
class Vectors:
    """How the values of an image are read as vectors.

    Attributes:
        of_bytes: whether they are AlphaEarth's bytes.
        unit: whether vectors have length 1; pixels of other lengths are nodata.
        rounded: whether floats are rounded to the steps of AlphaEarth's bytes.
    """

    of_bytes: bool
    unit: bool
    rounded: bool

    def decode(self, values: Array) -> Floats:
        """Return the vectors `(bands, ...)` of raw values, float32.

        Example:
            >>> Vectors(True, True, False).decode(np.array([[-127, 0, 64]], np.int16)).round(3)
            array([[-0.992,  0.   ,  0.252]], dtype=float32)
        """
        if self.of_bytes:
            return _of_bytes(as_signed(values))
        decoded = values.astype(np.float32)
        if self.rounded:
            with np.errstate(invalid="ignore"):
                steps = np.rint(np.sign(decoded) * np.sqrt(np.abs(decoded)) * STEPS)
            steps = np.nan_to_num(np.clip(steps, -128, 127), nan=-128.0)
            decoded = _of_bytes(steps.astype(np.int8))
        return decoded

    def compact(self, values: Array) -> Array | None:
        """AlphaEarth's bytes as int8; None for other vectors."""
        return as_signed(values) if self.of_bytes else None

    def valid(self, values: Array, vectors: Array) -> Valid:
        """Which pixels `(...)` of raw values and their vectors `(bands, ...)` are valid."""
        if not self.unit:
            return np.ones(vectors.shape[1:], bool)
        # Raw floats: rounded ones are never longer than the square root of their bands.
        measured = vectors if self.of_bytes else values
        return within_length(measured, SHORTEST, LONGEST)


def as_signed(values: Array) -> npt.NDArray[np.int8]:
    """Return whole numbers as signed bytes; 128 to 255 are bytes that lost their sign."""
    if values.dtype == np.int8:
        return values
    steps = values.astype(np.int16)
    steps[steps > 127] -= 256
    return np.clip(steps, -128, 127).astype(np.int8)


def _of_bytes(steps: npt.NDArray[np.int8]) -> Floats:
    """Decode AlphaEarth's bytes `(bands, ...)`; band by band, so that a band stays in the cache."""
    decoded = np.empty(steps.shape, np.float32)
    for band, vector in zip(steps, decoded):
        decode_bytes(band, vector)
    return decoded


def within_length(vectors: Array, shortest: float, longest: float) -> Valid:
    """Which vectors `(bands, ...)` have a length in a range; NaN has none, int8 are bytes."""
    of_bytes = vectors.dtype == np.int8
    squares = np.zeros(vectors.shape[1:], np.float32)
    square = np.empty_like(squares)
    with np.errstate(over="ignore", invalid="ignore"):
        for band in vectors:
            square[:] = band
            np.square(square, out=square)
            if of_bytes:
                # Of x = sign(v) (v / 127.5)^2, the square is a power of v.
                np.square(square, out=square)
            squares += square
    unit = float(STEPS) ** 4 if of_bytes else 1.0
    result: Valid = (squares >= unit * shortest**2) & (squares <= unit * longest**2)
    return result
