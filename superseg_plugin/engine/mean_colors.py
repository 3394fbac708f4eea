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

import numpy as np

from ..blocks import Description, column_layout
from ..class_tree import fit_class_tree
from .k_means import k_means, nearest, weighted_means
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


def clear_level_weights(superpixels: Description) -> FloatArray | None:
    """Weights of the bands if a scene consists of few clear levels, told by mean colors alone.

    Args:
        superpixels: of the scene; every row with pixels.

    Returns:
        `(bands,)` float32 of `signal_shares`; None for any other scene.

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
    weights = signal_shares(superpixels)
    noise = noise_share(superpixels, weights)
    if noise >= CLEAR_NOISE or not weights.any():
        return None
    gains, rest = _levels(superpixels, weights)
    if rest[LEVELS - 1] >= CLEAR_REST:
        return None
    stands_out = (gains[:-1] >= STEP * gains[1:]) & (rest[1:LEVELS] < CLEAR_REST)
    one_band = np.count_nonzero(weights > 0.5) == 1
    little = noise < (LITTLE_NOISE_OF_ONE if one_band else LITTLE_NOISE)
    clear = little or stands_out.any() or _is_noise_within(superpixels, weights)
    return weights if clear else None


def signal_shares(superpixels: Description) -> FloatArray:
    """Share `(bands,)` float32 of the variance of each band's mean colors that is not noise.

    Args:
        superpixels: of the scene; every row with pixels.

    Returns:
        From 0 for noise alone, or for a constant band, to 1 for no noise; see `noise_share` for
        the noise.

    Example:
        The first band has two levels, the second one noise that neighbors do not share.

        >>> shade = np.array([[50.0, 50, 50, 50, 150, 150, 150, 150], [9, 4, 9, 4, 9, 4, 9, 4]])
        >>> pairs = np.stack([np.arange(7), np.arange(1, 8)], axis=1)
        >>> sums = np.zeros((8, 10))
        >>> sums[:, 0], sums[:, 1:3], sums[:, 3:5] = 100, 100 * shade.T, 100 * (shade.T**2 + 25)
        >>> scene = Description.from_sums(sums, pairs, np.ones(7, np.int64), 2)
        >>> signal_shares(scene).round(2).tolist()
        [1.0, 0.0]
    """
    within, variance = _variances(superpixels, np.ones(superpixels.bands, np.float32))
    noise = within
    if len(superpixels.pairs):
        one, two = _neighbors(superpixels)
        contrast = np.square(superpixels.means[one] - superpixels.means[two])
        noise = np.minimum(noise, np.median(contrast, axis=0) / (2 * MEDIAN_SQUARE))
    shares = 1 - noise / np.maximum(variance, LEAST_VARIANCE)
    return np.where(variance > LEAST_VARIANCE, np.clip(shares, 0, 1), 0).astype(np.float32)


def noise_share(superpixels: Description, weights: FloatArray) -> float:
    """Noise of the mean colors as a share of their spread, all bands together.

    Args:
        superpixels: of the scene; every row with pixels.
        weights: `(bands,)`, how much each band counts.

    Returns:
        The noise is the smaller of two estimates: the standard deviation within superpixels, which
        is too high where they have texture, and the median difference between neighbors over the
        root of two, which is too high where each superpixel is a patch of its own.

    Example:
        Two gray levels, 100 apart, with a standard deviation of 5 within superpixels.

        >>> sums, shade = np.zeros((8, 7)), np.repeat([50.0, 150.0], 4)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> graph = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> scene = Description.from_sums(sums, *graph, 1)
        >>> round(noise_share(scene, np.ones(1, np.float32)), 3)
        0.1
    """
    within, spread = (float(each.sum()) for each in _variances(superpixels, weights))
    noise = within
    if len(superpixels.pairs):
        one, two = _neighbors(superpixels)
        contrast = _squared_differences(superpixels, weights, one, two)
        noise = min(noise, float(np.median(contrast)) / 2)
    return float(np.sqrt(noise / max(spread, LEAST_VARIANCE)))


def _levels(superpixels: Description, weights: FloatArray) -> tuple[DoubleArray, DoubleArray]:
    """What levels of the weighted mean colors explain, on a sample.

    Returns:
        Share `(LEVELS,)` of the variance that the second, third, ... level explains, and share
        `(LEVELS,)` of the standard deviation that 1, 2, ... levels leave.
    """
    rows, counts = sample_by_weight(superpixels.pixels.astype(np.float32), SAMPLE)
    means, area = superpixels.means[rows] * weights, counts / counts.sum()
    cells = k_means(means, counts, CELLS)
    owner = nearest(means, cells)
    used, owner = np.unique(owner, return_inverse=True)
    cells = weighted_means(means, counts, owner, cells[used])
    spread = max(float(area @ np.square(means - area @ means).sum(axis=1)), LEAST_VARIANCE)
    within = float(area @ np.square(means - cells[owner]).sum(axis=1))
    areas = np.bincount(owner, area).astype(np.float64)
    tree = fit_class_tree(cells.astype(np.float64), areas)
    costs = np.zeros(LEVELS + CELLS)
    costs[: len(tree.costs)] = tree.costs[::-1] / spread
    left = within / spread + costs.sum() - np.append(0.0, np.cumsum(costs))
    # Rounding must not decide where levels explain everything.
    return np.maximum(costs[:LEVELS], 1e-9), np.sqrt(np.maximum(left[:LEVELS], 0.0))


def _is_noise_within(superpixels: Description, weights: FloatArray) -> bool:
    """Whether alike neighbors differ by the noise of their pixels only, which is moderate.

    Noise that neighboring pixels share, and texture, make superpixels differ by more.
    """
    within, spread = (float(each.sum()) for each in _variances(superpixels, weights))
    if not len(superpixels.pairs) or within >= PIXEL_NOISE**2 * spread:
        return False
    one, two = _neighbors(superpixels)
    squares, pixels = column_layout(superpixels.bands)["squares"], superpixels.pixels[:, np.newaxis]

    def expected(rows: IndexArray) -> DoubleArray:
        mean = superpixels.means[rows].astype(np.float64)
        variance = np.maximum(superpixels.sums[rows, squares] / pixels[rows] - mean**2, 0)
        return np.asarray((variance / pixels[rows]) @ np.square(weights))

    noise = np.maximum(expected(one) + expected(two), LEAST_VARIANCE)
    ratio = _squared_differences(superpixels, weights, one, two) / noise
    return bool(np.percentile(ratio, 10) < NOISE_TENTH)


def _neighbors(superpixels: Description) -> tuple[IndexArray, IndexArray]:
    """Rows of two neighbors each, for an even sample of the pairs."""
    one, two = superpixels.pairs[:: -(-len(superpixels.pairs) // SAMPLE)].T
    return one, two


def _squared_differences(
    superpixels: Description, weights: FloatArray, one: IndexArray, two: IndexArray
) -> FloatArray:
    """Squared distance `(m,)` between the weighted mean colors of two rows each."""
    differences = (superpixels.means[one] - superpixels.means[two]) * weights
    distances: FloatArray = np.square(differences).sum(axis=1)
    return distances


def _variances(superpixels: Description, weights: FloatArray) -> tuple[DoubleArray, DoubleArray]:
    """Variance `(bands,)` within superpixels and that of their means, by area."""
    sums, means, layout = superpixels.sums, superpixels.means, column_layout(superpixels.bands)
    area = sums[:, 0] / sums[:, 0].sum()
    within, spread = np.zeros(superpixels.bands), np.zeros(superpixels.bands)
    center = area @ means
    for part in row_blocks(len(sums), MANY_ROWS):
        mean = means[part].astype(np.float64)
        squares = sums[part, layout["squares"]] / sums[part, :1]
        within += area[part] @ np.maximum(squares - mean**2, 0)
        spread += area[part] @ np.square(mean - center)
    return within * weights**2, spread * weights**2


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
