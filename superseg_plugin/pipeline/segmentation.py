# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole chain in one run, from a scene to its class map."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..contracts import Device
from ..memory import trim_memory
from ..progress import Progress, Stages, stop_if_cancelled
from ..raster.class_table import ClassTable
from ..raster.source import RasterSource
from ..raster.staging import Staging
from ..wording import counted
from ..worker.interface import Worker
from .formats.trained_model import build_model
from .options.ground_sizes import MinimumArea
from .options.published import SIEVE, STRIDE, TILE
from .options.segmentation import VOCABULARIES, SegmentationOptions, SegmentationOutputs
from .planning.calibration import Calibration
from .planning.estimate import Estimate, EstimateRequest, training_options, trains
from .reports.maps import Maps, map_sections
from .reports.run import Hierarchy, Provenance, RunSummary, segmentation_report
from .steps.additional_rasters import prepare_rasters
from .steps.band_statistics import count_valid_pixels, measure_scene
from .steps.clustering import cluster_superpixels
from .steps.description import class_sums, describe_superpixels
from .steps.drafts import SmallPatches, finish_classes
from .steps.kept_superpixels import Knowledge
from .steps.mosaic_balance import treat_steps
from .steps.network import Network
from .steps.painting import ClassifiedSuperpixels, MapFiles, classify_pixels, paint_superpixels
from .steps.patches import cover_with_patches, draw_patches
from .steps.refinement import refine_superpixels
from .steps.scene import Scene
from .steps.segmentation_results import ResultWriter, SegmentationState
from .steps.superpixels import make_superpixels
from .steps.training import train_network


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
    """Segment a scene: superpixels, description, clusters, network, map, and the other outputs.

    Args:
        source: the scene.
        outputs: where to write.
        options: how to segment.
        worker: the process that computes.
        progress: told of every step; gets a line with the seconds of each at the end.
        provenance: how the run was requested, for the report.

    Raises:
        SuperSegError: bad input, or an output cannot be written.
        Cancelled: the user asked to stop.
    """
    with Staging() as staging:
        result = _Segmentation(source, outputs, options, worker, progress, staging).run(provenance)
        stop_if_cancelled(progress)
        staging.commit()
    return result


class _Segmentation:
    """One run of the chain.

    Args:
        source: the scene.
        outputs: where to write.
        options: how to segment.
        worker: the process that computes.
        progress: told of every step.
        staging: of the outputs, written whole or not at all.
    """

    def __init__(
        self,
        source: RasterSource,
        outputs: SegmentationOutputs,
        options: SegmentationOptions,
        worker: Worker,
        progress: Progress,
        staging: Staging,
    ) -> None:
        self._source, self._worker, self._progress = source, worker, progress
        self._outputs, self._options, self._staging = outputs, options, staging
        self._scratch = staging.scratch(outputs.classes)

    def run(self, provenance: Provenance | None) -> SegmentationResult:
        """Go through all stages."""
        source, options, outputs = self._source, self._options, self._outputs
        self._progress.report(0.0, "Reading")
        prepare_rasters(source, options.values, self._progress)
        pixels = count_valid_pixels(source, self._progress)
        cut = options.superpixels(source.grid, self._progress.log, pixels)
        # Loading PyTorch takes a second, in which the scene is read; a device that is not there
        # comes to light at once.
        training = training_options(options, source.grid)
        asked = self._worker.submit("describe_device", {"network": training.network})
        known, requested = Calibration(), self._worker.device
        if requested not in known.devices:
            # Later runs do not wait for the answer: the device seldom changes.
            device = Device(**self._worker.result(asked, self._progress).result)
            known.devices[requested] = device.type, device.name
        request = EstimateRequest(options, bool(outputs.model), bool(outputs.report), requested)
        estimate = Estimate((source.grid, len(source.bands)), cut, request, known)
        remote = self._worker.on_cluster
        title = "Estimate for this computer alone" if remote else "Estimate"
        self._progress.log(f"{title}: {estimate.text()}")
        self._stages = Stages(self._progress, estimate.seconds, timed=True)
        with self._stages.stage("reading"):
            tell_steps = treat_steps(source, options.balance_tiles, self._progress)
            least = max(options.classes, 1)
            scaling = measure_scene(source, least, self._worker, self._progress)
        scene = Scene.of_run(source, scaling, self._worker, self._scratch, self._progress)
        with self._stages.stage("superpixels") as part:
            path = self._optional(outputs.superpixels) or self._scratch / "superpixels.tif"
            count = make_superpixels(scene.within(part), path, cut)
            tell_steps()
            device = Device(**self._worker.result(asked, part).result)
            known.devices[requested] = device.type, device.name
        self._progress.log(counted(count, "superpixel"))
        state = SegmentationState(training, cut)
        with RasterSource(str(path)) as superpixels:
            if options.preset == "published":
                self._classify_as_published(scene, superpixels, device, state)
            else:
                self._classify_by_clusters(scene, superpixels, device, state)
        writer = ResultWriter(outputs, options, self._staging)
        with self._stages.stage("rendering") as part:
            table = writer.write(scene.within(part), state)
        if outputs.report:
            with self._stages.stage("report"):
                trained = state.trained
                asked_for = provenance or Provenance()
                settings = {**asked_for.settings, **estimate.sizes()}
                run = RunSummary(
                    replace(asked_for, settings=settings),
                    source,
                    self._worker.versions,
                    device.name,
                    self._stages.seconds,
                    trained.losses if trained else [],
                    trained.live_by_step if trained else [],
                    state.advice,
                )
                self._write_report(state, run, table, path, count)
        if not remote:
            estimate.learn(self._stages.seconds)
        self._progress.report(1.0, "Done")
        return SegmentationResult(len(table.names), count)

    def _classify_as_published(
        self, scene: Scene, superpixels: RasterSource, device: Device, state: SegmentationState
    ) -> None:
        """Self-training on all tiles; the map is the network's own, pixel by pixel.

        The letter averages the softmax of overlapping tiles; tiles with a full halo give every
        pixel the same softmax in whichever tile it lies, so one evaluation is its average.
        """
        with self._stages.stage("training") as part:
            patches = cover_with_patches(scene.within(part.part(0, 0.1)), superpixels, TILE, STRIDE)
            training = scene.within(part.part(0.1, 1))
            state.trained = train_network(training, patches, None, state.training)
        with self._stages.stage("classification") as part:
            network = self._network(scene.within(part), device, state)
            draft = classify_pixels(scene.within(part.part(0, 0.9)), network, self._confidence())
            minimum = self._options.minimum_area
            small = SmallPatches(minimum if minimum.area else MinimumArea(SIEVE), state.steps)
            path = self._staging.path(self._outputs.classes)
            state.classes = finish_classes(scene.within(part.part(0.9, 1)), draft, path, small)

    def _classify_by_clusters(
        self, scene: Scene, superpixels: RasterSource, device: Device, state: SegmentationState
    ) -> None:
        """Classes of the superpixels; a network that they guide is trained for a model only.

        What the network says of superpixels beside the clusters made maps worse: named mean IoU
        at 16 classes .405 with it and .414 without, on nine images, better on none.
        """
        options = self._options
        with self._stages.stage("description") as part:
            description = describe_superpixels(scene.within(part), superpixels)
        with self._stages.stage("clustering") as part:
            clusters = cluster_superpixels(
                scene.within(part),
                description,
                options.classes,
                options.smoothness,
                VOCABULARIES[options.preset],
            )
            trim_memory()
        state.training = replace(state.training, classes=clusters.classes)
        state.clusters = clusters
        if trains(options, bool(self._outputs.model)):
            with self._stages.stage("training") as part:
                drawing = scene.within(part.part(0, 0.1))
                patches = draw_patches(drawing, superpixels, state.training)
                training = scene.within(part.part(0.1, 1))
                state.trained = train_network(training, patches, clusters, state.training)
                del patches
            trim_memory()
        with self._stages.stage("painting") as part:
            painting, known = scene.within(part), Knowledge(superpixels, description, clusters)
            if not options.refine_borders:
                self._paint(painting, known, state)
                return
            path, description = refine_superpixels(painting.part(0, 0.7), known)
            with RasterSource(str(path)) as refined:
                known = Knowledge(refined, description, clusters)
                self._paint(painting.part(0.7, 1), known, state)

    def _paint(self, scene: Scene, known: Knowledge, state: SegmentationState) -> None:
        """Draft the map of the superpixels."""
        labels, confidence = known.clusters.labels, known.clusters.confidence
        # AlphaEarth's tiles are large: their image is not read once more for its classes.
        sums = class_sums(scene.source, known.description, labels)
        painted = ClassifiedSuperpixels(
            known.superpixels, labels, confidence, known.description.pixels, sums
        )
        files = MapFiles(self._staging.path(self._outputs.classes), self._confidence())
        small = SmallPatches(self._options.minimum_area, state.steps)
        state.classes = paint_superpixels(scene, painted, files, small)
        if self._options.superpixel_file:
            state.known = known

    def _write_report(
        self,
        state: SegmentationState,
        run: RunSummary,
        table: ClassTable,
        superpixels: Path,
        superpixel_count: int,
    ) -> None:
        """Write the report of a run whose other results are there.

        Args:
            state: of the run.
            run: how it went.
            table: of its classes.
            superpixels: raster of the superpixels.
            superpixel_count: number of superpixels.
        """
        if self._outputs.report is None:
            return
        confidence = self._confidence()
        with ExitStack() as opened:
            pieces = opened.enter_context(RasterSource(str(superpixels)))
            place = self._staging.path(self._outputs.classes)
            classes = opened.enter_context(RasterSource(str(place)))
            sure = opened.enter_context(RasterSource(str(confidence))) if confidence else None
            maps = map_sections(Maps(run.source, pieces, classes, sure, table))
        hierarchy = Hierarchy(state.merge_order or (), state.explained)
        text = segmentation_report(run, table, superpixel_count, hierarchy, maps)
        self._staging.path(self._outputs.report).write_text(text, encoding="utf-8")

    def _network(self, scene: Scene, device: Device, state: SegmentationState) -> Network:
        if state.trained is None:
            raise RuntimeError("there is no trained network")
        colors = np.zeros((state.training.classes, 3), np.uint8)
        model = build_model(scene, state.training, state.trained, colors)
        return Network(scene, model, device, self._options.tile_size)

    def _optional(self, path: str | None) -> Path | None:
        return self._staging.path(path) if path else None

    def _confidence(self) -> Path | None:
        """Path of the confidence raster, which the report shows too; None where neither is made."""
        kept = self._optional(self._outputs.confidence)
        return kept or (self._scratch / "confidence.tif" if self._outputs.report else None)
