# SPDX-License-Identifier: GPL-2.0-or-later
"""Consensus of an ensemble of mixtures, by cumulative voting.

All members have posteriors for the same points. A reference partition clusters the points by the
square roots of all posteriors, whose Euclidean distances are Hellinger distances: Ward's tree [2]
of the first points, then k-means on all of them. Each component of each member is then mapped to
the clusters of the reference, by the share of its weight that lies in each (cumulative voting [1]);
the mean of these mappings over the members is the consensus. It is kept as a matrix that maps
posteriors of components to classes, so that it applies to any other points.

A small cluster among larger ones may be the most probable one of no point. Therefore the reference
has more clusters, up to three times as many, until as many as wanted are the most probable of some
point; if none of these numbers suffices, memberships of the missing clusters are raised in steps of
25 %.

Approximate: the reference, a local optimum of k-means in 12 principal components. Cost: 1500^2
distances for the tree, then n points times k clusters in at most 20 iterations for each reference.

References:
    [1] H. G. Ayad, M. S. Kamel, "Cumulative voting consensus method for partitions with a variable
        number of clusters", IEEE TPAMI 30 (2008).
    [2] J. H. Ward, "Hierarchical grouping to optimize an objective function", Journal of the
        American Statistical Association 58 (1963).
"""

from __future__ import annotations

import numpy as np

from .mixture import cut_tree, ward_tree
from .projection import fit_projection
from .types import AnyArray, DoubleArray, FloatArray, IndexArray

# Principal components in which points are clustered.
DIMENSIONS = 12
# Ward's tree needs the distances of all pairs of these points: 9 MB.
TREE_POINTS = 1500
K_MEANS_ITERATIONS = 20
# Clusters of the reference, at most this many times the classes wanted.
MAX_REFERENCE_RATIO = 3
# Factor for the memberships of clusters that no point has as its most probable one, and how often.
RAISE = 1.25
MAX_RAISES = 40


def cumulative_voting(
    posteriors: FloatArray, weights: FloatArray, size: int, classes: int
) -> FloatArray:
    """Map the components of all members of an ensemble to common classes.

    Args:
        posteriors: `(n, size * k)` float32 of an ensemble, points in random order.
        weights: `(n,)` float32, how much each point counts, above 0.
        size: number of members of the ensemble.
        classes: number of classes wanted, 1 or more. A few more may be returned, and fewer where
            there are fewer distinct points.

    Returns:
        Memberships `(size * k, c)` float32: class probabilities of points are proportional to
        `posteriors @ memberships`. Each class is the most probable one of some point.

    Example:
        Two members with two components each, that number them in opposite order.

        >>> one = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)
        >>> posteriors = np.concatenate([one, one[:, ::-1]], axis=1)
        >>> memberships = cumulative_voting(posteriors, np.ones(4, np.float32), 2, 2)
        >>> classes = (posteriors @ memberships).argmax(axis=1)
        >>> bool(classes[0] == classes[1] != classes[2] == classes[3])
        True
    """
    points = _few_dimensions(np.sqrt(posteriors / np.float32(size)), weights)
    tree = ward_tree(points[:TREE_POINTS])
    mass = (posteriors * weights[:, None]).T
    shares = mass / np.maximum(mass.sum(axis=1, keepdims=True), np.float32(1e-9))
    first = memberships = shares @ _reference(points, weights, tree, classes)
    best, wanted = _occupied(posteriors, memberships), classes
    while best.shape[1] < classes and memberships.shape[1] == wanted:
        wanted += classes - best.shape[1]
        if wanted > MAX_REFERENCE_RATIO * classes:
            break
        memberships = shares @ _reference(points, weights, tree, wanted)
        best = max(best, _occupied(posteriors, memberships), key=_width)
    if best.shape[1] < classes:
        best = max(best, _raised(posteriors, first), key=_width)
    return best / np.float32(size)


def _raised(posteriors: FloatArray, memberships: FloatArray) -> FloatArray:
    """Raise memberships until each cluster is the most probable one of some point."""
    for _ in range(MAX_RAISES):
        occupied = np.unique((posteriors @ memberships).argmax(axis=1))
        if len(occupied) == memberships.shape[1]:
            break
        empty = np.setdiff1d(np.arange(memberships.shape[1]), occupied)
        memberships[:, empty] *= np.float32(RAISE)
    return _occupied(posteriors, memberships)


def _occupied(posteriors: FloatArray, memberships: FloatArray) -> FloatArray:
    """Columns of the clusters that are the most probable ones of some point."""
    found: FloatArray = memberships[:, np.unique((posteriors @ memberships).argmax(axis=1))]
    return found


def _width(memberships: FloatArray) -> int:
    return int(memberships.shape[1])


def _few_dimensions(points: FloatArray, weights: FloatArray) -> FloatArray:
    shares = weights.astype(np.float64) / weights.sum(dtype=np.float64)
    return fit_projection(points, shares, DIMENSIONS).apply(points)


def _reference(
    points: FloatArray, weights: FloatArray, tree: DoubleArray, count: int
) -> FloatArray:
    """Reference partition `(n, clusters)`, 0 or 1: branches of the tree, improved by k-means."""
    part, counts = points[:TREE_POINTS], weights[:TREE_POINTS]
    branches = cut_tree(tree, min(count, len(np.unique(part, axis=0))))
    centers = _centers(part, counts, branches, np.zeros((int(branches.max()) + 1, part.shape[1])))
    for _ in range(K_MEANS_ITERATIONS):
        owner = (np.square(centers).sum(axis=1) - 2 * points @ centers.T).argmin(axis=1)
        centers = _centers(points, weights, owner, centers)
    partition: FloatArray = np.eye(len(centers), dtype=np.float32)[owner]
    return partition


def _centers(
    points: FloatArray, weights: FloatArray, owner: IndexArray, before: AnyArray
) -> FloatArray:
    """Weighted means of the clusters; those of empty clusters stay."""
    count = len(before)
    mass = np.bincount(owner, weights, count)[:, None]
    sums = np.stack([np.bincount(owner, weights * column, count) for column in points.T], axis=1)
    centers: FloatArray = np.where(mass > 0, sums / np.maximum(mass, 1e-12), before).astype(
        np.float32
    )
    return centers
