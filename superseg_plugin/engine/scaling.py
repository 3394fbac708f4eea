# SPDX-License-Identifier: GPL-2.0-or-later
"""Measuring the scaling of the bands on a sample of a scene."""

from __future__ import annotations

import numpy as np

from ..contracts import BandScaling
from .types import AnyArray

FAR_OUT = 1e30


def measure_scaling(sample: AnyArray) -> BandScaling:
    """Measure the scaling on a sample of valid pixels.

    Args:
        sample: `(bands, pixels)` of the raw type, at least one pixel.

    Returns:
        The scaling; a constant band gets a spread of 1 and so becomes 0 everywhere.
    """
    # Numbers beyond are no measurements, and their squares would overflow.
    values = np.clip(sample.astype(np.float64), -FAR_OUT, FAR_OUT)
    if sample.dtype == np.uint8:
        low = np.zeros(len(sample))
        high = np.full(len(sample), 255.0)
        factor = 1.0
    else:
        low, high = np.percentile(values, [0.5, 99.5], axis=1)
        # Reflectance and digital counts have a true zero, and ratios of bands then mean something;
        # temperatures or indices do not, and a zero far off would leave them no contrast.
        low = np.where((low >= 0) & (low <= 0.5 * high), 0.0, low)
        high = np.where(high > low, high, low + 1.0)
        factor = float(np.sqrt(3.0 / max(len(sample), 3)))
    quarter, center, three_quarters = np.percentile(values, [25, 50, 75], axis=1)
    spread = (three_quarters - quarter) / 1.349
    spread = np.where(spread > 0, spread, values.std(axis=1))
    spread = np.where(spread > 0, spread, 1.0)
    return BandScaling(_floats(low), _floats(high), _floats(center), _floats(spread), factor)


def _floats(values: AnyArray) -> tuple[float, ...]:
    return tuple(map(float, values))
