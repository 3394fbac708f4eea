# SPDX-License-Identifier: GPL-2.0-or-later
"""Features of superpixels that a mixture of Gaussians can be fitted to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..contracts import column_layout
from ..errors import SuperSegError
from .projection import Projection, fit_projection, row_parts
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
        """Features `(n, d)` float32 of superpixels, from the sums of `describe_tile`.

        Raises:
            SuperSegError: the sums are of other bands than the space was fitted to.
        """
        # Brightness is one more column than the sums have.
        if len(self.center) != sums.shape[1] + 1:
            raise SuperSegError(
                f"MODEL: its clusters are of images with other bands than the {bands} of this one;"
                " choose a model of this sensor, or train one on this image."
            )
        result = np.empty((len(sums), self.projection.vectors.shape[1]), np.float32)
        for part in row_parts(len(sums)):
            result[part] = self.projection.apply(
                _standardise(sums[part], bands, self.center, self.spread)
            )
        return result


def fit_feature_space(sums: DoubleArray, bands: int, components: int) -> FeatureSpace:
    """Standardise the columns, weigh their blocks, reduce them to principal components.

    Args:
        sums: `(n, features)` float64 of `describe_tile`, added up; every row with pixels.
        bands: number of bands.
        components: kept at most; a full covariance needs several points for each.
    """
    weights = sums[:, 0] / sums[:, 0].sum()
    parts = row_parts(len(sums))
    mean = sum(weights[part] @ _columns(sums[part], bands)[0] for part in parts)
    variance = sum(weights[part] @ (_columns(sums[part], bands)[0] - mean) ** 2 for part in parts)
    center = np.asarray(mean, np.float32)
    deviation = np.sqrt(variance)
    spread = np.where(deviation > 1e-6, deviation, 1.0).astype(np.float32)
    standard = np.empty((len(sums), len(center)), np.float32)
    for part in parts:
        standard[part] = _standardise(sums[part], bands, center, spread)
    return FeatureSpace(center, spread, fit_projection(standard, weights, components))


def _columns(sums: DoubleArray, bands: int) -> tuple[DoubleArray, DoubleArray]:
    """Raw columns `(n, columns)` and how much each counts, by its block."""
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
    emphasis = [
        np.full(block.shape[1], BLOCK_WEIGHTS[name] / np.sqrt(block.shape[1]))
        for name, block in blocks.items()
    ]
    return np.concatenate(list(blocks.values()), axis=1), np.concatenate(emphasis)


def _standardise(
    sums: DoubleArray, bands: int, center: FloatArray, spread: FloatArray
) -> FloatArray:
    columns, emphasis = _columns(sums, bands)
    # A sliver between two fields may be off by twenty: as extreme as three, it teaches enough.
    clipped = np.clip((columns - center) / spread, -EXTREME, EXTREME)
    standard: FloatArray = (clipped * emphasis).astype(np.float32)
    return standard
