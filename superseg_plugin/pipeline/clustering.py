# SPDX-License-Identifier: GPL-2.0-or-later
"""Soft classes of the superpixels of a scene."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..progress import Progress
from ..worker.client import Worker
from .description import Description


@dataclass(frozen=True)
class Clusters:
    """Clustered superpixels; row i belongs to superpixel i + 1.

    Attributes:
        log_joint: `(n, k)` float32 log of class weight times density.
        smoothed: `(n, k)` float32 class probabilities, smoothed on the graph.
    """

    log_joint: npt.NDArray[np.float32]
    smoothed: npt.NDArray[np.float32]

    @property
    def classes(self) -> int:
        """Number of classes."""
        return int(self.smoothed.shape[1])


def cluster_superpixels(
    description: Description,
    classes: int,
    smoothness: float,
    seed: int,
    worker: Worker,
    progress: Progress,
) -> Clusters:
    """Cluster described superpixels with a mixture model and smooth the result on their graph.

    Ids without pixels, which only a raster made elsewhere has, take part in nothing.

    Args:
        description: of `describe_scene`.
        classes: wanted; fewer come back where there are fewer distinct superpixels.
        smoothness: weight of the neighbors, 0 for none.
        seed: of the mixture's starts.
        worker: who computes.
        progress: asked for cancel.
    """
    present = description.pixels > 0
    row = np.cumsum(present) - 1
    answer = worker.result(
        worker.submit(
            "cluster",
            {
                "bands": description.bands,
                "classes": classes,
                "seed": seed,
                "smoothness": smoothness,
            },
            {
                "sums": description.sums[present],
                "pairs": row[description.pairs],
                "lengths": description.lengths,
            },
        ),
        progress,
    ).arrays
    found = answer["smoothed"].shape[1]
    if found < classes:
        progress.log(
            f"{classes} classes were asked for, but the image has only {found} kinds of superpixels"
            f" and gets {found} classes"
        )
    log_joint = np.zeros((len(present), found), np.float32)
    smoothed = np.full((len(present), found), 1.0 / found, np.float32)
    log_joint[present], smoothed[present] = answer["log_joint"], answer["smoothed"]
    return Clusters(log_joint, smoothed)
