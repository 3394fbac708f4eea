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
products of a sparse matrix of m edges with n times k values; with a minimum class share up to 31
times that. Memory: four arrays of n times k float32.

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

from .projection import row_parts
from .region_graph import adjacency_matrix
from .types import AnyArray, DoubleArray, FloatArray, IndexArray

MEAN_FIELD_ITERATIONS = 15
# Squared difference a band, display units, that separates neighbors whatever the scene's median.
CLEAR_CONTRAST = 300.0
# Each class keeps at least this share of the pixels that it has before smoothing.
MINIMUM_SHARE = 0.1
MINIMUM_SHARE_ROUNDS = 30
# Added to the log likelihood of a class below its minimum share, in every round.
MINIMUM_SHARE_STEP = 2.0
# Neighbors confirm each other until every marginal is near 0 or 1; at this power of the marginals
# the confidence still tells certain superpixels from doubtful ones.
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


def smooth_on_graph(
    unary: FloatArray,
    pairs: IndexArray,
    lengths: AnyArray,
    means: FloatArray,
    smoothness: float,
) -> SmoothedClasses:
    """Mean-field inference of a Potts model on the region adjacency graph.

    Args:
        unary: `(n, k)` float32 log likelihood of each class.
        pairs: `(m, 2)` int64 indices of neighbors, each pair once.
        lengths: `(m,)` shared border, pixel edges.
        means: `(n, bands)` float32 mean colors, display units.
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
        >>> means = np.zeros((5, 1), np.float32)
        >>> smooth_on_graph(unary, pairs, lengths, means, 0.0).marginals.argmax(axis=1).tolist()
        [0, 0, 1, 0, 0]
        >>> smooth_on_graph(unary, pairs, lengths, means, 8.0).marginals.argmax(axis=1).tolist()
        [0, 0, 0, 0, 0]
    """
    return _mean_field(unary, _pairwise_weights(pairs, lengths, means, len(unary)), smoothness)


def smooth_with_minimum_share(
    unary: FloatArray,
    pairs: IndexArray,
    lengths: AnyArray,
    means: FloatArray,
    pixels: DoubleArray,
    initial_labels: IndexArray,
    smoothness: float,
) -> SmoothedClasses:
    """As `smooth_on_graph`, with a minimum share of pixels for each class.

    The superpixels of a scattered class have hardly a neighbor of their own class, so that plain
    smoothing may remove the class altogether. While a class has less than a tenth of its initial
    pixels, the log likelihood of that class is raised by 2 where it is the initial label, and the
    smoothing is repeated, up to 30 times.

    Args:
        unary: as for `smooth_on_graph`.
        pairs: as for `smooth_on_graph`.
        lengths: as for `smooth_on_graph`.
        means: as for `smooth_on_graph`.
        pixels: `(n,)` pixels of each superpixel.
        initial_labels: `(n,)` class of each superpixel before smoothing, 0..k - 1.
        smoothness: as for `smooth_on_graph`.

    Returns:
        The marginals and their confidence.

    Example:
        The superpixels of `smooth_on_graph`; the second class keeps its only one.

        >>> probable = [[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.9, 0.1], [0.9, 0.1]]
        >>> unary = np.log(np.array(probable, np.float32))
        >>> pairs, lengths = np.array([[0, 1], [1, 2], [2, 3], [3, 4]]), np.full(4, 10)
        >>> means, pixels = np.zeros((5, 1), np.float32), np.full(5, 50.0)
        >>> labels = unary.argmax(axis=1)
        >>> found = smooth_with_minimum_share(unary, pairs, lengths, means, pixels, labels, 8.0)
        >>> found.marginals.argmax(axis=1).tolist()
        [0, 0, 1, 0, 0]
    """
    weights = _pairwise_weights(pairs, lengths, means, len(unary))
    classes = unary.shape[1]
    before = np.bincount(initial_labels, pixels, classes)
    raised = unary
    smoothed = _mean_field(raised, weights, smoothness)
    for _ in range(MINIMUM_SHARE_ROUNDS):
        after = np.bincount(smoothed.marginals.argmax(axis=1), pixels, classes)
        below = after < MINIMUM_SHARE * before
        if not below.any():
            break
        if raised is unary:
            raised = unary.copy()
        rows = np.flatnonzero(below[initial_labels])
        raised[rows, initial_labels[rows]] += np.float32(MINIMUM_SHARE_STEP)
        smoothed = _mean_field(raised, weights, smoothness)
    return smoothed


def _mean_field(unary: FloatArray, weights: Any, smoothness: float) -> SmoothedClasses:
    # Each product allocates one more array of this size, so the other two are used again.
    logits, marginals = unary, unary.copy()
    _softmax(marginals)
    if smoothness > 0:
        for _ in range(MEAN_FIELD_ITERATIONS):
            # Frees the array of the last round before the product allocates the next.
            logits = unary
            logits = weights @ marginals
            logits *= np.float32(smoothness)
            logits += unary
            np.copyto(marginals, logits)
            _softmax(marginals)
    return SmoothedClasses(marginals, _confidence(logits, np.float32(CONFIDENCE_POWER)))


def _softmax(logits: FloatArray) -> None:
    """Replace logits `(n, k)` by probabilities, in place."""
    logits -= logits.max(axis=1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=1, keepdims=True)


def _confidence(logits: FloatArray, power: np.float32) -> FloatArray:
    """Probability `(n,)` of the most probable class, from a power of the marginals."""
    result = np.empty(len(logits), np.float32)
    for part in row_parts(len(logits)):
        tempered = logits[part] * power
        _softmax(tempered)
        result[part] = tempered.max(axis=1)
    return result


def _pairwise_weights(pairs: IndexArray, lengths: AnyArray, means: FloatArray, count: int) -> Any:
    """Adjacency matrix with a factor for the contrast of each pair."""
    if len(pairs) == 0:
        return sparse.csr_matrix((count, count), dtype=np.float32)
    distance = np.empty(len(pairs), np.float32)
    for part in row_parts(len(pairs)):
        one, two = pairs[part].T
        distance[part] = np.square(means[one] - means[two]).sum(axis=1)
    usual = min(float(np.median(distance)), CLEAR_CONTRAST * means.shape[1])
    return adjacency_matrix(pairs, lengths, count, np.exp(-distance / (2.0 * max(usual, 1e-6))))
