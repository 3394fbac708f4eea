# SPDX-License-Identifier: GPL-2.0-or-later
"""Training a network on a scene."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import SuperSegError
from ..progress import Progress, Stages, stop_if_cancelled
from ..raster.source import RasterSource
from ..raster.staging import Staging
from ..worker.interface import Worker
from .classes.rendering import display_colors
from .formats.model_file import Model, load_model, save_model
from .formats.trained_model import (
    build_model_by_area,
    with_superpixels,
)
from .options.ground_sizes import ANY_SIZE, GroundSize, superpixel_options
from .options.training import TrainingOptions
from .reports.run import Provenance, RunSummary, training_report
from .steps.additional_rasters import prepare_rasters
from .steps.band_statistics import count_valid_pixels, measure_scene
from .steps.clustering import cluster_superpixels
from .steps.description import describe_superpixels
from .steps.given_superpixels import dense_superpixels
from .steps.model_bands import check_no_band_is_empty
from .steps.model_rasters import check_kinds, rasters_of_model
from .steps.model_values import ModelUse, check_values
from .steps.mosaic_balance import treat_steps
from .steps.patches import draw_patches
from .steps.scene import Scene
from .steps.superpixels import make_superpixels
from .steps.training import measure_classes, train_network

GUIDING_SMOOTHNESS = 8.0
CURE = "Convert the image to the units of the model, or leave INITIAL_MODEL empty."


@dataclass(frozen=True)
class TrainingResult:
    """What a training came to: classes in use at its end and the mean loss of the last steps."""

    class_count: int
    final_loss: float


@dataclass(frozen=True)
class TrainingInputs:
    """What to train on.

    Attributes:
        source: the scene.
        superpixels: of the scene, or the size of those that are made.
        initial_model: path of a model to start from, or None.
    """

    source: RasterSource
    superpixels: RasterSource | GroundSize = ANY_SIZE
    initial_model: str | None = None


@dataclass(frozen=True)
class TrainingOutputs:
    """Paths of the results: the model and, unless None, the HTML report."""

    model: str
    report: str | None = None


def run_training(
    inputs: TrainingInputs,
    outputs: TrainingOutputs,
    options: TrainingOptions,
    worker: Worker,
    progress: Progress,
    provenance: Provenance | None = None,
) -> TrainingResult:
    """Train a network on a scene and write the model and, if wanted, a report.

    Args:
        inputs: what to train on.
        outputs: where to write.
        options: how to train.
        worker: the process that computes.
        progress: told of every step.
        provenance: how the run was requested, for the report.

    Raises:
        SuperSegError: bad input, or an output cannot be written.
        Cancelled: the user asked to stop.
    """
    given = inputs.superpixels if isinstance(inputs.superpixels, RasterSource) else None
    size = inputs.superpixels if isinstance(inputs.superpixels, GroundSize) else ANY_SIZE
    initial = _load_initial(inputs.initial_model, options)
    label = f"INITIAL_MODEL {Path(inputs.initial_model or '').name}"
    stages = Stages(progress, _shares(options, given is None))
    with (
        Staging() as staging,
        rasters_of_model(initial, label, inputs.source, progress) as source,
    ):
        prepare_rasters(source, options.values, progress)
        check_no_band_is_empty(initial, label, source)
        check_kinds(initial, label, source)
        seen = count_valid_pixels(source, progress)
        cut = superpixel_options(size, source.grid, progress.log, valid_pixels=seen)
        asked = worker.submit("describe_device", {"network": options.network})
        with stages.stage("reading"):
            tell_steps = treat_steps(source, options.balance_tiles, progress)
            scaling = measure_scene(source, max(options.classes, 2), worker, progress)
            if initial is not None:
                check_values(ModelUse(initial, label, source.name, CURE), scaling, progress)
                scaling = initial.scaling
                source.picture = initial.picture or source.picture
        scene = Scene.of_run(source, scaling, worker, staging.scratch(outputs.model), progress)
        if given is None:
            path = scene.scratch / "superpixels.tif"
            with stages.stage("superpixels") as part:
                make_superpixels(scene.within(part), path, cut)
            given = RasterSource(str(path))
        else:
            with stages.stage("numbering") as part:
                given = dense_superpixels(scene.within(part), given)
        tell_steps()
        with given as superpixels:
            clusters = None
            if options.guidance == "clusters":
                with stages.stage("description") as part:
                    description = describe_superpixels(scene.within(part), superpixels)
                with stages.stage("clustering") as part:
                    clusters = cluster_superpixels(
                        scene.within(part), description, options.classes, GUIDING_SMOOTHNESS
                    )
                if initial is not None and clusters.classes != initial.classes:
                    raise SuperSegError(
                        f"INITIAL_MODEL has {initial.classes} classes, but the image bears only "
                        f"{clusters.classes}. Leave INITIAL_MODEL empty, or set GUIDANCE to "
                        "selftraining."
                    )
                options = replace(options, classes=clusters.classes)
            with stages.stage("patches") as part:
                patches = draw_patches(scene.within(part), superpixels, options)
        with stages.stage("training") as part:
            weights = initial.weights if initial else None
            trained = train_network(scene.within(part), patches, clusters, options, weights)
        with stages.stage("colors"):
            counts, means = measure_classes(scene, patches, trained.weights, options)
        order = np.argsort(-counts, kind="stable")
        colors = display_colors(means[order], source, scaling)
        known = clusters.model if clusters else None
        model = build_model_by_area(scene, options, trained, colors, order, known)
        if size.parameter:
            model = with_superpixels(model, cut)
        save_model(staging.path(outputs.model), model)
        if outputs.report:
            run = RunSummary(
                provenance or Provenance(),
                source,
                worker.versions,
                worker.result(asked, progress).result["name"],
                stages.seconds,
                trained.losses,
                trained.live_by_step,
            )
            text = training_report(run, trained.live, model)
            staging.path(outputs.report).write_text(text, encoding="utf-8")
        stop_if_cancelled(progress)
        staging.commit()
    return TrainingResult(trained.live, trained.final_loss)


def _shares(options: TrainingOptions, cut: bool) -> dict[str, float]:
    """Percent of the progress of each stage."""
    shares = {"reading": 2.0, **({"superpixels": 18.0} if cut else {"numbering": 5.0})}
    if options.guidance == "clusters":
        shares |= {"description": 15.0, "clustering": 5.0}
    return {**shares, "patches": 5.0, "training": 53.0, "colors": 2.0}


def _load_initial(path: str | None, options: TrainingOptions) -> Model | None:
    if path is None:
        return None
    try:
        model = load_model(path)
    except SuperSegError as error:
        # MODEL is the output here.
        raise SuperSegError(str(error).replace("MODEL:", "INITIAL_MODEL:", 1)) from None
    name = Path(path).name
    if (model.network, model.classes) != (options.network, options.classes):
        raise SuperSegError(
            f"INITIAL_MODEL {name} is a {model.network} network of {model.classes} classes. Set "
            "NETWORK and CLASSES to these, or leave INITIAL_MODEL empty."
        )
    return model
