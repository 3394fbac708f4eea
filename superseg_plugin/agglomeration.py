# SPDX-License-Identifier: GPL-2.0-or-later
"""The merge order of classes: agglomerative clustering of the classes, most similar pair first.

A merge order of k classes has k - 1 steps. Cut after k - n steps it leaves n clusters of classes,
so one order answers for every number of classes, as a dendrogram does.

Classes are modeled as one Gaussian each. The cost of merging two is their Bhattacharyya distance
times a factor of their sizes, like that of Ward's criterion; the merged class takes the exact
moments of both. The search is greedy: each step is the best one, the whole order need not be. The
distances of later steps are raised to the largest before them, so that they never decrease
(greedy merging of Gaussians can produce inversions).

Cost: k^2 / 2 distances at the beginning and k after each step, each O(d^3) for d features.

References:
    A. Bhattacharyya, "On a measure of divergence between two statistical populations defined by
    their probability distributions", Bulletin of the Calcutta Mathematical Society 35 (1943).
    J. H. Ward, "Hierarchical grouping to optimize an objective function", Journal of the American
    Statistical Association 58 (1963).

Both processes use it: the worker to join similar classes of superpixels, QGIS's process to merge
the classes of a raster without a worker. It needs numpy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Added to the variance of every feature: without it the covariance of equal superpixels would not
# be positive definite.
RIDGE = 1e-3


class MergeStep(NamedTuple):
    """One step of a merge order; a list of three in JSON.

    Attributes:
        kept: number of one class, from 1; the merged class goes by it.
        absorbed: number of the other class, larger than `kept`.
        distance: between both, 0 or more.
    """

    kept: int
    absorbed: int
    distance: float


def bhattacharyya_merge_order(
    weights: Floats, means: Floats, covariances: Floats
) -> list[MergeStep]:
    """Merge Gaussian classes greedily, the most similar pair first.

    Each step merges the pair with the least `d * sqrt(w1 w2 / (w1 + w2))`, d the Bhattacharyya
    distance. Large classes merge only if they are very similar, small ones sooner.

    Args:
        weights: `(k,)` shares of the area, of any scale.
        means: `(k, d)`.
        covariances: `(k, d, d)`, positive definite.

    Returns:
        k - 1 steps whose distances never decrease.

    Example:
        >>> import numpy as np
        >>> means = np.array([[0.0], [9.0], [0.5]])
        >>> order = bhattacharyya_merge_order(np.ones(3), means, np.ones((3, 1, 1)))
        >>> [step[:2] for step in order]
        [(1, 3), (1, 2)]
    """
    weights, means, covariances = weights.copy(), means.copy(), covariances.copy()
    count = len(weights)
    log_dets = np.linalg.slogdet(covariances)[1]
    costs = np.full((count, count), np.inf)

    def compare(one: int, others: npt.NDArray[np.int64]) -> Floats:
        pooled = (covariances[one] + covariances[others]) / 2
        difference = means[one] - means[others]
        solved = np.linalg.solve(pooled, difference[:, :, None])[:, :, 0]
        spread = np.linalg.slogdet(pooled)[1] - (log_dets[one] + log_dets[others]) / 2
        distance = (difference * solved).sum(axis=1) / 8 + spread / 2
        both = weights[one] * weights[others] / np.maximum(weights[one] + weights[others], 1e-300)
        cost: Floats = np.maximum(distance, 0) * np.sqrt(both)
        return cost

    for index in range(count - 1):
        others = np.arange(index + 1, count)
        costs[index, others] = compare(index, others)
    alive = np.ones(count, bool)
    steps: list[MergeStep] = []
    height = 0.0
    for _ in range(count - 1):
        kept, absorbed = (int(i) for i in np.unravel_index(costs.argmin(), costs.shape))
        height = max(height, float(costs[kept, absorbed]))
        steps.append(MergeStep(kept + 1, absorbed + 1, height))
        total = max(weights[kept] + weights[absorbed], 1e-300)
        share = weights[absorbed] / total
        difference = means[absorbed] - means[kept]
        covariances[kept] += share * (covariances[absorbed] - covariances[kept])
        covariances[kept] += share * (1 - share) * np.outer(difference, difference)
        means[kept] += share * difference
        weights[kept] = total
        log_dets[kept] = np.linalg.slogdet(covariances[kept])[1]
        alive[absorbed] = False
        costs[absorbed], costs[:, absorbed] = np.inf, np.inf
        others = np.flatnonzero(alive & (np.arange(count) != kept))
        if len(others):
            fresh = compare(kept, others)
            costs[np.minimum(kept, others), np.maximum(kept, others)] = fresh
    return steps


def cut_merge_order(steps: Sequence[MergeStep], classes: int, count: int) -> npt.NDArray[np.int64]:
    """Cut a merge order at a number of clusters.

    Args:
        steps: of all classes.
        classes: number of classes.
        count: number of clusters, 1 to `classes`.

    Returns:
        `(classes,)` for each class the index, from 0, of the class that its cluster goes by.

    Example:
        >>> steps = [MergeStep(1, 3, 0.5), MergeStep(1, 2, 4.0)]
        >>> cut_merge_order(steps, 3, 2).tolist()
        [0, 1, 0]
    """
    owner = np.arange(classes)
    for kept, absorbed, _ in list(steps)[: classes - count]:
        owner[owner == absorbed - 1] = kept - 1
    return owner


def class_moments(
    features: npt.NDArray[np.float32],
    classes: npt.NDArray[np.int64],
    pixels: Floats,
    count: int,
) -> tuple[Floats, Floats, Floats]:
    """Compute weight, mean and covariance of each class of superpixels.

    Covariances are shrunk towards a diagonal one that all classes share, by d / (n + d) for a class
    of n superpixels with d features: those of few superpixels would be singular. A class without
    superpixels gets the shared one.

    Args:
        features: `(n, d)` of the superpixels.
        classes: `(n,)` index of the class of each superpixel, -1 for none.
        pixels: `(n,)` pixels of each superpixel; those without pixels are left out.
        count: number of classes, k.

    Returns:
        `(k,)` weights that sum to 1, `(k, d)` means, `(k, d, d)` covariances.
    """
    dimensions = features.shape[1]
    members = [np.flatnonzero((classes == index) & (pixels > 0)) for index in range(count)]
    totals, means = np.zeros(count), np.zeros((count, dimensions))
    scatters = np.zeros((count, dimensions, dimensions))
    for index, rows in enumerate(members):
        if not len(rows):
            continue
        totals[index] = pixels[rows].sum()
        shares = pixels[rows] / totals[index]
        means[index] = shares @ features[rows].astype(np.float64)
        centered = features[rows] - means[index]
        scatters[index] = (centered * shares[:, None]).T @ centered
    weights = totals / max(totals.sum(), 1e-9)
    within = weights @ scatters.diagonal(axis1=1, axis2=2)
    common = within + weights @ np.square(means - weights @ means)
    prior = np.diag(common) / count ** (2.0 / dimensions)
    own = np.array([len(rows) / (len(rows) + dimensions) for rows in members])[:, None, None]
    covariances = own * scatters + (1 - own) * prior + RIDGE * np.eye(dimensions)
    return weights, means, covariances


def merge_order_of(
    features: npt.NDArray[np.float32],
    labels: npt.NDArray[np.int64],
    pixels: Floats,
    order: npt.NDArray[np.int64],
) -> list[MergeStep]:
    """Find the merge order of the classes of superpixels.

    Args:
        features: `(n, d)` of the superpixels.
        labels: `(n,)` class of each superpixel, from 0.
        pixels: `(n,)` pixels of each superpixel.
        order: `(k,)` the label of each class as numbered in the result; classes that are not in it
            take no part.

    Returns:
        Steps as of `bhattacharyya_merge_order`.
    """
    number = np.full(int(max(labels.max(initial=0), order.max(initial=0))) + 1, -1)
    number[order] = np.arange(len(order))
    return bhattacharyya_merge_order(*class_moments(features, number[labels], pixels, len(order)))
