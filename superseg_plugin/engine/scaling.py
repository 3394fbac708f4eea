# SPDX-License-Identifier: GPL-2.0-or-later
"""Measuring the scaling of the bands on a sample of a scene.

Display units span the range between the percentiles 0.5 and 99.5 of each band, standard units have
the median and the interquartile range of a normal distribution. Both are robust: outliers of up to
0.5 % of the sample on either side change neither. Approximate: percentiles of a sample; with 10^5
pixels, the percentiles 0.5 and 99.5 are known to some 0.02 % of the pixels. Cost: a partial sort.
"""

from __future__ import annotations

import numpy as np

from ..contracts import BandScaling
from .types import AnyArray

# Larger magnitudes are no measurements, and their squares would overflow.
LARGEST_VALUE = 1e30
# Interquartile range of the standard normal distribution.
NORMAL_QUARTILES = 1.349


def measure_scaling(sample: AnyArray) -> BandScaling:
    """Measure the scaling on a sample of valid pixels.

    Args:
        sample: `(bands, pixels)` of the raw type, finite, at least one pixel; some 10^5 pixels from
            all over the scene suffice.

    Returns:
        The scaling. Byte bands keep their values as display units. A constant band has a spread of
        1, so that it is 0 in standard units.

    Example:
        >>> scaling = measure_scaling(np.arange(1001, dtype=np.uint16)[np.newaxis])
        >>> scaling.low, scaling.high, scaling.center
        ((0.0,), (995.0,), (500.0,))
    """
    values = np.clip(sample.astype(np.float64), -LARGEST_VALUE, LARGEST_VALUE)
    if sample.dtype == np.uint8:
        low = np.zeros(len(sample))
        high = np.full(len(sample), 255.0)
        factor = 1.0
    else:
        low, high = np.percentile(values, [0.5, 99.5], axis=1)
        # Reflectance and counts have a true zero, which keeps ratios of bands meaningful.
        # Temperatures or indices have none, and a distant zero would leave them no contrast.
        low = np.where((low >= 0) & (low <= 0.5 * high), 0.0, low)
        high = np.where(high > low, high, low + 1.0)
        factor = float(np.sqrt(3.0 / max(len(sample), 3)))
    quarter, center, three_quarters = np.percentile(values, [25, 50, 75], axis=1)
    spread = (three_quarters - quarter) / NORMAL_QUARTILES
    spread = np.where(spread > 0, spread, values.std(axis=1))
    spread = np.where(spread > 0, spread, 1.0)
    return BandScaling(_floats(low), _floats(high), _floats(center), _floats(spread), factor)


def _floats(values: AnyArray) -> tuple[float, ...]:
    return tuple(map(float, values))
