# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole chain in one run, from a scene to its class map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..memory import trim_memory
from ..progress import PartProgress, Progress, stop_if_cancelled
from ..raster.source import RasterSource
from ..raster.staging import Staging
from ..worker.client import Worker
from .classification import pool_superpixels
from .formats.trained_model import build_model
from .options.published import STRIDE, TILE
from .options.segmentation import SegmentationOptions, SegmentationOutputs
from .planning.plan import Plan, training_options, trains
from .reports.run import Provenance, RunSummary
from .segmentation_results import Findings, ResultWriter
from .steps.band_statistics import count_valid_pixels, measure_scene
from .steps.clustering import cluster_superpixels
from .steps.description import describe_scene
from .steps.network import Network
from .steps.painting import classify_pixels, paint_superpixels
from .steps.patches import cover_with_patches, draw_patches
from .steps.smoothing import ask_to_smooth
from .superpixels import make_superpixels
from .training import train_network


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
    provenance: Provenance | None = None,
) -> SegmentationResult:
    """Segment a scene: superpixels, description, classes, map, and whatever else is wanted.

    Args:
        source: the scene.
        outputs: where to write.
        options: what to do.
        worker: who computes.
        progress: told of every step; gets a line `Stage <name>: <seconds> s` after each.
        provenance: how the run was requested, for the report.

    Raises:
        SuperSegError: bad input, or an output cannot be written.
        Cancelled: the user asked to stop.
    """
    with Staging() as staging:
        run = _Run(source, outputs, options, worker, progress, staging, provenance)
        result = run.segment()
        stop_if_cancelled(progress)
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
        provenance: Provenance | None,
    ) -> None:
        self._source = source
        self._outputs = outputs
        self._options = options
        self._worker = worker
        self._progress = progress
        self._staging = staging
        self._provenance = provenance or Provenance()
        pixels = count_valid_pixels(source, progress)
        self._superpixels = options.superpixels(source.grid, progress, pixels)
        self._trains = trains(options, bool(outputs.model))
        self._scratch = staging.scratch(outputs.classes)

    def segment(self) -> SegmentationResult:
        """Go through all steps."""
        # Loading what computes takes a second, in which the scene is read; a device that is not
        # there comes to light at once.
        training = training_options(self._options, self._source.grid)
        device = self._worker.submit("describe_device", {"network": training.network})
        plan = Plan(
            self._source,
            self._options,
            self._superpixels,
            bool(self._outputs.model),
            bool(self._outputs.report),
            device,
            self._worker,
            self._progress,
        )
        self._stages = plan.stages
        with self._stages.stage("reading"):
            scaling = measure_scene(
                self._source,
                max(self._options.classes, 1),
                self._worker,
                self._progress,
            )
        self._found = Findings(self._scratch / "classes.tif", training, scaling, self._superpixels)
        with self._stages.stage("superpixels") as progress:
            path = self._optional(self._outputs.superpixels) or self._scratch / "superpixels.tif"
            count = make_superpixels(
                self._source,
                scaling,
                path,
                self._scratch,
                self._superpixels,
                self._worker,
                progress,
            )
            described = self._worker.result(device, progress)
            plan.remember(described)
        self._progress.log(f"{count} superpixels")
        with RasterSource(str(path)) as superpixels:
            if self._options.preset == "published":
                self._classify_as_published(superpixels)
            else:
                self._classify_by_clusters(superpixels)
        writer = ResultWriter(
            self._source, self._outputs, self._options, self._worker, self._staging
        )
        with self._stages.stage("rendering") as progress:
            table = writer.write(self._found, progress)
        if self._outputs.report:
            with self._stages.stage("report"):
                trained = self._found.trained
                run = RunSummary(
                    self._provenance,
                    self._source,
                    self._worker.versions,
                    described.result["name"],
                    self._stages.seconds,
                    trained.losses if trained else [],
                    trained.live_by_step if trained else [],
                )
                writer.write_report(self._found, table, run, path, self._confidence(), count)
        plan.learn()
        self._progress.report(1.0, "Done")
        return SegmentationResult(len(table.names), count)

    def _classify_as_published(self, superpixels: RasterSource) -> None:
        """Self-training on all tiles; the map is the network's own, pixel by pixel.

        The letter averages the softmax of overlapping tiles; tiles with a full halo give every
        pixel the same softmax in whichever tile it lies, so one evaluation is its average.
        """
        found = self._found
        with self._stages.stage("training") as progress:
            patches = cover_with_patches(
                self._source,
                superpixels,
                TILE,
                STRIDE,
                self._scratch,
                PartProgress(progress, 0, 0.1),
            )
            found.trained = train_network(
                patches,
                None,
                found.scaling,
                found.training,
                self._worker,
                PartProgress(progress, 0.1, 1),
            )
        with self._stages.stage("classification") as progress:
            confidence = self._confidence()
            classify_pixels(
                self._source, self._network(progress), found.draft, confidence, progress
            )

    def _classify_by_clusters(self, superpixels: RasterSource) -> None:
        """Mixture model on the superpixels, joined with a network that it has guided."""
        options, found = self._options, self._found
        with self._stages.stage("description") as progress:
            description = describe_scene(
                self._source, superpixels, found.scaling, self._worker, progress
            )
        with self._stages.stage("clustering") as progress:
            clusters = cluster_superpixels(
                description,
                options.classes,
                options.smoothness,
                self._worker,
                progress,
            )
            clusters = clusters.laid_aside(self._scratch)
            description = description.laid_aside(self._scratch)
            trim_memory()
        found.training = replace(found.training, classes=clusters.classes)
        probabilities, sure = clusters.smoothed, clusters.confidence
        features, pixels = clusters.features, description.pixels
        found.cluster_model = clusters.model
        if self._trains:
            with self._stages.stage("training") as progress:
                patches = draw_patches(
                    self._source,
                    superpixels,
                    found.training,
                    self._scratch,
                    PartProgress(progress, 0, 0.1),
                )
                found.trained = train_network(
                    patches,
                    clusters,
                    found.scaling,
                    found.training,
                    self._worker,
                    PartProgress(progress, 0.1, 1),
                )
                del patches
            trim_memory()
        if options.preset == "balanced":
            with self._stages.stage("classification") as progress:
                network = self._network(progress)
                pooled = pool_superpixels(self._source, superpixels, network, len(pixels), progress)
            with self._stages.stage("smoothing") as progress:
                asked = ask_to_smooth(
                    pooled, description, options.smoothness, self._worker, clusters
                )
                # Large scenes have millions of superpixels: no table is kept that is used up.
                del pooled, description, clusters, probabilities
                trim_memory()
                smoothed = self._worker.result(asked, progress).arrays
                probabilities, sure = smoothed["probabilities"], smoothed["confidence"]
                trim_memory()
        with self._stages.stage("painting") as progress:
            confidence = self._confidence()
            paint_superpixels(
                self._source, superpixels, probabilities, sure, found.draft, confidence, progress
            )
        found.classified = (features, probabilities, pixels)

    def _network(self, progress: Progress) -> Network:
        found = self._found
        if found.trained is None:
            raise RuntimeError("there is no trained network")
        colors = np.zeros((found.training.classes, 3), np.uint8)
        model = build_model(
            self._source, found.scaling, found.training, found.trained, colors, self._worker
        )
        return Network(model, self._worker, self._options.tile_size, progress)

    def _optional(self, path: str | None) -> Path | None:
        return self._staging.path(path) if path else None

    def _confidence(self) -> Path | None:
        """Where confidence goes; the report shows it, whoever else wants it."""
        kept = self._optional(self._outputs.confidence)
        return kept or (self._scratch / "confidence.tif" if self._outputs.report else None)
