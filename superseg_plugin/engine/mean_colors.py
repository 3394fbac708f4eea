# SPDX-License-Identifier: GPL-2.0-or-later
"""Mean colors of superpixels: how they vary, and what noise they have.

The variance of the mean colors is compared with that within superpixels and with the differences
between neighbors, of which the smaller is the noise, as for the minimum noise fraction [1].

Exact but for float32; neighbors are an even sample. Cost: linear in superpixels and neighbors.

References:
    [1] A. A. Green, M. Berman, P. Switzer, M. D. Craig, "A transformation for ordering
        multispectral data in terms of image quality with implications for noise removal", IEEE
        Transactions on Geoscience and Remote Sensing 26 (1988).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..blocks import Description, column_layout
from .row_blocks import MANY_ROWS, row_blocks
from .types import DoubleArray, FloatArray, IndexArray

# Pairs of neighbors that are looked at.
PAIRS = 16384
# Median of the square of a standard normal variable.
MEDIAN_SQUARE = 0.455
# Bands of one value have no variance.
LEAST_VARIANCE = 1e-9


@dataclass(frozen=True)
class Variation:
    """How mean colors vary, and what noise they have.

    The noise is the smaller of two estimates: the standard deviation within superpixels, which is
    too high where they have texture, and the median difference between neighbors over the root of
    two, which is too high where each superpixel is a patch of its own.

    Attributes:
        within: `(bands,)` variance within superpixels, by area.
        spread: `(bands,)` variance of their means, by area.
        one, two: `(m,)` rows of neighbors: an even sample of the pairs.
        differences: `(m, bands)` between the mean colors of these.
    """

    within: DoubleArray
    spread: DoubleArray
    one: IndexArray
    two: IndexArray
    differences: FloatArray

    @classmethod
    def of(cls, superpixels: Description) -> Variation:
        """Measure it; every row has pixels."""
        sums, means = superpixels.sums, superpixels.means
        area = sums[:, 0] / sums[:, 0].sum()
        within, spread = np.zeros(superpixels.bands), np.zeros(superpixels.bands)
        center = area @ means
        for part in row_blocks(len(sums), MANY_ROWS):
            within += area[part] @ variances(superpixels, part)
            spread += area[part] @ np.square(means[part].astype(np.float64) - center)
        one, two = superpixels.pairs[:: max(-(-len(superpixels.pairs) // PAIRS), 1)].T
        return cls(within, spread, one, two, means[one] - means[two])

    def signal_shares(self) -> FloatArray:
        """Share `(bands,)` float32 of the variance of each band that is not noise.

        From 0 for noise alone, or for a constant band, to 1 for no noise.

        Example:
            The first band has two levels, the second one noise that neighbors do not share.

            >>> shade = np.array([[50.0] * 4 + [150.0] * 4, [9.0, 4.0] * 4]).T
            >>> pairs = np.stack([np.arange(7), np.arange(1, 8)], axis=1)
            >>> sums = np.zeros((8, 10))
            >>> sums[:, 0], sums[:, 1:3], sums[:, 3:5] = 100, 100 * shade, 100 * (shade**2 + 25)
            >>> scene = Description.from_sums(sums, pairs, np.ones(7, np.int64), 2)
            >>> Variation.of(scene).signal_shares().round(2).tolist()
            [1.0, 0.0]
        """
        noise = self.within
        if len(self.one):
            squares = np.square(self.differences)
            noise = np.minimum(noise, np.median(squares, axis=0) / (2 * MEDIAN_SQUARE))
        shares = 1 - noise / np.maximum(self.spread, LEAST_VARIANCE)
        varies = self.spread > LEAST_VARIANCE
        return np.where(varies, np.clip(shares, 0, 1), 0).astype(np.float32)

    def noise_share(self, weights: FloatArray) -> float:
        """Noise as a share of the spread, of all bands together.

        Args:
            weights: `(bands,)`, how much each band counts.

        Example:
            Two gray levels, 100 apart, with a standard deviation of 5 within superpixels.

            >>> sums, shade = np.zeros((8, 7)), np.repeat([50.0, 150.0], 4)
            >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
            >>> graph = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
            >>> scene = Description.from_sums(sums, *graph, 1)
            >>> round(Variation.of(scene).noise_share(np.ones(1, np.float32)), 3)
            0.1
        """
        noise = self._sum(self.within, weights)
        if len(self.one):
            noise = min(noise, float(np.median(self.contrast(weights))) / 2)
        return self.share(noise, weights)

    def pixel_noise(self, weights: FloatArray) -> float:
        """Standard deviation within superpixels as a share of the spread; see `noise_share`."""
        return self.share(self._sum(self.within, weights), weights)

    def share(self, variance: float, weights: FloatArray) -> float:
        """Standard deviation of a weighted variance, as a share of the spread."""
        return float(np.sqrt(variance / max(self._sum(self.spread, weights), LEAST_VARIANCE)))

    def contrast(self, weights: FloatArray) -> FloatArray:
        """Squared distance `(m,)` between the weighted mean colors of the neighbors."""
        distances: FloatArray = np.square(self.differences * weights).sum(axis=1)
        return distances

    @staticmethod
    def _sum(variance: DoubleArray, weights: FloatArray) -> float:
        return float((variance * weights**2).sum())


def variances(superpixels: Description, rows: IndexArray | slice) -> DoubleArray:
    """Variance `(n, bands)` float64 within some superpixels.

    Example:
        >>> sums = np.array([[100.0, 5000, 250900, 0, 0, 0, 0]])
        >>> none = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> variances(Description.from_sums(sums, *none, 1), slice(None)).tolist()
        [[9.0]]
    """
    sums, squares = superpixels.sums, column_layout(superpixels.bands)["squares"]
    mean = superpixels.means[rows].astype(np.float64)
    return np.asarray(np.maximum(sums[rows, squares] / sums[rows, :1] - mean**2, 0))


def weighted_colors(superpixels: Description) -> FloatArray:
    """Mean colors `(n, bands)` float32 in display units, each block by its distance factor.

    Those of one block are returned as they are. The factors have a mean square of 1, so that
    distances mean the same as those of one block.

    Example:
        >>> from superseg_plugin.blocks import Block
        >>> sums = np.array([[1.0, 10, 100, 0, 0, 0, 0] * 2])
        >>> none = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> blocks = Block(1, factor=1.0), Block(1, factor=0.5)
        >>> (weighted_colors(Description.from_sums(sums, *none, blocks)) > 10).tolist()
        [[True, False]]
    """
    blocks = superpixels.blocks
    if len(blocks) == 1:
        return superpixels.means
    factors = np.concatenate([np.full(block.bands, block.factor) for block in blocks])
    factors /= np.sqrt(np.square(factors).mean())
    return superpixels.means * factors.astype(np.float32)
