# SPDX-License-Identifier: GPL-2.0-or-later
"""Clustering of the superpixels of a scene, and its fusion with a network.

A model of eight parts (`cluster_model`) gives each superpixel a log likelihood of each part, which
is smoothed on the region adjacency graph (`smoothing`). The leaves of the tree of classes divide
the parts (`leaves`), and a number of classes is a cut of this tree: below eight it joins parts,
above it splits them. The output of a network, averaged in each superpixel, can be joined with the
classes: the network's classes are translated into the clusters' by a contingency table, and its log
likelihood is added with a weight of 2 and an error rate of 5 %.

Exact: nesting; one more class splits one, whatever their number. Approximate: see `cluster_model`,
`smoothing` and `leaves`. The fusion treats clusters and network as independent given the class,
although the network was trained on the clusters. Cost: linear in the superpixels; the number of
classes hardly counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..contracts import Clusters, Description
from .cluster_model import ENSEMBLE_SIZE, LEAST_PROBABILITY, ClusterModel, fit_cluster_model
from .leaves import Leaves, diffuse, fit_leaves
from .projection import row_parts
from .smoothing import contrast_weights, smooth_on_graph
from .types import DoubleArray, FloatArray, IndexArray

# Steps of the diffusion for each unit of smoothness: 4 at the default of 8. On 15 images 2 to 8
# steps give the same mean IoU within .01; without any, it is .02 lower at 16 and 32 classes.
DIFFUSION_STEPS = 0.5
MOST_DIFFUSION_STEPS = 16

# Factor of the network's log likelihood, and a probability added to each of its classes, so that an
# error of the network can be outweighed.
NETWORK_WEIGHT = 2.0
NETWORK_ERROR = 0.05
# Prior of a class: this power of its share of the area plus 1 %.
PRIOR_POWER = 0.5
LEAST_SHARE = 0.01


@dataclass(frozen=True)
class _Smoothed:
    """What the region adjacency graph makes of superpixels.

    Attributes:
        log_likelihood: `(n, parts)` float32, before smoothing.
        marginals: `(n, parts)` float32, smoothed.
        confidence: `(n,)` float32 of the most probable part.
        features: `(n, d)` float32, diffused.
    """

    log_likelihood: FloatArray
    marginals: FloatArray
    confidence: FloatArray
    features: FloatArray

    @property
    def parts(self) -> IndexArray:
        """Most probable part `(n,)` of each superpixel."""
        return np.asarray(self.marginals.argmax(axis=1), np.int64)


def cluster_superpixels(
    superpixels: Description, classes: int, smoothness: float, ensemble_size: int = ENSEMBLE_SIZE
) -> tuple[ClusterModel, Clusters]:
    """Cluster superpixels into classes that are a cut of one tree.

    Args:
        superpixels: of the scene; every row with pixels.
        classes: number of classes wanted, 1 to 255; 0 takes the knee of the tree. Fewer may be
            returned where there are fewer distinct superpixels.
        smoothness: weight of the neighbors, see `smooth_on_graph`; features are diffused by half
            as many steps.
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
    model, features = fit_cluster_model(superpixels, ensemble_size)
    return change_smoothness(superpixels, model, features, classes, smoothness)


def change_smoothness(
    superpixels: Description,
    model: ClusterModel,
    features: FloatArray,
    classes: int,
    smoothness: float,
) -> tuple[ClusterModel, Clusters]:
    """Cluster a scene with another smoothness, with the ensemble that was fitted to it.

    Args:
        superpixels: of the scene; every row with pixels.
        model: of the same scene.
        features: `(n, d)` of the superpixels, as returned with the model.
        classes: as for `cluster_superpixels`.
        smoothness: as for `cluster_superpixels`.

    Returns:
        As `cluster_superpixels`, in a fraction of the time.

    Example:
        The middle one of five superpixels is a little brighter than the others.

        >>> sums, shade = np.zeros((5, 7)), np.array([40.0, 40.0, 44.0, 40.0, 40.0])
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> pairs = np.stack([np.arange(4), np.arange(1, 5)], axis=1)
        >>> scene = Description.from_sums(sums, pairs, np.full(4, 10), 1)
        >>> model, clusters = cluster_superpixels(scene, 2, 0.0, ensemble_size=1)
        >>> _, smooth = change_smoothness(scene, model, clusters.features, 2, 8.0)
        >>> clusters.classes, smooth.labels.shape
        (2, (5,))
    """
    smoothed = _smooth(superpixels, model, features, smoothness)
    leaves, leaf = fit_leaves(smoothed.features, superpixels.pixels, smoothed.parts, classes)
    return replace(model, leaves=leaves), _classes(leaves, leaf, smoothed, features)


def change_class_count(
    superpixels: Description,
    model: ClusterModel,
    features: FloatArray,
    classes: int,
    smoothness: float,
) -> tuple[ClusterModel, Clusters]:
    """Cut the tree of a scene at another number of classes.

    Args:
        superpixels: of the scene; every row with pixels.
        model: of the same scene and the same smoothness.
        features: `(n, d)` of the superpixels, as returned with the model.
        classes: as for `cluster_superpixels`.
        smoothness: as for `cluster_superpixels`.

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
    model = replace(model, leaves=model.leaves.cut(classes))
    return model, _assign(superpixels, model, features, smoothness)


def assign_clusters(superpixels: Description, model: ClusterModel, smoothness: float) -> Clusters:
    """Classes of superpixels by the model of this scene or of another one.

    Args:
        superpixels: of the scene; every row with pixels.
        model: of `cluster_superpixels`, for the same bands.
        smoothness: as for `cluster_superpixels`.

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
    return _assign(superpixels, model, model.features(superpixels), smoothness)


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
        `(n, k)` float32 unary term for `smooth_on_graph`.

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


def _smooth(
    superpixels: Description, model: ClusterModel, features: FloatArray, smoothness: float
) -> _Smoothed:
    weights = contrast_weights(superpixels.pairs, superpixels.lengths, superpixels.means)
    log_likelihood = model.log_likelihood(features)
    smoothed = smooth_on_graph(log_likelihood, weights, smoothness)
    steps = min(round(DIFFUSION_STEPS * smoothness), MOST_DIFFUSION_STEPS)
    diffused = diffuse(features, weights, steps)
    return _Smoothed(log_likelihood, smoothed.marginals, smoothed.confidence, diffused)


def _assign(
    superpixels: Description, model: ClusterModel, features: FloatArray, smoothness: float
) -> Clusters:
    smoothed = _smooth(superpixels, model, features, smoothness)
    leaf = model.leaves.nearest(smoothed.features, smoothed.parts)
    return _classes(model.leaves, leaf, smoothed, features)


def _classes(
    leaves: Leaves, leaf: IndexArray, smoothed: _Smoothed, features: FloatArray
) -> Clusters:
    """Probabilities of classes from those of the parts.

    That of a superpixel's own part is its class's; that of another part is the largest class's
    there.
    """
    labels, parts = leaves.classes[leaf], smoothed.parts
    shape = (len(labels), int(leaves.classes.max(initial=0)) + 1)
    marginals, likelihood = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    rows = np.arange(len(labels))
    for part in np.unique(leaves.parts):
        mine = leaves.parts == part
        areas = np.bincount(leaves.classes[mine], leaves.tree.areas[mine])
        columns = np.where(parts == part, labels, areas.argmax())
        marginals[rows, columns] += smoothed.marginals[:, part]
        likelihood[rows, columns] += np.exp(smoothed.log_likelihood[:, part])
    np.log(np.maximum(likelihood, np.float32(LEAST_PROBABILITY), out=likelihood), out=likelihood)
    return Clusters(likelihood, marginals, smoothed.confidence, features, labels)
