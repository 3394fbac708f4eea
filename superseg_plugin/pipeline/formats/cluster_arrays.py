# SPDX-License-Identifier: GPL-2.0-or-later
"""The cluster model of superpixels as plain arrays, as the worker and model files hold it.

The worker's `cluster` returns these arrays and its `assign_clusters` takes them; `engine` knows
what they mean. Model files of format version 4 fix their names:

    center, scale     standardization of the columns of appearance, `(columns,)`
    appearance.*      projection of these columns to features
    vocabularies.*    mixtures whose components are visual words
    walk2.*, walk8.*  projections of the histograms of words around a superpixel to features;
                      missing if neighbors do not count
    leaves.centers    `(leaves, features)` means of the leaves of the tree of classes
    leaves.classes    `(leaves,)` class of each leaf, from 0
    tree.*            merges, costs and areas of the tree, see `class_tree.ClassTree`
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep
from ...class_tree import ClassTree

ClusterArrays = dict[str, npt.NDArray[Any]]

COLUMNS = ("center", "scale", "appearance.center")
# One for each length of the random walks on the region adjacency graph.
WALKS = ("walk2", "walk8")


def reorder_clusters(model: ClusterArrays, order: npt.NDArray[np.int64]) -> ClusterArrays:
    """Renumber the classes: new class i is the old class `order[i]`."""
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    return {**model, "leaves.classes": number[model["leaves.classes"]]}


def merge_order_of(model: ClusterArrays, order: npt.NDArray[np.int64]) -> list[MergeStep]:
    """How the classes of a map join, by the tree of the model.

    Args:
        model: the arrays.
        order: `(k,)` class of the model that class i + 1 of the map is; others take no part.
    """
    number = np.zeros(int(model["leaves.classes"].max(initial=0)) + 1, np.int64)
    number[order] = np.arange(1, len(order) + 1)
    return ClassTree.from_arrays(model).merge_order(number[model["leaves.classes"]])


def fit_together(model: ClusterArrays, classes: int, bands: int) -> bool:
    """Whether arrays from a file that may be damaged form a cluster model.

    Args:
        model: the arrays.
        classes: number of classes of the model.
        bands: number of bands of the model.
    """
    try:
        columns, appearance = model["appearance.vectors"].shape
        walks = [walk for walk in WALKS if f"{walk}.center" in model]
        words = _words(model, appearance)
        around = 0
        for walk in walks:
            shares, dimensions = model[f"{walk}.vectors"].shape
            if model[f"{walk}.center"].shape != (shares,) or shares != words:
                return False
            around += dimensions
        fits = all(model[name].shape == (columns,) for name in COLUMNS)
        # Unused components have the log weight -inf.
        fits = fits and not any(
            np.isnan(part).any() if name.endswith("log_weights") else not np.isfinite(part).all()
            for name, part in model.items()
        )
        return fits and _leaves_fit(model, appearance + around, classes)
    except (KeyError, ValueError, np.linalg.LinAlgError):
        return False


def _leaves_fit(model: ClusterArrays, dimensions: int, classes: int) -> bool:
    """Whether the leaves belong to the classes, and a tree joins them."""
    count, _ = model["leaves.centers"].shape
    merges = model["tree.merges"]
    shapes = {
        "leaves.centers": (count, dimensions),
        "leaves.classes": (count,),
        "tree.merges": (count - 1, 2),
        "tree.costs": (count - 1,),
        "tree.areas": (count,),
    }
    if count == 0 or any(model[name].shape != shape for name, shape in shapes.items()):
        return False
    numbers = model["leaves.classes"]
    if numbers.dtype.kind != "i" or numbers.min() < 0 or numbers.max() >= classes:
        return False
    # Every node but the root joins once, after it is made.
    made = count + np.arange(count - 1)[:, None]
    nodes = np.sort(merges, axis=None)
    joined = merges.dtype.kind == "i" and np.array_equal(nodes, np.arange(2 * count - 2))
    return bool(joined and (merges < made).all() and (model["tree.areas"] > 0).all())


def _words(model: ClusterArrays, dimensions: int) -> int:
    """Return the words of all vocabularies; 0 if their arrays do not fit together.

    Raises:
        KeyError, ValueError: an array is missing or has another number of dimensions.
        numpy.linalg.LinAlgError: a covariance is not positive definite.
    """
    vocabularies, words = model["vocabularies.log_weights"].shape
    shape = (vocabularies, words, dimensions)
    fits = model["vocabularies.means"].shape == shape
    covariances = model["vocabularies.covariances"]
    fits = fits and covariances.shape == (*shape, dimensions)
    np.linalg.cholesky(covariances.astype(np.float64) if fits else np.eye(1))
    return int(vocabularies * words) if fits else 0
