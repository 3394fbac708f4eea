# SPDX-License-Identifier: GPL-2.0-or-later
"""Comparing pixel values with nodata values and ranges. Arithmetic only."""

from __future__ import annotations

import math
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


def possible_nodata(band: Any, dtype: np.dtype[Any]) -> float | None:
    """Return the nodata value that a GDAL band declares; None if its type cannot represent it."""
    value: float | None = band.GetNoDataValue()
    is_nan = value is not None and value != value and dtype.kind == "f"
    return value if is_nan or nodata_test(value, dtype) is not None else None


def nodata_test(value: float | None, dtype: np.dtype[Any]) -> NodataTest | None:
    """Range of the pixel values that are nodata.

    Args:
        value: declared nodata value, or None.
        dtype: type of the pixel values.

    Returns:
        The range; None if no value was declared, if it is NaN, or if the type
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


def range_test(low: float, high: float, dtype: np.dtype[Any]) -> NodataTest | None:
    """Range of the pixel values from `low` to `high`, both included.

    Args:
        low: lowest value; -inf for no limit.
        high: highest value; inf for no limit. If equal to `low`, as `nodata_test`.
        dtype: type of the pixel values.

    Returns:
        The range; None if the type has no value in it.
    """
    if low == high:
        return nodata_test(low, dtype)
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return NodataTest(dtype.type(low), dtype.type(high)) if low < high else None
    limits = np.iinfo(dtype)
    first, last = max(low, float(limits.min)), min(high, float(limits.max))
    if not first <= last or math.ceil(first) > math.floor(last):
        return None
    # The largest 64-bit integers are not exact in float64.
    return NodataTest(
        dtype.type(max(math.ceil(first), limits.min)),
        dtype.type(min(math.floor(last), limits.max)),
    )


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
