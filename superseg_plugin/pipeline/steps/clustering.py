# SPDX-License-Identifier: GPL-2.0-or-later
"""Clusters of the superpixels of a scene.

The worker computes them; what it has found stays in files that it maps too, so that later steps
refer to it and nothing travels twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...blocks import Description
from ...contracts import Clusters
from ...wording import counted
from ...worker.protocol import MODEL, add_prefix, split_off
from ..formats.cluster_arrays import ClusterArrays
from .scene import Arrays, Scene

# Arrays with a row for each superpixel.
OF_SUPERPIXELS = ("labels", "leaf", "confidence", "features")


def cluster_superpixels(
    scene: Scene,
    description: Description,
    classes: int,
    smoothness: float,
    vocabularies: int | None = None,
) -> Clusters:
    """Find the classes of described superpixels, a cut of the scene's tree of classes.

    Ids without pixels, which only a raster made elsewhere has, take part in nothing.

    Args:
        scene: the scene; its log is told of fewer classes than wanted.
        description: of its superpixels.
        classes: wanted; fewer come back only where there are fewer kinds of superpixels. 0 takes
            as many as each explain at least 1 % of the differences between superpixels.
        smoothness: weight of the neighbors, 0 for none.
        vocabularies: of visual words; the usual number where None.
    """
    options = {
        "classes": classes,
        "smoothness": smoothness,
        "vocabularies": vocabularies,
    }
    found = _compute(scene, "cluster", description, options, {})
    if classes and found.classes < classes:
        scene.progress.log(
            f"{classes} classes were asked for, but the image has only"
            f" {counted(found.classes, 'kind')} of superpixels and gets"
            f" {counted(found.classes, 'class')}"
        )
    if not classes:
        scene.progress.log(f"CLASSES 0: {counted(found.classes, 'class')} in this scene")
    return found


def assign_clusters(
    scene: Scene, description: Description, model: ClusterArrays, smoothness: float
) -> Clusters:
    """Give described superpixels the classes of a model that was fitted to another scene.

    Args:
        scene: the scene, with the scaling of that model.
        description: of its superpixels.
        model: of `Clusters`.
        smoothness: weight of the neighbors, 0 for none.
    """
    options = {"smoothness": smoothness}
    found = _compute(scene, "assign_clusters", description, options, add_prefix(MODEL, model))
    return replace(found, model=model)


def change_class_count(scene: Scene, found: Clusters, classes: int) -> Clusters:
    """Cut the tree of a scene at another number of classes: nothing is computed again.

    Args:
        scene: the scene.
        found: of `cluster_superpixels`, or what was made of it.
        classes: wanted.
    """
    known = {name: getattr(found, name) for name in OF_SUPERPIXELS}
    known |= add_prefix(MODEL, found.model)
    answer = scene.compute("change_class_count", {"classes": classes}, known, keep=True)
    model, cut = split_off(MODEL, answer.arrays)
    return replace(found, labels=cut["labels"], model=model)


def change_smoothness(
    scene: Scene, description: Description, found: Clusters, classes: int, smoothness: float
) -> Clusters:
    """Cluster with another smoothness and the features that are known already.

    Args:
        scene: the scene.
        description: of its superpixels.
        found: of `cluster_superpixels`, or what was made of it.
        classes: wanted.
        smoothness: weight of the neighbors, 0 for none.
    """
    options = {"classes": classes, "smoothness": smoothness}
    known = {"features": found.features, **add_prefix(MODEL, found.model)}
    return _compute(scene, "change_smoothness", description, options, known)


def _compute(
    scene: Scene,
    operation: str,
    description: Description,
    options: Mapping[str, Any],
    arrays: Arrays,
) -> Clusters:
    """Let the worker cluster the superpixels that have pixels; the others get no class."""
    present = description.pixels > 0
    everywhere = bool(present.all())
    given = description.arrays
    if not everywhere:
        rows = np.cumsum(present, dtype=np.int32) - 1
        pairs = rows[description.pairs]
        given = description.of_rows(present, pairs, description.lengths).arrays
        arrays = {
            name: array[present] if name in OF_SUPERPIXELS else array
            for name, array in arrays.items()
        }
    asked = {**options, "scaling": scene.scaling, **scene.place_of_parts}
    answer = scene.compute(operation, asked, {**given, **arrays}, keep=True)
    model, found = split_off(MODEL, answer.arrays)
    if not everywhere:
        found = {name: _filled(part, present) for name, part in found.items()}
    return Clusters(**found, model=model)


def _filled(values: npt.NDArray[Any], present: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    """Rows of those that are present, with rows of zeros between them for the others."""
    result = np.zeros((len(present), *values.shape[1:]), values.dtype)
    result[present] = values
    return result
