# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of rasters: how the values of all bands become red, green and blue.

A picture has three channels, red, green and blue, or one that a color ramp shows. A channel is a
weighted sum of the bands, stretched between two values. As sums are linear, the color of a mean of
pixels is that of the mean of their channels, so that one picture fits pixels and classes, and a
picture that a model keeps gives the same values the same colors in every year.
Cost: three multiplications a band and pixel, of the bands that a picture uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .wavelengths import visible_bands

Array = npt.NDArray[Any]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# What a picture shows: three bands as colors, principal components, polarizations of radar and
# their ratio, or one band in gray, as terrain, or as vegetation.
COLORS, COMPONENTS, RADAR = "colors", "components", "radar"
GRAY, TERRAIN, VEGETATION = "gray", "terrain", "vegetation"
# Colors of one band at even steps between dark and bright. The lightness of terrain ascends, from
# lowland to snow; vegetation is "YlGn" of ColorBrewer.
RAMPS = {
    GRAY: ("#000000", "#ffffff"),
    TERRAIN: ("#17493a", "#3f7f4e", "#8aa55a", "#d0bd7c", "#e9dcc0", "#ffffff"),
    VEGETATION: ("#ffffcc", "#c2e699", "#78c679", "#31a354", "#006837"),
}
# Bands that are told apart in a table; more are shown by a picture and a plot of spectra.
MOST_BANDS_LISTED = 12
# Gray of what is not known.
UNKNOWN = 0.5


@dataclass(frozen=True)
class Picture:
    """How the values of an image become colors.

    Attributes:
        kind: what is shown, one of `KINDS`.
        weights: of the bands in each channel, `(1 or 3, bands)`.
        low, high: of each channel, shown darkest and brightest.
    """

    kind: str
    weights: tuple[tuple[float, ...], ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    @classmethod
    def of_bands(cls, shown: Sequence[int], bands: int, stretch: Floats, kind: str = "") -> Picture:
        """Return the picture of three bands, or of one.

        Args:
            shown: indices of red, green and blue, or of one band.
            bands: number of the bands of the image.
            stretch: `(len(shown), 2)`, values shown darkest and brightest.
            kind: of the picture; colors or gray if empty.
        """
        weights = np.eye(bands)[list(shown)]
        low, high = np.asarray(stretch, np.float64).T.tolist()
        kind = kind or (COLORS if len(shown) == 3 else GRAY)
        return cls(kind, tuple(map(tuple, weights.tolist())), tuple(low), tuple(high))

    @classmethod
    def from_dict(cls, parts: Mapping[str, Any]) -> Picture:
        """The inverse of `dataclasses.asdict`.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        weights = np.array(parts["weights"], np.float64)
        low, high = (np.array(parts[name], np.float64) for name in ("low", "high"))
        kind = parts["kind"]
        if kind not in KINDS or weights.ndim != 2 or weights.shape[0] != KINDS[kind]:
            raise ValueError("it is no picture")
        if not weights.shape[1] or not low.shape == high.shape == weights.shape[:1]:
            raise ValueError("its channels do not fit together")
        if not all(np.isfinite(each).all() for each in (weights, low, high)):
            raise ValueError("its numbers are not finite")
        if not (high > low).all():
            raise ValueError("its stretch is empty")
        return cls(kind, tuple(map(tuple, weights.tolist())), tuple(low), tuple(high))

    @property
    def bands(self) -> int:
        """Number of the bands of the image."""
        return len(self.weights[0])

    @property
    def used(self) -> tuple[int, ...]:
        """Indices of the bands that any channel uses."""
        return tuple(np.flatnonzero(np.any(self.weights, axis=0)).tolist()) or (0,)

    @property
    def mixes(self) -> bool:
        """Whether a channel is no band of the image."""
        return bool((np.count_nonzero(self.weights, axis=1) > 1).any())

    def shares(self, values: Array) -> Array:
        """Return the channels `(1 or 3, ...)` from 0 to 1; NaN where a value is NaN.

        Args:
            values: `(len(used), ...)` of the used bands, float32 or float64.
        """
        weights = np.array(self.weights, values.dtype)[:, list(self.used)]
        are_bands = not self.mixes and (weights.max(axis=1) == 1).all()
        after = (-1, *(1,) * (values.ndim - 1))
        low, high = (np.array(ends).reshape(after) for ends in (self.low, self.high))
        with np.errstate(invalid="ignore", over="ignore"):
            if are_bands:
                channels = values[weights.argmax(axis=1)]
            else:
                channels = np.tensordot(weights, values, axes=1)
            return np.asarray(np.clip((channels - low) / (high - low), 0, 1))

    def colors_of_shares(self, shares: Array) -> Bytes:
        """Return the colors `(3, ...)` of channels as `shares` has them."""
        known = np.nan_to_num(shares, nan=UNKNOWN)
        if self.kind in RAMPS:
            stops = ramp_colors(self.kind)
            places = np.linspace(0, 1, len(stops))
            known = np.stack([np.interp(known[0], places, parts) for parts in stops.T])
        else:
            known = known * 255
        shown: Bytes = np.rint(known).astype(np.uint8)
        return shown

    def colors(self, means: Floats) -> Bytes:
        """Return the colors `(k, 3)` of mean values `(k, bands)`; gray for unknown ones."""
        return self.colors_of_shares(self.shares(means.T[list(self.used)])).T


# Kinds of pictures, and the number of their channels.
KINDS = {COLORS: 3, COMPONENTS: 3, RADAR: 3, **dict.fromkeys(RAMPS, 1)}


def ramp_colors(kind: str) -> Bytes:
    """Return the colors `(k, 3)` of a picture of one band, at even steps from dark to bright."""
    return np.array([list(bytes.fromhex(color[1:])) for color in RAMPS[kind]], np.uint8)


def shown_bands(colors: Sequence[str], wavelengths: Sequence[float]) -> tuple[int, ...]:
    """Return the indices of red, green and blue, or of one band that is shown in gray.

    These are the bands that QGIS shows: by their color interpretations, otherwise the first three.
    Of many bands, those nearest to red, green and blue are shown, as the first three are violet.

    Args:
        colors: names of the color interpretations of the bands by GDAL.
        wavelengths: of the bands in nanometers; empty if unknown.

    Example:
        >>> shown_bands(("Blue", "Green", "Red", "Undefined"), ())
        (2, 1, 0)
    """
    if {"Red", "Green", "Blue"} <= set(colors):
        return tuple(colors.index(color) for color in ("Red", "Green", "Blue"))
    visible = visible_bands(wavelengths) if len(colors) > MOST_BANDS_LISTED else ()
    return visible or ((0, 1, 2) if len(colors) >= 3 else (0,))
