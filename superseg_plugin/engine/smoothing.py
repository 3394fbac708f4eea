# SPDX-License-Identifier: GPL-2.0-or-later
"""Letting neighbors on the region adjacency graph agree on their classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from .borders import border_shares
from .projection import row_parts
from .types import AnyArray, DoubleArray, FloatArray, IndexArray

MEAN_FIELD_ITERATIONS = 15
# Squared difference a band, display units, that parts neighbors whatever the rest of the image.
CLEAR_CONTRAST = 300.0
# A class that keeps less than this share of its pixels is defended, in so many rounds.
SHARE_KEPT = 0.1
ROUNDS = 30
DEFENSE = 2.0
# Neighbors repeat each other until every class looks certain; at this power it tells which are.
CONFIDENCE_POWER = 0.25


@dataclass(frozen=True)
class Smoothed:
    """Classes on which neighbors agree.

    Attributes:
        probabilities: `(n, k)` float32.
        confidence: `(n,)` float32 from 1 / k to 1: how sure the most probable class is.
    """

    probabilities: FloatArray
    confidence: FloatArray


def smooth_on_graph(
    unary: FloatArray,
    pairs: IndexArray,
    lengths: AnyArray,
    means: FloatArray,
    smoothness: float,
) -> Smoothed:
    """Let neighbors agree: mean field of a Potts model on the region adjacency graph.

    Neighbors count by their shared border, less where their colors differ.

    Args:
        unary: `(n, k)` float32 log evidence of each class.
        pairs: `(m, 2)` int64 indices of neighbors, each pair once.
        lengths: `(m,)` shared border.
        means: `(n, bands)` mean colors, display units.
        smoothness: weight of the neighbors; 0 = softmax of the evidence alone.
    """
    return _mean_field(unary, _neighbor_weights(pairs, lengths, means, len(unary)), smoothness)


def smooth_keeping_classes(
    unary: FloatArray,
    pairs: IndexArray,
    lengths: AnyArray,
    means: FloatArray,
    pixels: DoubleArray,
    own: IndexArray,
    smoothness: float,
) -> Smoothed:
    """As `smooth_on_graph`, but no class is smoothed away.

    A class of scattered superpixels has few neighbors of its own and loses them all. Where one
    keeps less than a tenth of its pixels, the evidence of the superpixels that were its own is
    raised until it does.

    Args:
        unary: as for `smooth_on_graph`.
        pairs: as for `smooth_on_graph`.
        lengths: as for `smooth_on_graph`.
        means: as for `smooth_on_graph`.
        pixels: `(n,)` pixels of each superpixel.
        own: `(n,)` class of each superpixel to begin with.
        smoothness: as for `smooth_on_graph`.
    """
    weights = _neighbor_weights(pairs, lengths, means, len(unary))
    classes = unary.shape[1]
    before = np.bincount(own, pixels, classes)
    defended = unary
    smoothed = _mean_field(defended, weights, smoothness)
    for _ in range(ROUNDS):
        after = np.bincount(smoothed.probabilities.argmax(axis=1), pixels, classes)
        losing = after < SHARE_KEPT * before
        if not losing.any():
            break
        if defended is unary:
            defended = unary.copy()
        rows = np.flatnonzero(losing[own])
        defended[rows, own[rows]] += np.float32(DEFENSE)
        smoothed = _mean_field(defended, weights, smoothness)
    return smoothed


def _mean_field(unary: FloatArray, weights: Any, smoothness: float) -> Smoothed:
    # One more array of this size lives in each product; that is why the others are used again.
    evidence, probabilities = unary, unary.copy()
    _softmax(probabilities)
    if smoothness > 0:
        for _ in range(MEAN_FIELD_ITERATIONS):
            evidence = unary
            evidence = weights @ probabilities
            evidence *= np.float32(smoothness)
            evidence += unary
            np.copyto(probabilities, evidence)
            _softmax(probabilities)
    return Smoothed(probabilities, _confidence(evidence, np.float32(CONFIDENCE_POWER)))


def _softmax(values: FloatArray) -> None:
    """Put the probabilities of the classes into the place of their log evidence, `(n, k)`."""
    values -= values.max(axis=1, keepdims=True)
    np.exp(values, out=values)
    values /= values.sum(axis=1, keepdims=True)


def _confidence(evidence: FloatArray, power: np.float32) -> FloatArray:
    """Probability `(n,)` of the most probable class, from a power of the evidence."""
    result = np.empty(len(evidence), np.float32)
    for part in row_parts(len(evidence)):
        calm = evidence[part] * power
        _softmax(calm)
        result[part] = calm.max(axis=1)
    return result


def _neighbor_weights(pairs: IndexArray, lengths: AnyArray, means: FloatArray, count: int) -> Any:
    if len(pairs) == 0:
        return sparse.csr_matrix((count, count), dtype=np.float32)
    distance = np.empty(len(pairs), np.float32)
    for part in row_parts(len(pairs)):
        one, two = pairs[part].T
        distance[part] = np.square(means[one] - means[two]).sum(axis=1)
    usual = min(float(np.median(distance)), CLEAR_CONTRAST * means.shape[1])
    return border_shares(pairs, lengths, count, np.exp(-distance / (2.0 * max(usual, 1e-6))))
