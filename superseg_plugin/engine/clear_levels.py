# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes of few clear levels, in which mean colors alone tell the classes.

A thematic raster, or a lake in dark land. A scene is taken for one where 16 levels explain nearly
all of the spread of mean colors, and one of two more things holds:

1. Neighbors often have the same level, and then differ as any two superpixels of it do. In natural
   scenes, which vary gradually, neighbors are more alike (Geary's contiguity ratio [1]).
2. The noise of the mean colors is small beside their spread, and there is hardly any, or alike
   neighbors differ by the noise of their pixels only, or a number of levels stands out, since one
   level less explains much less and one more hardly more. This finds levels of one band, and of
   patches that are one superpixel each.

Each band weighs by the share of its variance that is not noise (`mean_colors`), so that levels in
one band are found beside bands of noise alone. Features of other scenes do not have these weights:
whitening by band made classes of natural scenes worse.

Approximate: levels, and what neighbors tell, are found on samples. Cost: linear in the superpixels.

References:
    [1] R. C. Geary, "The contiguity ratio and statistical mapping", The Incorporated Statistician
        5 (1954).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..blocks import Description
from ..class_tree import fit_class_tree
from .k_means import SAMPLE, k_means, lloyd, nearest, weighted_means
from .mean_colors import LEAST_VARIANCE, Variation, variances
from .projection import sample_by_weight
from .types import DoubleArray, FloatArray, IndexArray

# Some 16 levels of a scene of clear levels leave less than this share of the spread of mean colors
# unexplained (as standard deviations). With .17 one more of 352 synthetic scenes is missed; with .2
# one less, but 8 more of 771 natural images and parts of images are taken for clear levels. Levels
# are found by Ward's method from so many cells.
LEVELS, CLEAR_REST, CELLS = 16, 0.18, 32
# Share of neighbors that have the same level, plus their contiguity ratio, which is 1 where they
# are as different as any two superpixels of the level. The sum is .95 in the median of natural
# images; 11 of 771 images and parts of images are taken for clear levels by it alone, at a named
# mean IoU of .60, .63 and .69 at 8, 16 and 32 classes in place of .54, .69 and .69. Of 200 drawn
# scenes that it was not chosen on, 2 in place of 5 are missed beside k-means.
LIKE_ANY_OTHERS = 1.2
# The noise of a scene of clear levels, as a share of the spread, where its neighbors tell nothing.
CLEAR_NOISE = 0.17
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
# on natural images where so many levels leave less than CLEAR_REST, and 4 or more on 2 of 690 parts
# of these.
STEP = 4.0

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
    if not weights.any():
        return None
    sample = sample_by_weight(superpixels.pixels.astype(np.float32), SAMPLE)
    levels = _Levels.of(superpixels.means, sample, weights)
    if levels.rest[LEVELS - 1] >= CLEAR_REST:
        return None
    # Levels of a single band do not tell by neighbors: a thermal image of sea ice has them.
    telling = np.count_nonzero(weights > 0.5)
    if telling > 1 and _are_like_any_others(superpixels.means, found, weights, levels.centers):
        return weights
    noise = found.noise_share(weights)
    if noise >= CLEAR_NOISE:
        return None
    clear = (
        noise < (LITTLE_NOISE_OF_ONE if telling == 1 else LITTLE_NOISE)
        or levels.stand_out
        or _median_noise(superpixels, sample, found, weights) < LITTLE_NOISE
        or _is_noise_of_pixels(superpixels, found, weights)
    )
    return weights if clear else None


@dataclass(frozen=True)
class _Levels:
    """Levels of the weighted mean colors, and what they explain; found on a sample.

    Attributes:
        gains: `(LEVELS,)` share of the variance that the second, third, ... level explains.
        rest: `(LEVELS,)` share of the standard deviation that 1, 2, ... levels leave.
        centers: `(k, bands)` float32 weighted mean color of each of at most `LEVELS` levels.
    """

    gains: DoubleArray
    rest: DoubleArray
    centers: FloatArray

    @classmethod
    def of(cls, means: FloatArray, sample: Sample, weights: FloatArray) -> _Levels:
        """Find them."""
        rows, counts = sample
        means, area = means[rows] * weights, counts / counts.sum()
        cells, owner = lloyd(means, counts, k_means(means, counts, CELLS), 1)
        areas = np.bincount(owner, area, len(cells)).astype(np.float64)
        spread = max(float(area @ np.square(means - area @ means).sum(axis=1)), LEAST_VARIANCE)
        within = float(area @ np.square(means - cells[owner]).sum(axis=1))
        cells, areas = cells[areas > 0], areas[areas > 0]
        tree = fit_class_tree(cells.astype(np.float64), areas)
        costs = np.zeros(LEVELS + CELLS)
        costs[: len(tree.costs)] = tree.costs[::-1] / spread
        left = within / spread + costs.sum() - np.append(0.0, np.cumsum(costs))
        # Rounding must not decide where levels explain everything.
        return cls(
            np.maximum(costs[:LEVELS], 1e-9),
            np.sqrt(np.maximum(left[:LEVELS], 0.0)),
            weighted_means(cells, areas, tree.cut(LEVELS)),
        )

    @property
    def stand_out(self) -> bool:
        """Whether some number of levels explains nearly all, and one more hardly more."""
        last = self.gains[:-1] >= STEP * self.gains[1:]
        return bool((last & (self.rest[1:] < CLEAR_REST)).any())


def _is_noise_of_pixels(superpixels: Description, found: Variation, weights: FloatArray) -> bool:
    """Whether alike neighbors differ by the noise of their pixels only, which is moderate.

    Noise that neighboring pixels share, and texture, make superpixels differ by more.
    """
    if not len(found.one) or found.pixel_noise(weights) >= PIXEL_NOISE:
        return False

    def expected(rows: IndexArray) -> DoubleArray:
        pixels = superpixels.pixels[rows, np.newaxis]
        return np.asarray((variances(superpixels, rows) / pixels) @ np.square(weights))

    noise = np.maximum(expected(found.one) + expected(found.two), LEAST_VARIANCE)
    return bool(np.percentile(found.contrast(weights) / noise, 10) < NOISE_TENTH)


def _are_like_any_others(
    means: FloatArray, found: Variation, weights: FloatArray, centers: FloatArray
) -> bool:
    """Whether neighbors often have the same level, and differ as any two superpixels of it do.

    Args:
        means: `(n, bands)` mean colors.
        found: of the same superpixels.
        weights: `(bands,)`.
        centers: `(k, bands)` weighted mean color of each level.
    """
    if not len(found.one):
        return False
    one, two = means[found.one] * weights, means[found.two] * weights
    level = nearest(one, centers)
    same = level == nearest(two, centers)
    center = centers[level]
    scatter = np.square(one - center).sum(axis=1) + np.square(two - center).sum(axis=1)
    ratios = found.contrast(weights) / np.maximum(scatter, LEAST_VARIANCE)
    return bool(same.any() and same.mean() + np.median(ratios[same]) > LIKE_ANY_OTHERS)


def _median_noise(
    superpixels: Description, sample: Sample, found: Variation, weights: FloatArray
) -> float:
    """As `Variation.pixel_noise`, but the median by area; on a sample."""
    rows, counts = sample
    noise = variances(superpixels, rows) @ np.square(weights)
    order = noise.argsort()
    half = np.searchsorted(np.cumsum(counts[order]), counts.sum() / 2)
    return found.share(noise[order[half]], weights)
