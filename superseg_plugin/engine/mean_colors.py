# SPDX-License-Identifier: GPL-2.0-or-later
"""What the mean colors of superpixels tell by themselves: contrasts, noise, and clear levels.

In a scene of few clear levels (a thematic raster, a lake in dark land) mean colors alone tell the
classes. A scene is taken for one where the noise of the mean colors is small beside their spread,
16 levels explain nearly all of this spread, and one of three more things holds: there is hardly any
noise, or alike neighbors differ by the noise of their pixels only, or a number of levels stands
out, since one level less explains much less and one more hardly more. The noise is estimated as for
the minimum noise fraction [1]. Each band weighs by the share of its variance that is not noise, so
that levels in one band are found beside bands of noise alone. Features of other scenes do not have
these weights: whitening by band made classes of natural scenes worse.

Exact but for float32; levels, and the noise of a band, are found on samples. Cost: linear in
superpixels and neighbors.

References:
    [1] A. A. Green, M. Berman, P. Switzer, M. D. Craig, "A transformation for ordering
        multispectral data in terms of image quality with implications for noise removal", IEEE
        Transactions on Geoscience and Remote Sensing 26 (1988).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..blocks import Description, column_layout
from ..class_tree import fit_class_tree
from .k_means import k_means, lloyd
from .projection import sample_by_weight
from .row_blocks import MANY_ROWS, row_blocks
from .types import DoubleArray, FloatArray, IndexArray

# A scene of clear levels has less noise than the first share of the spread of mean colors, and some
# 16 levels leave less than the second share unexplained (both as standard deviations). With all
# constants below, 128 of 140 synthetic scenes of levels, colors and objects are found; none of 27
# natural images is, and 11 of 731 parts of these. Taking such a part for clear levels costs .05 in
# named mean IoU.
CLEAR_NOISE = 0.17
LEVELS, CLEAR_REST = 16, 0.17
# With noise below this share nothing else is needed: parts of natural images have 0.048 or more.
# Where one band alone tells anything, the second share suffices: parts of natural images of one
# band have 0.113 or more, and levels in steps that differ do not stand out by their number.
# Half of the area with less than the first share within superpixels suffices, too: blurred edges
# are no noise. One of 680 parts of natural images has that. It finds two more of the 200 drawn
# scenes that it was chosen on, and one more of 160 others: ARI .95 to .99 in place of .40 to .79.
LITTLE_NOISE, LITTLE_NOISE_OF_ONE = 0.04, 0.1
# Where neighbors of a kind differ by the noise of their pixels only, the squared differences of a
# tenth of all neighbors are below this multiple of those expected. It is 1.03 at most on synthetic
# scenes with white noise, and 1.58 or more on the natural images with a noise below half of the
# spread; larger noise, such as speckle, hides texture.
NOISE_TENTH, PIXEL_NOISE = 1.1, 0.5
# A number of levels stands out where the last one explains this multiple of what the next one would
# explain: 4.3 or more on the synthetic scenes that have shared noise or blurred edges, 2.8 at most
# on natural images where so many levels leave less than CLEAR_REST. Levels are found by Ward's
# method from so many cells.
STEP, CELLS = 4.0, 32
SAMPLE = 16384
# Median of the square of a standard normal variable.
MEDIAN_SQUARE = 0.455
# Bands of one value have no variance.
LEAST_VARIANCE = 1e-9

# Rows and counts of `sample_by_weight`.
Sample = tuple[IndexArray, DoubleArray]


def clear_level_weights(superpixels: Description) -> FloatArray | None:
    """Weights of the bands if a scene consists of few clear levels, told by mean colors alone.

    Args:
        superpixels: of the scene; every row with pixels.

    Returns:
        `(bands,)` float32 of `Variation.signal_shares`; None for any other scene.

    Example:
        Two gray levels, first with little noise, then with much.

        >>> sums, shade = np.zeros((99, 7)), np.repeat([50.0, 150.0, 150.0], 33)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> graph = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> clear_level_weights(Description.from_sums(sums, *graph, 1)).tolist() > [0.98]
        True
        >>> sums[:, 2] += 100 * 900
        >>> clear_level_weights(Description.from_sums(sums, *graph, 1)) is None
        True
    """
    found = Variation.of(superpixels)
    weights = found.signal_shares()
    noise = found.noise_share(weights)
    if noise >= CLEAR_NOISE or not weights.any():
        return None
    sample = sample_by_weight(superpixels.pixels.astype(np.float32), SAMPLE)
    gains, rest = _levels(superpixels.means, sample, weights)
    if rest[LEVELS - 1] >= CLEAR_REST:
        return None
    stands_out = (gains[:-1] >= STEP * gains[1:]) & (rest[1:LEVELS] < CLEAR_REST)
    one_band = np.count_nonzero(weights > 0.5) == 1
    clear = (
        noise < (LITTLE_NOISE_OF_ONE if one_band else LITTLE_NOISE)
        or stands_out.any()
        or _median_noise(superpixels, sample, found, weights) < LITTLE_NOISE
        or _is_noise_within(superpixels, found, weights)
    )
    return weights if clear else None


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
            within += area[part] @ _variances(superpixels, part)
            spread += area[part] @ np.square(means[part].astype(np.float64) - center)
        one, two = superpixels.pairs[:: max(-(-len(superpixels.pairs) // SAMPLE), 1)].T
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


def _levels(
    means: FloatArray, sample: Sample, weights: FloatArray
) -> tuple[DoubleArray, DoubleArray]:
    """What levels of the weighted mean colors explain, on a sample.

    Returns:
        Share `(LEVELS,)` of the variance that the second, third, ... level explains, and share
        `(LEVELS,)` of the standard deviation that 1, 2, ... levels leave.
    """
    rows, counts = sample
    means, area = means[rows] * weights, counts / counts.sum()
    cells, owner = lloyd(means, counts, k_means(means, counts, CELLS), 1)
    areas = np.bincount(owner, area, len(cells)).astype(np.float64)
    spread = max(float(area @ np.square(means - area @ means).sum(axis=1)), LEAST_VARIANCE)
    within = float(area @ np.square(means - cells[owner]).sum(axis=1))
    tree = fit_class_tree(cells[areas > 0].astype(np.float64), areas[areas > 0])
    costs = np.zeros(LEVELS + CELLS)
    costs[: len(tree.costs)] = tree.costs[::-1] / spread
    left = within / spread + costs.sum() - np.append(0.0, np.cumsum(costs))
    # Rounding must not decide where levels explain everything.
    return np.maximum(costs[:LEVELS], 1e-9), np.sqrt(np.maximum(left[:LEVELS], 0.0))


def _is_noise_within(superpixels: Description, found: Variation, weights: FloatArray) -> bool:
    """Whether alike neighbors differ by the noise of their pixels only, which is moderate.

    Noise that neighboring pixels share, and texture, make superpixels differ by more.
    """
    if not len(found.one) or found.pixel_noise(weights) >= PIXEL_NOISE:
        return False

    def expected(rows: IndexArray) -> DoubleArray:
        pixels = superpixels.pixels[rows, np.newaxis]
        return np.asarray((_variances(superpixels, rows) / pixels) @ np.square(weights))

    noise = np.maximum(expected(found.one) + expected(found.two), LEAST_VARIANCE)
    return bool(np.percentile(found.contrast(weights) / noise, 10) < NOISE_TENTH)


def _median_noise(
    superpixels: Description, sample: Sample, found: Variation, weights: FloatArray
) -> float:
    """As `Variation.pixel_noise`, but the median by area; on a sample."""
    rows, counts = sample
    variances = _variances(superpixels, rows) @ np.square(weights)
    order = variances.argsort()
    half = np.searchsorted(np.cumsum(counts[order]), counts.sum() / 2)
    return found.share(variances[order[half]], weights)


def _variances(superpixels: Description, rows: IndexArray | slice) -> DoubleArray:
    """Variance `(n, bands)` within superpixels."""
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
