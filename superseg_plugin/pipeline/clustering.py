# SPDX-License-Identifier: GPL-2.0-or-later
"""Soft classes of the superpixels of a scene."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..progress import Progress
from ..worker.client import Worker
from ..worker.protocol import MODEL, add_prefix, split_off
from .cluster_arrays import ClusterArrays
from .description import Description
from .laid_aside import lay_aside
from .merge_order import bhattacharyya_merge_order, class_moments, groups

# CLASSES 0 starts from so many and joins those less apart than this.
AUTOMATIC_CLASSES = 24
AUTOMATIC_DISTANCE = 0.25
FEWEST_AUTOMATIC = 4


@dataclass(frozen=True)
class Clusters:
    """Clustered superpixels; row i belongs to superpixel i + 1.

    Attributes:
        evidence: `(n, k)` float32 log probability of each class.
        smoothed: `(n, k)` float32 class probabilities, smoothed on the graph.
        confidence: `(n,)` float32, how sure the most probable class is.
        features: `(n, d)` float32, what the classes are told apart by.
        model: what gives superpixels of any scene these classes, as the worker takes it.
    """

    evidence: npt.NDArray[np.float32]
    smoothed: npt.NDArray[np.float32]
    confidence: npt.NDArray[np.float32]
    features: npt.NDArray[np.float32]
    model: ClusterArrays

    def laid_aside(self, folder: Path) -> Clusters:
        """The same, with what is not looked at before the end of a run in files of a folder."""
        names = ("evidence", "smoothed", "features")
        return replace(self, **lay_aside(folder, {name: getattr(self, name) for name in names}))

    @property
    def classes(self) -> int:
        """Number of classes."""
        return int(self.smoothed.shape[1])

    @property
    def live(self) -> npt.NDArray[np.int64]:
        """Classes that are some superpixel's most probable one."""
        return np.unique(self.smoothed.argmax(axis=1))


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
    found = join_classes(found, description.pixels, classes)
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
    """Do the first part of `cluster_superpixels`, which `join_classes` ends.

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
) -> list[list[float | int]]:
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


def join_classes(found: Clusters, pixels: npt.NDArray[np.float64], classes: int) -> Clusters:
    """Leave out the classes that nobody has, and join the most alike of too many.

    Args:
        found: of `find_clusters`, or what was made of it.
        pixels: `(n,)` of the superpixels.
        classes: wanted; 0 lets a fixed distance between classes decide.
    """
    live = found.live
    steps = merge_order_of(found.features, found.smoothed, pixels, live)
    if classes:
        count = min(classes, len(live))
    else:
        apart = sum(distance >= AUTOMATIC_DISTANCE for *_, distance in steps)
        count = min(max(1 + apart, FEWEST_AUTOMATIC), len(live))
    owner = groups([(int(a), int(b), float(d)) for a, b, d in steps], len(live), count)
    members = [live[owner == kept] for kept in np.unique(owner)]
    evidence = np.empty((len(pixels), len(members)), np.float32)
    smoothed = np.empty_like(evidence)
    for column, each in enumerate(members):
        np.logaddexp.reduce(found.evidence[:, each], axis=1, out=evidence[:, column])
        found.smoothed[:, each].sum(axis=1, out=smoothed[:, column])
    smoothed /= np.maximum(smoothed.sum(axis=1, keepdims=True), np.float32(1e-9))
    votes = np.stack([found.model["votes"][:, each].sum(axis=1) for each in members], axis=1)
    return replace(
        found, evidence=evidence, smoothed=smoothed, model={**found.model, "votes": votes}
    )


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
