# SPDX-License-Identifier: GPL-2.0-or-later
"""What the mean colors of superpixels tell by themselves: contrasts, noise, and clear levels.

In a scene of few clear levels (a thematic raster, a lake in dark land) mean colors alone tell the
classes. A scene is taken for one where two things hold: the noise of the mean colors is small
beside their spread, and 16 levels explain nearly all of this spread. The noise is estimated as for
the minimum noise fraction [1], but for all bands together: whitening by band made classes of
natural scenes worse.

Exact but for float32; levels are found on a sample. Cost: linear in superpixels and neighbors.

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
from .region_graph import squared_contrast
from .row_blocks import MANY_ROWS, row_blocks
from .types import FloatArray

# A scene has clear levels where the noise is below this share of the spread of mean colors, and 16
# levels leave less than this share of the spread unexplained (both as standard deviations). Of 79
# synthetic scenes of levels, colors and objects 67 meet both, with 0.166 and 0.070 at most; of 27
# natural images ten meet the first, and leave 0.082 or more.
CLEAR_NOISE = 0.17
LEVELS, CLEAR_REST = 16, 0.075
SAMPLE = 16384


def has_clear_levels(superpixels: Description) -> bool:
    """Whether a scene consists of few clear levels, so that mean colors alone tell its classes.

    Args:
        superpixels: of the scene; every row with pixels.

    Example:
        Two gray levels, first with little noise, then with much.

        >>> sums, shade = np.zeros((99, 7)), np.repeat([50.0, 150.0, 150.0], 33)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> graph = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> has_clear_levels(Description.from_sums(sums, *graph, 1))
        True
        >>> sums[:, 2] += 100 * 900
        >>> has_clear_levels(Description.from_sums(sums, *graph, 1))
        False
    """
    if noise_share(superpixels) >= CLEAR_NOISE:
        return False
    rows, counts = sample_by_weight(superpixels.pixels.astype(np.float32), SAMPLE)
    means = superpixels.means[rows]
    centers = k_means(means, counts, LEVELS)
    rest = np.square(means - centers[nearest(means, centers)]).sum(axis=1)
    share = counts / counts.sum()
    spread = np.square(means - share @ means).sum(axis=1)
    return bool(share @ rest < CLEAR_REST**2 * (share @ spread))


def noise_share(superpixels: Description) -> float:
    """Noise of the mean colors as a share of their spread, all bands together.

    Args:
        superpixels: of the scene; every row with pixels.

    Returns:
        The noise is the smaller of two estimates: the standard deviation within superpixels, which
        is too high where they have texture, and the median difference between neighbors over the
        root of two, which is too high where each superpixel is a patch of its own.

    Example:
        Two gray levels, 100 apart, with a standard deviation of 5 within superpixels.

        >>> sums, shade = np.zeros((8, 7)), np.repeat([50.0, 150.0], 4)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> graph = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> round(noise_share(Description.from_sums(sums, *graph, 1)), 3)
        0.1
    """
    sums, means, layout = superpixels.sums, superpixels.means, column_layout(superpixels.bands)
    weights = sums[:, 0] / sums[:, 0].sum()
    noise = spread = 0.0
    center = weights @ means
    for part in row_blocks(len(sums), MANY_ROWS):
        mean = means[part].astype(np.float64)
        squares = sums[part, layout["squares"]] / sums[part, :1]
        noise += float((weights[part] @ np.maximum(squares - mean**2, 0)).sum())
        spread += float((weights[part] @ np.square(mean - center)).sum())
    if len(superpixels.pairs):
        noise = min(noise, float(np.median(squared_contrast(means, superpixels.pairs))) / 2)
    return float(np.sqrt(noise / max(spread, 1e-9)))


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
