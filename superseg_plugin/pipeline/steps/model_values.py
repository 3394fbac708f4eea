# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the values of an image are those that a model was trained on.

The scaling of the image is compared with that of the model, band by band. Another date or another
light changes level and spread of a band by a factor of up to about 3; another unit (reflectance
from 0 to 1 or to 10000, 8 or 16 bits, degrees or kelvins) changes nearly all bands by much more,
and the classes would mean nothing. The run is refused if, in nearly all bands, both level and
spread differ by a factor near 10 or of 50 and more, or if the ranges do not overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn, Protocol

import numpy as np
import numpy.typing as npt

from ...contracts import BandScaling
from ...errors import SuperSegError
from ...progress import Progress
from ..formats.model_file import Model
from ..options.values import WORDS

# A scene of another date and light; more than this is another scene or another unit.
SAME_UNIT = 3.0
# Factors near 10, the smallest change of units; both level and spread lie so only by a change of
# units, as water, clouds or shadows differ from land by other factors in each band.
NEAR_TEN = (5.0, 20.0)
# Linear radar backscatter of the sea is 30 to 40 times lower than that of land in all bands; the
# next changes of units are 100, 255 and 257.
OTHER_UNIT = 50.0
# Share of the bands that must differ: those of the near and short-wave infrared, up to six of the
# ten of Sentinel-2, differ by more than 50 between water and land.
MOST = 0.75
# Percentiles 2 and 98 of a normal distribution in standard deviations.
RANGE = 2.05
# Medians that are further apart than this, in spreads of the model, are worth a warning.
FAR = 3.0
# Factors that are named exactly where they are met within this ratio.
UNIT_FACTORS = (10, 100, 255, 1000, 10000, 65535, 1000000)
EXACT = 1.4
# Levels below this count as 0.
NOTHING = 1e-30

Floats = npt.NDArray[np.float64]


class Trained(Protocol):
    """What a model tells of the values it was trained on."""

    @property
    def band_names(self) -> tuple[str, ...]:
        """One a band."""

    @property
    def scaling(self) -> BandScaling:
        """Of the bands."""


@dataclass(frozen=True)
class ModelUse:
    """A model that is applied to an image, for messages.

    Attributes:
        model: the model.
        label: parameter and name of the model.
        image: name of the image.
        cure: sentence on what to do where the values differ.
    """

    model: Trained
    label: str
    image: str
    cure: str


def check_values(use: ModelUse, measured: BandScaling, progress: Progress) -> None:
    """Compare the values of an image with those of a model.

    Args:
        use: the model and the image.
        measured: of the image, in the bands of the model.
        progress: told of bands whose medians are far apart.

    Raises:
        SuperSegError: the values are in other units; the message has both ranges.
    """
    trained = use.model.scaling
    if measured.kind != trained.kind:
        raise SuperSegError(
            f"{use.label} is for {WORDS[trained.kind]}, but the values of {use.image} are "
            f"{WORDS[measured.kind]}. Choose VALUES for this image, or a model of such images."
        )
    here, there = _ranges(measured), _ranges(trained)
    levels = _level(measured) / _level(trained)
    flat = _is_flat(measured) | _is_flat(trained)
    spreads = np.where(flat, levels, np.array(measured.spread) / np.array(trained.spread))
    # Nothing can be said of a band that is 0 throughout.
    known = np.minimum(_level(measured), _level(trained)) > NOTHING
    if not known.any():
        return
    for ratios in (np.array([levels, spreads]), 1 / np.array([levels, spreads])):
        least, most = ratios.min(axis=0), ratios.max(axis=0)
        for differ in ((least >= NEAR_TEN[0]) & (most <= NEAR_TEN[1]), least >= OTHER_UNIT):
            if differ[known].mean() >= MOST:
                differ &= known
                factor = float(np.median(np.sqrt(levels * spreads)[differ]))
                _refuse(use, differ, (here, there), f"the values are about {_times(factor)}")
    # The whole range of the model, so that rare bright surfaces of the training image count.
    apart = (here[1] < np.array(trained.low)) | (here[0] > np.array(trained.high))
    signs = np.array(measured.center) * np.array(trained.center) > 0
    similar = signs & (levels <= SAME_UNIT) & (levels >= 1 / SAME_UNIT)
    if apart[known].all() and (~similar)[known].mean() >= MOST:
        _refuse(use, apart & known, (here, there), "the ranges do not overlap")
    _warn_of_far_medians(use.model, measured, progress)


def rescaled(model: Model, measured: BandScaling) -> BandScaling:
    """Return the scaling that brings an image to the units of a model by median and spread.

    In standard units, the median of each band of the image is 0 and its spread 1, as those of the
    training image were; display units are shifted and scaled likewise.
    """
    trained = model.scaling
    ratio = np.array(measured.spread) / np.array(trained.spread)
    center = np.array(measured.center)
    low = center + (np.array(trained.low) - np.array(trained.center)) * ratio
    high = center + (np.array(trained.high) - np.array(trained.center)) * ratio
    return BandScaling(
        tuple(low.tolist()),
        tuple(high.tolist()),
        measured.center,
        measured.spread,
        trained.distance_factor,
        trained.kind,
        trained.blocks,
    )


def _ranges(scaling: BandScaling) -> tuple[Floats, Floats]:
    """Range of most values of each band, by median and spread, within the display range."""
    center, spread = np.array(scaling.center), np.array(scaling.spread)
    spread = np.where(_is_flat(scaling), 0.0, spread)
    return (
        np.minimum(np.maximum(center - RANGE * spread, scaling.low), center),
        np.maximum(np.minimum(center + RANGE * spread, scaling.high), center),
    )


def _level(scaling: BandScaling) -> Floats:
    """Size of the values of each band: the median, or the spread where it is larger."""
    center, spread = np.abs(np.array(scaling.center)), np.array(scaling.spread)
    level = np.where(_is_flat(scaling), center, np.maximum(center, spread))
    return np.asarray(np.maximum(level, NOTHING))


def _is_flat(scaling: BandScaling) -> npt.NDArray[np.bool_]:
    """Which bands have one value only: `measure_scaling` gives them a spread and a range of 1."""
    extent = np.array(scaling.high) - np.array(scaling.low)
    flat: npt.NDArray[np.bool_] = (np.array(scaling.spread) == 1.0) & (extent == 1.0)
    return flat


def _refuse(
    use: ModelUse,
    differ: npt.NDArray[np.bool_],
    ranges: tuple[tuple[Floats, Floats], tuple[Floats, Floats]],
    how: str,
) -> NoReturn:
    """Raise the error with the ranges of the first band that differs: of the image, the model."""
    band = int(np.argmax(differ))
    here, there = (f"{low[band]:.4g} to {high[band]:.4g}" for low, high in ranges)
    count, bands = int(differ.sum()), len(differ)
    which = f" ({count} of {bands} bands)" if bands > 1 else ""
    raise SuperSegError(
        f"{use.label} was trained on other values than those of {use.image}: "
        f"{use.model.band_names[band]} is {there} in the model and {here} in the image; {how}"
        f"{which}. {use.cure}"
    )


def _times(factor: float) -> str:
    """Say how large the values of the image are beside those of the model."""
    larger = max(factor, 1 / factor)
    unit = min(UNIT_FACTORS, key=lambda known: abs(np.log(larger / known)))
    number = f"{unit:g}" if 1 / EXACT <= larger / unit <= EXACT else f"{larger:.2g}"
    return f"{number} times as large" if factor > 1 else f"1/{number} as large"


def _warn_of_far_medians(model: Trained, measured: BandScaling, progress: Progress) -> None:
    """Log each band whose median is far from that of the model."""
    for name, center, spread, now in zip(
        model.band_names, model.scaling.center, model.scaling.spread, measured.center
    ):
        if abs(now - center) > FAR * spread:
            progress.log(
                f"Warning: {name} has a median of {now:g} here and {center:g} where the model was "
                "trained; expect poor classes unless the images are calibrated alike"
            )
