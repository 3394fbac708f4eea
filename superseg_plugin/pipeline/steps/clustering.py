# SPDX-License-Identifier: GPL-2.0-or-later
"""Soft classes of the superpixels of a scene."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...progress import Progress
from ...worker.client import Worker
from ...worker.protocol import MODEL, add_prefix, split_off
from ..formats.cluster_arrays import ClusterArrays
from ..formats.merge_order import (
    MergeStep,
    bhattacharyya_merge_order,
    class_moments,
    cut_merge_order,
)
from .clusters import Clusters
from .color_splits import find_replacements, split_evidence, split_model
from .description import Description
from .smoothing import smooth_again

# CLASSES 0 starts from so many and joins those less apart than this.
AUTOMATIC_CLASSES = 24
AUTOMATIC_DISTANCE = 0.25
FEWEST_AUTOMATIC = 4


def cluster_superpixels(
    description: Description,
    classes: int,
    smoothness: float,
    worker: Worker,
    progress: Progress,
) -> Clusters:
    """Find classes of described superpixels and smooth them on their graph.

    Ids without pixels, which only a raster made elsewhere has, take part in nothing.

    Args:
        description: of `describe_scene`.
        classes: wanted; fewer come back only where there are fewer kinds of superpixels. 0 takes
            24 and joins the most alike ones, until the next two are further apart than a fixed
            distance.
        smoothness: weight of the neighbors, 0 for none.
        worker: who computes.
        progress: asked for cancel, and told of fewer classes.
    """
    found = find_clusters(description, classes or AUTOMATIC_CLASSES, smoothness, worker, progress)
    found = settle_classes(description, found, classes, smoothness, worker, progress)
    if classes and found.classes < classes:
        progress.log(
            f"{classes} classes were asked for, but the image has only {found.classes} kinds of "
            f"superpixels and gets {found.classes} classes"
        )
    if not classes:
        progress.log(f"CLASSES 0: {found.classes} classes in this scene")
    return found


def find_clusters(
    description: Description,
    classes: int,
    smoothness: float,
    worker: Worker,
    progress: Progress,
    members: int | None = None,
) -> Clusters:
    """Do the first part of `cluster_superpixels`, which `settle_classes` ends.

    Args:
        description: of `describe_scene`.
        classes: wanted, 1 or more; a few more may come back.
        smoothness: weight of the neighbors, 0 for none.
        worker: who computes.
        progress: asked for cancel.
        members: mixtures that have to agree; the usual number where None.
    """
    options: dict[str, Any] = {
        "classes": classes,
        "smoothness": smoothness,
        **({"members": members} if members else {}),
    }
    return _ask("cluster", description, options, {}, worker, progress)


def assign_clusters(
    description: Description,
    model: ClusterArrays,
    smoothness: float,
    worker: Worker,
    progress: Progress,
) -> Clusters:
    """Give described superpixels the classes of a model that another scene was clustered for.

    Args:
        description: of `describe_scene`, with the scaling of that model.
        model: of `Clusters`.
        smoothness: weight of the neighbors, 0 for none.
        worker: who computes.
        progress: asked for cancel.
    """
    options = {"smoothness": smoothness}
    return _ask("assign_clusters", description, options, model, worker, progress)


def regroup_superpixels(
    description: Description,
    found: Clusters,
    classes: int,
    smoothness: float,
    worker: Worker,
    progress: Progress,
) -> Clusters:
    """Find another number of classes of a scene that has been clustered already: much quicker.

    Args:
        description: of the scene.
        found: of `find_clusters` or of this; every superpixel has pixels.
        classes: wanted; at most about as many as the model's mixtures have components.
        smoothness: weight of the neighbors, 0 for none.
        worker: who computes.
        progress: asked for cancel.
    """
    options = {"classes": classes, "smoothness": smoothness}
    known = {"features": found.features}
    return _ask("regroup", description, options, found.model, worker, progress, known)


def merge_order_of(
    features: npt.NDArray[np.float32],
    probabilities: npt.NDArray[np.float32],
    pixels: npt.NDArray[np.float64],
    order: npt.NDArray[np.int64],
) -> list[MergeStep]:
    """The merge order of classified superpixels.

    Args:
        features: `(n, d)` of the superpixels.
        probabilities: `(n, k)` of their classes.
        pixels: `(n,)` pixels of each superpixel.
        order: for each class as numbered in the result its column of `probabilities`; those that
            are not named take no part.
    """
    number = np.full(probabilities.shape[1], -1)
    number[order] = np.arange(len(order))
    owner = number[probabilities.argmax(axis=1)]
    return bhattacharyya_merge_order(*class_moments(features, owner, pixels, len(order)))


def settle_classes(
    description: Description,
    found: Clusters,
    classes: int,
    smoothness: float,
    worker: Worker,
    progress: Progress,
) -> Clusters:
    """Leave out the classes that nobody has, join the most alike of too many, replace slivers.

    Args:
        description: of the scene.
        found: of `find_clusters`, or what was made of it.
        classes: wanted; 0 lets a fixed distance between classes decide.
        smoothness: weight of the neighbors, 0 for none.
        worker: who computes.
        progress: asked for cancel.
    """
    found = _join_classes(found, description.pixels, classes)
    means, best = description.means, found.smoothed.argmax(axis=1)
    replacements = find_replacements(found.evidence, best, means, description.pixels)
    if not replacements:
        return found
    evidence = split_evidence(found.evidence, replacements, means)
    split = replace(found, evidence=evidence, model=split_model(found.model, replacements))
    split = smooth_again(description, split, smoothness, worker, progress)
    # Neighbors might have talked the last superpixels out of a class.
    return split if len(split.live) == len(found.live) else found


def _join_classes(found: Clusters, pixels: npt.NDArray[np.float64], classes: int) -> Clusters:
    live = found.live
    steps = merge_order_of(found.features, found.smoothed, pixels, live)
    if classes:
        count = min(classes, len(live))
    else:
        apart = sum(distance >= AUTOMATIC_DISTANCE for *_, distance in steps)
        count = min(max(1 + apart, FEWEST_AUTOMATIC), len(live))
    owner = cut_merge_order(steps, len(live), count)
    members = [live[owner == kept] for kept in np.unique(owner)]
    evidence = np.empty((len(pixels), len(members)), np.float32)
    smoothed = np.empty_like(evidence)
    for column, each in enumerate(members):
        np.logaddexp.reduce(found.evidence[:, each], axis=1, out=evidence[:, column])
        found.smoothed[:, each].sum(axis=1, out=smoothed[:, column])
    smoothed /= np.maximum(smoothed.sum(axis=1, keepdims=True), np.float32(1e-9))
    votes = np.stack([found.model["votes"][:, each].sum(axis=1) for each in members], axis=1)
    # None of them has one that is closed to anybody yet.
    gates = found.model["gates"][: len(members)]
    model = {**found.model, "votes": votes, "gates": gates}
    return replace(found, evidence=evidence, smoothed=smoothed, model=model)


def _ask(
    operation: str,
    description: Description,
    options: dict[str, Any],
    model: ClusterArrays,
    worker: Worker,
    progress: Progress,
    known: ClusterArrays | None = None,
) -> Clusters:
    """Let the worker classify the superpixels that have pixels; the others get no class."""
    present = description.pixels > 0
    everywhere = bool(present.all())
    sums, pairs = description.hand_over_sums(), description.pairs
    arrays: dict[str, npt.NDArray[Any]] = {
        "sums": sums if everywhere else sums[present],
        "pairs": pairs if everywhere else (np.cumsum(present, dtype=np.int32) - 1)[pairs],
        "lengths": description.lengths,
        **add_prefix(MODEL, model),
        **(known or {}),
    }
    asked = worker.submit(operation, {**options, "bands": description.bands}, arrays)
    # What the worker has been given need not be kept here as well while it computes.
    del sums, arrays
    given, answer = split_off(MODEL, worker.result(asked, progress).arrays)
    if not everywhere:
        answer = {name: _filled(part, present) for name, part in answer.items()}
        answer["smoothed"][~present] = 1.0 / answer["smoothed"].shape[1]
    return Clusters(**answer, model=given or model)


def _filled(values: npt.NDArray[Any], present: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    """Rows of those that are present, with rows of zeros between them for the others."""
    result = np.zeros((len(present), *values.shape[1:]), values.dtype)
    result[present] = values
    return result
