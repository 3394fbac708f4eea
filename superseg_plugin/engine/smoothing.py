# SPDX-License-Identifier: GPL-2.0-or-later
"""Smoothing of class probabilities on the region adjacency graph.

The model is a conditional random field of the Potts kind: a superpixel has a log likelihood of
each class (the unary term), and neighbors of unlike classes pay the share of the perimeter that
they have in common, less where their mean colors differ (a contrast-sensitive pairwise term).
Mean-field inference [1] approximates the posterior by independent marginals: from the softmax of
the unary term, all marginals are updated at once, a fixed number of times.

Approximate: mean field itself; updates in parallel, so that few superpixels in a row may alternate
instead of converging; and that the updates stop after 15 rounds in any case. The marginals are
overconfident, as mean field's are, so the confidence is taken from a power of them. Cost: 15
products of a sparse matrix of m edges with n times k values. Memory: four arrays of n times k
float32.

References:
    [1] P. Kraehenbuehl, V. Koltun, "Efficient inference in fully connected CRFs with Gaussian edge
        potentials", NIPS (2011): the update; here the edges are those of the graph only.
    [2] Y. Boykov, M.-P. Jolly, "Interactive graph cuts for optimal boundary and region segmentation
        of objects in N-D images", ICCV (2001): the contrast-sensitive weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from .region_graph import adjacency_matrix, multiply_rows, squared_contrast
from .row_blocks import MANY_ROWS, row_blocks, side_by_side
from .types import AnyArray, FloatArray, IndexArray

MEAN_FIELD_ITERATIONS = 15
# Squared difference a band, display units, that separates neighbors whatever the scene's median.
CLEAR_CONTRAST = 300.0
# Neighbors confirm each other until every marginal is near 0 or 1; at this power of the marginals
# the confidence still tells certain superpixels from doubtful ones: pixels with a wrong name among
# 16 classes are told from the others by an area under the ROC curve of .75, and by .64 with the
# probability before smoothing (27 images, with the log likelihoods of mixtures, not of networks).
CONFIDENCE_POWER = 0.25


@dataclass(frozen=True)
class SmoothedClasses:
    """Class probabilities after smoothing.

    Attributes:
        marginals: `(n, k)` float32 probability of each class; rows add up to 1.
        confidence: `(n,)` float32 from 1 / k to 1, how certain the most probable class is.
    """

    marginals: FloatArray
    confidence: FloatArray


def smooth_on_graph(unary: FloatArray, weights: Any, smoothness: float) -> SmoothedClasses:
    """Mean-field inference of a Potts model on the region adjacency graph.

    Args:
        unary: `(n, k)` float32 log likelihood of each class.
        weights: sparse `(n, n)` of `contrast_weights`.
        smoothness: weight of the neighbors, 0 or more. 0 gives the softmax of the unary term; at 8
            a superpixel takes the class of like-colored neighbors unless its own log likelihood
            differs by several units; far above, only strong contrast separates classes.

    Returns:
        The marginals and their confidence.

    Example:
        The middle one of five superpixels of one color follows its neighbors.

        >>> probable = [[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.9, 0.1], [0.9, 0.1]]
        >>> unary = np.log(np.array(probable, np.float32))
        >>> pairs, lengths = np.array([[0, 1], [1, 2], [2, 3], [3, 4]]), np.full(4, 10)
        >>> weights = contrast_weights(pairs, lengths, np.zeros((5, 1), np.float32))
        >>> smooth_on_graph(unary, weights, 0.0).marginals.argmax(axis=1).tolist()
        [0, 0, 1, 0, 0]
        >>> smooth_on_graph(unary, weights, 8.0).marginals.argmax(axis=1).tolist()
        [0, 0, 0, 0, 0]
    """
    # Each product allocates one more array of this size, so the other two are used again.
    logits, marginals = unary, unary.copy()
    _softmax(marginals)
    if smoothness > 0:
        for _ in range(MEAN_FIELD_ITERATIONS):
            # Frees the array of the last round before the product allocates the next.
            logits = unary
            logits = multiply_rows(weights, marginals)
            _update(logits, marginals, unary, np.float32(smoothness))
    return SmoothedClasses(marginals, _confidence(logits, np.float32(CONFIDENCE_POWER)))


def _update(
    logits: FloatArray, marginals: FloatArray, unary: FloatArray, smoothness: np.float32
) -> None:
    """Complete the logits from the messages of the neighbors, and take marginals from them."""

    def update(rows: slice) -> None:
        logits[rows] *= smoothness
        logits[rows] += unary[rows]
        marginals[rows] = logits[rows]
        _softmax(marginals[rows])

    side_by_side(update, row_blocks(len(unary), MANY_ROWS))


def _softmax(logits: FloatArray) -> None:
    """Replace logits `(n, k)` by probabilities, in place."""
    logits -= logits.max(axis=1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=1, keepdims=True)


def _confidence(logits: FloatArray, power: np.float32) -> FloatArray:
    """Probability `(n,)` of the most probable class, from a power of the marginals."""
    result = np.empty(len(logits), np.float32)

    def compute(rows: slice) -> None:
        tempered = logits[rows] * power
        _softmax(tempered)
        result[rows] = tempered.max(axis=1)

    side_by_side(compute, row_blocks(len(logits), MANY_ROWS))
    return result


def contrast_weights(
    pairs: IndexArray, lengths: AnyArray, means: FloatArray, usual: float | None = None
) -> Any:
    """Adjacency matrix in which neighbors of different mean colors count less.

    Args:
        pairs: `(m, 2)` int64 indices of neighbors, each pair once.
        lengths: `(m,)` shared border, pixel edges.
        means: `(n, bands)` float32 mean colors, display units.
        usual: `usual_contrast` of the scene that these are a part of; None for a whole scene.

    Returns:
        Sparse `(n, n)` float32: the share of the perimeter that a neighbor has, times exp(-d / 2)
        of the squared distance d between both mean colors, in usual contrasts of the scene.

    Example:
        The first two of three superpixels in a row have the same color.

        >>> means = np.array([[0.0], [0.0], [90.0]], np.float32)
        >>> weights = contrast_weights(np.array([[0, 1], [1, 2]]), np.array([10, 10]), means)
        >>> weights.toarray().round(2).tolist()
        [[0.0, 1.0, 0.0], [0.5, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    count = len(means)
    if len(pairs) == 0:
        return sparse.csr_matrix((count, count), dtype=np.float32)
    distance = squared_contrast(means, pairs)
    if usual is None:
        usual = _usual(distance, means.shape[1])
    return adjacency_matrix(pairs, lengths, count, np.exp(-distance / (2.0 * max(usual, 1e-6))))


def usual_contrast(pairs: IndexArray, means: FloatArray) -> float:
    """Squared contrast between neighbors that counts as usual: the median, unless it is large.

    Args:
        pairs: `(m, 2)` rows of neighbors.
        means: `(n, bands)` float32 mean colors, display units.

    Example:
        >>> usual_contrast(np.array([[0, 1]]), np.array([[1, 2], [4, 6]], np.float32))
        25.0
    """
    return _usual(squared_contrast(means, pairs), means.shape[1]) if len(pairs) else 0.0


def _usual(distance: FloatArray, bands: int) -> float:
    return min(float(np.median(distance)), CLEAR_CONTRAST * bands)
