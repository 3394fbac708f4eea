# SPDX-License-Identifier: GPL-2.0-or-later
"""Features of superpixels that a mixture of Gaussians can be fitted to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .description import column_layout
from .projection import Projection, fit_projection
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


@dataclass(frozen=True)
class FeatureSpace:
    """How sums over superpixels become features; fitted to one scene, used on others too.

    Attributes:
        center: `(columns,)` float32 mean of each raw column.
        spread: `(columns,)` float32 standard deviation of each raw column.
        projection: of the standardised, weighted columns.
    """

    center: FloatArray
    spread: FloatArray
    projection: Projection

    def features(self, sums: DoubleArray, bands: int) -> FloatArray:
        """Features `(n, d)` float32 of superpixels, from the sums of `describe_tile`."""
        return self.projection.apply(_standard_columns(sums, bands, self.center, self.spread))


def fit_feature_space(sums: DoubleArray, bands: int, components: int) -> FeatureSpace:
    """Standardise the columns, weigh their blocks, reduce them to principal components.

    Args:
        sums: `(n, features)` float64 of `describe_tile`, added up; every row with pixels.
        bands: number of bands.
        components: kept at most; a full covariance needs several points for each.
    """
    columns = np.concatenate(list(_blocks(sums, bands).values()), axis=1)
    weights = sums[:, 0] / sums[:, 0].sum()
    center = weights @ columns
    spread = np.sqrt(weights @ (columns - center) ** 2)
    known = np.where(spread > 1e-6, spread, 1.0).astype(np.float32)
    standard = _standard_columns(sums, bands, center.astype(np.float32), known)
    return FeatureSpace(
        center.astype(np.float32), known, fit_projection(standard, weights, components)
    )


def _blocks(sums: DoubleArray, bands: int) -> dict[str, DoubleArray]:
    layout = column_layout(bands)
    pixels = sums[:, :1]
    mean = sums[:, layout["values"]] / pixels
    brightness = mean.mean(axis=1, keepdims=True)
    variance = np.maximum(sums[:, layout["squares"]] / pixels - mean**2, 0)
    return {
        "chroma": np.log((mean + LOG_OFFSET) / (brightness + LOG_OFFSET)),
        "brightness": np.log(brightness + LOG_OFFSET),
        "spread": np.log1p(np.sqrt(variance)),
        "texture": sums[:, layout["texture"]] / pixels,
        "context": sums[:, layout["context"]] / pixels,
        # Superpixels are large where the land is plain: water in any color, and no town.
        "size": np.log(pixels),
    }


def _standard_columns(
    sums: DoubleArray, bands: int, center: FloatArray, spread: FloatArray
) -> FloatArray:
    blocks = _blocks(sums, bands)
    columns = (np.concatenate(list(blocks.values()), axis=1) - center) / spread
    weights = [
        np.full(block.shape[1], BLOCK_WEIGHTS[name] / np.sqrt(block.shape[1]))
        for name, block in blocks.items()
    ]
    # A sliver between two fields may be off by twenty: as extreme as three, it teaches enough.
    standard: FloatArray = (np.clip(columns, -EXTREME, EXTREME) * np.concatenate(weights)).astype(
        np.float32
    )
    return standard
