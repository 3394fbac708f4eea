# SPDX-License-Identifier: GPL-2.0-or-later
"""Ward's hierarchical clustering of a few points."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from .types import AnyArray, DoubleArray, IndexArray


def ward_tree(points: AnyArray) -> DoubleArray:
    """Linkage `(n - 1, 4)` of `(n, d)` points; it needs the distances of all their pairs."""
    if len(points) < 2:
        return np.zeros((0, 4))
    tree: DoubleArray = linkage(points.astype(np.float64), "ward")
    return tree


def ward_groups(tree: DoubleArray, count: int) -> IndexArray:
    """Index of the group of each point where the tree is cut into at most so many branches."""
    if len(tree) == 0:
        return np.zeros(1, np.int64)
    groups: IndexArray = fcluster(tree, count, "maxclust").astype(np.int64) - 1
    return groups
