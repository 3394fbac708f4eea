# SPDX-License-Identifier: GPL-2.0-or-later
"""Soft classes of superpixels: features, mixture, and smoothing on the region adjacency graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy import sparse

from .description import column_layout
from .mixture import fit_mixture
from .types import DoubleArray, FloatArray, IndexArray

LOG_OFFSET = 5.0
BLOCK_WEIGHTS = {"chroma": 1.0, "brightness": 0.7, "spread": 0.5, "texture": 0.5, "context": 0.7}
PRINCIPAL_COMPONENTS = 10
SAMPLE_SUPERPIXELS = 20_000
# A mixture is far too sure of itself; at this power its posteriors and the neighbors can argue.
TEMPERATURE = 0.1
MEAN_FIELD_ITERATIONS = 15
EXTREME = 3.0
# Squared difference a band, display units, that parts neighbors whatever the rest of the image.
CLEAR_CONTRAST = 300.0


@dataclass(frozen=True)
class Clusters:
    """Clustered superpixels.

    Attributes:
        log_joint: `(n, k)` float32, log of class weight times density.
        means: `(n, bands)` float32 mean of each superpixel, display units.
    """

    log_joint: FloatArray
    means: FloatArray


def cluster_superpixels(sums: DoubleArray, bands: int, classes: int, seed: int) -> Clusters:
    """Cluster superpixels by what they look like.

    Args:
        sums: `(n, features)` float64 of `describe_tile`, added up; every row with pixels.
        bands: number of bands.
        classes: classes wanted; fewer come back where there are fewer distinct superpixels.
        seed: of the sample and of the starts.
    """
    layout = column_layout(bands)
    pixels = sums[:, 0]
    few = max(2, len(sums) // (2 * classes))
    features = principal_features(sums, bands, min(PRINCIPAL_COMPONENTS, few))
    generator = np.random.default_rng(seed)
    counts = _counts_as(pixels)
    chosen: Any = slice(None)
    if len(features) > SAMPLE_SUPERPIXELS:
        chosen = generator.choice(len(features), SAMPLE_SUPERPIXELS, replace=False)
    mixture = fit_mixture(features[chosen], counts[chosen], classes, seed)
    log_joint = mixture.log_joint(torch.from_numpy(features)).numpy()
    means = (sums[:, layout["values"]] / pixels[:, None]).astype(np.float32)
    return Clusters(log_joint, means)


def _counts_as(pixels: DoubleArray) -> FloatArray:
    """How much each superpixel counts: by the root of its size.

    By number alone, a lake that fills a tenth of the scene weighs no more than a hut; by area
    alone, the lake is all there is.
    """
    weights: FloatArray = np.sqrt(pixels / np.median(pixels)).astype(np.float32)
    return weights


def principal_features(sums: DoubleArray, bands: int, components: int) -> FloatArray:
    """Weighted blocks of standardised features, reduced to their principal components.

    Args:
        sums: as for `cluster_superpixels`.
        bands: number of bands.
        components: kept at most; a full covariance needs several points for each.

    Returns:
        `(n, d)` float32, d from 1 to `components`.
    """
    layout = column_layout(bands)
    pixels = sums[:, :1]
    mean = sums[:, layout["values"]] / pixels
    brightness = mean.mean(axis=1, keepdims=True)
    variance = np.maximum(sums[:, layout["squares"]] / pixels - mean**2, 0)
    blocks = {
        "chroma": np.log((mean + LOG_OFFSET) / (brightness + LOG_OFFSET)),
        "brightness": np.log(brightness + LOG_OFFSET),
        "spread": np.log1p(np.sqrt(variance)),
        "texture": sums[:, layout["texture"]] / pixels,
        "context": sums[:, layout["context"]] / pixels,
    }
    weights = pixels[:, 0] / pixels.sum()
    columns = [
        _standardise(block, weights) * (BLOCK_WEIGHTS[name] / np.sqrt(block.shape[1]))
        for name, block in blocks.items()
    ]
    features = np.concatenate(columns, axis=1)
    covariance = (features * weights[:, None]).T @ features
    values, vectors = np.linalg.eigh(covariance)
    kept = np.flatnonzero(values > 1e-9 * max(values[-1], 1e-12))[::-1][:components]
    if len(kept) == 0:
        return np.zeros((len(features), 1), np.float32)
    vectors = vectors[:, kept]
    # The sign of an eigenvector is the library's choice; fix it, so that seeds mean the same.
    vectors *= np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(len(kept))])
    return np.ascontiguousarray(features @ vectors, np.float32)


def _standardise(block: DoubleArray, weights: DoubleArray) -> DoubleArray:
    center = weights @ block
    spread = np.sqrt(weights @ (block - center) ** 2)
    standard: DoubleArray = (block - center) / np.where(spread > 1e-6, spread, 1.0)
    # A sliver between two fields may be off by twenty: as extreme as three, it teaches enough.
    return np.clip(standard, -EXTREME, EXTREME)


def smooth_on_graph(
    unary: FloatArray,
    pairs: IndexArray,
    lengths: DoubleArray,
    means: FloatArray,
    smoothness: float,
) -> FloatArray:
    """Let neighbors agree: mean field of a Potts model on the region adjacency graph.

    Neighbors count by their shared border, less where their colors differ.

    Args:
        unary: `(n, k)` float32 log evidence of each class.
        pairs: `(m, 2)` int64 indices of neighbors, each pair once.
        lengths: `(m,)` shared border.
        means: `(n, bands)` mean colors, display units.
        smoothness: weight of the neighbors; 0 = softmax of the evidence alone.

    Returns:
        `(n, k)` float32 class probabilities.
    """
    probabilities = _softmax(unary)
    if smoothness <= 0 or len(pairs) == 0:
        return probabilities
    weights = _neighbor_weights(pairs, lengths, means, len(unary))
    for _ in range(MEAN_FIELD_ITERATIONS):
        probabilities = _softmax(unary + np.float32(smoothness) * (weights @ probabilities))
    return probabilities


def _neighbor_weights(
    pairs: IndexArray, lengths: DoubleArray, means: FloatArray, count: int
) -> Any:
    one, two = pairs[:, 0], pairs[:, 1]
    distance = np.square(means[one] - means[two]).sum(axis=1)
    usual = min(float(np.median(distance)), CLEAR_CONTRAST * means.shape[1])
    scale = 2.0 * max(usual, 1e-6)
    shared = lengths.astype(np.float64)
    perimeter = np.bincount(one, shared, count) + np.bincount(two, shared, count)
    similar = shared * np.exp(-distance / scale)
    values = np.concatenate([similar / perimeter[one], similar / perimeter[two]])
    positions = (np.concatenate([one, two]), np.concatenate([two, one]))
    matrix: Any = sparse.csr_matrix((values.astype(np.float32), positions), shape=(count, count))
    return matrix


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
    above: FloatArray = log_joint - log_joint.max(axis=1, keepdims=True)
    return np.float32(TEMPERATURE) * above


def _softmax(unary: FloatArray) -> FloatArray:
    shifted = np.exp(unary - unary.max(axis=1, keepdims=True))
    result: FloatArray = shifted / shifted.sum(axis=1, keepdims=True)
    return result
