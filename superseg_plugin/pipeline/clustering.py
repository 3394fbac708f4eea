# SPDX-License-Identifier: GPL-2.0-or-later
"""Soft classes of the superpixels of a scene."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..progress import Progress
from ..worker.client import Worker
from .description import Description
from .merge_order import bhattacharyya_merge_order, class_moments, groups

# CLASSES 0 starts from so many and joins those less apart than this.
AUTOMATIC_CLASSES = 24
AUTOMATIC_DISTANCE = 0.25
FEWEST_AUTOMATIC = 4
ATTEMPTS = 3


@dataclass(frozen=True)
class Clusters:
    """Clustered superpixels; row i belongs to superpixel i + 1.

    Attributes:
        log_joint: `(n, k)` float32 log of class weight times density.
        smoothed: `(n, k)` float32 class probabilities, smoothed on the graph.
        confidence: `(n,)` float32, how sure the most probable class is.
        features: `(n, d)` float32, what the mixture was fitted to.
    """

    log_joint: npt.NDArray[np.float32]
    smoothed: npt.NDArray[np.float32]
    confidence: npt.NDArray[np.float32]
    features: npt.NDArray[np.float32]

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
    """Cluster described superpixels with a mixture model and smooth the result on their graph.

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
    wanted = classes or AUTOMATIC_CLASSES
    asked = wanted
    found = _cluster(description, asked, smoothness, worker, progress)
    # A component may turn out nobody's best: with so many more, as many as wanted live.
    for _ in range(ATTEMPTS - 1):
        missing = wanted - len(found.live)
        if missing <= 0 or found.classes < asked:
            break
        asked += missing
        again = _cluster(description, asked, smoothness, worker, progress)
        if len(again.live) > len(found.live):
            found = again
    found = _join(found, description.pixels, classes)
    if classes and found.classes < classes:
        progress.log(
            f"{classes} classes were asked for, but the image has only {found.classes} kinds of "
            f"superpixels and gets {found.classes} classes"
        )
    if not classes:
        progress.log(f"CLASSES 0: {found.classes} classes in this scene")
    return found


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
    known = (owner >= 0) & (pixels > 0)
    moments = class_moments(features[known], owner[known], pixels[known], len(order))
    return bhattacharyya_merge_order(*moments)


def _join(found: Clusters, pixels: npt.NDArray[np.float64], classes: int) -> Clusters:
    """Leave out the classes that nobody has, and join the most alike of too many."""
    live = found.live
    steps = merge_order_of(found.features, found.smoothed, pixels, live)
    if classes:
        count = min(classes, len(live))
    else:
        apart = sum(distance >= AUTOMATIC_DISTANCE for *_, distance in steps)
        count = min(max(1 + apart, FEWEST_AUTOMATIC), len(live))
    owner = groups([(int(a), int(b), float(d)) for a, b, d in steps], len(live), count)
    members = [live[owner == kept] for kept in np.unique(owner)]
    log_joint = [np.logaddexp.reduce(found.log_joint[:, each], axis=1) for each in members]
    smoothed = np.stack([found.smoothed[:, each].sum(axis=1) for each in members], axis=1)
    total = np.maximum(smoothed.sum(axis=1, keepdims=True), np.float32(1e-9))
    return replace(found, log_joint=np.stack(log_joint, axis=1), smoothed=smoothed / total)


def _cluster(
    description: Description,
    classes: int,
    smoothness: float,
    worker: Worker,
    progress: Progress,
) -> Clusters:
    present = description.pixels > 0
    row = np.cumsum(present) - 1
    answer = worker.result(
        worker.submit(
            "cluster",
            {"bands": description.bands, "classes": classes, "smoothness": smoothness},
            {
                "sums": description.sums[present],
                "pairs": row[description.pairs],
                "lengths": description.lengths,
            },
        ),
        progress,
    ).arrays
    filled = {}
    for name, part in answer.items():
        filled[name] = np.zeros((len(present), *part.shape[1:]), np.float32)
        filled[name][present] = part
    filled["smoothed"][~present] = 1.0 / filled["smoothed"].shape[1]
    return Clusters(**filled)
