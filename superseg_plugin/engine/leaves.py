# SPDX-License-Identifier: GPL-2.0-or-later
"""Leaves of the tree of classes: small clusters of superpixels that are alike and of one part.

The parts are the few classes that the consensus of mixtures finds. Their features, diffused along
the region adjacency graph so that a superpixel resembles like-colored neighbors, are divided by
k-means [1] into some hundred cells, and the superpixels of a part in a cell are a leaf. Ward's
method joins the leaves of each part, and the parts (`class_tree`). An embedding is one part; its
leaves belong to eight branches, found from the top by Ward's method and improved by k-means.

Approximate: k-means is fitted to at most 16384 superpixels, drawn evenly by area, from a fixed
random start. All superpixels are then assigned to the nearest leaf of their part, so that a scene
gets the same leaves from a stored model. Cost: linear in the superpixels after the fit.

References:
    [1] D. Arthur, S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA (2007).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..class_tree import ClassTree, fit_class_tree
from .k_means import SAMPLE, k_means, lloyd, nearest, weighted_means
from .projection import sample_by_weight
from .region_graph import multiply_rows
from .types import AnyArray, DoubleArray, FloatArray, IndexArray

# Cells of k-means; twice the 255 classes that can be asked for.
CELLS = 512
# Branches of the tree of an embedding, and rounds of k-means. Named accuracy and mean IoU of 13
# synthetic embeddings, 8 of them made for this measurement only: .942 and .909 without branches,
# .955 and .932 with them; 16 are no better. On scenes of clear levels, which are one part, too,
# branches cost up to .02 in ARI.
BRANCHES, BRANCH_ITERATIONS = 8, 20
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
        parts: `(m,)` int64 part of each leaf.
        classes: `(m,)` int64 class of each leaf, from 0.
        tree: over the leaves.
    """

    centers: FloatArray
    parts: IndexArray
    classes: IndexArray
    tree: ClassTree

    def to_arrays(self) -> dict[str, AnyArray]:
        """All of the leaves as arrays by name; model files hold them."""
        tree = {f"tree.{name}": value for name, value in vars(self.tree).items()}
        own = {f"leaves.{name}": getattr(self, name) for name in ("centers", "parts", "classes")}
        return {**own, **tree}

    @classmethod
    def from_arrays(cls, arrays: dict[str, AnyArray]) -> Leaves:
        """The inverse of `to_arrays`."""
        centers, parts, classes = (
            arrays[f"leaves.{name}"] for name in ("centers", "parts", "classes")
        )
        return cls(centers, parts, classes, ClassTree.from_arrays(arrays))

    def cut(self, classes: int) -> Leaves:
        """The leaves with another number of classes; 0 takes `ClassTree.automatic`."""
        return replace(self, classes=self.tree.cut(classes or self.tree.automatic()))

    def with_areas(self, areas: DoubleArray, embedding: bool) -> tuple[Leaves, IndexArray]:
        """The leaves that occur in a scene, with a tree by their areas there, not cut yet.

        Args:
            areas: `(m,)` area of each leaf in the scene.
            embedding: see `fit_leaves`.

        Returns:
            The leaves, and the new index `(m,)` of each one that occurs.

        Example:
            >>> features = np.array([[0.0], [5.0], [9.0]], np.float32)
            >>> leaves, _ = fit_leaves(features, np.ones(3), np.zeros(3, int), 3)
            >>> fewer, index = leaves.with_areas(np.array([2.0, 0.0, 1.0]), False)
            >>> fewer.tree.areas.tolist(), index[[0, 2]].tolist()
            ([2.0, 1.0], [0, 1])
        """
        used = areas > 0
        found = _joined(self.centers[used], self.parts[used], areas[used], embedding)
        return found, np.cumsum(used) - 1

    def nearest(self, features: FloatArray, parts: IndexArray) -> IndexArray:
        """Index `(n,)` of the nearest leaf of the part of each superpixel.

        Args:
            features: `(n, d)` float32, diffused.
            parts: `(n,)` part of each superpixel; where it has no leaves, all leaves count.
        """
        return _nearest_of_part(features, parts, self.centers, self.parts)


NO_LEAVES = Leaves(
    np.zeros((0, 1), np.float32),
    np.zeros(0, np.int64),
    np.zeros(0, np.int64),
    ClassTree(np.zeros((0, 2), np.int64), np.zeros(0), np.zeros(0)),
)


def fit_leaves(
    features: FloatArray,
    pixels: DoubleArray,
    parts: IndexArray,
    classes: int,
    embedding: bool = False,
) -> tuple[Leaves, IndexArray]:
    """Divide the superpixels of a scene into leaves, and join these to a tree.

    Args:
        features: `(n, d)` float32, diffused.
        pixels: `(n,)` pixels of each superpixel, above 0.
        parts: `(n,)` part of each superpixel.
        classes: number of classes wanted; 0 takes `ClassTree.automatic`.
        embedding: whether the scene is an embedding, which is one part.

    Returns:
        The leaves, and the leaf `(n,)` of each superpixel.

    Example:
        >>> features = np.array([[0.0], [0.1], [5.0], [9.0]], np.float32)
        >>> leaves, leaf = fit_leaves(features, np.ones(4), np.array([0, 0, 0, 1]), 3)
        >>> leaves.classes[leaf].tolist()
        [0, 0, 2, 1]
    """
    rows, counts = sample_by_weight(pixels.astype(np.float32), SAMPLE)
    cells = k_means(features[rows], counts, CELLS)
    cell = nearest(features, cells)
    number, leaf = _compact(parts * len(cells) + cell)
    centers, owners = weighted_means(features, pixels, leaf), number // len(cells)
    used, leaf = _compact(_nearest_of_part(features, parts, centers, owners))
    centers, owners = centers[used], owners[used]
    areas = np.bincount(leaf, pixels).astype(np.float64)
    return _joined(centers, owners, areas, embedding).cut(classes), leaf


def _joined(centers: FloatArray, owners: IndexArray, areas: DoubleArray, embedding: bool) -> Leaves:
    """Leaves with their tree, not cut yet."""
    branches = _branches(centers, areas) if embedding else owners
    tree = fit_class_tree(centers.astype(np.float64), areas, branches)
    return Leaves(centers, owners, owners, tree)


def _branches(centers: FloatArray, areas: DoubleArray) -> IndexArray:
    """Branch `(m,)` of each leaf: two branches, then four, up to `BRANCHES`.

    Ward's method alone is greedy, and its last steps, which decide on a small number of classes,
    are the farthest from the points that it starts from.
    """
    branches = np.zeros(len(centers), np.int64)
    count = 2
    while count <= min(BRANCHES, len(centers)):
        finer = fit_class_tree(centers.astype(np.float64), areas, branches).cut(count)
        for branch in np.unique(branches):
            rows = np.flatnonzero(branches == branch)
            number, start = np.unique(finer[rows], return_inverse=True)
            means = weighted_means(centers[rows], areas[rows], start)
            finer[rows] = number[lloyd(centers[rows], areas[rows], means, BRANCH_ITERATIONS)[1]]
        branches, count = finer, 2 * count
    return branches


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


def _nearest_of_part(
    features: FloatArray, parts: IndexArray, centers: FloatArray, owners: IndexArray
) -> IndexArray:
    """Index `(n,)` of the nearest center among those that the part of a superpixel owns."""
    result = np.zeros(len(features), np.int64)
    for part in np.unique(parts):
        mine, rows = np.flatnonzero(owners == part), np.flatnonzero(parts == part)
        if not len(mine):
            mine = np.arange(len(owners))
        result[rows] = mine[nearest(features[rows], centers[mine])]
    return result
