# SPDX-License-Identifier: GPL-2.0-or-later
"""Labels of superpixels from a network and clusters together, smoothed on the graph."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...contracts import Clusters, Description
from .clustering import graph_of
from .scene import Scene


def fuse_and_smooth(
    scene: Scene,
    mean_softmax: npt.NDArray[np.float32],
    description: Description,
    smoothness: float,
    clusters: Clusters | None = None,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """Join what the network and the clusters say of superpixels, and smooth it on their graph.

    Args:
        scene: the scene.
        mean_softmax: `(n, classes)` mean class probabilities of the network in each superpixel.
        description: of the superpixels.
        smoothness: weight of the neighbors, 0 for none.
        clusters: of the same superpixels; None for the network alone.

    Returns:
        Most probable class `(n,)` from 0, and its confidence `(n,)`.
    """
    arrays = {**graph_of(description), "mean_softmax": mean_softmax}
    if clusters is not None:
        arrays |= {"log_likelihood": clusters.log_likelihood, "marginals": clusters.marginals}
    answer = scene.compute("smooth", {"smoothness": smoothness}, arrays).arrays
    return answer["labels"], answer["confidence"]
