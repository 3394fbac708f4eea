# SPDX-License-Identifier: GPL-2.0-or-later
"""Soft classes of superpixels, by what they look like and what surrounds them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from .description import column_layout
from .features import principal_components, superpixel_features
from .mixture import fit_mixture
from .smoothing import softmax
from .surroundings import mixed_with_neighbors
from .types import DoubleArray, FloatArray, IndexArray

OWN_COMPONENTS = 10
WORDS = 32
WORD_TEMPERATURE = 0.3
WALKS = (2, 8)
SURROUNDING_COMPONENTS = 5
SURROUNDING_WEIGHT = 0.5
# A mixture is far too sure of itself; at this power its posteriors and the neighbors can argue.
TEMPERATURE = 0.1


@dataclass(frozen=True)
class Clusters:
    """Clustered superpixels.

    Attributes:
        log_joint: `(n, k)` float32, log of class weight times density.
        features: `(n, d)` float32, what the mixture was fitted to.
        means: `(n, bands)` float32 mean of each superpixel, display units.
    """

    log_joint: FloatArray
    features: FloatArray
    means: FloatArray


def cluster_superpixels(
    sums: DoubleArray, pairs: IndexArray, lengths: DoubleArray, bands: int, classes: int
) -> Clusters:
    """Cluster superpixels by what they look like and what surrounds them.

    A first mixture gives a vocabulary: kinds of superpixels, more than there are classes. A second
    one is fitted to the superpixels' own features and to the words around them, which tell a roof
    in a town from a bare field of the same color.

    Args:
        sums: `(n, features)` float64 of `describe_tile`, added up; every row with pixels.
        pairs: `(m, 2)` int64 indices of neighbors, each pair once.
        lengths: `(m,)` shared border.
        bands: number of bands.
        classes: classes wanted; fewer come back where there are fewer distinct superpixels.
    """
    layout = column_layout(bands)
    pixels = sums[:, 0]
    counts = _counts_as(pixels)
    # A full covariance of d dimensions wants several superpixels a class for each of them.
    dimensions = max(2, len(sums) // (2 * classes))
    features = superpixel_features(sums, bands, min(OWN_COMPONENTS, dimensions))
    left = min(SURROUNDING_COMPONENTS, (dimensions - OWN_COMPONENTS) // len(WALKS))
    if left > 0 and len(pairs):
        vocabulary = _log_joint(features, counts, max(WORDS, classes))
        words = softmax(_above_best(vocabulary) * np.float32(WORD_TEMPERATURE))
        surroundings = mixed_with_neighbors(words, pairs, lengths, pixels, WALKS)
        shares = pixels / pixels.sum()
        columns = [
            _equally_long(principal_components(x, shares, left), shares) for x in surroundings
        ]
        scale = np.float32(SURROUNDING_WEIGHT / np.sqrt(len(WALKS)))
        features = np.concatenate([features, *(column * scale for column in columns)], axis=1)
    log_joint = _log_joint(features, counts, classes)
    means = (sums[:, layout["values"]] / pixels[:, None]).astype(np.float32)
    return Clusters(log_joint, features, means)


def fuse(
    log_joint: FloatArray, smoothed: FloatArray, pooled: FloatArray, pixels: DoubleArray
) -> FloatArray:
    """Join the evidence of mixture and network, whose classes need not correspond.

    The network's classes are translated into the mixture's by a soft contingency table.

    Args:
        log_joint: `(n, k)` of the mixture.
        smoothed: `(n, k)` class probabilities of the mixture, smoothed on the graph.
        pooled: `(n, c)` mean softmax of the network in each superpixel.
        pixels: `(n,)` pixels of each superpixel.

    Returns:
        `(n, k)` float32 unary for `smooth_on_graph`.
    """
    table = (pooled * pixels[:, None]).T.astype(np.float64) @ smoothed
    table /= np.maximum(table.sum(axis=1, keepdims=True), 1e-12)
    translated = pooled @ table.astype(np.float32)
    unary: FloatArray = tempered(log_joint) + np.log(translated + np.float32(1e-4))
    return unary


def tempered(log_joint: FloatArray) -> FloatArray:
    """Evidence of the mixture at the temperature at which neighbors can change its mind."""
    return np.float32(TEMPERATURE) * _above_best(log_joint)


def _counts_as(pixels: DoubleArray) -> FloatArray:
    """How much each superpixel counts: by the root of its size.

    By number alone, a lake that fills a tenth of the scene weighs no more than a hut; by area
    alone, the lake is all there is.
    """
    weights: FloatArray = np.sqrt(pixels / np.median(pixels)).astype(np.float32)
    return weights


def _log_joint(features: FloatArray, counts: FloatArray, components: int) -> FloatArray:
    mixture = fit_mixture(features, counts, components)
    log_joint: FloatArray = mixture.log_joint(torch.from_numpy(features)).numpy()
    return log_joint


def _above_best(log_joint: FloatArray) -> FloatArray:
    above: FloatArray = log_joint - log_joint.max(axis=1, keepdims=True)
    return above


def _equally_long(components: FloatArray, shares: DoubleArray) -> FloatArray:
    """Principal components scaled so that the first has a spread of 1."""
    spread = float(np.sqrt(shares @ np.square(components[:, 0].astype(np.float64))))
    scaled: FloatArray = components / np.float32(max(spread, 1e-6))
    return scaled
