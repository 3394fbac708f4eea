# SPDX-License-Identifier: GPL-2.0-or-later
"""Leaves of the tree of classes: small clusters of superpixels that are alike.

Features, diffused along the region adjacency graph so that a superpixel resembles like-colored
neighbors, are divided by k-means [1] into some hundred leaves. They belong to eight branches
(`bagging`); Ward's method joins the leaves of each branch, and the branches (`class_tree`).

Approximate: k-means is fitted to at most 16384 superpixels, drawn evenly by area, from a fixed
random start. All superpixels are then assigned to the nearest leaf, so that a scene gets the same
leaves from a stored model. Cost: linear in the superpixels after the fit.

References:
    [1] D. Arthur, S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA (2007).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..class_tree import ClassTree, fit_class_tree
from .bagging import BRANCHES, common_branches
from .k_means import SAMPLE, k_means, nearest, weighted_means
from .projection import sample_by_weight
from .region_graph import multiply_rows
from .types import AnyArray, DoubleArray, FloatArray, IndexArray

# Twice the 255 classes that can be asked for.
LEAVES = 512
# Share of the way to the mean of its neighbors that a superpixel's features move in each step of
# the diffusion.
DIFFUSION_SHARE = 0.5
# Columns that are diffused at once; bounds the memory.
COLUMNS = 4


@dataclass(frozen=True)
class Leaves:
    """Leaves of the tree of classes, and the class of each.

    Attributes:
        centers: `(m, d)` float32 mean features.
        classes: `(m,)` int64 class of each leaf, from 0.
        tree: over the leaves.
    """

    centers: FloatArray
    classes: IndexArray
    tree: ClassTree

    def to_arrays(self) -> dict[str, AnyArray]:
        """All of the leaves as arrays by name; model files hold them."""
        tree = {f"tree.{name}": value for name, value in vars(self.tree).items()}
        own = {f"leaves.{name}": getattr(self, name) for name in ("centers", "classes")}
        return {**own, **tree}

    @classmethod
    def from_arrays(cls, arrays: dict[str, AnyArray]) -> Leaves:
        """The inverse of `to_arrays`."""
        centers, classes = (arrays[f"leaves.{name}"] for name in ("centers", "classes"))
        return cls(centers, classes, ClassTree.from_arrays(arrays))

    def cut(self, classes: int) -> Leaves:
        """The leaves with another number of classes; 0 takes `ClassTree.automatic`."""
        return replace(self, classes=self.tree.cut(classes or self.tree.automatic()))

    def with_areas(self, areas: DoubleArray, levels: bool) -> tuple[Leaves, IndexArray]:
        """The leaves that occur in a scene, with a tree by their areas there, not cut yet.

        Args:
            areas: `(m,)` area of each leaf in the scene.
            levels: see `fit_leaves`.

        Returns:
            The leaves, and the new index `(m,)` of each one that occurs.

        Example:
            >>> features = np.array([[0.0], [5.0], [9.0]], np.float32)
            >>> leaves, _ = fit_leaves(features, np.ones(3), 3)
            >>> fewer, index = leaves.with_areas(np.array([2.0, 0.0, 1.0]), False)
            >>> fewer.tree.areas.tolist(), index[[0, 2]].tolist()
            ([2.0, 1.0], [0, 1])
        """
        used = areas > 0
        return _joined(self.centers[used], areas[used], levels), np.cumsum(used) - 1

    def nearest(self, features: FloatArray) -> IndexArray:
        """Index `(n,)` of the nearest leaf of each superpixel.

        Args:
            features: `(n, d)` float32, diffused.
        """
        return nearest(features, self.centers)

    def branches(self) -> IndexArray:
        """Branch `(m,)` of each leaf, from 0."""
        return self.tree.cut(BRANCHES)


NO_LEAVES = Leaves(
    np.zeros((0, 1), np.float32),
    np.zeros(0, np.int64),
    ClassTree(np.zeros((0, 2), np.int64), np.zeros(0), np.zeros(0)),
)


def fit_leaves(
    features: FloatArray, pixels: DoubleArray, classes: int, levels: bool = False
) -> tuple[Leaves, IndexArray]:
    """Divide the superpixels of a scene into leaves, and join these to a tree.

    Args:
        features: `(n, d)` float32, diffused.
        pixels: `(n,)` pixels of each superpixel, above 0.
        classes: number of classes wanted; 0 takes `ClassTree.automatic`.
        levels: whether the scene has few clear levels, which Ward's method alone finds: with
            branches, ARI is up to .06 lower there.

    Returns:
        The leaves, and the leaf `(n,)` of each superpixel.

    Example:
        >>> features = np.array([[0.0], [0.1], [5.0], [9.0]], np.float32)
        >>> leaves, leaf = fit_leaves(features, np.ones(4), 3)
        >>> leaves.classes[leaf].tolist()
        [1, 1, 0, 2]
    """
    rows, counts = sample_by_weight(pixels.astype(np.float32), SAMPLE)
    _, leaf = _compact(nearest(features, k_means(features[rows], counts, LEAVES)))
    centers = weighted_means(features, pixels, leaf)
    used, leaf = _compact(nearest(features, centers))
    areas = np.bincount(leaf, pixels).astype(np.float64)
    return _joined(centers[used], areas, levels).cut(classes), leaf


def _joined(centers: FloatArray, areas: DoubleArray, levels: bool) -> Leaves:
    """Leaves with their tree, not cut yet."""
    branches = None if levels else common_branches(centers, areas)
    tree = fit_class_tree(centers.astype(np.float64), areas, branches)
    return Leaves(centers, np.zeros(len(centers), np.int64), tree)


def diffuse(features: FloatArray, weights: Any, steps: int) -> FloatArray:
    """Move features towards those of neighbors; a contrast between these slows it down.

    Args:
        features: `(n, d)` float32.
        weights: sparse `(n, n)` float32 of `contrast_weights`, rows add up to 1 at most.
        steps: how often; 0 returns the features.

    Example:
        >>> from scipy import sparse
        >>> weights = sparse.csr_matrix(np.array([[0.0, 1.0], [1.0, 0.0]], np.float32))
        >>> diffuse(np.array([[0.0], [4.0]], np.float32), weights, 1).tolist()
        [[2.0], [2.0]]
    """
    if steps == 0:
        return features
    result = features.copy()
    kept = 1 - np.float32(DIFFUSION_SHARE) * np.asarray(weights.sum(axis=1)).reshape(-1, 1)
    for first in range(0, features.shape[1], COLUMNS):
        values = np.array(features[:, first : first + COLUMNS], order="C")
        for _ in range(steps):
            moved = multiply_rows(weights, values)
            moved *= np.float32(DIFFUSION_SHARE)
            values *= kept
            values += moved
        result[:, first : first + COLUMNS] = values
    return result


def _compact(numbers: IndexArray) -> tuple[IndexArray, IndexArray]:
    """Small numbers that occur, ascending, and the index `(n,)` of each; without a sort."""
    occurs = np.bincount(numbers) > 0
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[numbers]
