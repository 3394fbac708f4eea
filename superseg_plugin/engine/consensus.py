# SPDX-License-Identifier: GPL-2.0-or-later
"""One partition that the members of an ensemble agree on as far as they can."""

from __future__ import annotations

import numpy as np

from .mixture import cut_tree, ward_tree
from .projection import fit_projection
from .types import AnyArray, DoubleArray, FloatArray, IndexArray

DIMENSIONS = 12
# Ward's tree needs the distances of all pairs of these points.
TREE_POINTS = 1500
MEANS_ITERATIONS = 20
# Groups tried, at most so many times the classes wanted.
MOST_ASKED = 3
# What the votes for groups that win nowhere are raised by, and how often.
RAISE = 1.25
RAISES = 40


def vote(posteriors: FloatArray, weights: FloatArray, members: int, classes: int) -> FloatArray:
    """Translate the components of all members into common classes.

    Points are grouped by the square roots of their posteriors, whose distances are Hellinger
    distances (Ward's tree, then k-means). Then every member votes: its components stand for the
    groups of the points that they hold, and the mean of the votes is the partition. A small group
    among larger ones may be in doubt everywhere and win nowhere; there are so many groups that as
    many as wanted win. Where none of these numbers is enough, the votes for the groups that win
    nowhere are raised until they do.

    Source of the voting: H. Ayad, M. Kamel, "Cumulative voting consensus method for partitions
    with a variable number of clusters", IEEE TPAMI 30 (2008).

    Args:
        posteriors: `(n, members * k)` float32 of an ensemble, points in any order that says
            nothing about them.
        weights: `(n,)` float32, how much each point counts.
        members: of the ensemble.
        classes: wanted; more may come back, and fewer where there are fewer distinct points.

    Returns:
        `(members * k, c)` float32: the rows of `posteriors @ result` are in the ratio of the class
        probabilities. All of them win some point.
    """
    points = _few_dimensions(np.sqrt(posteriors / np.float32(members)), weights)
    tree = ward_tree(points[:TREE_POINTS])
    held = (posteriors * weights[:, None]).T
    share = held / np.maximum(held.sum(axis=1, keepdims=True), np.float32(1e-9))
    first = votes = share @ _group(points, weights, tree, classes)
    best, asked = _winners(posteriors, votes), classes
    while best.shape[1] < classes and votes.shape[1] == asked:
        asked += classes - best.shape[1]
        if asked > MOST_ASKED * classes:
            break
        votes = share @ _group(points, weights, tree, asked)
        best = max(best, _winners(posteriors, votes), key=_width)
    if best.shape[1] < classes:
        best = max(best, _raised(posteriors, first), key=_width)
    return best / np.float32(members)


def _raised(posteriors: FloatArray, votes: FloatArray) -> FloatArray:
    """Votes raised until all columns win some point."""
    for _ in range(RAISES):
        winning = np.unique((posteriors @ votes).argmax(axis=1))
        if len(winning) == votes.shape[1]:
            break
        losing = np.setdiff1d(np.arange(votes.shape[1]), winning)
        votes[:, losing] *= np.float32(RAISE)
    return _winners(posteriors, votes)


def _winners(posteriors: FloatArray, votes: FloatArray) -> FloatArray:
    """The columns of votes that win some point."""
    won: FloatArray = votes[:, np.unique((posteriors @ votes).argmax(axis=1))]
    return won


def _width(votes: FloatArray) -> int:
    return int(votes.shape[1])


def _few_dimensions(points: FloatArray, weights: FloatArray) -> FloatArray:
    shares = weights.astype(np.float64) / weights.sum(dtype=np.float64)
    return fit_projection(points, shares, DIMENSIONS).apply(points)


def _group(points: FloatArray, weights: FloatArray, tree: DoubleArray, count: int) -> FloatArray:
    """Membership `(n, groups)`, 0 or 1: branches of the tree, improved by k-means."""
    part, counts = points[:TREE_POINTS], weights[:TREE_POINTS]
    numbers = cut_tree(tree, min(count, len(np.unique(part, axis=0))))
    centers = _centers(part, counts, numbers, np.zeros((int(numbers.max()) + 1, part.shape[1])))
    for _ in range(MEANS_ITERATIONS):
        owner = (np.square(centers).sum(axis=1) - 2 * points @ centers.T).argmin(axis=1)
        centers = _centers(points, weights, owner, centers)
    membership: FloatArray = np.eye(len(centers), dtype=np.float32)[owner]
    return membership


def _centers(
    points: FloatArray, weights: FloatArray, owner: IndexArray, before: AnyArray
) -> FloatArray:
    """Weighted means of the groups; those of empty groups stay."""
    count = len(before)
    mass = np.bincount(owner, weights, count)[:, None]
    sums = np.stack([np.bincount(owner, weights * column, count) for column in points.T], axis=1)
    centers: FloatArray = np.where(mass > 0, sums / np.maximum(mass, 1e-12), before).astype(
        np.float32
    )
    return centers
