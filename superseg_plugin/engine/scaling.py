# SPDX-License-Identifier: GPL-2.0-or-later
"""Measuring the scaling of the bands on a sample of a scene.

Display units span the range between the percentiles 0.5 and 99.5 of each band, standard units have
the median and the interquartile range of a normal distribution. Both are robust: outliers of up to
0.5 % of the sample on either side change neither, nor does any share of pixels that have one and
the same value away from all others, such as saturated clouds. Approximate: percentiles of a sample;
with 10^5 pixels, the percentiles 0.5 and 99.5 are known to some 0.02 % of the pixels. Cost: a sort.
"""

from __future__ import annotations

import numpy as np

from ..blocks import EMBEDDING, MEASURED
from ..contracts import BandScaling
from .types import AnyArray, DoubleArray

# Larger magnitudes are no measurements, and their squares would overflow.
LARGEST_VALUE = 1e30
# Interquartile range of the standard normal distribution.
NORMAL_QUARTILES = 1.349
# Percentiles that become the ends of the display range.
ENDS = [0.5, 99.5]
# Bytes are used as they are from this range on, a quarter of what they hold. Most byte images are
# made for the eye and span two thirds of it or more; below a quarter, the numbers are those of a
# dark sensor, and noise and objects differ by less than the parameters of superpixels can tell.
SMALLEST_BYTE_RANGE = 64
# A repeated value does not belong to the range if it is further from the other values than this
# share of their range. At least this share of the sample must have it, and so many different values
# must remain: fewer are levels, each of which is repeated.
ISOLATED = 0.25
REPEATED_SHARE = 0.0025
FEWEST_DIFFERENT = 16


def measure_scaling(sample: AnyArray, kind: str = MEASURED) -> BandScaling:
    """Measure the scaling on a sample of valid pixels.

    Args:
        sample: `(bands, pixels)` of the raw type, finite, at least one pixel; some 10^5 pixels from
            all over the scene suffice.
        kind: what the values are, one of KINDS.

    Returns:
        The scaling. Byte bands keep their values as display units, unless the range of every band
        is small. A constant band has a spread of 1, so that it is 0 in standard units. All bands of
        an embedding share one scale in display units, as its axes mean nothing by themselves.

    Example:
        >>> scaling = measure_scaling(np.arange(1001, dtype=np.uint16)[np.newaxis])
        >>> scaling.low, scaling.high, scaling.center
        ((0.0,), (995.0,), (500.0,))
    """
    values = np.clip(sample.astype(np.float64), -LARGEST_VALUE, LARGEST_VALUE)
    bands = [_without_isolated(band) for band in values]
    low, high = np.array([np.percentile(band, ENDS) for band in bands]).T
    if sample.dtype == np.uint8 and (high - low).max() >= SMALLEST_BYTE_RANGE:
        low = np.zeros(len(sample))
        high = np.full(len(sample), 255.0)
        factor = 1.0
    else:
        # Reflectance and counts have a true zero, which keeps ratios of bands meaningful.
        # Temperatures or indices have none, and a distant zero would leave them no contrast.
        low = np.where((low >= 0) & (low <= 0.5 * high), 0.0, low)
        high = np.where(high > low, high, low + 1.0)
        factor = float(np.sqrt(3.0 / max(len(sample), 3)))
    if kind == EMBEDDING:
        # Ranges as wide as the widest; the distance is that of the average range.
        middle, half = (low + high) / 2, float((high - low).max()) / 2
        factor *= 2 * half / float(np.sqrt(np.square(high - low).mean()))
        low, high = middle - half, middle + half
    quartiles = np.array([np.percentile(band, [25, 50, 75]) for band in bands])
    quarter, center, three_quarters = quartiles.T
    spread = (three_quarters - quarter) / NORMAL_QUARTILES
    spread = np.where(spread > 0, spread, [band.std() for band in bands])
    spread = np.where(spread > 0, spread, 1.0)
    return BandScaling(_floats(low), _floats(high), _floats(center), _floats(spread), factor, kind)


def _without_isolated(band: DoubleArray) -> DoubleArray:
    """A band without the repeated values at its ends that lie away from all others.

    The pixels keep their order, so that a band without such values is returned as it is.
    """
    ordered = np.sort(band)
    first, last = 0, len(ordered)
    # Each pass removes one value at most; removed values at one end may have hidden others.
    for _ in range(4):
        rest = ordered[first:last]
        found = False
        for place in (int(0.005 * (len(rest) - 1)), int(np.ceil(0.995 * (len(rest) - 1)))):
            value = rest[place]
            start, stop = np.searchsorted(rest, value), np.searchsorted(rest, value, side="right")
            at_low_end = place < len(rest) // 2
            others = rest[stop:] if at_low_end else rest[:start]
            if stop - start < REPEATED_SHARE * len(rest) or not _is_away(value, others, at_low_end):
                continue
            first, last = (first + stop, last) if at_low_end else (first, first + start)
            found = True
            break
        if not found:
            break
    if (first, last) == (0, len(ordered)):
        return band
    return np.asarray(ordered[first:last])


def _is_away(value: float, others: DoubleArray, below: bool) -> bool:
    """Whether a value lies away from the sorted other values of its band."""
    if len(others) < FEWEST_DIFFERENT:
        return False
    low, near_low, near_high, high = np.percentile(others, [0.5, 0.1, 99.9, 99.5])
    distance = near_low - value if below else value - near_high
    if not high > low or distance <= ISOLATED * (high - low):
        return False
    return int(np.count_nonzero(np.diff(others))) + 1 >= FEWEST_DIFFERENT


def _floats(values: AnyArray) -> tuple[float, ...]:
    return tuple(map(float, values))
