# SPDX-License-Identifier: GPL-2.0-or-later
"""What a declared nodata value looks like among the numbers of a band. Arithmetic only."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

# Whole numbers up to here are the same in text, in float32 and in float64.
EXACT_IN_FLOAT32 = 2**24
# Numbers beyond this are nodata of some make (-3.4e38 and its kin), never measurements.
FAR_OUT = 1e30


class NodataTest(NamedTuple):
    """What a nodata value looks like in the numbers read: between two bounds, often equal."""

    low: Any
    high: Any


def is_nan(value: float | None) -> bool:
    """Tell whether a declared value is "not a number"."""
    return value is not None and value != value


def nodata_test(value: float | None, dtype: np.dtype[Any]) -> NodataTest | None:
    """Say how to find a nodata value in numbers of a type; None where it cannot occur there."""
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
        # Such values are written into files as text, with fewer digits than the pixels have.
        digits_lost = 1e-3 if abs(value) > FAR_OUT else 4 * float(np.finfo(np.float32).eps)
        slack = abs(exact) * dtype.type(digits_lost)
        return NodataTest(exact - slack, exact + slack)
