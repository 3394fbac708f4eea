# SPDX-License-Identifier: GPL-2.0-or-later
"""From raw band values, whatever their type and range, to the two scales the kernels work in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .types import AnyArray, BoolArray, FloatArray

DISPLAY_MAXIMUM = 510.0
STANDARD_MAXIMUM = 8.0
FAR_OUT = 1e30


@dataclass(frozen=True)
class BandScaling:
    """How the bands of one sensor are brought to common scales.

    `display` units run from 0 to 255 over a band's robust range (Byte bands are used as they are),
    so that superpixel parameters mean the same for every sensor. `standard` units have median 0 and
    robust standard deviation 1: what the network sees.

    Attributes:
        low: value of each band that becomes display 0.
        high: value of each band that becomes display 255.
        center: median of each band, raw units.
        spread: robust standard deviation of each band, raw units, never 0.
        distance_factor: color distances in display units are multiplied by this, so that an image
            of many bands is not cut into more superpixels than one of three.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    center: tuple[float, ...]
    spread: tuple[float, ...]
    distance_factor: float = 1.0

    def to_dict(self) -> dict[str, Any]:
        """Plain values for messages and the model file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> BandScaling:
        """The inverse of `to_dict`."""
        return cls(
            low=tuple(map(float, values["low"])),
            high=tuple(map(float, values["high"])),
            center=tuple(map(float, values["center"])),
            spread=tuple(map(float, values["spread"])),
            distance_factor=float(values["distance_factor"]),
        )


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


def to_display(values: AnyArray, valid: BoolArray, scaling: BandScaling) -> FloatArray:
    """Bring raw values to 0..255 over the robust range, clipped to 0..510, 0 where invalid.

    Args:
        values: `(bands, rows, cols)` of any type.
        valid: `(rows, cols)` bool.
        scaling: the scaling of these bands.

    Returns:
        `(bands, rows, cols)` float32.
    """
    result = np.empty(values.shape, np.float32)
    for band, (low, high) in enumerate(zip(scaling.low, scaling.high)):
        _shift_and_scale(values[band], low, 255.0 / (high - low), result[band])
    np.clip(result, 0, DISPLAY_MAXIMUM, out=result)
    return _clear_invalid(result, valid)


def to_standard(values: AnyArray, valid: BoolArray, scaling: BandScaling) -> FloatArray:
    """Bring raw values to median 0 and spread 1, clipped to +-8, 0 where invalid.

    Args:
        values: `(bands, rows, cols)` of any type.
        valid: `(rows, cols)` bool.
        scaling: the scaling of these bands.

    Returns:
        `(bands, rows, cols)` float32.
    """
    result = np.empty(values.shape, np.float32)
    for band, (center, spread) in enumerate(zip(scaling.center, scaling.spread)):
        _shift_and_scale(values[band], center, 1.0 / spread, result[band])
    np.clip(result, -STANDARD_MAXIMUM, STANDARD_MAXIMUM, out=result)
    return _clear_invalid(result, valid)


def _floats(values: AnyArray) -> tuple[float, ...]:
    return tuple(map(float, values))


def _shift_and_scale(band: AnyArray, offset: float, gain: float, out: FloatArray) -> None:
    # 32-bit integers and doubles may hold a large offset that float32 would round away.
    work = np.float32 if band.dtype.itemsize <= 2 or band.dtype == np.float32 else np.float64
    with np.errstate(over="ignore", invalid="ignore"):
        np.subtract(band, work(offset), out=out, dtype=work, casting="unsafe")
        np.multiply(out, np.float32(gain), out=out)


def _clear_invalid(values: FloatArray, valid: BoolArray) -> FloatArray:
    if not valid.all():
        values[:, ~valid] = 0
    return values
