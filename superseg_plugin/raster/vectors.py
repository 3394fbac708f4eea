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

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]
Valid = npt.NDArray[np.bool_]

# Bands of AlphaEarth's vectors, and the divisor of their bytes.
ALPHA_EARTH_BANDS = 64
STEPS = np.float32(127.5)
# Lengths that a vector of length 1 may have after averaging and rounding.
SHORTEST, LONGEST = 0.5, 1.5


def _table() -> Floats:
    """Value of each signed byte, by byte + 128; -128 has none."""
    share = np.arange(-128, 128, dtype=np.float32) / STEPS
    return np.asarray(np.sign(share) * share**2, np.float32)


OF_BYTES = _table()


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
            steps = values.astype(np.int16)
            # Where the signs of bytes are lost.
            steps[steps > 127] -= 256
            return OF_BYTES[np.clip(steps, -128, 127) + 128]
        decoded = values.astype(np.float32)
        if self.rounded:
            with np.errstate(invalid="ignore"):
                steps = np.rint(np.sign(decoded) * np.sqrt(np.abs(decoded)) * STEPS)
            steps = np.nan_to_num(np.clip(steps, -128, 127), nan=-128.0)
            decoded = OF_BYTES[steps.astype(np.int16) + 128]
        return decoded

    def valid(self, values: Array, vectors: Floats) -> Valid:
        """Which pixels `(...)` of raw values and their vectors `(bands, ...)` are valid."""
        if not self.unit:
            return np.ones(vectors.shape[1:], bool)
        # Raw floats: rounded ones are never longer than the square root of their bands.
        measured = vectors if self.of_bytes else values
        return within_length(measured, SHORTEST, LONGEST)


def within_length(vectors: Array, shortest: float, longest: float) -> Valid:
    """Which vectors `(bands, ...)` have a length in a range; NaN has none."""
    squares = np.zeros(vectors.shape[1:], np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        for band in vectors:
            squares += np.square(band, dtype=np.float32)
    result: Valid = (squares >= shortest**2) & (squares <= longest**2)
    return result
