# SPDX-License-Identifier: GPL-2.0-or-later
"""Leaves of the superpixels of a scene by a model, at once or in blocks.

Idea: features are diffused on the region adjacency graph (`leaves`); the nearest leaf is that of a
superpixel. Its confidence is how much of its surroundings agrees: a lazy random walk of eight steps
goes to neighbors by the length of the common border, ends at contrasts, and is in the same branch
of the tree afterwards with a probability whose eighth root is taken. A large scene is assigned in
blocks with a halo (`scene_blocks`), by several threads, or by several computers: a block is a pure
function of its rows and of the model.
Exact: features, but for rounding. Approximate: a halo is shorter than the diffusion reaches.
Cost: some 20 s of a processor a million superpixels, and the halos; memory of a block for each
thread beside the results.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Protocol

import numpy as np

from ..blocks import Description
from .cluster_model import ClusterModel
from .leaves import diffuse
from .mean_colors import weighted_colors
from .region_graph import multiply_rows
from .row_blocks import in_turn, single_thread
from .scene_blocks import SceneBlock, SceneGraph, blocks_of
from .smoothing import contrast_weights
from .types import FloatArray, IndexArray

# Steps of the diffusion for each unit of smoothness: 4 at the default of 8. On 15 images 2 to 8
# steps give the same mean IoU within .01; without any, it is .02 lower at 16 and 32 classes.
DIFFUSION_STEPS = 0.5
MOST_DIFFUSION_STEPS = 16
# Steps of the walks that the confidence is measured by. Pixels with a wrong name among 16 classes
# are told from the others by an area under the ROC curve of .71 with one step, .725 with 8 and .727
# with 16, on 26 images; by .62 with the distance to the nearest leaf of another branch. In tenths
# of the labelled pixels by rising confidence, its mean is .55 .65 .71 .76 .79 .82 .85 .88 .91 .96,
# and the accuracy of the named map .68 .73 .77 .80 .82 .86 .90 .92 .94 .97 (27 images).
CONFIDENCE_STEPS = 8


@dataclass(frozen=True)
class Assigned:
    """What a model finds for superpixels.

    Attributes:
        leaf: `(n,)` int64 leaf of each.
        confidence: `(n,)` float32 from 0.5 to 1, see `agreement`.
        features: `(n, d)` float32.
    """

    leaf: IndexArray
    confidence: FloatArray
    features: FloatArray


@dataclass(frozen=True)
class Assignment:
    """How superpixels get their leaves.

    Attributes:
        model: of the classes.
        smoothness: weight of the neighbors, see `diffusion_steps`.
        usual: contrast that is usual in the scene, see `contrast_weights`; None to measure it.
    """

    model: ClusterModel
    smoothness: float
    usual: float | None = None

    def weights(self, superpixels: Description) -> Any:
        """Contrast weights between superpixels."""
        means = weighted_colors(superpixels)
        return contrast_weights(superpixels.pairs, superpixels.lengths, means, self.usual)

    def diffused(self, features: FloatArray, weights: Any) -> FloatArray:
        """Features of superpixels, moved towards those of neighbors."""
        return diffuse(features, weights, diffusion_steps(self.smoothness))

    def of(self, block: SceneBlock) -> Assigned:
        """Assign the superpixels of a block, in this thread alone."""
        own = block.own
        with single_thread():
            features = block.features
            if not features.shape[1]:
                features = self.model.features(block.superpixels)
            leaf, confidence = self.leaves_of(block.superpixels, features)
        return Assigned(leaf[own], confidence[own], features[own])

    def leaves_of(
        self, superpixels: Description, features: FloatArray
    ) -> tuple[IndexArray, FloatArray]:
        """Leaf and confidence of each superpixel."""
        weights = self.weights(superpixels)
        leaf = self.model.leaves.nearest(self.diffused(features, weights))
        return leaf, agreement(self.model.leaves.branches()[leaf], weights)


def agreement(branches: IndexArray, weights: Any) -> FloatArray:
    """How much of the surroundings of each superpixel belongs to the same branch.

    Args:
        branches: `(n,)` branch of each superpixel, from 0.
        weights: sparse `(n, n)` float32 of `contrast_weights`, rows add up to 1 at most.

    Returns:
        `(n,)` float32 from 0.5 to 1: probability, in the geometric mean of the steps, that a lazy
        random walk goes on and is in the same branch afterwards.

    Example:
        >>> from scipy import sparse
        >>> pair = sparse.csr_matrix(np.array([[0.0, 1.0], [1.0, 0.0]], np.float32))
        >>> agreement(np.array([0, 0]), pair).tolist()
        [1.0, 1.0]
    """
    rows = np.arange(len(branches))
    walks = np.zeros((len(branches), int(branches.max(initial=0)) + 1), np.float32)
    walks[rows, branches] = 1
    for _ in range(CONFIDENCE_STEPS):
        walks += multiply_rows(weights, walks)
        walks *= np.float32(0.5)
    found: FloatArray = walks[rows, branches] ** np.float32(1 / CONFIDENCE_STEPS)
    return np.clip(found, np.float32(0.5), np.float32(1))


# Cuts a block when it is needed.
Cut = Callable[[], SceneBlock]


class Computer(Protocol):
    """Assigns blocks, several at once."""

    def __call__(self, assignment: Assignment, cuts: Sequence[Cut]) -> Iterator[Assigned]:
        """Yield what is found for each block, in their order."""


def by_threads(assignment: Assignment, cuts: Sequence[Cut]) -> Iterator[Assigned]:
    """Assign blocks on all cores of this computer, each by one thread.

    Args:
        assignment: how.
        cuts: of the blocks.

    Example:
        The second one of two superpixels as a block.

        >>> from superseg_plugin.engine.clustering import cluster_superpixels
        >>> scene = Description.from_sums(np.ones((2, 7)), np.array([[0, 1]]), np.array([4]), 1)
        >>> graph, (model, _) = SceneGraph.of(scene), cluster_superpixels(scene, 1, 8.0, 1)
        >>> blocks = by_threads(Assignment(model, 8.0), [lambda: graph.block(np.array([1]))])
        >>> next(blocks).leaf.tolist()
        [0]
    """
    return in_turn(lambda cut: assignment.of(cut()), cuts)


def assign_in_blocks(
    graph: SceneGraph,
    assignment: Assignment,
    compute: Computer = by_threads,
    features: FloatArray | None = None,
) -> Assigned:
    """Assign all superpixels of a scene, block by block.

    Args:
        graph: of the scene.
        assignment: how; with the usual contrast.
        compute: what assigns the blocks.
        features: `(n, d)` float32 of the superpixels, where they are known.

    Returns:
        What is found for all superpixels, in their order.

    Example:
        200 superpixels, which are one block, get the leaves that they were divided into.

        >>> from superseg_plugin.engine.clustering import cluster_superpixels
        >>> sums, shade = np.zeros((200, 7)), np.repeat([40.0, 200.0], 100)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> pairs = np.stack([np.arange(199), np.arange(1, 200)], axis=1)
        >>> scene = Description.from_sums(sums, pairs, np.full(199, 10), 1)
        >>> model, clusters = cluster_superpixels(scene, 2, 8.0, vocabularies=1)
        >>> found = assign_in_blocks(SceneGraph.of(scene), Assignment(model, 8.0))
        >>> bool((found.leaf == clusters.leaf).all())
        True
    """
    scene = graph.superpixels
    count = len(scene.pixels)
    blocks = blocks_of(scene.tiles, count)
    leaf, confidence = np.empty(count, np.int64), np.empty(count, np.float32)
    dimensions = assignment.model.leaves.centers.shape[1]
    every = np.empty((count, dimensions), np.float32) if features is None else features
    cuts = [_cut(graph, rows, features) for rows in blocks]
    for rows, found in zip(blocks, compute(assignment, cuts)):
        leaf[rows], confidence[rows] = found.leaf, found.confidence
        if features is None:
            every[rows] = found.features
    return Assigned(leaf, confidence, every)


def _cut(graph: SceneGraph, rows: IndexArray, features: FloatArray | None) -> Cut:
    return lambda: graph.block(rows, features)


def diffusion_steps(smoothness: float) -> int:
    """Steps of the diffusion of features for a smoothness.

    Example:
        >>> diffusion_steps(8.0), diffusion_steps(1e6)
        (4, 16)
    """
    return min(round(DIFFUSION_STEPS * smoothness), MOST_DIFFUSION_STEPS)
