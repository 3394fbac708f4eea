# SPDX-License-Identifier: GPL-2.0-or-later
"""Clustering of the superpixels of a scene, and its fusion with a network.

A model of the classes (`cluster_model`) gives each superpixel a log likelihood of each class, which
is smoothed on the region adjacency graph (`smoothing`). The output of a network, averaged in each
superpixel, is joined with it: the network's classes are translated into the clusters' by a
contingency table, and its log likelihood is added with a weight of 2 and an error rate of 5 %.

Approximate: see `cluster_model` and `smoothing`. The fusion treats clusters and network as
independent given the class, although the network was trained on the clusters. Cost: linear in the
superpixels.
"""

from __future__ import annotations

import numpy as np

from ..contracts import Clusters, Description
from .cluster_model import ENSEMBLE_SIZE, ClusterModel, fit_cluster_model
from .projection import row_parts
from .smoothing import SmoothedClasses, smooth_with_minimum_share
from .types import AnyArray, DoubleArray, FloatArray, IndexArray

# Factor of the network's log likelihood, and a probability added to each of its classes, so that an
# error of the network can be outweighed.
NETWORK_WEIGHT = 2.0
NETWORK_ERROR = 0.05
# Prior of a class: this power of its share of the area plus 1 %.
PRIOR_POWER = 0.5
LEAST_SHARE = 0.01


def cluster_superpixels(
    superpixels: Description, classes: int, smoothness: float, ensemble_size: int = ENSEMBLE_SIZE
) -> tuple[ClusterModel, Clusters]:
    """Cluster superpixels and smooth their classes on the region adjacency graph.

    Args:
        superpixels: of the scene; every row with pixels.
        classes: number of classes wanted, 1 to 255. A few more may be returned, and fewer where
            there are fewer distinct superpixels.
        smoothness: weight of the neighbors, see `smooth_on_graph`.
        ensemble_size: see `fit_cluster_model`.

    Returns:
        The model, and the clusters without it.

    Example:
        200 superpixels of one band in a row: half of them dark, half bright.

        >>> sums, shade = np.zeros((200, 7)), np.repeat([40.0, 200.0], 100)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> pairs = np.stack([np.arange(199), np.arange(1, 200)], axis=1)
        >>> scene = Description.from_sums(sums, pairs, np.full(199, 10), 1)
        >>> model, clusters = cluster_superpixels(scene, 2, 8.0, ensemble_size=4)
        >>> len(set(clusters.labels[:100])), len(set(clusters.labels))
        (1, 2)
    """
    model, features = fit_cluster_model(superpixels, classes, ensemble_size)
    return model, _classify(superpixels, model, features, smoothness)


def assign_clusters(superpixels: Description, model: ClusterModel, smoothness: float) -> Clusters:
    """Classes of superpixels by the model of this scene or of another one.

    Args:
        superpixels: of the scene; every row with pixels.
        model: of `cluster_superpixels`, for the same bands.
        smoothness: weight of the neighbors, see `smooth_on_graph`.

    Raises:
        SuperSegError: the model is of another number of bands.

    Example:
        The scene of `cluster_superpixels`; the same one gets the same classes again.

        >>> sums, shade = np.zeros((200, 7)), np.repeat([40.0, 200.0], 100)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> pairs = np.stack([np.arange(199), np.arange(1, 200)], axis=1)
        >>> scene = Description.from_sums(sums, pairs, np.full(199, 10), 1)
        >>> model, clusters = cluster_superpixels(scene, 2, 8.0, ensemble_size=4)
        >>> again = assign_clusters(scene, model, 8.0)
        >>> bool((again.labels == clusters.labels).all())
        True
    """
    return _classify(superpixels, model, model.features(superpixels), smoothness)


def change_class_count(
    superpixels: Description,
    model: ClusterModel,
    features: FloatArray,
    classes: int,
    smoothness: float,
) -> tuple[ClusterModel, Clusters]:
    """Cluster a scene into another number of classes, with the ensemble that was fitted to it.

    Args:
        superpixels: of the scene; every row with pixels.
        model: of the same scene.
        features: `(n, d)` of the superpixels, as returned with the model.
        classes: number of classes wanted, as for `cluster_superpixels`; at most about as many as a
            mixture has components.
        smoothness: weight of the neighbors, see `smooth_on_graph`.

    Returns:
        As `cluster_superpixels`, in a fraction of the time.

    Example:
        Four shades, first in four classes, then in two.

        >>> sums, shade = np.zeros((200, 7)), np.repeat([40.0, 60.0, 180.0, 200.0], 50)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> graph = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> scene = Description.from_sums(sums, *graph, 1)
        >>> model, clusters = cluster_superpixels(scene, 4, 0.0, ensemble_size=4)
        >>> _, fewer = change_class_count(scene, model, clusters.features, 2, 0.0)
        >>> clusters.classes, fewer.classes
        (4, 2)
    """
    model = model.with_class_count(features, superpixels.pixels, classes)
    return model, _classify(superpixels, model, features, smoothness)


def smooth_log_likelihood(
    log_likelihood: FloatArray,
    pairs: IndexArray,
    lengths: AnyArray,
    means: FloatArray,
    pixels: DoubleArray,
    smoothness: float,
) -> SmoothedClasses:
    """Smooth the log likelihood of clusters; see `smooth_with_minimum_share`.

    The initial labels are the most probable classes.

    Example:
        >>> log_likelihood = np.log(np.array([[0.9, 0.1], [0.2, 0.8]], np.float32))
        >>> graph = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> means, pixels = np.zeros((2, 1), np.float32), np.full(2, 50.0)
        >>> found = smooth_log_likelihood(log_likelihood, *graph, means, pixels, 8.0)
        >>> found.marginals.argmax(axis=1).tolist()
        [0, 1]
    """
    labels = log_likelihood.argmax(axis=1)
    return smooth_with_minimum_share(
        log_likelihood, pairs, lengths, means, pixels, labels, smoothness
    )


def fuse(
    log_likelihood: FloatArray,
    marginals: FloatArray,
    mean_softmax: FloatArray,
    pixels: DoubleArray,
) -> FloatArray:
    """Add the log likelihood of a network, whose classes need not correspond to the clusters'.

    The network's classes are translated by a soft contingency table, weighted by area. The share of
    a class in the table is its prior: it is taken out of the network's log likelihood, and its
    square root is added, so that large classes are favored a little.

    Args:
        log_likelihood: `(n, k)` float32 of the clusters.
        marginals: `(n, k)` float32 of the clusters, smoothed on the graph.
        mean_softmax: `(n, c)` float32, mean softmax of the network in each superpixel.
        pixels: `(n,)` pixels of each superpixel.

    Returns:
        `(n, k)` float32 unary term for `smooth_with_minimum_share`.

    Example:
        The network numbers the two classes in the opposite order, and decides on the last
        superpixel, of which the clusters are uncertain.

        >>> clusters = np.array([[0.9, 0.1], [0.1, 0.9], [0.5, 0.5]], np.float32)
        >>> network = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]], np.float32)
        >>> unary = fuse(np.log(clusters), clusters, network, np.full(3, 50.0))
        >>> unary.argmax(axis=1).tolist()
        [0, 1, 1]
    """
    table = np.zeros((mean_softmax.shape[1], marginals.shape[1]))
    for part in row_parts(len(mean_softmax)):
        table += (mean_softmax[part] * pixels[part, None]).T.astype(np.float64) @ marginals[part]
    share = table.sum(axis=0) / max(float(table.sum()), 1e-12)
    prior = PRIOR_POWER * np.log(share + LEAST_SHARE)
    prior -= NETWORK_WEIGHT * np.log(share + NETWORK_ERROR)
    table /= np.maximum(table.sum(axis=1, keepdims=True), 1e-12)
    translation = table.astype(np.float32)
    unary: FloatArray = log_likelihood + prior.astype(np.float32)
    for part in row_parts(len(mean_softmax)):
        translated = mean_softmax[part] @ translation + np.float32(NETWORK_ERROR)
        unary[part] += np.float32(NETWORK_WEIGHT) * np.log(translated)
    return unary


def _classify(
    superpixels: Description, model: ClusterModel, features: FloatArray, smoothness: float
) -> Clusters:
    means = superpixels.means
    log_likelihood = model.log_likelihood(features, means)
    graph = superpixels.pairs, superpixels.lengths, means
    smoothed = smooth_log_likelihood(log_likelihood, *graph, superpixels.pixels, smoothness)
    return Clusters(log_likelihood, smoothed.marginals, smoothed.confidence, features)
