# SPDX-License-Identifier: GPL-2.0-or-later
"""How much the superpixels of a class differ, and how well two classes can be separated.

Both are computed from the band means of superpixels, weighted by their pixels: the superpixel is
what is classified. The spread within superpixels is not known, so that the spread of the pixels is
larger than the one given here. The separability is the Jeffries-Matusita distance of two normal
distributions, 0 for equal ones and 2 for distributions that do not overlap:

    B = 1/8 d' S^-1 d + 1/2 ln(|S| / sqrt(|S1| |S2|)),  S = (S1 + S2) / 2
    J = 2 (1 - exp(-B))

with d the difference of the means and S1, S2 the covariances.

References:
    Swain and Davis 1978, Remote Sensing: The Quantitative Approach.
    Richards and Jia 2006, Remote Sensing Digital Image Analysis, section 10.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]

# Variance that is added to each band, as a share of the variance of both classes together: a band
# without spread would make the covariance singular.
LEAST_VARIANCE = 1e-6


def spread(means: Floats, pixels: npt.NDArray[np.int64]) -> Floats | None:
    """Return the standard deviation of superpixels in each band.

    Args:
        means: `(n, bands)` band means of the superpixels of a class; rows with NaN are left out.
        pixels: `(n,)` of each superpixel.

    Returns:
        `(bands,)`; None for fewer than two superpixels.
    """
    found = _moments(means, pixels)
    return None if found is None else np.sqrt(np.diag(found[1]))


def jeffries_matusita(
    means: tuple[Floats, Floats], pixels: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
) -> float | None:
    """Return the Jeffries-Matusita distance of two classes, 0 to 2.

    Args:
        means: `(n, bands)` band means of the superpixels of each class, as for `spread`.
        pixels: `(n,)` of each superpixel.

    Returns:
        None if a class has fewer superpixels than bands and one: its covariance is not known then.
    """
    found = [_moments(*pair) for pair in zip(means, pixels)]
    if found[0] is None or found[1] is None:
        return None
    (first, one), (second, other) = found[0], found[1]
    bands = len(first)
    if min(len(each) for each in means) <= bands:
        return None
    # In units of the spread of both classes together, the floor is the same for all bands.
    total = (np.diag(one) + np.diag(other)) / 2 + np.square(first - second) / 4
    differs = total > 0
    if not differs.any():
        return 0.0
    scale = np.sqrt(total[differs])
    scales, floor = np.outer(scale, scale), LEAST_VARIANCE * np.eye(int(differs.sum()))
    one, other = (each[np.ix_(differs, differs)] / scales + floor for each in (one, other))
    first, second = first[differs] / scale, second[differs] / scale
    middle = (one + other) / 2
    difference = first - second
    square = float(difference @ np.linalg.solve(middle, difference))
    logarithms = [float(np.linalg.slogdet(each)[1]) for each in (middle, one, other)]
    distance = square / 8 + (logarithms[0] - (logarithms[1] + logarithms[2]) / 2) / 2
    return 2 * (1 - float(np.exp(-max(distance, 0.0))))


def _moments(means: Floats, pixels: npt.NDArray[np.int64]) -> tuple[Floats, Floats] | None:
    """Return mean `(bands,)` and covariance `(bands, bands)`; None for fewer than two rows."""
    known = np.isfinite(means).all(axis=1) & (pixels > 0)
    values, weights = means[known].astype(np.float64), pixels[known].astype(np.float64)
    if len(values) < 2:
        return None
    weights /= weights.sum()
    mean = weights @ values
    centered = values - mean
    return mean, (centered * weights[:, np.newaxis]).T @ centered
