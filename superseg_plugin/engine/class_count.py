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
from .clustering import smooth_evidence
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
        clusters: of `cluster_superpixels` or `regroup_superpixels`, with their model.
        classes: wanted; 0 lets the distance between classes decide.
        smoothness: weight of the neighbors, 0 for none.

    Returns:
        Clusters with at most `classes` classes, with their model.
    """
    joined = _join_classes(clusters, description, classes)
    means, pixels = description.means, description.pixels
    replacements = find_replacements(joined.log_likelihood, joined.labels, means, pixels)
    if not replacements:
        return joined
    log_likelihood = split_log_likelihood(joined.log_likelihood, replacements, means)
    graph = (description.pairs, description.lengths, means)
    smoothed = smooth_evidence(log_likelihood, *graph, pixels, smoothness)
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
    votes = np.stack([clusters.model["votes"][:, each].sum(axis=1) for each in members], axis=1)
    # Before the first split all gates are open, and so alike.
    gates = clusters.model["gates"][: len(members)]
    model = {**clusters.model, "votes": votes, "gates": gates}
    return replace(clusters, log_likelihood=log_likelihood, marginals=marginals, model=model)


def _present(clusters: Clusters) -> IndexArray:
    """Classes that are some superpixel's most probable one."""
    present: IndexArray = np.unique(clusters.labels)
    return present
