# SPDX-License-Identifier: GPL-2.0-or-later
"""Letting neighbors on the region adjacency graph agree on their classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from .types import DoubleArray, FloatArray, IndexArray

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
    lengths: DoubleArray,
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
    lengths: DoubleArray,
    means: FloatArray,
    pixels: DoubleArray,
    own: IndexArray,
    smoothness: float,
    trust: float = 1.0,
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
        trust: how many times the evidence counts.
    """
    weights = _neighbor_weights(pairs, lengths, means, len(unary))
    classes = unary.shape[1]
    before = np.bincount(own, pixels, classes)
    defended = unary * np.float32(trust)
    smoothed = _mean_field(defended, weights, smoothness, trust)
    for _ in range(ROUNDS):
        after = np.bincount(smoothed.probabilities.argmax(axis=1), pixels, classes)
        losing = after < SHARE_KEPT * before
        if not losing.any():
            break
        rows = np.flatnonzero(losing[own])
        defended[rows, own[rows]] += np.float32(DEFENSE)
        smoothed = _mean_field(defended, weights, smoothness, trust)
    return smoothed


def softmax(unary: FloatArray) -> FloatArray:
    """Probabilities of the classes from their log evidence, `(n, k)`."""
    shifted = np.exp(unary - unary.max(axis=1, keepdims=True))
    result: FloatArray = shifted / shifted.sum(axis=1, keepdims=True)
    return result


def border_matrix(pairs: IndexArray, values: DoubleArray, count: int) -> Any:
    """Symmetric sparse matrix `(count, count)` of a figure of each pair of neighbors."""
    one, two = pairs[:, 0], pairs[:, 1]
    positions = (np.concatenate([one, two]), np.concatenate([two, one]))
    return sparse.csr_matrix((np.concatenate([values, values]), positions), shape=(count, count))


def _mean_field(unary: FloatArray, weights: Any, smoothness: float, trust: float = 1.0) -> Smoothed:
    evidence, probabilities = unary, softmax(unary)
    if smoothness > 0:
        for _ in range(MEAN_FIELD_ITERATIONS):
            evidence = unary + np.float32(smoothness) * (weights @ probabilities)
            probabilities = softmax(evidence)
    calm = softmax(np.float32(CONFIDENCE_POWER / trust) * evidence)
    return Smoothed(probabilities, calm.max(axis=1))


def _neighbor_weights(
    pairs: IndexArray, lengths: DoubleArray, means: FloatArray, count: int
) -> Any:
    if len(pairs) == 0:
        return sparse.csr_matrix((count, count), dtype=np.float32)
    distance = np.square(means[pairs[:, 0]] - means[pairs[:, 1]]).sum(axis=1)
    usual = min(float(np.median(distance)), CLEAR_CONTRAST * means.shape[1])
    shared = lengths.astype(np.float64)
    perimeter = np.asarray(border_matrix(pairs, shared, count).sum(axis=1)).ravel()
    similar = shared * np.exp(-distance / (2.0 * max(usual, 1e-6)))
    inverse = sparse.diags(1.0 / np.maximum(perimeter, 1.0))
    return (inverse @ border_matrix(pairs, similar, count)).astype(np.float32)
