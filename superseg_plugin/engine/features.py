# SPDX-License-Identifier: GPL-2.0-or-later
"""Features of superpixels that a mixture of Gaussians can be fitted to."""

from __future__ import annotations

import numpy as np

from .description import column_layout
from .types import DoubleArray, FloatArray

LOG_OFFSET = 5.0
BLOCK_WEIGHTS = {
    "chroma": 1.0,
    "brightness": 0.7,
    "spread": 0.7,
    "texture": 0.5,
    "context": 0.5,
    "size": 0.25,
}
EXTREME = 3.0


def superpixel_features(sums: DoubleArray, bands: int, components: int) -> FloatArray:
    """Weighted blocks of standardised features, reduced to their principal components.

    Args:
        sums: `(n, features)` float64 of `describe_tile`, added up; every row with pixels.
        bands: number of bands.
        components: kept at most; a full covariance needs several points for each.

    Returns:
        `(n, d)` float32, d from 1 to `components`.
    """
    layout = column_layout(bands)
    pixels = sums[:, :1]
    mean = sums[:, layout["values"]] / pixels
    brightness = mean.mean(axis=1, keepdims=True)
    variance = np.maximum(sums[:, layout["squares"]] / pixels - mean**2, 0)
    blocks = {
        "chroma": np.log((mean + LOG_OFFSET) / (brightness + LOG_OFFSET)),
        "brightness": np.log(brightness + LOG_OFFSET),
        "spread": np.log1p(np.sqrt(variance)),
        "texture": sums[:, layout["texture"]] / pixels,
        "context": sums[:, layout["context"]] / pixels,
        # Superpixels are large where the land is plain: water in any color, and no town.
        "size": np.log(pixels),
    }
    weights = pixels[:, 0] / pixels.sum()
    columns = [
        _standardise(block, weights) * (BLOCK_WEIGHTS[name] / np.sqrt(block.shape[1]))
        for name, block in blocks.items()
    ]
    return principal_components(np.concatenate(columns, axis=1), weights, components)


def principal_components(values: DoubleArray, weights: DoubleArray, components: int) -> FloatArray:
    """Project centered values on the directions in which they vary most.

    Args:
        values: `(n, features)`.
        weights: `(n,)` shares that add up to 1.
        components: kept at most.

    Returns:
        `(n, d)` float32, d from 1 to `components`; a column of zeros where nothing varies.
    """
    centered = values - weights @ values
    spreads, vectors = np.linalg.eigh((centered * weights[:, None]).T @ centered)
    kept = np.flatnonzero(spreads > 1e-9 * max(spreads[-1], 1e-12))[::-1][:components]
    if len(kept) == 0:
        return np.zeros((len(values), 1), np.float32)
    vectors = vectors[:, kept]
    # The sign of an eigenvector is the library's choice; fix it, so that runs can be compared.
    vectors *= np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(len(kept))])
    return np.ascontiguousarray(centered @ vectors, np.float32)


def _standardise(block: DoubleArray, weights: DoubleArray) -> DoubleArray:
    center = weights @ block
    spread = np.sqrt(weights @ (block - center) ** 2)
    standard: DoubleArray = (block - center) / np.where(spread > 1e-6, spread, 1.0)
    # A sliver between two fields may be off by twenty: as extreme as three, it teaches enough.
    return np.clip(standard, -EXTREME, EXTREME)
