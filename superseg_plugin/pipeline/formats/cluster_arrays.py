# SPDX-License-Identifier: GPL-2.0-or-later
"""What tells classes of superpixels apart, as plain arrays: to keep, to renumber, to check."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

# As the worker's `cluster` gives them and its `assign_clusters` takes them.
ClusterArrays = dict[str, npt.NDArray[Any]]

COLUMNS = ("center", "spread", "own.center")
# One for each length of a walk across the graph; neither is there where no neighbors count.
WALKS = ("walk2", "walk8")


def reorder_clusters(model: ClusterArrays, order: npt.NDArray[np.int64]) -> ClusterArrays:
    """Renumber the classes: new class i is the old class `order[i]`."""
    votes, gates = model["votes"][:, order], model["gates"][order]
    return {**model, "votes": np.ascontiguousarray(votes), "gates": np.ascontiguousarray(gates)}


def fit_together(model: ClusterArrays, classes: int, bands: int) -> bool:
    """Tell whether arrays, read from a file that may be damaged, belong to one model."""
    try:
        columns, own = model["own.vectors"].shape
        walks = [walk for walk in WALKS if f"{walk}.center" in model]
        words = _ensemble_size(model, "words", own)
        around = 0
        for walk in walks:
            shares, dimensions = model[f"{walk}.vectors"].shape
            if model[f"{walk}.center"].shape != (shares,) or shares != words:
                return False
            around += dimensions
        components = _ensemble_size(model, "members", own + around)
        right = all(model[name].shape == (columns,) for name in COLUMNS)
        # Components that are not used have no weight.
        right = right and not any(
            np.isnan(part).any() if name.endswith("log_weights") else not np.isfinite(part).all()
            for name, part in model.items()
        )
        right = right and model["gates"].shape == (classes, bands + 1)
        return right and components > 0 and model["votes"].shape == (components, classes)
    except (KeyError, ValueError, np.linalg.LinAlgError):
        return False


def _ensemble_size(model: ClusterArrays, name: str, dimensions: int) -> int:
    """Components of all members; 0 where the arrays of an ensemble do not fit together."""
    members, components = model[f"{name}.log_weights"].shape
    shape = (members, components, dimensions)
    fits = model[f"{name}.means"].shape == shape
    covariances = model[f"{name}.covariances"]
    fits = fits and covariances.shape == (*shape, dimensions)
    # Raises an error where one is no covariance.
    np.linalg.cholesky(covariances.astype(np.float64) if fits else np.eye(1))
    return int(members * components) if fits else 0
