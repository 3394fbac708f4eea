# SPDX-License-Identifier: GPL-2.0-or-later
"""What a segmentation leaves behind: the class raster with its tables, model, average colors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep
from ...class_tree import ClassTree
from ...contracts import Clusters
from ...raster.class_table import ClassTable, write_class_table
from ...raster.source import RasterSource
from ...raster.stack import rasters_of
from ...raster.staging import Staging
from ...raster.superpixel_tables import SuperpixelTables, superpixel_file_of
from ...wording import counted
from ..classes.advice import ClassFigures, advice, class_figures
from ..classes.rendering import build_class_table
from ..formats.cluster_arrays import merge_order_of, reorder_clusters
from ..formats.model_file import Model, save_model
from ..formats.record import describe_run, write_record
from ..formats.stored_picture import note_picture
from ..formats.trained_model import TrainedNetwork, build_model, reorder_classes, with_superpixels
from ..options.segmentation import SegmentationOptions, SegmentationOutputs
from ..options.superpixels import SuperpixelOptions
from ..options.training import TrainingOptions
from .average_color import paint_average_color
from .drawing import FinishedClasses
from .kept_superpixels import Knowledge, keep_superpixels
from .scene import Scene


@dataclass
class SegmentationState:
    """What the stages of a segmentation have found, class by class as they were clustered.

    Attributes:
        training: how the network was trained, or would be.
        superpixels: how the scene was cut.
        classes: the class raster.
        trained: the network, where there is one.
        clusters: of the superpixels, unless the network alone classifies.
        known: what the superpixel file is written from, with these clusters.
        merge_order: how the classes of the result join, once it is written; None if unknown.
        explained: share of the scatter between superpixels that 1, 2, ... classes explain; empty
            if unknown.
        advice: sentences on what could be better about the classes, once they are written.
    """

    training: TrainingOptions
    superpixels: SuperpixelOptions
    classes: FinishedClasses | None = None
    trained: TrainedNetwork | None = None
    clusters: Clusters | None = None
    known: Knowledge | None = None
    merge_order: list[MergeStep] | None = None
    explained: Sequence[float] = ()
    advice: Sequence[str] = ()

    def steps(self, order: npt.NDArray[np.int64]) -> list[MergeStep]:
        """Merge order of classes in a new order; empty if unknown."""
        return [] if self.clusters is None else merge_order_of(self.clusters.model, order)


class ResultWriter:
    """Writes all outputs but class raster and report.

    Args:
        outputs: where to write.
        options: how the scene was segmented.
        staging: of the outputs.
    """

    def __init__(
        self, outputs: SegmentationOutputs, options: SegmentationOptions, staging: Staging
    ) -> None:
        self._outputs = outputs
        self._options = options
        self._staging = staging

    def write(self, scene: Scene, state: SegmentationState) -> ClassTable:
        """Write everything, with a log line where classes are missing."""
        options, outputs, source = self._options, self._outputs, scene.source
        if state.classes is None:
            raise RuntimeError("there is no class raster")
        path = self._staging.path(outputs.classes)
        statistics, order = state.classes.statistics, state.classes.order
        if state.clusters is not None:
            state.merge_order = state.steps(order)
            tree = ClassTree.from_arrays(state.clusters.model)
            state.explained = tree.explained().tolist()
        with RasterSource(str(path)) as classes:
            table = build_class_table(source, classes, scene.progress, statistics=statistics)
            tables = None
            if state.known is not None:
                keeping = scene.part(0, 0.6)
                beside = superpixel_file_of(path)
                tables = keep_superpixels(keeping, state.known, classes, beside, options)
        # Not while it is open: some formats, such as netCDF, are written anew with the table.
        write_class_table(path, table)
        state.advice = _advice(table, tables)
        for sentence in state.advice:
            scene.progress.log(sentence)
        record = describe_run("segment", options, source, scene.worker)
        if state.merge_order is not None:
            record["merge_order"] = state.merge_order
        note_picture(record, source)
        write_record(path, record, table.legend)
        if outputs.average_color:
            target = self._staging.path(outputs.average_color)
            rest = scene.progress.part(0.6, 1)
            with RasterSource(str(path)) as classes:
                # A picture of INPUT: the bands of other rasters are no colors of it.
                image = rasters_of(source)[0]
                of_image = replace(statistics, sums=statistics.sums[:, : len(image.bands)])
                paint_average_color(image, classes, target, rest, of_image)
        if len(table.names) < options.classes:
            scene.progress.log(
                f"{options.classes} classes were asked for, and the map has"
                f" {counted(len(table.names), 'class')}"
            )
        if outputs.model and state.trained:
            model = _model_of(scene, state, state.trained, table, order)
            save_model(self._staging.path(outputs.model), model)
        # A file that is mapped cannot be removed on every system.
        state.clusters, state.known = None, None
        return table


def _advice(table: ClassTable, tables: SuperpixelTables | None) -> list[str]:
    """Return what could be better about the classes, and what would help."""
    areas = {number: float(area) for number, area in enumerate(table.areas, start=1) if area > 0}
    figures = ClassFigures(areas, {}, {})
    if tables is not None:
        figures = class_figures(tables.classes, tables.areas, tables.confidence, tables.features)
    names = dict(enumerate(table.names, start=1))
    return [finding.text for finding in advice(figures, names)]


def _model_of(
    scene: Scene,
    state: SegmentationState,
    trained: TrainedNetwork,
    table: ClassTable,
    order: npt.NDArray[np.int64],
) -> Model:
    """The model with the map's class numbers; classes that the map lacks come last."""
    rest = np.setdiff1d(np.arange(state.training.classes), order)
    whole = np.concatenate([order, rest]).astype(np.int64)
    weights = reorder_classes(trained.weights, whole)
    gray = np.full((len(rest), 3), 128, np.uint8)
    clusters = reorder_clusters(state.clusters.model, whole) if state.clusters else None
    steps = state.merge_order
    if steps is not None:
        # Classes that the map lacks are like no other; nothing is lost when they join first.
        steps = [MergeStep(1, len(order) + 1 + i, 0.0) for i in range(len(rest))] + steps
    colors = np.concatenate([table.colors, gray])
    renumbered = replace(trained, weights=weights)
    model = build_model(scene, state.training, renumbered, colors, steps, clusters)
    # Other scenes are to be cut the same.
    return with_superpixels(model, state.superpixels)
