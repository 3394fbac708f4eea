# SPDX-License-Identifier: GPL-2.0-or-later
"""What a segmentation leaves behind: the class raster with its tables, model, report, colors."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..progress import PartProgress, Progress
from ..raster.class_table import ClassTable, write_class_table
from ..raster.source import RasterSource
from ..raster.staging import Staging
from ..worker.client import Worker
from .average_color import paint_average_color
from .classes.rendering import build_class_table
from .formats.cluster_arrays import ClusterArrays, reorder_clusters
from .formats.merge_order import MergeStep
from .formats.model_file import save_model
from .formats.record import write_record
from .formats.trained_model import TrainedNetwork, build_model, reorder_classes, with_superpixels
from .options.ground_sizes import least_pixels
from .options.published import SIEVE
from .options.segmentation import SegmentationOptions, SegmentationOutputs
from .options.superpixels import SuperpixelOptions
from .options.training import TrainingOptions
from .reports.maps import Maps, map_sections
from .reports.run import RunSummary, segmentation_report
from .steps.clustering import merge_order_of
from .steps.painting import finish_classes


@dataclass
class Findings:
    """What the steps of a segmentation have found, class by class as in the draft.

    Attributes:
        draft: class raster that is to be finished.
        training: how the network was trained, or would be.
        scaling: of `measure_scene`.
        superpixels: how the scene was cut.
        trained: the network, where there is one.
        cluster_model: what tells superpixels apart, where clusters do.
        classified: features, probabilities and pixels of superpixels, where clusters do; the merge
            order is read from them.
        merge_order: how the classes of the result join, once it is written.
    """

    draft: Path
    training: TrainingOptions
    scaling: dict[str, Any]
    superpixels: SuperpixelOptions
    trained: TrainedNetwork | None = None
    cluster_model: ClusterArrays | None = None
    classified: tuple[Any, Any, Any] | None = None
    merge_order: list[MergeStep] = field(default_factory=list)


class ResultWriter:
    """Numbers the classes and writes all that was asked for."""

    def __init__(
        self,
        source: RasterSource,
        outputs: SegmentationOutputs,
        options: SegmentationOptions,
        worker: Worker,
        staging: Staging,
    ) -> None:
        self._source = source
        self._outputs = outputs
        self._options = options
        self._worker = worker
        self._staging = staging

    def write(self, found: Findings, progress: Progress) -> ClassTable:
        """Write everything, and say so where classes are missing."""
        options, outputs, source = self._options, self._outputs, self._source
        path = self._staging.path(outputs.classes)
        min_area = least_pixels(options.min_area, options.units, source.grid)
        if options.preset == "published":
            min_area = min_area or SIEVE
        half = PartProgress(progress, 0, 0.5)
        statistics, order = finish_classes(source, found.draft, path, min_area, half)
        merge_order = merge_order_of(*found.classified, order) if found.classified else None
        # A file that is mapped cannot be removed on every system.
        found.classified = None
        with RasterSource(str(path)) as classes:
            table = build_class_table(source, classes, progress, statistics=statistics)
            write_class_table(path, table)
            extra = {} if merge_order is None else {"merge_order": merge_order}
            write_record(path, "segment", options, source, self._worker, **extra)
            if outputs.average_color:
                target = self._staging.path(outputs.average_color)
                half = PartProgress(progress, 0.5, 1)
                paint_average_color(source, classes, target, half, statistics)
        if len(table.names) < options.classes:
            progress.log(
                f"{options.classes} classes were asked for, {len(table.names)} occur in the map"
            )
        if outputs.model and found.trained:
            self._write_model(outputs.model, found, found.trained, table, order, merge_order)
        found.merge_order = merge_order or []
        return table

    def write_report(
        self,
        found: Findings,
        table: ClassTable,
        run: RunSummary,
        superpixels: Path,
        confidence: Path | None,
        superpixel_count: int,
    ) -> None:
        """Write the report of a run whose other results are there.

        Args:
            found: what the run has found.
            table: of its classes.
            run: how it went.
            superpixels: raster of the superpixels.
            confidence: raster of the confidence, where there is one.
            superpixel_count: number of superpixels.
        """
        path = self._outputs.report
        if path is None:
            return
        with ExitStack() as opened:
            pieces = opened.enter_context(RasterSource(str(superpixels)))
            place = self._staging.path(self._outputs.classes)
            classes = opened.enter_context(RasterSource(str(place)))
            sure = opened.enter_context(RasterSource(str(confidence))) if confidence else None
            maps = map_sections(Maps(self._source, pieces, classes, sure, table))
        text = segmentation_report(run, table, superpixel_count, found.merge_order, maps)
        self._staging.path(path).write_text(text, encoding="utf-8")

    def _write_model(
        self,
        path: str,
        found: Findings,
        trained: TrainedNetwork,
        table: ClassTable,
        order: npt.NDArray[np.int64],
        merge_order: list[MergeStep] | None,
    ) -> None:
        """Write the model with the map's class numbers; classes that the map lacks come last."""
        rest = np.setdiff1d(np.arange(found.training.classes), order)
        whole = np.concatenate([order, rest]).astype(np.int64)
        weights = reorder_classes(trained.weights, whole)
        gray = np.full((len(rest), 3), 128, np.uint8)
        known = found.cluster_model and reorder_clusters(found.cluster_model, whole)
        steps = None
        if merge_order is not None:
            # Classes that the map lacks are like no other; nothing is lost when they join first.
            steps = [MergeStep(1, len(order) + 1 + i, 0.0) for i in range(len(rest))] + merge_order
        model = build_model(
            self._source,
            found.scaling,
            found.training,
            replace(trained, weights=weights),
            np.concatenate([table.colors, gray]),
            self._worker,
            steps,
            known,
        )
        # Other scenes are to be cut the same.
        model = with_superpixels(model, found.superpixels)
        save_model(self._staging.path(path), model)
