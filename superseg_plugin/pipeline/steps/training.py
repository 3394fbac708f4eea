# SPDX-License-Identifier: GPL-2.0-or-later
"""Training a network on the patches of a scene, and measuring its classes on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...contracts import Clusters, Core
from ..formats.trained_model import TrainedNetwork, weights_id
from ..options.training import TrainingOptions
from .network import BYTES_PER_PIXEL
from .patches import PatchSet
from .scene import Arrays, Scene
from .tile import tile_arrays

LOG_EVERY = 25


def train_network(
    scene: Scene,
    patches: PatchSet,
    clusters: Clusters | None,
    options: TrainingOptions,
    initial: Arrays | None = None,
) -> TrainedNetwork:
    """Train in the worker, with the loss in the log.

    Args:
        scene: the scene; its progress is told of every step.
        patches: images and superpixels.
        clusters: whose classes guide the training; None for self-training.
        options: how to train.
        initial: weights to start from.
    """
    arrays = {**(initial or {}), "images": patches.images, "superpixels": patches.superpixels}
    if clusters is not None:
        arrays["labels"] = clusters.labels
    progress = scene.progress
    losses: list[float] = []
    live: list[int] = []

    def on_metric(event: dict[str, Any]) -> None:
        step = event["step"]
        if step == 1:
            # Training starts again where memory was short.
            losses.clear()
            live.clear()
        losses.append(event["loss"])
        live.append(event["live"])
        progress.report(step / options.steps, "Training")
        if step % LOG_EVERY == 0 or step == options.steps:
            figures = f"loss {event['loss']:.4f}, {event['live']} live classes"
            progress.log(f"Step {step} of {options.steps}: {figures}")

    request = {"scaling": scene.scaling, "plan": options.plan}
    future = scene.worker.submit("train", request, arrays)
    weights = scene.worker.result(future, progress, on_metric).arrays
    return TrainedNetwork(weights, losses, live)


def measure_classes(
    scene: Scene, patches: PatchSet, weights: Arrays, options: TrainingOptions
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Classify the patches, to measure how large the classes are and their mean colors.

    Returns:
        Pixels `(classes,)` and mean colors `(classes, bands)` in display units; NaN where a class
        has no pixel.
    """
    counts = np.zeros(options.classes + 1, np.int64)
    sums = np.zeros((options.classes + 1, patches.images.shape[1]))
    side = patches.images.shape[2]
    settings = {
        "scaling": scene.scaling,
        "core": Core(0, 0, side, side),
        "model_id": weights_id(weights),
        "network": options.network,
        "classes": options.classes,
    }
    kept = scene.worker.keep(weights)

    def submit(index: int) -> Any:
        tile = tile_arrays(patches.images[index], patches.superpixels[index] > 0)
        return scene.worker.submit("predict", settings, {**tile, **kept})

    needed = BYTES_PER_PIXEL * side**2
    for index, answer in scene.in_flight(range(len(patches.images)), submit, needed):
        classes = answer.arrays["classes"].ravel()
        counts += np.bincount(classes, minlength=len(counts))
        for band, values in enumerate(patches.images[index]):
            known = np.where(classes > 0, values.ravel(), 0)
            sums[:, band] += np.bincount(classes, known, minlength=len(counts))
    with np.errstate(invalid="ignore", divide="ignore"):
        means = sums[1:] / counts[1:, None]
    return counts[1:], scene.scaling.means_to_display(means)
