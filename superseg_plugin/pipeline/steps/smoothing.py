# SPDX-License-Identifier: GPL-2.0-or-later
"""Labels of superpixels from a network, smoothed on the graph."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...blocks import Description
from .scene import Scene


def smooth_network(
    scene: Scene,
    mean_softmax: npt.NDArray[np.float32],
    description: Description,
    smoothness: float,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """Smooth what a network says of superpixels on their graph.

    Args:
        scene: the scene.
        mean_softmax: `(n, classes)` mean class probabilities of the network in each superpixel.
        description: of the superpixels.
        smoothness: weight of the neighbors, 0 for none.

    Returns:
        Most probable class `(n,)` from 0, and its confidence `(n,)`.
    """
    graph = {name: getattr(description, name) for name in ("pairs", "lengths", "means")}
    arrays = {**graph, "mean_softmax": mean_softmax}
    answer = scene.compute("smooth", {"smoothness": smoothness}, arrays).arrays
    return answer["labels"], answer["confidence"]
