# SPDX-License-Identifier: GPL-2.0-or-later
"""Segmenting all scenes of a folder with one legend.

Idea: one model is trained on a sample of all scenes (`steps/folder_sample`), and every scene is
classified with it. So a class means the same in all results, and parts of one scene fit together.
Exact: the model depends on the scenes, the options and the seed alone; a scene is classified as by
superseg:classify.
Approximate: the sample stands for folders of more than 67 megapixels. Superpixels end at the
border of a scene.
Cost: that of one scene as large as the sample, and of classifying each scene.

A run that was cancelled goes on where it ended: its model is stored before the first scene is
classified, and names what it was trained on.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Callable

import numpy as np

from ..errors import SuperSegError
from ..memory import trim_memory
from ..progress import Progress, Stages, stop_if_cancelled
from ..raster.ground import pixel_side
from ..raster.source import RasterSource
from ..raster.staging import Staging
from ..wording import counted
from ..worker.client import WorkerProcess
from ..worker.interface import Worker
from .classes.rendering import class_colors, picture_of
from .folder_classification import (
    FolderInputs,
    FolderOutputs,
    FolderResult,
    run_folder_classification,
)
from .formats.model_file import Model, read_header, save_model
from .formats.trained_model import build_model_by_area, with_superpixels
from .options.classification import ClassificationOptions
from .options.segmentation import VOCABULARIES
from .planning.estimate import training_options
from .steps.band_statistics import measure_scene
from .steps.clustering import cluster_superpixels
from .steps.description import describe_superpixels, means_of_classes
from .steps.folder_files import made_folder
from .steps.folder_scenes import FolderSample, FolderScenes, Header, read_headers
from .steps.patches import draw_patches
from .steps.sampled_scenes import sample_folder
from .steps.scene import Scene
from .steps.superpixels import make_superpixels
from .steps.training import train_network

# Presets whose classes are clusters of superpixels. The published method classifies pixels of the
# scene that it was trained on.
FOLDER_PRESETS = tuple(VOCABULARIES)
# Name of the model in the folder of results, unless another path is given.
MODEL_NAME = "classes.superseg"
# Share of the progress until all scenes are classified that the model takes.
MODEL_SHARE = 0.3
# Shares of the progress of each stage of the model.
STAGES = {
    "sampling": 20.0,
    "superpixels": 25.0,
    "description": 20.0,
    "clustering": 10.0,
    "training": 25.0,
}
# Entry of the options in the header of a model, about the sample it was trained on.
SAMPLE = "sample"


@dataclass(frozen=True)
class FolderSegmentationOutputs:
    """Where to write.

    Attributes:
        folder: of the class rasters; made where missing.
        model: path of the model.
        table: path of the table of transitions; None for no table.
        summary: path of the table of classes by scene; None for no table.
    """

    folder: str
    model: str
    table: str | None = None
    summary: str | None = None


def run_folder_segmentation(
    folder: FolderScenes,
    outputs: FolderSegmentationOutputs,
    start_worker: Callable[[], AbstractContextManager[WorkerProcess]],
    progress: Progress,
) -> FolderResult:
    """Train one model on a sample of all scenes, and classify every scene with it.

    Args:
        folder: the scenes, and how to segment them.
        outputs: where to write.
        start_worker: returns a process that computes.
        progress: told of every step.

    Raises:
        SuperSegError: no scene can be segmented, or an output cannot be written.
        Cancelled: the user asked to stop; the model and the scenes that are done stay.
    """
    with made_folder(outputs.folder):
        return _run(folder, outputs, start_worker, progress)


def _run(
    folder: FolderScenes,
    outputs: FolderSegmentationOutputs,
    start_worker: Callable[[], AbstractContextManager[WorkerProcess]],
    progress: Progress,
) -> FolderResult:
    headers, failures = read_headers(folder, progress.part(0, 0.02))
    for failure in failures.values():
        progress.log(failure)
    if not headers:
        raise SuperSegError(f"FOLDER: no scene can be segmented. {next(iter(failures.values()))}")
    options = folder.options
    training = progress.part(0.02, MODEL_SHARE)
    digest = _digest(folder)
    left_out = _left_out_before(outputs.model, digest)
    if left_out is not None:
        progress.log(f"{Path(outputs.model).name} was trained on these scenes before; it is used")
    else:
        with start_worker() as worker, Staging() as staging:
            trainer = _Trainer(folder, worker, staging.scratch(outputs.model), training)
            model, left_out = trainer.run(headers, digest)
            save_model(staging.path(outputs.model), model)
            stop_if_cancelled(progress)
            staging.commit()
    failures |= left_out
    fitting = [scene for index, scene in enumerate(folder.scenes) if index not in failures]
    result = run_folder_classification(
        FolderInputs(fitting, outputs.model, folder.bands, folder.additional),
        FolderOutputs(outputs.folder, outputs.table, outputs.summary),
        ClassificationOptions(
            smoothness=options.smoothness,
            min_area=options.min_area,
            units=options.units,
            values=options.values,
            superpixel_file=options.superpixel_file,
            balance_tiles=options.balance_tiles,
            refine_borders=options.refine_borders,
            always_superpixels=True,
        ),
        start_worker,
        progress.part(MODEL_SHARE, 1),
    )
    for failure in failures.values():
        progress.log(f"Not classified: {failure}")
    return replace(result, failures=(*failures.values(), *result.failures))


class _Trainer:
    """Training the model of a folder.

    Args:
        folder: the scenes, and how to segment them.
        worker: the process that computes.
        scratch: folder for intermediate files.
        progress: of the training.
    """

    def __init__(
        self, folder: FolderScenes, worker: Worker, scratch: Path, progress: Progress
    ) -> None:
        self._folder, self._options = folder, folder.options
        self._worker, self._scratch, self._progress = worker, scratch, progress
        self._stages = Stages(progress, STAGES)

    def run(self, headers: dict[int, Header], digest: str) -> tuple[Model, dict[int, str]]:
        """Train; returns the model, and a sentence on each scene that does not fit, by index."""
        with self._stages.stage("sampling") as part:
            # Messages name the image.
            path = self._scratch / f"{self._folder.scenes[0].parent.name} (sample).tif"
            sample, failures = sample_folder(self._folder, headers, path, self._worker, part)
        for failure in failures.values():
            self._progress.log(failure)
        self._progress.log(
            f"The model is trained on {counted(sample.pixels, 'valid pixel')} in"
            f" {counted(sample.windows, 'window')} of {counted(len(sample.scenes), 'scene')},"
            f" {100 * sample.share:.3g} % of their area"
        )
        with sample.open() as source:
            model = self._train(source, sample)
        known = {
            "digest": digest,
            "scenes": len(sample.scenes),
            "windows": sample.windows,
            "pixels": sample.pixels,
            "share": sample.share,
            "left_out": failures,
        }
        like = sample.reference
        model = replace(
            model,
            # Images are read as the scenes are, not as the sample is stored.
            band_numbers=like.band_numbers,
            image_bands=like.image_bands,
            rasters=like.rasters,
            pixel_size=pixel_side(like.grid),
            options={**model.options, SAMPLE: known},
        )
        return model, failures

    def _train(self, source: RasterSource, sample: FolderSample) -> Model:
        options = self._options
        # Sizes depend on all that is segmented together.
        pixels = round(sample.pixels / sample.share)
        cut = options.superpixels(sample.reference.grid, self._progress.log, pixels)
        least = max(options.classes, 1)
        scaling = measure_scene(source, least, self._worker, self._progress)
        scene = Scene.of_run(source, scaling, self._worker, self._scratch, self._progress)
        path = self._scratch / "superpixels.tif"
        with self._stages.stage("superpixels") as part:
            make_superpixels(scene.within(part), path, cut)
        with RasterSource(str(path)) as superpixels:
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
            training = replace(training_options(options, source.grid), classes=clusters.classes)
            with self._stages.stage("training") as part:
                patches = draw_patches(scene.within(part.part(0, 0.1)), superpixels, training)
                trained = train_network(
                    scene.within(part.part(0.1, 1)), patches, clusters, training
                )
        labels, count = clusters.labels, clusters.classes
        counts, means = means_of_classes(description, labels, count)
        order = np.argsort(-counts, kind="stable")
        colors = class_colors(scaling.to_values(means[order]), picture_of(source))
        model = build_model_by_area(scene, training, trained, colors, order, clusters.model)
        # Files that are mapped cannot be removed on every system.
        del clusters, description, patches
        trim_memory()
        return with_superpixels(model, cut)


def _digest(folder: FolderScenes) -> str:
    """A hash of the scenes as they are stored, and of how they are segmented."""
    others = [Path(raster.path) for raster in folder.additional]
    known = {
        "scenes": [_state(scene) for scene in folder.scenes],
        "bands": folder.bands,
        "options": asdict(folder.options),
    }
    if others:
        known["additional"] = [_state(path) for path in others]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def _state(path: Path) -> tuple[str, int, int]:
    """Name, size and time of change of a file; of another dataset, its name alone."""
    if not path.exists():
        return str(path), 0, 0
    state = path.stat()
    return path.name, state.st_size, state.st_mtime_ns


def _left_out_before(model: str, digest: str) -> dict[int, str] | None:
    """What an earlier run over the same scenes left out of its model; None if there was none."""
    try:
        known = read_header(model).options.get(SAMPLE)
        if isinstance(known, dict) and known["digest"] == digest:
            return {int(index): str(text) for index, text in known["left_out"].items()}
    except (SuperSegError, KeyError, AttributeError, ValueError):
        pass
    return None
