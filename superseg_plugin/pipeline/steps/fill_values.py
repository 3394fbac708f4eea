# SPDX-License-Identifier: GPL-2.0-or-later
"""Fill values that nobody declared, and bands without a valid pixel.

Idea: a fill value is repeated exactly by many pixels, and no measured value lies near it. In a
sample of the scene, the outermost repeated values of each band are compared with the rest of the
band: its range between the percentiles 0.5 and 99.5 does not depend on how many pixels are filled.
A value that lies further from the rest than the rest is wide is a fill value. Names that programs
use for nodata, such as -9999, need less distance, and the largest value of a type, which may be a
cloud, needs more. Bytes need more as well, because 0 and 255 are black and white there.
Exact: one decision for the whole run, which `RasterSource` then applies in every window.
Approximate: values that occur in few places of a large scene may not be in the sample.
Cost: one sort a band of the sample.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...blocks import MEASURED
from ...progress import Progress
from ...raster.decoding import decoded_values
from ...raster.source import RasterSource
from ...raster.texts import numbered_band, percent
from ...wording import counted
from ..options.values import AS_THEY_ARE
from .embeddings import recognize_vectors
from .measured_kinds import recognize_measurements
from .pictures import choose_picture
from .sample_windows import sample_by_band

# A value is repeated if this share of the sample holds it, and at least so many pixels.
LEAST_SHARE = 5e-4
LEAST_PIXELS = 8
# Repeated values at either end of a band that are tried.
MOST_TRIED = 3
# The rest of a band is a distribution if it has so many different values; fewer are levels, as in
# drawings and masks, each of which is repeated.
LEAST_DISTINCT = 16
LEAST_DISTINCT_BYTES = 8
# Share of the pixels between a fill value and the rest: pixels of edges that were resampled.
STRAY = 1e-3
# Least distance from the rest, as a multiple of its range. Clouds may saturate at several times the
# range of dark ground. Zero and -1 are found next to measured values.
USUAL_DISTANCE = 3.0
ZERO_DISTANCE = 1.0
NAMED_DISTANCE = 0.5
# A name of nodata outside the range of the rest is one if so many times as many pixels have it as
# have any other value: -3000 of vegetation indices from -2000 is nearer than half a range.
SPIKE = 20
# Least distance for levels, as a multiple of the largest magnitude of the rest.
FAR_FROM_LEVELS = 1000.0
NAMED_FAR_FROM_LEVELS = 10.0
# Least distance of a byte: half of what a byte holds.
BYTE_DISTANCE = 128.0
# Zero in all bands at once is a fill value from this share on, if the rest stays away from zero by
# this share of its median: shadow and dark water have values near zero too.
COMMON_ZERO_SHARE = 0.01
COMMON_ZERO_DISTANCE = 0.02
# Negative numbers that programs write where there is no measurement.
ALL_NINES = (-99.0, -999.0, -9999.0, -99999.0, -999999.0)
LEAST_OF_TYPES = (-(2.0**15), 1 - 2.0**15, -(2.0**31), 1 - 2.0**31, -(2.0**63))
# Those of MODIS products.
OF_PRODUCTS = (-3000.0, -28672.0)
NAMED = frozenset((*ALL_NINES, *LEAST_OF_TYPES, *OF_PRODUCTS))
# A band is empty if fewer than this share of the pixels that are valid in any band are valid in it.
EMPTY_SHARE = 1e-3

ADVICE = ". VALUES “as they are” keeps them"

Array = npt.NDArray[Any]
Valid = npt.NDArray[np.bool_]


class _Rest(NamedTuple):
    """The values of a band between its outermost values."""

    values: Array
    counts: npt.NDArray[np.int64]

    def percentile(self, percent: float) -> float:
        """The value below which so many percent of the pixels lie."""
        shares = np.cumsum(self.counts)
        place = int(np.searchsorted(shares, percent / 100 * shares[-1]))
        return float(self.values[min(place, len(self.values) - 1)])


def prepare_values(
    source: RasterSource, values: str, progress: Progress, advice: str = ADVICE
) -> None:
    """Leave out empty bands of a scene and treat its fill values as nodata, for the whole run.

    What is left out is named in the log, after what the values are. A scene without any valid pixel
    stays as it is. Embeddings are read as vectors, in all bands.

    Args:
        source: the scene, changed in place.
        values: one of `VALUES`; fill values are looked for unless it is `as they are`.
        progress: asked for cancel.
        advice: end of the log line of a fill value, how to keep it as a value; "" where neither
            VALUES nor BANDS of this raster can be chosen.

    Raises:
        SuperSegError: the values are not what the user says.
    """
    source.restrict(range(len(source.bands)), [()] * len(source.bands))
    source.read_as(MEASURED, None)
    sample, valid = sample_by_band(source, progress)
    said = recognize_vectors(source, sample, valid, values)
    if said:
        _log_values(source, said, progress, advice)
        return
    shares = valid.sum(axis=1) / max(valid.shape[1], 1)
    empty = shares < EMPTY_SHARE
    found: list[list[float]] = [[] for _ in source.bands]
    if values != AS_THEY_ARE:
        found = find_fill_values(sample, valid)
        everywhere = {value for of_band in found for value in of_band} | NAMED
        for index, pixels in enumerate(sample):
            held = pixels[valid[index]]
            if held.size and held[0] in everywhere and (held == held[0]).all():
                empty[index] = True
    if empty.all():
        return
    names = [numbered_band(*band) for band in zip(source.bands, source.band_names)]
    kept = np.flatnonzero(~empty)
    text = _fill_text(sample[kept], valid[kept], [found[i] for i in kept], [names[i] for i in kept])
    left_out = [name for name, none in zip(names, empty) if none]
    source.restrict(kept.tolist(), [found[index] for index in kept])
    sample, valid = sample[kept], valid[kept]
    for index, number in enumerate(kept):
        for value in found[number]:
            valid[index] &= sample[index] != np.asarray(value).astype(sample.dtype)
    _log_values(source, recognize_measurements(source, sample, valid, values), progress, advice)
    together = np.asarray(valid.all(axis=0))
    choose_picture(source, *decoded_values(source.decoding, sample, together))
    if left_out:
        has, are = ("have", "are") if len(left_out) > 1 else ("has", "is")
        progress.log(f"{source.name}: {_listed(left_out)} {has} no valid pixel and {are} left out")
    for line in text:
        progress.log(f"{source.name}: {line}{advice}")


def _log_values(source: RasterSource, said: str, progress: Progress, advice: str) -> None:
    """Log what the values are, and an alpha band."""
    if said:
        progress.log(f"Values of {source.name}: {said}")
    if source.alpha_band and not source.bands_chosen:
        # Where there is no advice, the bands cannot be chosen either.
        cure = ". If it holds measurements, name it in BANDS" if advice else ""
        progress.log(
            f"{source.name}: Band {source.alpha_band} is an alpha band: pixels where it is 0 are "
            f"nodata, and it is not used otherwise{cure}"
        )


def find_fill_values(sample: Array, valid: Valid) -> list[list[float]]:
    """Find the fill values of each band of a sample.

    Args:
        sample: `(bands, pixels)` of the type of the file.
        valid: `(bands, pixels)`, False for pixels that are known to be nodata.

    Example:
        >>> height = np.append(np.linspace(200, 400, 90), np.full(10, -9999.0))[np.newaxis]
        >>> find_fill_values(height, np.ones(height.shape, bool))
        [[-9999.0]]
    """
    found = [_of_band(pixels[inside]) for pixels, inside in zip(sample, valid)]
    if _is_zero_filled(sample, valid):
        for of_band in found:
            if 0.0 not in of_band:
                of_band.append(0.0)
    return found


def _of_band(pixels: Array) -> list[float]:
    """Fill values among the valid pixels of one band."""
    found: list[float] = []
    if not pixels.size:
        return found
    values, counts = _counted(pixels)
    least = max(LEAST_PIXELS, LEAST_SHARE * pixels.size)
    repeated = counts >= least
    # Single values beyond a repeated one are strays, or it is not at the end.
    single = np.where(repeated, 0, counts).cumsum()
    most = STRAY * pixels.size
    low = np.flatnonzero(repeated & (single <= most))[:MOST_TRIED].tolist()
    high = np.flatnonzero(repeated & (single[-1] - single <= most))[::-1][:MOST_TRIED].tolist()
    # A value at the other end that is one too must not widen the range of the rest.
    below = [-1, *low]
    above = [len(values), *high]
    for ends, others in ((low, above), (high, below)):
        for place in range(len(ends), 0, -1):
            end = ends[place - 1]
            rests = [slice(min(end, o) + 1, max(end, o)) for o in others]
            if any(
                _is_far(values[end], int(counts[end]), _Rest(values[part], counts[part]), least)
                for part, o in zip(rests, others)
                if (o > end) == (ends is low)
            ):
                found += values[ends[:place]].tolist()
                break
    return sorted({float(value) for value in found})


def _counted(pixels: Array) -> tuple[Array, npt.NDArray[np.int64]]:
    """The values that occur, ascending, and how many pixels have each."""
    if pixels.dtype not in (np.uint8, np.uint16):
        values, counts = np.unique(pixels, return_counts=True)
        return values, counts
    # A tenth of the time of sorting.
    every = np.bincount(pixels)
    present = np.flatnonzero(every)
    return present.astype(pixels.dtype), every[present]


def _is_far(value: Any, count: int, rest: _Rest, least: float) -> bool:
    """Whether a value is too far from the rest of its band to be a measurement.

    Args:
        value: that is tried.
        count: pixels that have it.
        rest: the values between it and those at the other end.
        least: pixels of a repeated value.
    """
    distinct = len(rest.values)
    if distinct < 2 or rest.counts.sum() < max(least, 4 * LEAST_PIXELS):
        return False
    low, high = rest.percentile(0.5), rest.percentile(99.5)
    near = rest.percentile(100 * STRAY if value < low else 100 * (1 - STRAY))
    number = float(value)
    distance, width = abs(number - near), high - low
    if not number < low and not number > high:
        return False
    if rest.values.dtype == np.uint8:
        enough = max(USUAL_DISTANCE * width, BYTE_DISTANCE)
        return number in (0, 255) and distinct >= LEAST_DISTINCT_BYTES and distance > enough
    magnitude = max(abs(low), abs(high))
    named = number in NAMED
    if named and distance > NAMED_FAR_FROM_LEVELS * magnitude:
        return True
    if distance > FAR_FROM_LEVELS * magnitude:
        return number != 0
    if named and distance > 0 and count > SPIKE * rest.counts.max():
        return True
    usual = ZERO_DISTANCE if number in (0, -1) else USUAL_DISTANCE
    return distinct >= LEAST_DISTINCT and distance > (NAMED_DISTANCE if named else usual) * width


def _is_zero_filled(sample: Array, valid: Valid) -> bool:
    """Whether pixels are zero in all bands at once and the others stay away from zero."""
    if len(sample) < 2 or sample.dtype == np.uint8:
        return False
    together = valid.all(axis=0)
    filled = (sample == 0).all(axis=0) & together
    if filled.sum() < max(COMMON_ZERO_SHARE * together.sum(), LEAST_PIXELS):
        return False
    for band in sample:
        rest = band[together & ~filled]
        if rest.size < 4 * LEAST_PIXELS or len(np.unique(rest)) < LEAST_DISTINCT:
            return False
        low, middle, high = np.percentile(rest, [100 * STRAY, 50, 100 * (1 - STRAY)])
        # Decibels lie below zero.
        least, middle = (low, middle) if middle > 0 else (-high, -middle)
        if not least > COMMON_ZERO_DISTANCE * middle:
            return False
    return True


def _fill_text(
    sample: Array, valid: Valid, found: list[list[float]], names: list[str]
) -> list[str]:
    """A line for each fill value: the value, its bands and its share of the pixels."""
    lines = []
    for value in sorted({value for of_band in found for value in of_band}):
        bands = [index for index, of_band in enumerate(found) if value in of_band]
        held = (sample[bands] == np.asarray(value).astype(sample.dtype)) & valid[bands]
        share = float(held.any(axis=0).mean())
        # The shortest number that is this one in the type of the file.
        shown = float(str(np.asarray(value).astype(sample.dtype)))
        where = "all bands" if len(bands) == len(found) else _listed([names[i] for i in bands])
        lines.append(
            f"{percent(share)} of the pixels have exactly {shown:.9g} in {where}, far from all"
            " others; they are treated as nodata"
        )
    return lines


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:8])
    return shown if len(names) <= 8 else f"{shown} and {counted(len(names) - 8, 'more band')}"
