# SPDX-License-Identifier: GPL-2.0-or-later
"""The merge order of classes: agglomerative clustering of the classes, most similar pair first.

A merge order of k classes has k - 1 steps. Cut after k - n steps it leaves n clusters of classes,
so one order answers for every number of classes, as a dendrogram does.

Classes are modeled as one Gaussian each. The cost of merging two is their Bhattacharyya distance
times a factor of their sizes, like that of Ward's criterion; the merged class takes the exact
moments of both. The search is greedy: each step is the best one, the whole order need not be. The
distances of later steps are raised to the largest before them, so that they never decrease
(greedy merging of Gaussians can produce inversions).

Cost: k^2 / 2 distances at the beginning and k after each step, each O(d^3) for d features; the
least one is found in O(k) a step, on average.

References:
    A. Bhattacharyya, "On a measure of divergence between two statistical populations defined by
    their probability distributions", Bulletin of the Calcutta Mathematical Society 35 (1943).
    J. H. Ward, "Hierarchical grouping to optimize an objective function", Journal of the American
    Statistical Association 58 (1963).

The classes of a run have a tree already (`class_tree`); this order is for class rasters without
one, and where an image's values are to decide. It needs numpy only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Callable, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


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


def agglomerate(
    count: int, compare: Callable[[int, Ints], Floats], parts: Ints | None = None
) -> Iterator[tuple[int, int, float]]:
    """Find the cheapest pair of clusters again and again, until one is left.

    Args:
        count: number of clusters at the beginning.
        compare: costs of joining a cluster with each of others, all given by their index.
        parts: `(count,)` part of each cluster; those of a part join before any two parts do. None
            for one part.

    Yields:
        The cluster that is kept, the one of a higher index that it absorbs, and their cost. The
        caller joins them, so that `compare` knows, before it asks for the next pair.

    Example:
        >>> points = np.array([0.0, 9.0, 1.0])
        >>> distances = lambda one, others: np.abs(points[others] - points[one])
        >>> [pair[:2] for pair in agglomerate(3, distances)]
        [(0, 2), (0, 1)]
    """
    group = np.zeros(count, np.int64) if parts is None else parts.copy()
    costs = _Costs(count)

    def fill(rows: Ints) -> None:
        """Costs of all pairs of these."""
        for place, index in enumerate(rows[:-1]):
            costs.fill(int(index), rows[place + 1 :], compare(int(index), rows[place + 1 :]))

    for part in np.unique(group):
        fill(np.flatnonzero(group == part))
    alive = np.ones(count, bool)
    for _ in range(count - 1):
        kept, absorbed, cost = costs.least()
        if group.any() and not np.isfinite(cost):
            # Each part is one cluster now.
            group[:] = 0
            fill(np.flatnonzero(alive))
            kept, absorbed, cost = costs.least()
        yield kept, absorbed, cost
        alive[absorbed] = False
        costs.remove(absorbed)
        others = np.flatnonzero(alive & (group == group[kept]))
        others = others[others != kept]
        if len(others):
            costs.change(kept, others, compare(kept, others))


class _Costs:
    """Costs of all pairs, each in the row of its first cluster, and the least one of each row.

    A step changes one row and one column: few rows have their least cost there, and are searched.

    Args:
        count: number of clusters.
    """

    def __init__(self, count: int) -> None:
        self._costs = np.full((count, count), np.inf)
        self._least = np.full(count, np.inf)
        # Where the least cost of a row is, the first one of several.
        self._place = np.zeros(count, np.int64)

    def fill(self, one: int, others: Ints, costs: Floats) -> None:
        """Set the costs of a cluster with some after it, in a row without any."""
        self._costs[one, others] = costs
        self._search(np.array([one]))

    def least(self) -> tuple[int, int, float]:
        """The first pair of the least cost, by rows, and its cost."""
        one = int(self._least.argmin())
        return one, int(self._place[one]), float(self._least[one])

    def remove(self, cluster: int) -> None:
        """Leave a cluster out."""
        self._costs[cluster], self._costs[:, cluster] = np.inf, np.inf
        self._least[cluster] = np.inf
        self._search(np.flatnonzero((self._place == cluster) & np.isfinite(self._least)))

    def change(self, cluster: int, others: Ints, costs: Floats) -> None:
        """Change the costs of a cluster with others."""
        self._costs[np.minimum(cluster, others), np.maximum(cluster, others)] = costs
        before = others < cluster
        rows, fresh = others[before], costs[before]
        least, place = self._least[rows], self._place[rows]
        nearer = (fresh < least) | ((fresh == least) & (cluster < place))
        self._least[rows[nearer]], self._place[rows[nearer]] = fresh[nearer], cluster
        farther = (place == cluster) & (fresh > least)
        self._search(np.append(rows[farther], cluster))

    def _search(self, rows: Ints) -> None:
        self._place[rows] = self._costs[rows].argmin(axis=1)
        self._least[rows] = self._costs[rows, self._place[rows]]


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

    def compare(one: int, others: Ints) -> Floats:
        pooled = (covariances[one] + covariances[others]) / 2
        difference = means[one] - means[others]
        solved = np.linalg.solve(pooled, difference[:, :, None])[:, :, 0]
        spread = np.linalg.slogdet(pooled)[1] - (log_dets[one] + log_dets[others]) / 2
        distance = (difference * solved).sum(axis=1) / 8 + spread / 2
        both = weights[one] * weights[others] / np.maximum(weights[one] + weights[others], 1e-300)
        cost: Floats = np.maximum(distance, 0) * np.sqrt(both)
        return cost

    steps: list[MergeStep] = []
    height = 0.0
    for kept, absorbed, cost in agglomerate(count, compare):
        height = max(height, cost)
        steps.append(MergeStep(kept + 1, absorbed + 1, height))
        total = max(weights[kept] + weights[absorbed], 1e-300)
        share = weights[absorbed] / total
        difference = means[absorbed] - means[kept]
        covariances[kept] += share * (covariances[absorbed] - covariances[kept])
        covariances[kept] += share * (1 - share) * np.outer(difference, difference)
        means[kept] += share * difference
        weights[kept] = total
        log_dets[kept] = np.linalg.slogdet(covariances[kept])[1]
    return steps


def cut_merge_order(steps: Sequence[MergeStep], classes: int, count: int) -> Ints:
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
