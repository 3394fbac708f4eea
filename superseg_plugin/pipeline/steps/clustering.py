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

from ...contracts import AUTOMATIC_CLASSES, Clusters, Description
from ...worker.protocol import MODEL, add_prefix, split_off
from ..formats.cluster_arrays import ClusterArrays
from .scene import Arrays, Scene

OF_SUPERPIXELS = ("log_likelihood", "marginals", "confidence", "features")


def cluster_superpixels(
    scene: Scene, description: Description, classes: int, smoothness: float
) -> Clusters:
    """Find the classes of described superpixels and smooth them on their graph.

    Ids without pixels, which only a raster made elsewhere has, take part in nothing.

    Args:
        scene: the scene; its log is told of fewer classes than wanted.
        description: of its superpixels.
        classes: wanted; fewer come back only where there are fewer kinds of superpixels. 0 takes
            24 and joins the most similar ones, until the next two are further apart than a fixed
            distance.
        smoothness: weight of the neighbors, 0 for none.
    """
    found = find_clusters(scene, description, classes or AUTOMATIC_CLASSES, smoothness)
    found = settle_clusters(scene, description, found, classes, smoothness)
    if classes and found.classes < classes:
        scene.progress.log(
            f"{classes} classes were asked for, but the image has only {found.classes} kinds of "
            f"superpixels and gets {found.classes} classes"
        )
    if not classes:
        scene.progress.log(f"CLASSES 0: {found.classes} classes in this scene")
    return found


def find_clusters(
    scene: Scene,
    description: Description,
    classes: int,
    smoothness: float,
    ensemble: int | None = None,
) -> Clusters:
    """Find clusters, a few more than wanted at most; `settle_clusters` brings them to the number.

    Args:
        scene: the scene.
        description: of its superpixels.
        classes: wanted, 1 or more.
        smoothness: weight of the neighbors, 0 for none.
        ensemble: number of mixtures; the usual number where None.
    """
    options = {"classes": classes, "smoothness": smoothness, "ensemble": ensemble}
    return _compute(scene, "cluster", description, options, {})


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


def change_class_count(
    scene: Scene, description: Description, found: Clusters, classes: int, smoothness: float
) -> Clusters:
    """Find another number of clusters with mixtures that are fitted already: much quicker.

    Args:
        scene: the scene.
        description: of its superpixels; each has pixels.
        found: of `find_clusters` or of this.
        classes: wanted; at most about as many as the model's mixtures have components.
        smoothness: weight of the neighbors, 0 for none.
    """
    options = {"classes": classes, "smoothness": smoothness}
    known = {"features": found.features, **add_prefix(MODEL, found.model)}
    return _compute(scene, "change_class_count", description, options, known)


def settle_clusters(
    scene: Scene, description: Description, found: Clusters, classes: int, smoothness: float
) -> Clusters:
    """Leave out empty classes, join the most similar of too many, and replace small ones.

    Args:
        scene: the scene.
        description: of its superpixels.
        found: of `find_clusters`, or what was made of it.
        classes: wanted; 0 lets a fixed distance between classes decide.
        smoothness: weight of the neighbors, 0 for none.
    """
    options = {"classes": classes, "smoothness": smoothness}
    known = {name: getattr(found, name) for name in OF_SUPERPIXELS}
    known |= add_prefix(MODEL, found.model)
    return _compute(scene, "settle", description, options, known)


def smooth_clusters(
    scene: Scene, description: Description, found: Clusters, smoothness: float
) -> Clusters:
    """Smooth clusters with another weight of the neighbors, and leave all else as it is.

    Args:
        scene: the scene.
        description: of its superpixels.
        found: of `find_clusters` or `change_class_count`.
        smoothness: weight of the neighbors, 0 for none.
    """
    arrays = {**graph_of(description), "log_likelihood": found.log_likelihood}
    options = {"smoothness": smoothness}
    answer = scene.compute("smooth_clusters", options, arrays, keep=True).arrays
    return replace(found, marginals=answer["marginals"], confidence=answer["confidence"])


def graph_of(description: Description) -> dict[str, npt.NDArray[Any]]:
    """The region adjacency graph and what the smoothing reads of the superpixels."""
    names = ("pairs", "lengths", "means", "pixels")
    return {name: getattr(description, name) for name in names}


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
    given = vars(description)
    if not everywhere:
        given = vars(_only(description, present))
        arrays = {
            name: array[present] if name in OF_SUPERPIXELS else array
            for name, array in arrays.items()
        }
    answer = scene.compute(operation, options, {**given, **arrays}, keep=True)
    model, found = split_off(MODEL, answer.arrays)
    if not everywhere:
        found = {name: _filled(part, present) for name, part in found.items()}
        found["marginals"][~present] = 1.0 / found["marginals"].shape[1]
    return Clusters(**found, model=model)


def _only(description: Description, present: npt.NDArray[np.bool_]) -> Description:
    """The description of the superpixels that are present."""
    rows = np.cumsum(present, dtype=np.int32) - 1
    return Description(
        description.sums[present],
        rows[description.pairs],
        description.lengths,
        description.pixels[present],
        description.means[present],
    )


def _filled(values: npt.NDArray[Any], present: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    """Rows of those that are present, with rows of zeros between them for the others."""
    result = np.zeros((len(present), *values.shape[1:]), values.dtype)
    result[present] = values
    return result
