# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole chain in one run, from a scene to its class map."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..progress import PartProgress, Progress
from ..raster.class_table import ClassTable, write_class_table
from ..raster.source import RasterSource
from ..raster.staging import Staging
from ..worker.client import Worker
from .average_color import paint_average_color
from .classification import pool_superpixels, smooth_superpixels
from .cluster_arrays import ClusterArrays, reorder_clusters
from .clustering import cluster_superpixels, merge_order_of
from .description import describe_scene
from .model_file import Model, save_model
from .network import Network
from .painting import classify_pixels, finish_classes, paint_superpixels
from .patches import covering_windows
from .record import describe_run, write_record
from .rendering import build_class_table
from .report import segmentation_report
from .segmentation_options import SegmentationOptions, SegmentationOutputs
from .superpixel_options import SuperpixelOptions
from .superpixels import make_superpixels
from .survey import measure_scene
from .trained_model import TrainedNetwork, build_model, reorder_classes
from .training import cover_with_patches, draw_patches, train_network
from .training_options import TrainingOptions

PUBLISHED_TILE = 512
PUBLISHED_STRIDE = 448
PUBLISHED_EPOCHS = 10
PUBLISHED_LEAST_STEPS = 150
PUBLISHED_SIEVE = 20
PUBLISHED_CLASSES = 32
# The network that clusters guide sees a small scene often enough in few steps, and learns no more
# from a large one after many.
BALANCED_STEPS = (60, 150)
BALANCED_EPOCHS = 2


@dataclass(frozen=True)
class SegmentationResult:
    """What came out: classes in the map, superpixels in the scene."""

    class_count: int
    superpixel_count: int


def run_segmentation(
    source: RasterSource,
    outputs: SegmentationOutputs,
    options: SegmentationOptions,
    worker: Worker,
    progress: Progress,
) -> SegmentationResult:
    """Segment a scene: superpixels, description, classes, map, and whatever else is wanted.

    Args:
        source: the scene.
        outputs: where to write.
        options: what to do.
        worker: who computes.
        progress: told of every step; gets a line `Stage <name>: <seconds> s` after each.

    Raises:
        SuperSegError: bad input, or an output cannot be written.
        Cancelled: the user asked to stop.
    """
    with Staging() as staging:
        run = _Run(source, outputs, options, worker, progress, staging)
        result = run.segment()
        staging.commit()
    return result


class _Run:
    """One run, and what its steps hand to each other."""

    def __init__(
        self,
        source: RasterSource,
        outputs: SegmentationOutputs,
        options: SegmentationOptions,
        worker: Worker,
        progress: Progress,
        staging: Staging,
    ) -> None:
        self._source = source
        self._outputs = outputs
        self._options = options
        self._worker = worker
        self._progress = progress
        self._staging = staging
        self._scratch = staging.scratch(outputs.classes)
        self._draft = self._scratch / "classes.tif"
        self._trained: TrainedNetwork | None = None
        self._training = TrainingOptions(
            classes=options.classes or PUBLISHED_CLASSES, seed=options.seed
        )
        # What the merge order is read from: features, probabilities and pixels of superpixels.
        self._classified: tuple[Any, Any, Any] | None = None
        self._cluster_model: ClusterArrays | None = None

    def segment(self) -> SegmentationResult:
        """Go through all steps."""
        # Loading what computes takes a second, in which the scene is read; a device that is not
        # there comes to light at once.
        device = self._worker.submit("describe_device", {"network": self._training.network})
        with self._stage("reading", 0, 0.02):
            self._scaling = measure_scene(
                self._source,
                max(self._options.classes, 1),
                self._worker,
                self._progress,
            )
        with self._stage("superpixels", 0.02, 0.2) as progress:
            path = self._optional(self._outputs.superpixels) or self._scratch / "superpixels.tif"
            count = make_superpixels(
                self._source,
                self._scaling,
                path,
                self._scratch,
                SuperpixelOptions(),
                self._worker,
                progress,
            )
            self._worker.result(device, progress)
        self._progress.log(f"{count} superpixels")
        with RasterSource(str(path)) as superpixels:
            if self._options.preset == "published":
                self._classify_as_published(superpixels)
            else:
                self._classify_by_clusters(superpixels)
        table = self._finish()
        return SegmentationResult(len(table.names), count)

    def _classify_as_published(self, superpixels: RasterSource) -> None:
        """Self-training on all tiles; the map is the network's own, pixel by pixel.

        The letter averages the softmax of overlapping tiles; tiles with a full halo give every
        pixel the same softmax in whichever tile it lies, so one evaluation is its average.
        """
        windows = covering_windows(self._source, PUBLISHED_TILE, PUBLISHED_STRIDE)
        self._training = replace(
            self._training,
            guidance="selftraining",
            network="published",
            steps=max(PUBLISHED_LEAST_STEPS, PUBLISHED_EPOCHS * len(windows)),
            patch_size=PUBLISHED_TILE,
            batch_size=1,
            learning_rate=1e-3,
        )
        with self._stage("training", 0.2, 0.8) as progress:
            patches = cover_with_patches(
                self._source,
                superpixels,
                PUBLISHED_TILE,
                PUBLISHED_STRIDE,
                self._scratch,
                PartProgress(progress, 0, 0.1),
            )
            self._trained = train_network(
                patches,
                None,
                self._scaling,
                self._training,
                self._worker,
                PartProgress(progress, 0.1, 1),
            )
        with self._stage("classification", 0.8, 0.94) as progress:
            confidence = self._optional(self._outputs.confidence)
            classify_pixels(
                self._source, self._network(progress), self._draft, confidence, progress
            )

    def _classify_by_clusters(self, superpixels: RasterSource) -> None:
        """Mixture model on the superpixels, joined with a network that it has guided."""
        options = self._options
        with self._stage("description", 0.2, 0.36) as progress:
            description = describe_scene(
                self._source, superpixels, self._scaling, self._worker, progress
            )
        with self._stage("clustering", 0.36, 0.42) as progress:
            clusters = cluster_superpixels(
                description,
                options.classes,
                options.smoothness,
                self._worker,
                progress,
            )
        self._training = replace(
            self._training, classes=clusters.classes, steps=self._balanced_steps()
        )
        probabilities, sure = clusters.smoothed, clusters.confidence
        # The fast preset has no use for a network of its own, but may be asked for one.
        if options.preset == "balanced" or self._outputs.model:
            with self._stage("training", 0.42, 0.72) as progress:
                patches = draw_patches(
                    self._source,
                    superpixels,
                    self._training,
                    self._scratch,
                    PartProgress(progress, 0, 0.1),
                )
                self._trained = train_network(
                    patches,
                    clusters,
                    self._scaling,
                    self._training,
                    self._worker,
                    PartProgress(progress, 0.1, 1),
                )
        if options.preset == "balanced":
            with self._stage("classification", 0.72, 0.88) as progress:
                network = self._network(progress)
                count = len(description.pixels)
                pooled = pool_superpixels(self._source, superpixels, network, count, progress)
            with self._stage("smoothing", 0.88, 0.9) as progress:
                probabilities, sure = smooth_superpixels(
                    pooled, description, options.smoothness, self._worker, progress, clusters
                )
        with self._stage("painting", 0.9, 0.94) as progress:
            confidence = self._optional(self._outputs.confidence)
            paint_superpixels(
                self._source, superpixels, probabilities, sure, self._draft, confidence, progress
            )
        self._cluster_model = clusters.model
        self._classified = (clusters.features, probabilities, description.pixels)

    def _balanced_steps(self) -> int:
        """Steps in which patches add up to `BALANCED_EPOCHS` scenes, within bounds."""
        grid, training = self._source.grid, self._training
        seen = training.batch_size * training.patch_size**2
        fewest, most = BALANCED_STEPS
        wanted = math.ceil(BALANCED_EPOCHS * grid.width * grid.height / seen)
        return min(max(wanted, fewest), most)

    def _finish(self) -> ClassTable:
        """Number the classes, write the map with its tables, and the other outputs."""
        options, outputs, source = self._options, self._outputs, self._source
        path = self._staging.path(outputs.classes)
        min_area = options.min_area
        if options.preset == "published":
            min_area = min_area or PUBLISHED_SIEVE
        with self._stage("rendering", 0.94, 0.98) as progress:
            half = PartProgress(progress, 0, 0.5)
            statistics, order = finish_classes(source, self._draft, path, min_area, half)
            with RasterSource(str(path)) as classes:
                table = build_class_table(source, classes, progress, statistics=statistics)
                write_class_table(path, table)
                merge_order = merge_order_of(*self._classified, order) if self._classified else None
                extra = {} if merge_order is None else {"merge_order": merge_order}
                write_record(path, "segment", options, source, self._worker, **extra)
                if outputs.average_color:
                    target = self._staging.path(outputs.average_color)
                    half = PartProgress(progress, 0.5, 1)
                    paint_average_color(source, classes, target, half, statistics)
        if len(table.names) < options.classes:
            self._progress.log(
                f"{options.classes} classes were asked for, {len(table.names)} occur in the map"
            )
        if outputs.model and self._trained:
            model = self._final_model(table, order, merge_order)
            save_model(self._staging.path(outputs.model), model)
        if outputs.report:
            self._write_report(outputs.report, table)
        self._progress.report(1.0, "Done")
        return table

    def _final_model(self, table: ClassTable, order: Any, merge_order: list[Any] | None) -> Model:
        """The model with the map's class numbers; classes that the map lacks come last."""
        trained = self._trained
        if trained is None:
            raise RuntimeError("there is no trained network")
        rest = np.setdiff1d(np.arange(self._training.classes), order)
        whole = np.concatenate([order, rest]).astype(np.int64)
        weights = reorder_classes(trained.weights, whole)
        gray = np.full((len(rest), 3), 128, np.uint8)
        known = self._cluster_model and reorder_clusters(self._cluster_model, whole)
        steps = None
        if merge_order is not None:
            # Classes that the map lacks are like no other; nothing is lost when they join first.
            steps = [[1, len(order) + 1 + i, 0.0] for i in range(len(rest))] + merge_order
        return build_model(
            self._source,
            self._scaling,
            self._training,
            replace(trained, weights=weights),
            np.concatenate([table.colors, gray]),
            self._worker,
            steps,
            known,
        )

    def _write_report(self, path: str, table: ClassTable) -> None:
        losses = self._trained.losses if self._trained else []
        record = describe_run("segment", self._options, self._source, self._worker)
        text = segmentation_report(
            f"Segmentation of {self._source.name}",
            table,
            asdict(self._options),
            losses,
            {**record["input"], **record["versions"]},
        )
        self._staging.path(path).write_text(text, encoding="utf-8")

    def _network(self, progress: Progress) -> Network:
        trained = self._trained
        if trained is None:
            raise RuntimeError("there is no trained network")
        colors = np.zeros((self._training.classes, 3), np.uint8)
        model = build_model(
            self._source, self._scaling, self._training, trained, colors, self._worker
        )
        return Network(model, self._worker, self._options.tile_size, progress)

    def _optional(self, path: str | None) -> Path | None:
        return self._staging.path(path) if path else None

    @contextmanager
    def _stage(self, name: str, start: float, end: float) -> Iterator[Progress]:
        """One step's share of the progress, with its time in the log."""
        began = time.monotonic()
        self._progress.report(start, name.capitalize())
        yield PartProgress(self._progress, start, end)
        self._progress.log(f"Stage {name}: {time.monotonic() - began:.1f} s")
