# SPDX-License-Identifier: GPL-2.0-or-later
"""What the mean colors of superpixels tell by themselves: contrasts, noise, and clear levels.

In a scene of few clear levels (a thematic raster, a lake in dark land) mean colors alone tell the
classes. A scene is taken for one where two things hold: the noise of the mean colors is small
beside their spread, and 16 levels explain nearly all of this spread. The noise is estimated as for
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
from .k_means import k_means, nearest
from .projection import sample_by_weight
from .row_blocks import MANY_ROWS, row_blocks
from .types import DoubleArray, FloatArray

# A scene has clear levels where the noise is below this share of the spread of mean colors, and 16
# levels leave less than this share of the spread unexplained (both as standard deviations). Of 79
# synthetic scenes of levels, colors and objects 67 meet both, with 0.166 and 0.070 at most; of 27
# natural images ten meet the first, and leave 0.082 or more.
CLEAR_NOISE = 0.17
LEVELS, CLEAR_REST = 16, 0.075
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
    if noise_share(superpixels, weights) >= CLEAR_NOISE:
        return None
    rows, counts = sample_by_weight(superpixels.pixels.astype(np.float32), SAMPLE)
    means = superpixels.means[rows] * weights
    centers = k_means(means, counts, LEVELS)
    rest = np.square(means - centers[nearest(means, centers)]).sum(axis=1)
    share = counts / counts.sum()
    spread = np.square(means - share @ means).sum(axis=1)
    return weights if share @ rest < CLEAR_REST**2 * (share @ spread) else None


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
        contrast = np.square(_neighbor_differences(superpixels))
        noise = np.minimum(noise, np.median(contrast, axis=0) / (2 * MEDIAN_SQUARE))
    shares = 1 - noise / np.maximum(variance, LEAST_VARIANCE)
    return np.asarray(np.clip(shares, 0, 1), np.float32)


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
        contrast = np.square(_neighbor_differences(superpixels) * weights).sum(axis=1)
        noise = min(noise, float(np.median(contrast)) / 2)
    return float(np.sqrt(noise / max(spread, LEAST_VARIANCE)))


def _neighbor_differences(superpixels: Description) -> FloatArray:
    """Differences `(m, bands)` between the mean colors of neighbors, for an even sample of them."""
    one, two = superpixels.pairs[:: -(-len(superpixels.pairs) // SAMPLE)].T
    differences: FloatArray = superpixels.means[one] - superpixels.means[two]
    return differences


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
