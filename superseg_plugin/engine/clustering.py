# SPDX-License-Identifier: GPL-2.0-or-later
"""Soft classes of the superpixels of a scene."""

from __future__ import annotations

import numpy as np

from ..contracts import Clusters, Description
from .cluster_model import MEMBERS, ClusterModel, fit_cluster_model
from .projection import row_parts
from .smoothing import SmoothedClasses, smooth_with_minimum_share
from .types import AnyArray, DoubleArray, FloatArray, IndexArray

# A network that is sure says more than the clusters, but is wrong once in so often.
NETWORK_WEIGHT = 2.0
NETWORK_ERROR = 0.05
# A class of much land is likelier than one of little, by this power of its share; no class is
# rarer than the least share.
SHARE_POWER = 0.5
LEAST_SHARE = 0.01


def cluster_superpixels(
    superpixels: Description, classes: int, smoothness: float, members: int = MEMBERS
) -> tuple[ClusterModel, Clusters]:
    """Find classes of superpixels and smooth them on their graph.

    Args:
        superpixels: of the scene.
        classes: wanted; a few more may come back, and fewer where there are fewer distinct
            superpixels.
        smoothness: weight of the neighbors, 0 for none.
        members: see `fit_cluster_model`.
    """
    model, features = fit_cluster_model(superpixels, classes, members)
    return model, _classify(superpixels, model, features, smoothness)


def assign_clusters(superpixels: Description, model: ClusterModel, smoothness: float) -> Clusters:
    """Classes of superpixels by a model that was fitted to another scene, or to this one."""
    return _classify(superpixels, model, model.features(superpixels), smoothness)


def regroup_superpixels(
    superpixels: Description,
    model: ClusterModel,
    features: FloatArray,
    classes: int,
    smoothness: float,
) -> tuple[ClusterModel, Clusters]:
    """Find another number of classes with the mixtures that were fitted to the same scene.

    Args:
        superpixels: of the scene.
        model: of the scene.
        features: `(n, d)` of the superpixels, as they came with the model.
        classes: wanted, as for `cluster_superpixels`.
        smoothness: weight of the neighbors, 0 for none.
    """
    model = model.with_classes(features, superpixels.pixels, classes)
    return model, _classify(superpixels, model, features, smoothness)


def smooth_evidence(
    evidence: FloatArray,
    pairs: IndexArray,
    lengths: AnyArray,
    means: FloatArray,
    pixels: DoubleArray,
    smoothness: float,
) -> SmoothedClasses:
    """Smooth what the clusters alone say of superpixels; see `smooth_with_minimum_share`."""
    own = evidence.argmax(axis=1)
    return smooth_with_minimum_share(evidence, pairs, lengths, means, pixels, own, smoothness)


def fuse(
    evidence: FloatArray, smoothed: FloatArray, pooled: FloatArray, pixels: DoubleArray
) -> FloatArray:
    """Join the evidence of clusters and network, whose classes need not correspond.

    The network's classes are translated into the clusters' by a soft contingency table. What they
    then say beyond the shares of the classes in the scene is evidence; the shares themselves count
    by their root.

    Args:
        evidence: `(n, k)` of the clusters.
        smoothed: `(n, k)` class probabilities of the clusters, smoothed on the graph.
        pooled: `(n, c)` mean softmax of the network in each superpixel.
        pixels: `(n,)` pixels of each superpixel.

    Returns:
        `(n, k)` float32 unary for `smooth_with_minimum_share`.
    """
    table = np.zeros((pooled.shape[1], smoothed.shape[1]))
    for part in row_parts(len(pooled)):
        table += (pooled[part] * pixels[part, None]).T.astype(np.float64) @ smoothed[part]
    share = table.sum(axis=0) / max(float(table.sum()), 1e-12)
    prior = SHARE_POWER * np.log(share + LEAST_SHARE)
    prior -= NETWORK_WEIGHT * np.log(share + NETWORK_ERROR)
    table /= np.maximum(table.sum(axis=1, keepdims=True), 1e-12)
    translation = table.astype(np.float32)
    unary: FloatArray = evidence + prior.astype(np.float32)
    for part in row_parts(len(pooled)):
        translated = pooled[part] @ translation + np.float32(NETWORK_ERROR)
        unary[part] += np.float32(NETWORK_WEIGHT) * np.log(translated)
    return unary


def _classify(
    superpixels: Description, model: ClusterModel, features: FloatArray, smoothness: float
) -> Clusters:
    means = superpixels.means
    evidence = model.evidence(features, means)
    smoothed = smooth_evidence(
        evidence,
        superpixels.pairs,
        superpixels.lengths,
        means,
        superpixels.pixels,
        smoothness,
    )
    return Clusters(evidence, smoothed.marginals, smoothed.confidence, features)
