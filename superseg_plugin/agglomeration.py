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

The classes of a run have a tree already (`class_tree`); this order is for class rasters without
one, and where an image's values are to decide. It needs numpy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


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
