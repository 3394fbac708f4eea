# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of superpixels from a few examples, by Gaussian process regression.

Each name has a function over the superpixels, 1 on its examples and 0 on the others, that a
Gaussian process with a known covariance predicts everywhere [1]. The covariance of two superpixels
is high where their features, diffused along the region adjacency graph, are alike, where the tree
of classes joins their leaves early, and where they are close to each other. With few examples the
tree decides, so that one example names a whole class; the features and the place decide more as
examples are added. The superpixel takes the name of the highest prediction.

Exact: the regression, for these covariances. Approximate: predictions of a regression stand for
probabilities, limited to 0..1; what they lack to 1 is the probability of an unknown name. Cost: n m
(d + k) for n superpixels, m examples, k names, d features; nothing is fitted to the n superpixels.

References:
    [1] C. E. Rasmussen, C. K. I. Williams, "Gaussian Processes for Machine Learning", MIT Press
        (2006), chapters 2.2 and 6.5 (least-squares classification).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..class_tree import ClassTree
from .assignment import diffusion_steps
from .leaves import diffuse
from .row_blocks import MANY_ROWS, row_blocks
from .smoothing import contrast_weights
from .types import AnyArray, DoubleArray, FloatArray, IndexArray

# Distance in features, as a share of their standard deviation in the scene, over which the
# covariance falls to 1 / e. On 15 images 0.5 to 3 give the same accuracy within .003.
FEATURE_RANGE = 1.0
# Cost in the tree, as a share of the cost of all steps, over which the covariance falls to 1 / e.
TREE_RANGE = 0.1
# Distance on the ground, as a share of the spread of the scene, over which it falls to 1 / e.
GROUND_RANGE = 0.3
# Share of the covariance that the tree has before any example, the features have the rest; and
# share that falls with the distance on the ground once there are `MANY_EXAMPLES`. Both change in
# proportion to the examples: the tree no longer counts at many examples, and the distance would
# spread the first ones over the scene instead of over its classes.
TREE_SHARE, GROUND_SHARE = 0.5, 0.3
MANY_EXAMPLES = 80
# Variance of the error of an example: a superpixel may hold several names.
NOISE = 0.05
# Display units, which `contrast_weights` is made for.
DISPLAY_RANGE = 255.0


@dataclass(frozen=True)
class Examples:
    """Superpixels whose names are known.

    Attributes:
        rows: `(m,)` int64 rows of superpixels.
        names: `(m,)` int64 index of the name of each, from 0.
    """

    rows: IndexArray
    names: IndexArray

    @property
    def name_count(self) -> int:
        """Number of names, k: the largest index and one."""
        return int(self.names.max(initial=-1)) + 1


@dataclass(frozen=True)
class Teachable:
    """Superpixels of a scene, prepared for teaching.

    Attributes:
        features: `(n, d)` float32, diffused, with a total variance of 1 by area.
        places: `(n, 2)` float32 row and column of a pixel of each, with a total variance of 1.
        leaf: `(n,)` int64 leaf of the tree of classes.
        joining: `(leaves, leaves)` float32 cost at which the tree joins two leaves, as a share of
            the cost of all steps.
        weights: `(n,)` float64 share of the area, adding up to 1.
        coherence: `(n,)` float32 likeness to the neighbors, 0 to 1, as `_coherence` computes it.
    """

    features: FloatArray
    places: FloatArray
    leaf: IndexArray
    joining: FloatArray
    weights: DoubleArray
    coherence: FloatArray

    @classmethod
    def of_scene(
        cls,
        features: FloatArray,
        graph: tuple[AnyArray, AnyArray, FloatArray],
        weights: AnyArray,
        places: AnyArray,
        tree: tuple[IndexArray, ClassTree],
        smoothness: float,
    ) -> Teachable:
        """Prepare the superpixels of a scene; needed once, not for every example.

        Args:
            features: `(n, d)` float32, `Clusters.features`.
            graph: pairs `(p, 2)` and lengths `(p,)` of neighbors, and mean values `(n, bands)` of
                the image, NaN where unknown.
            weights: `(n,)` pixels or areas, 0 for superpixels that are not in the map.
            places: `(n, 2)` row and column of a pixel of each.
            tree: leaf `(n,)` of each, and the tree.
            smoothness: weight of the neighbors, as for `cluster_superpixels`.
        """
        pairs, lengths, means = graph
        shares = np.asarray(weights, np.float64) / max(float(np.sum(weights)), 1e-300)
        steps = diffusion_steps(smoothness)
        if steps and len(pairs):
            features = diffuse(features, contrast_weights(pairs, lengths, _display(means)), steps)
        leaf, joins = tree
        joining = joins.joining_costs() / np.float32(float(joins.costs.sum()) or 1.0)
        unit = _unit(features, shares)
        alike = _coherence(unit, pairs, lengths)
        return cls(unit, _unit(places, shares), leaf, joining, shares, alike)

    @cached_property
    def tree_covariance(self) -> FloatArray:
        """Covariance `(leaves, leaves)` float32 of two leaves, 0 to 1."""
        result: FloatArray = np.exp(self.joining / np.float32(-TREE_RANGE))
        return result

    def covariance(self, rows: IndexArray, others: IndexArray, examples: int) -> FloatArray:
        """Covariance of superpixels before any example.

        Args:
            rows: `(r,)` rows of superpixels.
            others: `(m,)` rows of superpixels.
            examples: number of examples that are known.

        Returns:
            `(r, m)` float32, 0 to 1.
        """
        own = _falling(self.features[rows], self.features[others], FEATURE_RANGE)
        many = min(1.0, examples / MANY_EXAMPLES)
        share = np.float32(TREE_SHARE * (1 - many))
        if share:
            tree = self.tree_covariance[self.leaf[others]][:, self.leaf[rows]].T
            own += (tree - own) * share
        share = np.float32(GROUND_SHARE * many)
        if share:
            near = _falling(self.places[rows], self.places[others], GROUND_RANGE)
            own *= 1 - share + share * near
        return own


class Posterior:
    """The Gaussian process of a scene, given examples.

    Args:
        scene: prepared superpixels.
        examples: that are known; none leave the covariance as it is.
    """

    def __init__(self, scene: Teachable, examples: Examples) -> None:
        self._scene, self._examples = scene, examples
        count = len(examples.rows)
        known = scene.covariance(examples.rows, examples.rows, count).astype(np.float64)
        known[np.diag_indices(count)] += NOISE
        self._inverse = np.linalg.inv(known)
        own_name = examples.names[:, None] == np.arange(examples.name_count)
        self._coefficients = (self._inverse @ own_name).astype(np.float32)

    def probabilities(self, rows: IndexArray) -> FloatArray:
        """Probability `(r, k)` float32 of each name for superpixels; rows add up to 1 at most."""
        scene, known = self._scene, self._examples.rows
        result: FloatArray = scene.covariance(rows, known, len(known)) @ self._coefficients
        np.maximum(result, 0, out=result)
        result /= np.maximum(result.sum(axis=1, keepdims=True), 1)
        return result

    def covariance(self, rows: IndexArray) -> FloatArray:
        """Covariance `(r, r)` float32 of superpixels that the examples leave."""
        scene, known = self._scene, self._examples.rows
        seen = scene.covariance(rows, known, len(known))
        explained = seen @ self._inverse.astype(np.float32) @ seen.T
        result: FloatArray = scene.covariance(rows, rows, len(known)) - explained
        return result


@dataclass(frozen=True)
class Taught:
    """What examples tell about superpixels.

    Attributes:
        names: `(n,)` int64 index of the most probable name.
        confidence: `(n,)` float32 probability of that name, 0 to 1.
    """

    names: IndexArray
    confidence: FloatArray


def teach(scene: Teachable, examples: Examples) -> Taught:
    """Name all superpixels from examples.

    Args:
        scene: prepared superpixels.
        examples: one or more.

    Example:
        Six superpixels in two leaves, one example in each.

        >>> features = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]], np.float32)
        >>> leaf, joining = np.array([0, 0, 0, 1, 1, 1]), 1 - np.eye(2, dtype=np.float32)
        >>> shares, coherence = np.full(6, 1 / 6), np.ones(6, np.float32)
        >>> scene = Teachable(features, features, leaf, joining, shares, coherence)
        >>> teach(scene, Examples(np.array([1, 4]), np.array([1, 0]))).names.tolist()
        [1, 1, 1, 0, 0, 0]
    """
    count = len(scene.weights)
    names, confidence = np.empty(count, np.int64), np.empty(count, np.float32)
    posterior, rows = Posterior(scene, examples), np.arange(count)
    for part in row_blocks(count, MANY_ROWS):
        probable = posterior.probabilities(rows[part])
        names[part] = probable.argmax(axis=1)
        confidence[part] = probable.max(axis=1)
    return Taught(names, confidence)


def _falling(points: FloatArray, others: FloatArray, reach: float) -> FloatArray:
    """Exponential of minus the distance over the reach, `(r, m)` float32."""
    result: FloatArray = np.square(points).sum(axis=1)[:, None] + np.square(others).sum(axis=1)
    result -= 2 * (points @ others.T)
    np.maximum(result, 0, out=result)
    np.sqrt(result, out=result)
    result *= np.float32(-1 / reach)
    np.exp(result, out=result)
    return result


def _coherence(features: FloatArray, pairs: AnyArray, lengths: AnyArray) -> FloatArray:
    """Covariance `(n,)` with the neighbors by features, averaged by length of border.

    It is 1 for superpixels without neighbors.
    """
    count = len(features)
    alike, border = np.zeros(count), np.zeros(count)
    for part in row_blocks(len(pairs), MANY_ROWS):
        one, two = pairs[part].T
        distance = np.sqrt(np.square(features[one] - features[two]).sum(axis=1))
        covariance = np.exp(distance / -FEATURE_RANGE)
        for ends in (one, two):
            alike += np.bincount(ends, lengths[part] * covariance, count)
            border += np.bincount(ends, lengths[part], count)
    result = np.ones(count, np.float32)
    np.divide(alike, border, out=result, where=border > 0, casting="same_kind")
    return result


def _unit(points: AnyArray, shares: DoubleArray) -> FloatArray:
    """Center points `(n, d)`, and scale them to a total variance of 1, both by area."""
    centered = np.asarray(points, np.float64) - shares @ np.asarray(points, np.float64)
    spread = float(np.sqrt((shares @ np.square(centered)).sum()))
    return np.asarray(centered / max(spread, 1e-9), np.float32)


def _display(means: FloatArray) -> FloatArray:
    """Mean values in display units: 0 to 255 from the 1st to the 99th percentile of each band."""
    known = np.nan_to_num(means)
    low, high = np.percentile(known, [1, 99], axis=0)
    scaled = (known - low) * (DISPLAY_RANGE / np.maximum(high - low, 1e-9))
    return np.asarray(scaled, np.float32)
