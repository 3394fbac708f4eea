# SPDX-License-Identifier: GPL-2.0-or-later
"""Consensus of an ensemble of mixtures, by cumulative voting.

All members have posteriors for the same points. A reference partition clusters the points by the
square roots of all posteriors, whose Euclidean distances are Hellinger distances: Ward's tree [2]
of the first points, then k-means on all of them. Each component of each member is then mapped to
the clusters of the reference, by the share of its weight that lies in each (cumulative voting [1]);
the mean of these mappings over the members is the consensus. It is kept as a matrix that maps
posteriors of components to classes, so that it applies to any other points.

Approximate: the reference, a local optimum of k-means in 12 principal components. Cost: 1500^2
distances for the tree, then n points times k clusters in at most 20 iterations.

References:
    [1] H. G. Ayad, M. S. Kamel, "Cumulative voting consensus method for partitions with a variable
        number of clusters", IEEE TPAMI 30 (2008).
    [2] J. H. Ward, "Hierarchical grouping to optimize an objective function", Journal of the
        American Statistical Association 58 (1963).
"""

from __future__ import annotations

import numpy as np

from .k_means import lloyd, weighted_means
from .mixture import TREE_POINTS, cut_tree, ward_tree
from .projection import fit_projection
from .types import FloatArray

# Principal components in which points are clustered.
DIMENSIONS = 12
K_MEANS_ITERATIONS = 20


def cumulative_voting(
    posteriors: FloatArray, weights: FloatArray, size: int, classes: int
) -> FloatArray:
    """Map the components of all members of an ensemble to common classes.

    Args:
        posteriors: `(n, size * k)` float32 of an ensemble, points in random order.
        weights: `(n,)` float32, how much each point counts, above 0.
        size: number of members of the ensemble.
        classes: number of classes wanted, 1 or more.

    Returns:
        Memberships `(size * k, c)` float32: class probabilities of points are proportional to
        `posteriors @ memberships`. Classes that are the most probable one of no point are left
        out, so that there may be fewer than wanted.

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
    mass = (posteriors * weights[:, None]).T
    shares = mass / np.maximum(mass.sum(axis=1, keepdims=True), np.float32(1e-9))
    memberships = shares @ _reference(points, weights, classes)
    occupied = np.unique((posteriors @ memberships).argmax(axis=1))
    # Columns taken by index lie one after another; rows do in files, and products of the same
    # matrix in another order are rounded otherwise.
    return np.ascontiguousarray(memberships[:, occupied] / np.float32(size))


def _few_dimensions(points: FloatArray, weights: FloatArray) -> FloatArray:
    shares = weights.astype(np.float64) / weights.sum(dtype=np.float64)
    return fit_projection(points, shares, DIMENSIONS).apply(points)


def _reference(points: FloatArray, weights: FloatArray, count: int) -> FloatArray:
    """Reference partition `(n, clusters)`, 0 or 1: branches of a tree, improved by k-means."""
    part, counts = points[:TREE_POINTS], weights[:TREE_POINTS]
    branches = cut_tree(ward_tree(part), min(count, len(np.unique(part, axis=0))))
    centers = weighted_means(part, counts, branches)
    centers, owner = lloyd(points, weights, centers, K_MEANS_ITERATIONS)
    partition: FloatArray = np.eye(len(centers), dtype=np.float32)[owner]
    return partition
