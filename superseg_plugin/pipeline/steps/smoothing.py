# SPDX-License-Identifier: GPL-2.0-or-later
"""Letting neighbors on the region adjacency graph agree on their classes."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...progress import Progress
from ...worker.client import Answer, Worker
from .clusters import Clusters
from .description import Description


def ask_to_smooth(
    pooled: npt.NDArray[np.float32] | None,
    description: Description,
    smoothness: float,
    worker: Worker,
    clusters: Clusters | None = None,
) -> Future[Answer]:
    """Let the worker smooth class probabilities of superpixels on their graph.

    Nothing that is given needs to be kept while it does.

    Args:
        pooled: mean class probabilities of the network in each superpixel; None for the clusters
            alone.
        description: of the superpixels.
        smoothness: weight of the neighbors, 0 for none.
        worker: who computes.
        clusters: of the same superpixels; None for the network alone.

    Returns:
        What becomes the probabilities `(n, classes)` and the confidence `(n,)`.
    """
    arrays: dict[str, npt.NDArray[Any]] = {
        "pairs": description.pairs,
        "lengths": description.lengths,
        "means": description.means,
        "pixels": description.pixels,
    }
    if clusters is not None:
        arrays["evidence"] = clusters.evidence
    if pooled is not None:
        arrays["pooled"] = pooled
        if clusters is not None:
            arrays["smoothed"] = clusters.smoothed
    return worker.submit("smooth", {"smoothness": smoothness}, arrays)


def smooth_again(
    description: Description,
    found: Clusters,
    smoothness: float,
    worker: Worker,
    progress: Progress,
) -> Clusters:
    """Smooth clusters otherwise, and leave all else as it is.

    Args:
        description: of the scene.
        found: of `find_clusters` or `regroup_superpixels`.
        smoothness: weight of the neighbors, 0 for none.
        worker: who computes.
        progress: asked for cancel.
    """
    asked = ask_to_smooth(None, description, smoothness, worker, found)
    answer = worker.result(asked, progress).arrays
    return replace(found, smoothed=answer["probabilities"], confidence=answer["confidence"])
