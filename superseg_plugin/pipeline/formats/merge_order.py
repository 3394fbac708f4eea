# SPDX-License-Identifier: GPL-2.0-or-later
"""The order in which classes join, most alike first: a dendrogram, and what can be read off it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Step = tuple[int, int, float]

RIDGE = 1e-3


def bhattacharyya_merge_order(
    weights: Floats, means: Floats, covariances: Floats
) -> list[list[Any]]:
    """Join Gaussian classes greedily, the most alike pair first.

    Each step joins the pair with the least `d * sqrt(w1 w2 / (w1 + w2))`, d the Bhattacharyya
    distance: large classes join only where they are very alike, small ones sooner. The joint class
    takes the moments of both.

    Source of d: A. Bhattacharyya, "On a measure of divergence between two statistical populations
    defined by their probability distributions", Bulletin of the Calcutta Mathematical Society 35
    (1943).

    Args:
        weights: `(k,)` shares of the area, of any scale.
        means: `(k, d)`.
        covariances: `(k, d, d)`, positive definite.

    Returns:
        k - 1 steps `[kept, absorbed, distance]`: class numbers from 1, kept < absorbed, distances
        that never fall.
    """
    weights, means, covariances = weights.copy(), means.copy(), covariances.copy()
    count = len(weights)
    logs = np.linalg.slogdet(covariances)[1]
    costs = np.full((count, count), np.inf)

    def compare(one: int, others: npt.NDArray[np.int64]) -> Floats:
        middle = (covariances[one] + covariances[others]) / 2
        apart = means[one] - means[others]
        solved = np.linalg.solve(middle, apart[:, :, None])[:, :, 0]
        spread = np.linalg.slogdet(middle)[1] - (logs[one] + logs[others]) / 2
        distance = (apart * solved).sum(axis=1) / 8 + spread / 2
        both = weights[one] * weights[others] / np.maximum(weights[one] + weights[others], 1e-300)
        cost: Floats = np.maximum(distance, 0) * np.sqrt(both)
        return cost

    for index in range(count - 1):
        others = np.arange(index + 1, count)
        costs[index, others] = compare(index, others)
    alive = np.ones(count, bool)
    steps: list[list[Any]] = []
    height = 0.0
    for _ in range(count - 1):
        kept, absorbed = (int(i) for i in np.unravel_index(costs.argmin(), costs.shape))
        height = max(height, float(costs[kept, absorbed]))
        steps.append([kept + 1, absorbed + 1, height])
        total = max(weights[kept] + weights[absorbed], 1e-300)
        share = weights[absorbed] / total
        apart = means[absorbed] - means[kept]
        covariances[kept] += share * (covariances[absorbed] - covariances[kept])
        covariances[kept] += share * (1 - share) * np.outer(apart, apart)
        means[kept] += share * apart
        weights[kept] = total
        logs[kept] = np.linalg.slogdet(covariances[kept])[1]
        alive[absorbed] = False
        costs[absorbed], costs[:, absorbed] = np.inf, np.inf
        others = np.flatnonzero(alive & (np.arange(count) != kept))
        if len(others):
            fresh = compare(kept, others)
            costs[np.minimum(kept, others), np.maximum(kept, others)] = fresh
    return steps


def check_merge_order(steps: Any, classes: int) -> list[Step]:
    """Read a merge order from a file.

    Raises:
        ValueError: it is not one of `classes` classes.
    """
    if not isinstance(steps, Sequence) or len(steps) != classes - 1:
        raise ValueError(f"a merge order of {classes} classes has {classes - 1} steps")
    alive = set(range(1, classes + 1))
    checked: list[Step] = []
    last = 0.0
    for step in steps:
        if not isinstance(step, Sequence) or len(step) != 3:
            raise ValueError("a step of a merge order has three figures")
        kept, absorbed, distance = step
        if type(kept) is not int or type(absorbed) is not int or not kept < absorbed:
            raise ValueError("a step of a merge order names two classes, the smaller number first")
        if not {kept, absorbed} <= alive:
            raise ValueError("a step of a merge order names a class that is not there")
        if not isinstance(distance, (int, float)) or not last <= distance < math.inf:
            raise ValueError("the distances of a merge order never fall")
        alive.remove(absorbed)
        last = float(distance)
        checked.append((kept, absorbed, last))
    return checked


def groups(steps: Sequence[Step], classes: int, count: int) -> npt.NDArray[np.int64]:
    """Which class stands for each class when only `count` remain.

    Args:
        steps: of `check_merge_order`.
        classes: number of classes.
        count: of groups wanted, 1 to `classes`.

    Returns:
        `(classes,)` indices from 0 of the class that each one's group is called by.
    """
    owner = np.arange(classes)
    for kept, absorbed, _ in list(steps)[: classes - count]:
        owner[owner == absorbed - 1] = kept - 1
    return owner


def cophenetic(steps: Sequence[Step], classes: int) -> Floats:
    """Distance at which each two classes first share a group, `(classes, classes)`."""
    result = np.zeros((classes, classes))
    owner = np.arange(classes)
    for kept, absorbed, distance in steps:
        one, other = owner == kept - 1, owner == absorbed - 1
        result[np.ix_(one, other)] = distance
        result[np.ix_(other, one)] = distance
        owner[other] = kept - 1
    return result


def class_moments(
    features: npt.NDArray[np.float32],
    classes: npt.NDArray[np.int64],
    pixels: Floats,
    count: int,
) -> tuple[Floats, Floats, Floats]:
    """Share, mean and covariance of each class of superpixels.

    A covariance of few superpixels is drawn towards a common round one, which a class without any
    gets whole.

    Args:
        features: `(n, d)` of the superpixels.
        classes: `(n,)` index of each one's class; those of -1 and those without pixels are left
            out.
        pixels: `(n,)` pixels of each superpixel.
        count: number of classes, k.

    Returns:
        `(k,)`, `(k, d)`, `(k, d, d)`.
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
    inner = weights @ scatters.diagonal(axis1=1, axis2=2)
    common = inner + weights @ np.square(means - weights @ means)
    prior = np.diag(common) / count ** (2.0 / dimensions)
    trust = np.array([len(rows) / (len(rows) + dimensions) for rows in members])[:, None, None]
    covariances = trust * scatters + (1 - trust) * prior + RIDGE * np.eye(dimensions)
    return weights, means, covariances
