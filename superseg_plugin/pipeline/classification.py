# SPDX-License-Identifier: GPL-2.0-or-later
"""Classifying a scene with a trained network."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import numpy as np
import numpy.typing as npt

from ..contracts import Device
from ..progress import Progress, stop_if_cancelled
from ..raster.class_table import write_class_table
from ..raster.source import RasterSource
from ..raster.staging import Staging
from ..raster.superpixel_tables import superpixel_file_of
from ..worker.interface import Worker
from .classes.rendering import build_class_table
from .formats.model_file import Model, load_model
from .formats.record import describe_run, write_record
from .formats.stored_picture import note_picture
from .formats.trained_model import superpixels_of_model
from .options.classification import ClassificationOptions
from .steps.additional_rasters import prepare_rasters
from .steps.band_statistics import measure_scene
from .steps.clustering import assign_clusters
from .steps.description import describe_superpixels
from .steps.drafts import SmallPatches, finish_classes
from .steps.folder_files import id_of_model
from .steps.given_superpixels import dense_superpixels
from .steps.kept_superpixels import Knowledge, keep_superpixels
from .steps.model_bands import check_no_band_is_empty
from .steps.model_rasters import check_kinds, rasters_of_model
from .steps.model_values import ModelUse, check_values, rescaled
from .steps.mosaic_balance import treat_steps
from .steps.network import Network, mean_softmax
from .steps.painting import ClassifiedSuperpixels, MapFiles, classify_pixels, paint_superpixels
from .steps.refinement import refine_superpixels
from .steps.scene import Scene
from .steps.smoothing import smooth_network
from .steps.superpixels import make_superpixels

CURE = (
    "Convert the image to the units of the model, or set RESCALE, which matches its values to those"
    " of the model."
)


@dataclass(frozen=True)
class ClassificationResult:
    """How many classes occur in the result."""

    class_count: int


@dataclass(frozen=True)
class ClassificationInputs:
    """What to classify.

    Attributes:
        source: the scene.
        model: path of the model.
        superpixels: of the scene; None to make them where they are needed.
    """

    source: RasterSource
    model: str
    superpixels: RasterSource | None = None


@dataclass(frozen=True)
class ClassificationOutputs:
    """Paths of the results.

    Attributes:
        classes: the class raster.
        confidence: the confidence raster; None for none.
        unfinished: folder for files that are not finished, see `Staging`.
    """

    classes: str
    confidence: str | None = None
    unfinished: str | None = None


def run_classification(
    inputs: ClassificationInputs,
    outputs: ClassificationOutputs,
    options: ClassificationOptions,
    worker: Worker,
    progress: Progress,
) -> ClassificationResult:
    """Classify a scene with a model and write the class raster and, if wanted, the confidence.

    With superpixels, every superpixel gets one class: by the clusters of the model, on whose scene
    these are the classes of its own segmentation, or by the network of a model without clusters,
    smoothed on the region adjacency graph. They are made where SMOOTHNESS asks for a graph and none
    are given. Without superpixels the network classifies every pixel. Class numbers are the
    model's. What the clusters know of the superpixels is kept in a file beside the class raster.

    The bands are those of `bands_of_model`. An image in other units than the training image is
    refused before anything is computed, unless the options say to rescale it.

    Raises:
        SuperSegError: bad input, or an output cannot be written.
        Cancelled: the user asked to stop.
    """
    options.minimum_area.check(inputs.source.grid)
    model_name = Path(inputs.model).name
    model = load_model(inputs.model)
    label = f"MODEL {model_name}"
    superpixels = inputs.superpixels
    given = superpixels is not None
    with (
        Staging(outputs.unfinished) as staging,
        rasters_of_model(model, label, inputs.source, progress) as source,
    ):
        prepare_rasters(source, options.values, progress)
        check_no_band_is_empty(model, label, source)
        check_kinds(model, label, source)
        tell_steps = treat_steps(source, options.balance_tiles, progress)
        # The same values have the same colors in all images of a model.
        source.picture = model.picture or source.picture
        asked = worker.submit("describe_device", {"network": model.network})
        measured = measure_scene(source, 1, worker, progress)
        use = ModelUse(model, label, source.name, CURE)
        if options.rescale:
            progress.log(f"The values of {source.name} are matched to those of {label}")
        else:
            check_values(use, measured, progress)
        scaling = rescaled(model, measured) if options.rescale else model.scaling
        path, scratch = staging.path(outputs.classes), staging.scratch(outputs.classes)
        scene = Scene.of_run(source, scaling, worker, scratch, progress)
        if superpixels is None and (options.smoothness > 0 or options.always_superpixels):
            made = scratch / "superpixels.tif"
            make_superpixels(scene.part(0, 0.3), made, superpixels_of_model(model))
            superpixels = RasterSource(str(made))
        elif superpixels is not None:
            superpixels = dense_superpixels(scene.part(0, 0.3), superpixels)
        tell_steps()

        def network() -> Network:
            """The network of the model, which the clusters do without."""
            device = Device(**worker.result(asked, progress).result)
            return Network(scene, model, device, options.tile_size)

        confidence = staging.path(outputs.confidence) if outputs.confidence else None
        small = SmallPatches(options.minimum_area, lambda _: model.merge_order)
        known = None
        if superpixels is None:
            draft = classify_pixels(scene.part(0.3, 0.9), network(), confidence)
            finished = finish_classes(scene.part(0.9, 0.95), draft, path, small, model.classes)
        else:
            with ExitStack() as opened:
                opened.enter_context(superpixels)
                labels, sure, known = _classify_superpixels(
                    scene.part(0.3, 0.8), superpixels, network, model, options.smoothness
                )
                if known is not None and options.refine_borders and not given:
                    refined, description = refine_superpixels(scene.part(0.8, 0.87), known)
                    superpixels = opened.enter_context(RasterSource(str(refined)))
                    known = Knowledge(superpixels, description, known.clusters)
                finished = paint_superpixels(
                    scene.part(0.87, 0.95),
                    ClassifiedSuperpixels(superpixels, labels, sure, given=given),
                    MapFiles(path, confidence),
                    small,
                    model.classes,
                )
                del labels, sure
            if not options.superpixel_file:
                known = None
        with RasterSource(str(path)) as classes:
            table = build_class_table(
                source,
                classes,
                progress,
                names=model.class_names,
                colors=model.class_colors,
                statistics=finished.statistics,
            )
            if known is not None:
                beside = superpixel_file_of(path)
                keep_superpixels(scene.part(0.95, 1.0), known, classes, beside, options)
                # A file that is mapped cannot be removed on every system.
                known = None
            elif options.superpixel_file:
                progress.log(_without_file(model, superpixels))
        write_class_table(path, table)
        record = describe_run("classify", options, source, worker)
        record["model"], record["model_id"] = model_name, id_of_model(inputs.model)
        if model.merge_order:
            record["merge_order"] = model.merge_order
        note_picture(record, source)
        write_record(path, record, table.legend)
        stop_if_cancelled(progress)
        staging.commit()
    return ClassificationResult(int((finished.statistics.counts > 0).sum()))


def _classify_superpixels(
    scene: Scene,
    superpixels: RasterSource,
    network: Callable[[], Network],
    model: Model,
    smoothness: float,
) -> tuple[npt.NDArray[np.integer[Any]], npt.NDArray[np.float32], Knowledge | None]:
    """Class of each superpixel from 0, its confidence, and what the clusters know of it.

    On nine other scenes and halves of scenes, named accuracy and mean IoU of 16 classes were .811
    and .448 by the clusters, .797 and .426 by the network, .810 and .437 by both; with the names of
    the scene of the model .687 and .401, .627 and .335, .688 and .405.
    """
    description = describe_superpixels(scene.part(0, 0.3), superpixels)
    if model.clusters:
        clusters = assign_clusters(scene.part(0.3, 1.0), description, model.clusters, smoothness)
        known = Knowledge(superpixels, description, clusters)
        return clusters.labels, clusters.confidence, known
    count = len(description.pixels)
    pooled = mean_softmax(scene.part(0.3, 0.9), network(), superpixels, count)
    return *smooth_network(scene, pooled, description, smoothness), None


def _without_file(model: Model, superpixels: RasterSource | None) -> str:
    """Return why there is no file of superpixels, for the log."""
    if superpixels is None:
        reason = "with SMOOTHNESS 0 each pixel is classified; give a SMOOTHNESS"
    else:
        reason = "the model was trained without clusters; use one of Segment"
    return (
        "No file of superpixels is written, so classes of this result cannot be split or learned"
        f" from examples: {reason}"
    )
