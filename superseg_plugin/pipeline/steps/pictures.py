# SPDX-License-Identifier: GPL-2.0-or-later
"""Choosing the picture of an image whose bands are no colors.

One band is shown in gray, elevations and heights as terrain, and a vegetation index in green, if it
is called so. Backscatter of radar is shown in decibels, by polarizations.

The bands of an embedding, and those of an image of many bands whose wavelengths are not known, mean
nothing as red, green and blue; their first three principal components show most of what differs.
The weights of a component have a positive sum, so that its sign does not depend on the program that
solves the eigenproblem. Each component is stretched between the percentiles 2 and 98, as QGIS does
with bands.
The bands of an embedding have one scale. Other bands may have different units, and are divided by
their standard deviations first (standardized principal components [1]).
Exact: the components of the sample. Approximate: the sample stands for the scene. A sample of
another year gives other components, so that a model keeps those of the image it was trained on.
Cost: a covariance and an eigenproblem of the bands: 0.2 s for 64 bands, 3 s for 768.

References:
    [1] A. Singh and A. Harrison, "Standardized principal components", International Journal of
        Remote Sensing 6(6), 883-896 (1985).
    [2] The profile "Dual Pol Ratio" of ESA's toolbox SNAP: VV, VH and VV/VH.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...blocks import DECIBELS, ELEVATION, EMBEDDING
from ...raster.pictures import (
    COMPONENTS,
    MOST_BANDS_LISTED,
    RADAR,
    TERRAIN,
    VEGETATION,
    Picture,
)
from ...raster.source import RasterSource
from ...raster.texts import words_of
from ...raster.wavelengths import visible_bands
from ..classes.rendering import STRETCH_PERCENT

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Valid = npt.NDArray[np.bool_]

# Fewer pixels of a sample show nothing.
FEWEST_SHOWN = 4
# Polarizations that are received as they are sent, each with its cross-polarization.
PAIRS = (("vv", "vh"), ("hh", "hv"))
VEGETATION_INDICES = frozenset(("ndvi", "evi", "savi", "msavi", "osavi", "lai", "fapar", "fcover"))
# Outliers, such as defect pixels, do not decide on the components.
INNER_PERCENT = (0.5, 99.5)
# Values in all bands, and pixels at least, that the components are computed from: the stretch then
# rests on some hundred pixels at either end.
MOST_VALUES, FEWEST_PIXELS = 1 << 21, 4096


def choose_picture(source: RasterSource, sample: Array, valid: Valid) -> None:
    """Set the picture of an image, where its display bands do not show it.

    Args:
        source: the image, changed in place.
        sample: `(bands, pixels)` as the source reads them.
        valid: `(pixels,)`, False for nodata.
    """
    source.picture = None
    pixels = sample[:, valid]
    if pixels.shape[1] < FEWEST_SHOWN:
        return
    if source.kind == EMBEDDING:
        if len(pixels) >= 3:
            source.picture = components_of(pixels, standardized=False)
    elif source.kind == DECIBELS and 1 < len(pixels) <= MOST_BANDS_LISTED:
        source.picture = radar_of(pixels, source.band_names)
    elif len(pixels) == 1:
        kind = TERRAIN if source.kind == ELEVATION else _kind_of_index(source)
        if kind:
            source.picture = Picture.of_bands((0,), 1, _stretch(pixels), kind)
    elif len(pixels) > MOST_BANDS_LISTED and not _has_colors(source):
        source.picture = components_of(pixels, standardized=True)


def radar_of(pixels: Array, names: Sequence[str]) -> Picture:
    """Return the picture of backscatter in decibels.

    Of two polarizations, red is the one that is received as it was sent, green the other, and blue
    their ratio: the difference of decibels [2]. HH, HV and VV are red, green and blue where all are
    there, as is usual for quad-polarized radar.

    Args:
        pixels: `(bands, pixels)` of a sample.
        names: of the bands.

    Example:
        >>> radar_of(np.array([[-20.0, -10.0], [-12.0, -8.0]]), ("VH", "VV")).weights
        ((0.0, 1.0), (1.0, 0.0), (-1.0, 1.0))
    """
    place: dict[str, int] = {}
    for index, name in enumerate(names):
        for word in words_of(name):
            place.setdefault(word, index)
    identity = np.eye(len(pixels))
    if {"hh", "hv", "vv"} <= set(place):
        weights = identity[[place["hh"], place["hv"], place["vv"]]]
    else:
        known = [(place[a], place[b]) for a, b in PAIRS if a in place and b in place]
        like, cross = known[0] if known else (0, 1)
        weights = np.array([identity[like], identity[cross], identity[like] - identity[cross]])
    low, high = _stretch(weights @ pixels).T.tolist()
    return Picture(RADAR, tuple(map(tuple, weights.tolist())), tuple(low), tuple(high))


def components_of(pixels: Array, standardized: bool) -> Picture:
    """Return the picture of the first three principal components.

    Args:
        pixels: `(bands, pixels)` of a sample.
        standardized: whether bands are divided by their standard deviations.

    Example:
        >>> along = np.linspace(-1, 1, 50)
        >>> values = np.array([along, 3 * along, along**2, 0 * along])
        >>> weights = components_of(values, standardized=False).weights[0]
        >>> np.abs(np.round(weights, 2)).tolist()
        [0.32, 0.95, 0.0, 0.0]
    """
    most = max(MOST_VALUES // len(pixels), FEWEST_PIXELS)
    values = pixels[:, :: -(-pixels.shape[1] // most)].astype(np.float64)
    low, high = np.percentile(values, INNER_PERCENT, axis=1)
    inner = np.clip(values, low[:, np.newaxis], high[:, np.newaxis])
    spread = inner.std(axis=1) if standardized else np.ones(len(values))
    scale = np.divide(1.0, spread, out=np.zeros(len(values)), where=spread > 0)
    covariance = np.cov(inner) * np.outer(scale, scale)
    # Eigenvalues ascend.
    vectors = np.linalg.eigh(covariance)[1][:, ::-1][:, :3].T
    vectors *= np.where(vectors.sum(axis=1) < 0, -1.0, 1.0)[:, np.newaxis]
    weights = vectors * scale
    low, high = _stretch(weights @ values).T
    rows = tuple(map(tuple, weights.tolist()))
    return Picture(COMPONENTS, rows, tuple(low.tolist()), tuple(high.tolist()))


def _stretch(values: Array) -> Floats:
    """Values `(channels, 2)` that are shown darkest and brightest."""
    low, high = np.percentile(values, STRETCH_PERCENT, axis=1)
    flat = high <= low
    return np.stack([np.where(flat, low - 0.5, low), np.where(flat, high + 0.5, high)], axis=1)


def _has_colors(source: RasterSource) -> bool:
    """Whether some bands are red, green and blue, by their interpretation or wavelengths."""
    named = {"Red", "Green", "Blue"} <= set(source.band_colors)
    return named or bool(visible_bands(source.wavelengths))


def _kind_of_index(source: RasterSource) -> str:
    """VEGETATION for a single band that is called a vegetation index, or whose file is; or ""."""
    words = words_of(source.band_names[0]) | words_of(source.name)
    return VEGETATION if words & VEGETATION_INDICES else ""
