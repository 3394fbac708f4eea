# SPDX-License-Identifier: GPL-2.0-or-later
"""Training a network on a scene."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import SuperSegError
from ..progress import Progress, stop_if_cancelled
from ..raster.source import RasterSource
from ..raster.staging import Staging
from ..worker.client import Worker
from .classes.rendering import display_colors
from .formats.cluster_arrays import reorder_clusters
from .formats.model_file import Model, load_model, save_model
from .formats.trained_model import (
    TrainedNetwork,
    build_model,
    reorder_classes,
    scaling_of_model,
    weights_id,
    with_superpixels,
)
from .options.ground_sizes import ANY_SIZE, GroundSize, superpixel_options
from .options.training import TrainingOptions
from .planning.stages import Stages
from .reports.run import Provenance, RunSummary, training_report
from .steps.band_statistics import count_valid_pixels, measure_scene
from .steps.clustering import cluster_superpixels, merge_order_of
from .steps.clusters import Clusters
from .steps.description import check_superpixels, describe_scene
from .steps.patches import PatchSet, draw_patches
from .steps.tiling import run_in_flight
from .superpixels import make_superpixels

GUIDING_SMOOTHNESS = 8.0
LOG_EVERY = 25


@dataclass(frozen=True)
class TrainingResult:
    """What a training came to: classes in use at its end and the mean loss of the last steps."""

    class_count: int
    final_loss: float


def run_training(
    source: RasterSource,
    superpixels: RasterSource | None,
    model_output: str,
    report_output: str | None,
    options: TrainingOptions,
    worker: Worker,
    progress: Progress,
    initial_model: str | None = None,
    provenance: Provenance | None = None,
    wanted: GroundSize = ANY_SIZE,
) -> TrainingResult:
    """Train a network on a scene and write the model and, if wanted, a report.

    Args:
        source: the scene.
        superpixels: its superpixels, or None to make them.
        model_output: path of the model.
        report_output: path of the HTML report, or None.
        options: how to train.
        worker: who computes.
        progress: told of every step.
        initial_model: path of a model to start from, or None.
        provenance: how the run was requested, for the report.
        wanted: how large superpixels are to be where they are made.

    Raises:
        SuperSegError: bad input, or an output cannot be written.
        Cancelled: the user asked to stop.
    """
    seen = count_valid_pixels(source, progress)
    cut = superpixel_options(wanted, source.grid, progress, valid_pixels=seen)
    initial = _load_initial(initial_model, source, options)
    stages = Stages(progress, _shares(options, superpixels is None))
    device = worker.submit("describe_device", {"network": options.network})
    with Staging() as staging:
        scratch = staging.scratch(model_output)
        with stages.stage("reading"):
            scaling = measure_scene(source, max(options.classes, 2), worker, progress)
            if initial is not None:
                scaling = scaling_of_model(initial)
        if superpixels is None:
            path = scratch / "superpixels.tif"
            with stages.stage("superpixels") as part:
                make_superpixels(source, scaling, path, scratch, cut, worker, part)
            superpixels = RasterSource(str(path))
        check_superpixels(superpixels)
        with superpixels:
            clusters, pixels = None, None
            if options.guidance == "clusters":
                with stages.stage("description") as part:
                    description = describe_scene(source, superpixels, scaling, worker, part)
                with stages.stage("clustering") as part:
                    clusters = cluster_superpixels(
                        description, options.classes, GUIDING_SMOOTHNESS, worker, part
                    )
                if initial is not None and clusters.classes != initial.classes:
                    raise SuperSegError(
                        f"INITIAL_MODEL has {initial.classes} classes, but the image bears only "
                        f"{clusters.classes}. Leave INITIAL_MODEL empty, or set GUIDANCE to "
                        "selftraining."
                    )
                options, pixels = replace(options, classes=clusters.classes), description.pixels
            with stages.stage("patches") as part:
                patches = draw_patches(source, superpixels, options, scratch, part)
        with stages.stage("training") as part:
            weights = initial.weights if initial else None
            trained = train_network(patches, clusters, scaling, options, worker, part, weights)
        with stages.stage("colors"):
            counts, means = look_at_classes(
                patches, trained.weights, scaling, options, worker, progress
            )
        order = np.argsort(-counts, kind="stable")
        trained = replace(trained, weights=reorder_classes(trained.weights, order))
        colors = display_colors(means[order], source)
        merge_order, known = None, None
        if clusters is not None and pixels is not None:
            merge_order = merge_order_of(clusters.features, clusters.smoothed, pixels, order)
            known = reorder_clusters(clusters.model, order)
        model = build_model(source, scaling, options, trained, colors, worker, merge_order, known)
        if wanted.parameter:
            model = with_superpixels(model, cut)
        save_model(staging.path(model_output), model)
        if report_output:
            run = RunSummary(
                provenance or Provenance(),
                source,
                worker.versions,
                worker.result(device, progress).result["name"],
                stages.seconds,
                trained.losses,
                trained.live_by_step,
            )
            text = training_report(run, trained.live, model)
            staging.path(report_output).write_text(text, encoding="utf-8")
        stop_if_cancelled(progress)
        staging.commit()
    return TrainingResult(trained.live, trained.final_loss)


def _shares(options: TrainingOptions, cut: bool) -> dict[str, float]:
    """Percent of the progress of each stage."""
    shares = {"reading": 2.0, **({"superpixels": 18.0} if cut else {})}
    if options.guidance == "clusters":
        shares |= {"description": 15.0, "clustering": 5.0}
    return {**shares, "patches": 5.0, "training": 53.0, "colors": 2.0}


def train_network(
    patches: PatchSet,
    clusters: Clusters | None,
    scaling: dict[str, Any],
    options: TrainingOptions,
    worker: Worker,
    progress: Progress,
    initial: dict[str, npt.NDArray[Any]] | None = None,
) -> TrainedNetwork:
    """Train in the worker, with the loss in the log.

    Args:
        patches: images and superpixels.
        clusters: soft classes that guide; None for self-training.
        scaling: of `measure_scene`.
        options: how to train.
        worker: who computes.
        progress: told of every step.
        initial: weights to start from.
    """
    ids = patches.superpixels
    arrays: dict[str, npt.NDArray[Any]] = {**(initial or {}), "images": patches.images}
    if clusters is not None:
        ids, arrays["soft"] = _compact(ids, clusters.smoothed)
    arrays["superpixels"] = ids
    plan = {
        "network": options.network,
        "classes": options.classes,
        "loss": options.loss,
        "steps": options.steps,
        "batch_size": options.batch_size,
        "learning_rate": options.learning_rate,
        "augment": clusters is not None,
        "seed": options.seed,
    }
    losses: list[float] = []
    live: list[int] = []

    def on_metric(event: dict[str, Any]) -> None:
        step = event["step"]
        if step == 1:
            # It begins anew where memory was short.
            losses.clear()
            live.clear()
        losses.append(event["loss"])
        live.append(event["live"])
        progress.report(step / options.steps, "Training")
        if step % LOG_EVERY == 0 or step == options.steps:
            figures = f"loss {event['loss']:.4f}, {event['live']} live classes"
            progress.log(f"Step {step} of {options.steps}: {figures}")

    future = worker.submit("train", {**scaling, "plan": plan}, arrays)
    weights = worker.result(future, progress, on_metric).arrays
    return TrainedNetwork(weights, losses, live)


def look_at_classes(
    patches: PatchSet,
    weights: dict[str, npt.NDArray[Any]],
    scaling: dict[str, Any],
    options: TrainingOptions,
    worker: Worker,
    progress: Progress,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Classify the patches, to know how large the classes are and what they look like.

    Returns:
        Pixels `(classes,)` and mean colors `(classes, bands)` in display units; NaN where a class
        has no pixel.
    """
    figures = scaling["scaling"]
    low, high = np.array(figures["low"]), np.array(figures["high"])
    counts = np.zeros(options.classes + 1, np.int64)
    sums = np.zeros((options.classes + 1, len(low)))
    side = patches.images.shape[2]
    settings = {
        **scaling,
        "core": [0, 0, side, side],
        "model_id": weights_id(weights),
        "network": options.network,
        "classes": options.classes,
    }

    def submit(index: int) -> Any:
        valid = patches.superpixels[index] > 0
        return worker.submit(
            "predict", settings, {"image": patches.images[index], "valid": valid, **weights}
        )

    for index, answer in run_in_flight(worker, range(len(patches.images)), submit, progress):
        classes = answer.arrays["classes"].ravel()
        counts += np.bincount(classes, minlength=len(counts))
        for band, values in enumerate(patches.images[index]):
            known = np.where(classes > 0, values.ravel(), 0)
            sums[:, band] += np.bincount(classes, known, minlength=len(counts))
    with np.errstate(invalid="ignore", divide="ignore"):
        means = sums[1:] / counts[1:, None]
    return counts[1:], (means - low) / (high - low) * 255


def _load_initial(path: str | None, source: RasterSource, options: TrainingOptions) -> Model | None:
    if path is None:
        return None
    model = load_model(path)
    name = Path(path).name
    if model.band_count != len(source.bands):
        raise SuperSegError(
            f"INITIAL_MODEL {name} takes {model.band_count} bands, INPUT has {len(source.bands)}"
            " chosen. Choose as many BANDS, or another model."
        )
    if (model.network, model.classes) != (options.network, options.classes):
        raise SuperSegError(
            f"INITIAL_MODEL {name} is a {model.network} network of {model.classes} classes. Set "
            "NETWORK and CLASSES to these, or leave INITIAL_MODEL empty."
        )
    return model


def _compact(
    ids: npt.NDArray[np.int32], soft: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """Keep only the superpixels that occur in the patches, numbered 1..t."""
    present = np.zeros(len(soft) + 1, bool)
    for patch in ids:
        present[patch] = True
    present[0] = False
    numbers = np.cumsum(present, dtype=np.int32)
    numbers[~present] = 0
    table = np.concatenate([np.zeros((1, soft.shape[1]), np.float32), soft[present[1:]]])
    return numbers[ids], table
