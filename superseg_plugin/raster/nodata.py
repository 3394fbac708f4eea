# SPDX-License-Identifier: GPL-2.0-or-later
"""Comparing pixel values with a declared nodata value. Arithmetic only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

# Integers below this are exact in float32.
EXACT_IN_FLOAT32 = 2**24
# Values beyond this are nodata values such as -3.4e38, never measurements, declared or not.
FAR_OUT = 1e30


class NodataTest(NamedTuple):
    """Pixel values from `low` to `high` are nodata; both bounds are equal for exact values."""

    low: Any
    high: Any


def is_nan(value: float | None) -> bool:
    """Whether a declared nodata value is NaN."""
    return value is not None and value != value


def nodata_test(value: float | None, dtype: np.dtype[Any]) -> NodataTest | None:
    """Range of the pixel values that are nodata.

    Args:
        value: declared nodata value, or None.
        dtype: type of the pixel values.

    Returns:
        The range; None if no value was declared, if it is NaN (see `is_nan`), or if the type
        cannot represent it.
    """
    if value is None or value != value:
        return None
    whole = np.isfinite(value) and value == int(value)
    if dtype.kind != "f":
        limits = np.iinfo(dtype)
        if not whole or not limits.min <= value <= limits.max:
            return None
        return NodataTest(dtype.type(value), dtype.type(value))
    with np.errstate(over="ignore"):
        exact = dtype.type(value)
        if not np.isfinite(exact):
            return None
        if whole and abs(value) < EXACT_IN_FLOAT32:
            return NodataTest(exact, exact)
        # Files store the nodata value as text, often with fewer digits than the pixels have.
        digits_lost = 1e-3 if abs(value) > FAR_OUT else 4 * float(np.finfo(np.float32).eps)
        slack = abs(exact) * dtype.type(digits_lost)
        return NodataTest(exact - slack, exact + slack)


def clear_nodata(
    values: npt.NDArray[Any], tests: Sequence[NodataTest], valid: npt.NDArray[np.bool_]
) -> None:
    """Set `valid` to False where a band is NaN, infinite, beyond `FAR_OUT` or nodata.

    Args:
        values: `(rows, cols)` of one band.
        tests: of its nodata values.
        valid: `(rows, cols)`, changed in place.
    """
    if values.dtype.kind == "f":
        # Comparisons with NaN are False.
        valid &= values < FAR_OUT
        valid &= values > -FAR_OUT
    for test in tests:
        if test.low == test.high:
            valid &= values != test.low
        else:
            valid &= (values < test.low) | (values > test.high)
