# SPDX-License-Identifier: GPL-2.0-or-later
"""Classifying a scene with a trained network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import SuperSegError
from ..memory import trim_memory
from ..progress import PartProgress, Progress, stop_if_cancelled
from ..raster.class_table import write_class_table
from ..raster.source import RasterSource
from ..raster.staging import Staging
from ..raster.windows import Window, tiles
from ..worker.client import Worker
from .classes.rendering import build_class_table
from .formats.model_file import Model, load_model
from .formats.record import write_record
from .formats.trained_model import scaling_of_model, superpixels_of_model
from .options.classification import ClassificationOptions
from .steps.band_statistics import measure_scene
from .steps.clustering import assign_clusters
from .steps.description import check_superpixels, describe_scene, read_superpixels
from .steps.network import Network
from .steps.painting import classify_pixels, finish_classes, paint_superpixels
from .steps.smoothing import ask_to_smooth
from .steps.tiling import run_in_flight
from .superpixels import make_superpixels


@dataclass(frozen=True)
class ClassificationResult:
    """How many classes occur in the result."""

    class_count: int


def run_classification(
    source: RasterSource,
    model_path: str,
    superpixels: RasterSource | None,
    output: str,
    confidence_output: str | None,
    options: ClassificationOptions,
    worker: Worker,
    progress: Progress,
) -> ClassificationResult:
    """Classify a scene with a model and write the class raster and, if wanted, the confidence.

    With superpixels, every superpixel gets one class: what the network and, where the model has
    them, the clusters say of it, smoothed on the region adjacency graph; on the scene of the model
    these are the classes of its own segmentation. They are made where SMOOTHNESS asks for a graph
    and none are given. Without superpixels the network classifies every pixel. Class numbers are
    the model's.

    Raises:
        SuperSegError: bad input, or an output cannot be written.
        Cancelled: the user asked to stop.
    """
    model = load_model(model_path)
    check_model_fits(model, Path(model_path).name, source)
    scaling = scaling_of_model(model)
    with Staging() as staging:
        scratch = staging.scratch(output)
        _warn_of_other_values(model, measure_scene(source, 1, worker, progress), progress)
        if superpixels is None and options.smoothness > 0:
            path = scratch / "superpixels.tif"
            part = PartProgress(progress, 0, 0.3)
            cut = superpixels_of_model(model)
            make_superpixels(source, scaling, path, scratch, cut, worker, part)
            superpixels = RasterSource(str(path))
        network = Network(model, worker, options.tile_size, progress)
        draft = scratch / "classes.tif"
        confidence = staging.path(confidence_output) if confidence_output else None
        if superpixels is None:
            part = PartProgress(progress, 0.3, 0.9)
            classify_pixels(source, network, draft, confidence, part)
        else:
            check_superpixels(superpixels)
            with superpixels:
                smoothed = _classify_superpixels(
                    source,
                    superpixels,
                    network,
                    model,
                    options.smoothness,
                    scratch,
                    PartProgress(progress, 0.3, 0.85),
                )
                part = PartProgress(progress, 0.85, 0.9)
                paint_superpixels(source, superpixels, *smoothed, draft, confidence, part)
        statistics, _ = finish_classes(
            source,
            draft,
            staging.path(output),
            options.min_area,
            PartProgress(progress, 0.9, 1.0),
            class_count=model.classes,
        )
        with RasterSource(str(staging.path(output))) as classes:
            table = build_class_table(
                source,
                classes,
                progress,
                names=model.class_names,
                colors=model.class_colors,
                statistics=statistics,
            )
        write_class_table(staging.path(output), table)
        extra: dict[str, Any] = {"model": Path(model_path).name}
        if model.merge_order:
            extra["merge_order"] = model.merge_order
        write_record(staging.path(output), "classify", options, source, worker, **extra)
        stop_if_cancelled(progress)
        staging.commit()
    return ClassificationResult(int((statistics.counts > 0).sum()))


def check_model_fits(model: Model, name: str, source: RasterSource) -> None:
    """Raise SuperSegError unless a model takes the chosen bands of a scene."""
    if model.band_count != len(source.bands):
        raise SuperSegError(
            f"MODEL {name} was trained on {model.band_count} bands "
            f"({', '.join(model.band_names[:12])}), INPUT {source.name} has {len(source.bands)}. "
            "Use the model with an image of the same sensor, or train one on this image."
        )


def pool_superpixels(
    source: RasterSource,
    superpixels: RasterSource,
    network: Network,
    count: int,
    progress: Progress,
) -> npt.NDArray[np.float32]:
    """Mean class probabilities of superpixels 1..count, `(count, classes)`."""
    grid = source.grid
    pooled = np.zeros((count, network.classes), np.float32)
    column_block = max(source.column_block, superpixels.column_block)
    windows = tiles(grid.width, grid.height, network.tile_size, column_block)

    def submit(window: Window) -> Any:
        return network.submit(source, window, read_superpixels(superpixels, window))

    answers = run_in_flight(network.worker, windows, submit, progress)
    for index, (_, answer) in enumerate(answers):
        pooled[answer.arrays["ids"].astype(np.int64) - 1] += answer.arrays["sums"]
        progress.report((index + 1) / len(windows), "Classifying")
    total = pooled.sum(axis=1, keepdims=True)
    pooled[total[:, 0] == 0] = 1.0
    pooled /= np.where(total > 0, total, np.float32(network.classes))
    return pooled


def _classify_superpixels(
    source: RasterSource,
    superpixels: RasterSource,
    network: Network,
    model: Model,
    smoothness: float,
    scratch: Path,
    progress: Progress,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    worker = network.worker
    description = describe_scene(
        source, superpixels, scaling_of_model(model), worker, PartProgress(progress, 0, 0.3)
    )
    clusters = None
    if model.clusters:
        clusters = assign_clusters(description, model.clusters, smoothness, worker, progress)
        clusters, description = clusters.laid_aside(scratch), description.laid_aside(scratch)
        trim_memory()
    count = len(description.pixels)
    part = PartProgress(progress, 0.3, 0.9)
    pooled = pool_superpixels(source, superpixels, network, count, part)
    asked = ask_to_smooth(pooled, description, smoothness, worker, clusters)
    del pooled, description, clusters
    trim_memory()
    found = worker.result(asked, progress).arrays
    return found["probabilities"], found["confidence"]


def _warn_of_other_values(model: Model, measured: dict[str, Any], progress: Progress) -> None:
    """Say so when an image's values are far from those that the model was trained on."""
    here = measured["scaling"]
    for name, center, spread, now in zip(
        model.band_names, model.scaling["center"], model.scaling["spread"], here["center"]
    ):
        if abs(now - center) > 3 * spread:
            progress.log(
                f"Warning: {name} has a median of {now:g} here and {center:g} where the model was "
                "trained; expect poor classes unless the images are calibrated alike"
            )
