# SPDX-License-Identifier: GPL-2.0-or-later
"""What a segmentation leaves behind: the class raster with its tables, model, report, colors."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
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
from .cluster_arrays import ClusterArrays, reorder_clusters
from .clustering import merge_order_of
from .model_file import save_model
from .painting import finish_classes
from .published import SIEVE
from .record import describe_run, write_record
from .rendering import build_class_table
from .report import segmentation_report
from .segmentation_options import SegmentationOptions, SegmentationOutputs
from .trained_model import TrainedNetwork, build_model, reorder_classes
from .training_options import TrainingOptions


@dataclass
class Findings:
    """What the steps of a segmentation have found, class by class as in the draft.

    Attributes:
        draft: class raster that is to be finished.
        training: how the network was trained, or would be.
        scaling: of `measure_scene`.
        trained: the network, where there is one.
        cluster_model: what tells superpixels apart, where clusters do.
        classified: features, probabilities and pixels of superpixels, where clusters do; the merge
            order is read from them.
    """

    draft: Path
    training: TrainingOptions
    scaling: dict[str, Any]
    trained: TrainedNetwork | None = None
    cluster_model: ClusterArrays | None = None
    classified: tuple[Any, Any, Any] | None = None


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
        min_area = options.min_area
        if options.preset == "published":
            min_area = min_area or SIEVE
        half = PartProgress(progress, 0, 0.5)
        statistics, order = finish_classes(source, found.draft, path, min_area, half)
        merge_order = merge_order_of(*found.classified, order) if found.classified else None
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
        if outputs.report:
            self._write_report(outputs.report, found, table)
        return table

    def _write_model(
        self,
        path: str,
        found: Findings,
        trained: TrainedNetwork,
        table: ClassTable,
        order: npt.NDArray[np.int64],
        merge_order: list[Any] | None,
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
            steps = [[1, len(order) + 1 + i, 0.0] for i in range(len(rest))] + merge_order
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
        save_model(self._staging.path(path), model)

    def _write_report(self, path: str, found: Findings, table: ClassTable) -> None:
        losses = found.trained.losses if found.trained else []
        record = describe_run("segment", self._options, self._source, self._worker)
        text = segmentation_report(
            f"Segmentation of {self._source.name}",
            table,
            asdict(self._options),
            losses,
            {**record["input"], **record["versions"]},
        )
        self._staging.path(path).write_text(text, encoding="utf-8")
