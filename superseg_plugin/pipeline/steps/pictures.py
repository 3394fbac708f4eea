# SPDX-License-Identifier: GPL-2.0-or-later
"""Choosing the picture of an image whose bands are no colors.

Idea: the bands of an embedding, and those of an image of many bands whose wavelengths are not
known, mean nothing as red, green and blue; their first three principal components show most of what
differs. The sign of a component is that of the sum of the cubes of its weights, so that it does not
depend on the program that solves the eigenproblem. Each component is stretched between the
percentiles 2 and 98, as QGIS does with bands.
The bands of an embedding have one scale. Other bands may have different units, and are divided by
their standard deviations first (standardized principal components [1]).
Exact: the components of the sample. Approximate: the sample stands for the scene. A sample of
another year gives other components, so that a model keeps those of the image it was trained on.
Cost: a covariance and an eigenproblem of the bands: 0.2 s for 64 bands, 3 s for 768.

References:
    [1] A. Singh and A. Harrison, "Standardized principal components", International Journal of
        Remote Sensing 6(6), 883-896 (1985).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...contracts import EMBEDDING
from ...raster.pictures import COMPONENTS, MOST_BANDS_LISTED, Picture
from ...raster.source import RasterSource
from ...raster.wavelengths import visible_bands
from ..classes.rendering import STRETCH_PERCENT

Array = npt.NDArray[Any]
Valid = npt.NDArray[np.bool_]

# Outliers, such as defect pixels, do not decide on the components.
INNER_PERCENT = (0.5, 99.5)
# Values in all bands, and pixels at least, that the components are computed from: the stretch then
# rests on some hundred pixels at either end.
MOST_VALUES, FEWEST_PIXELS = 1 << 21, 4096


def choose_picture(source: RasterSource, sample: Array, valid: Valid) -> None:
    """Set the picture of an image, where its display bands do not show it.

    Args:
        source: the image, changed in place.
        sample: `(bands, pixels)` as the source reads them, fill values included.
        valid: `(pixels,)`, False for nodata.
    """
    source.picture = None
    bands = len(source.bands)
    if source.kind != EMBEDDING:
        has_colors = {"Red", "Green", "Blue"} <= set(source.band_colors)
        if bands <= MOST_BANDS_LISTED or has_colors or visible_bands(source.wavelengths):
            return
    inside = valid.copy()
    for values, fill in zip(sample, source.fill_values):
        for value in fill:
            inside &= values != np.asarray(value).astype(values.dtype)
    if bands >= 3 and np.count_nonzero(inside) > 3:
        source.picture = components_of(sample[:, inside], standardized=source.kind != EMBEDDING)


def components_of(pixels: Array, standardized: bool) -> Picture:
    """Return the picture of the first three principal components.

    Args:
        pixels: `(bands, pixels)` of a sample.
        standardized: whether bands are divided by their standard deviations.

    Example:
        >>> along = np.linspace(-1, 1, 50)
        >>> values = np.array([along, 3 * along, along**2, 0 * along])
        >>> np.round(components_of(values, standardized=False).weights[0], 2).tolist()
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
    vectors *= np.where((vectors**3).sum(axis=1) < 0, -1.0, 1.0)[:, np.newaxis]
    weights = vectors * scale
    low, high = np.percentile(weights @ values, STRETCH_PERCENT, axis=1)
    flat = high <= low
    low, high = np.where(flat, low - 0.5, low), np.where(flat, high + 0.5, high)
    rows = tuple(map(tuple, weights.tolist()))
    return Picture(COMPONENTS, rows, tuple(low.tolist()), tuple(high.tolist()))
