# SPDX-License-Identifier: GPL-2.0-or-later
"""Bringing clustered superpixels to the number of classes that was asked for.

Idea: clustering may return a few classes more than asked for, and classes that are no superpixel's
most probable one. The latter are left out; of too many, the most similar join (agglomeration by
Bhattacharyya distance) until the number fits or, with 0 asked for, until the next two are further
apart than a fixed distance. Classes of negligible area are then exchanged for splits by color.
Exact: joined classes add their probabilities.
Approximate: the exchange is taken back where the smoothing after it would lose a class.
Cost: O(n k) for n superpixels of k classes, plus one smoothing where a class was split.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..agglomeration import cut_merge_order, merge_order_of
from ..contracts import Clusters, Description
from .class_splits import find_replacements, split_log_likelihood, split_model
from .clustering import smooth_log_likelihood
from .types import IndexArray

# CLASSES 0: classes closer than this Bhattacharyya distance (weighted by area) join; at least so
# many remain if there are as many.
AUTOMATIC_DISTANCE = 0.25
FEWEST_AUTOMATIC = 4


def settle_class_count(
    description: Description, clusters: Clusters, classes: int, smoothness: float
) -> Clusters:
    """Leave out empty classes, join the most similar of too many, and replace small ones by splits.

    Args:
        description: of the superpixels.
        clusters: of `cluster_superpixels` or `change_class_count`, with their model.
        classes: wanted; 0 lets the distance between classes decide.
        smoothness: weight of the neighbors, 0 for none.

    Returns:
        Clusters with at most `classes` classes, with their model.

    Example:
        200 superpixels of one band without neighbors, in four shades; of four classes, those of
        similar shades are joined.

        >>> from superseg_plugin.engine.clustering import cluster_superpixels
        >>> sums, shade = np.zeros((200, 7)), np.repeat([40.0, 60.0, 180.0, 200.0], 50)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> graph = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> scene = Description.from_sums(sums, *graph, 1)
        >>> model, clusters = cluster_superpixels(scene, 4, 0.0, ensemble_size=4)
        >>> clusters = replace(clusters, model=model.to_arrays())
        >>> settle_class_count(scene, clusters, 2, 0.0).classes
        2
    """
    joined = _join_classes(clusters, description, classes)
    means, pixels = description.means, description.pixels
    replacements = find_replacements(joined.log_likelihood, joined.labels, means, pixels)
    if not replacements:
        return joined
    log_likelihood = split_log_likelihood(joined.log_likelihood, replacements, means)
    graph = (description.pairs, description.lengths, means)
    smoothed = smooth_log_likelihood(log_likelihood, *graph, pixels, smoothness)
    split = replace(
        joined,
        log_likelihood=log_likelihood,
        marginals=smoothed.marginals,
        confidence=smoothed.confidence,
        model=split_model(joined.model, replacements),
    )
    # Smoothing may take all superpixels from a class; then the map before the exchange is better.
    return split if len(_present(split)) == len(_present(joined)) else joined


def _join_classes(clusters: Clusters, description: Description, classes: int) -> Clusters:
    """Join the most similar classes until there are as many as wanted."""
    present, pixels = _present(clusters), description.pixels
    steps = merge_order_of(clusters.features, clusters.labels, pixels, present)
    if classes:
        count = min(classes, len(present))
    else:
        apart = sum(distance >= AUTOMATIC_DISTANCE for *_, distance in steps)
        count = min(max(1 + apart, FEWEST_AUTOMATIC), len(present))
    owner = cut_merge_order(steps, len(present), count)
    members = [present[owner == kept] for kept in np.unique(owner)]
    log_likelihood = np.empty((len(pixels), len(members)), np.float32)
    marginals = np.empty_like(log_likelihood)
    for column, each in enumerate(members):
        likelihoods = clusters.log_likelihood[:, each]
        np.logaddexp.reduce(likelihoods, axis=1, out=log_likelihood[:, column])
        clusters.marginals[:, each].sum(axis=1, out=marginals[:, column])
    marginals /= np.maximum(marginals.sum(axis=1, keepdims=True), np.float32(1e-9))
    shares = clusters.model["memberships"]
    memberships = np.stack([shares[:, each].sum(axis=1) for each in members], axis=1)
    # Before the first split, the hyperplanes of all classes are the same and exclude nothing.
    hyperplanes = clusters.model["hyperplanes"][: len(members)]
    model = {**clusters.model, "memberships": memberships, "hyperplanes": hyperplanes}
    return replace(clusters, log_likelihood=log_likelihood, marginals=marginals, model=model)


def _present(clusters: Clusters) -> IndexArray:
    """Classes that are some superpixel's most probable one."""
    present: IndexArray = np.unique(clusters.labels)
    return present
