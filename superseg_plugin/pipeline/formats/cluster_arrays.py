# SPDX-License-Identifier: GPL-2.0-or-later
"""The cluster model of superpixels as plain arrays, as the worker and model files hold it.

The worker's `cluster` returns these arrays and its `assign_clusters` takes them; `engine` knows
what they mean. Model files of format version 2 fix their names:

    center, spread    standardization of the columns of appearance, `(columns,)`
    appearance.*      projection of these columns to features
    vocabularies.*    ensemble of mixtures whose components are visual words
    walk2.*, walk8.*  projections of the histograms of words around a superpixel to features;
                      missing if neighbors do not count
    ensemble.*        ensemble of mixtures that the classes are found from
    memberships       `(components, classes)` share of each component in each class
    hyperplanes       `(classes, bands + 1)` hyperplanes that separate classes after a split
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

ClusterArrays = dict[str, npt.NDArray[Any]]

COLUMNS = ("center", "spread", "appearance.center")
# One for each length of the random walks on the region adjacency graph.
WALKS = ("walk2", "walk8")


def reorder_clusters(model: ClusterArrays, order: npt.NDArray[np.int64]) -> ClusterArrays:
    """Renumber the classes: new class i is the old class `order[i]`."""
    memberships, hyperplanes = model["memberships"][:, order], model["hyperplanes"][order]
    return {
        **model,
        "memberships": np.ascontiguousarray(memberships),
        "hyperplanes": np.ascontiguousarray(hyperplanes),
    }


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
        vocabulary_size = _ensemble_size(model, "vocabularies", appearance)
        around = 0
        for walk in walks:
            shares, dimensions = model[f"{walk}.vectors"].shape
            if model[f"{walk}.center"].shape != (shares,) or shares != vocabulary_size:
                return False
            around += dimensions
        components = _ensemble_size(model, "ensemble", appearance + around)
        fits = all(model[name].shape == (columns,) for name in COLUMNS)
        # Unused components have the log weight -inf.
        fits = fits and not any(
            np.isnan(part).any() if name.endswith("log_weights") else not np.isfinite(part).all()
            for name, part in model.items()
        )
        fits = fits and model["hyperplanes"].shape == (classes, bands + 1)
        return fits and components > 0 and model["memberships"].shape == (components, classes)
    except (KeyError, ValueError, np.linalg.LinAlgError):
        return False


def _ensemble_size(model: ClusterArrays, name: str, dimensions: int) -> int:
    """Return the components of all mixtures; 0 if the arrays of an ensemble do not fit together.

    Raises:
        KeyError, ValueError: an array is missing or has another number of dimensions.
        numpy.linalg.LinAlgError: a covariance is not positive definite.
    """
    mixtures, components = model[f"{name}.log_weights"].shape
    shape = (mixtures, components, dimensions)
    fits = model[f"{name}.means"].shape == shape
    covariances = model[f"{name}.covariances"]
    fits = fits and covariances.shape == (*shape, dimensions)
    np.linalg.cholesky(covariances.astype(np.float64) if fits else np.eye(1))
    return int(mixtures * components) if fits else 0
