# SPDX-License-Identifier: GPL-2.0-or-later
"""Features of superpixels, prepared for mixtures of Gaussians.

The sums of a description become columns in blocks: band ratios (log of each mean over the mean of
all bands), brightness, standard deviations of the bands, texture, context, and size. Logarithms
bring the columns closer to normal distributions and make the ratios independent of illumination.
Columns are standardized, clipped to three standard deviations, weighed by block, and reduced to
principal components. Superpixels count by area in the statistics.

Exact but for float32. The weights of the blocks are a choice, not an estimate. Cost: linear in the
superpixels; three more passes when the space is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..contracts import column_layout
from ..errors import SuperSegError
from .projection import Projection, fit_projection, row_parts
from .types import DoubleArray, FloatArray

# Added to means before the logarithm, display units: noise of dark pixels would dominate ratios.
LOG_OFFSET = 5.0
# Weight of each block; within a block, columns share it, so that many bands count as few do.
BLOCK_WEIGHTS = {
    "chroma": 1.0,
    "brightness": 0.7,
    "spread": 0.7,
    "texture": 0.5,
    "context": 0.5,
    "size": 0.25,
}
# Mixed pixels on the borders of fields reach 20 standard deviations and would dominate the
# covariance; they are clipped to this many.
CLIP = 3.0


@dataclass(frozen=True)
class FeatureSpace:
    """Transformation of sums to features, fitted to one scene and applicable to others.

    Attributes:
        center: `(columns,)` float32 mean of each column.
        spread: `(columns,)` float32 standard deviation of each column, 1 where it is constant.
        projection: of the standardized, weighted columns.
    """

    center: FloatArray
    spread: FloatArray
    projection: Projection

    def features(self, sums: DoubleArray, bands: int) -> FloatArray:
        """Transform sums to features.

        Args:
            sums: `(n, columns)` float64 of `describe_tile`, added up; every row with pixels.
            bands: number of bands.

        Returns:
            `(n, d)` float32.

        Raises:
            SuperSegError: the space was fitted to another number of bands.
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
                _standardize(sums[part], bands, self.center, self.spread)
            )
        return result


def fit_feature_space(sums: DoubleArray, bands: int, components: int) -> FeatureSpace:
    """Fit the transformation to a scene.

    Args:
        sums: `(n, columns)` float64 of `describe_tile`, added up; every row with pixels.
        bands: number of bands.
        components: principal components to keep at most. A full covariance of d dimensions needs
            several superpixels a cluster for each of them.

    Returns:
        The transformation.

    Example:
        Four superpixels of one band, 100 pixels each, that differ in brightness only.

        >>> sums, shade = np.zeros((4, 7)), np.array([50.0, 60.0, 150.0, 160.0])
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> space = fit_feature_space(sums, 1, 3)
        >>> (space.features(sums, 1)[:, 0] > 0).tolist()
        [False, False, True, True]
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
        standard[part] = _standardize(sums[part], bands, center, spread)
    return FeatureSpace(center, spread, fit_projection(standard, weights, components))


def _columns(sums: DoubleArray, bands: int) -> tuple[DoubleArray, DoubleArray]:
    """Columns `(n, columns)` before standardization, and the weight of each."""
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
        # Superpixels are large on uniform land cover such as water, small in towns.
        "size": np.log(pixels),
    }
    emphasis = [
        np.full(block.shape[1], BLOCK_WEIGHTS[name] / np.sqrt(block.shape[1]))
        for name, block in blocks.items()
    ]
    return np.concatenate(list(blocks.values()), axis=1), np.concatenate(emphasis)


def _standardize(
    sums: DoubleArray, bands: int, center: FloatArray, spread: FloatArray
) -> FloatArray:
    columns, emphasis = _columns(sums, bands)
    clipped = np.clip((columns - center) / spread, -CLIP, CLIP)
    standard: FloatArray = (clipped * emphasis).astype(np.float32)
    return standard
