# SPDX-License-Identifier: GPL-2.0-or-later
"""SuperSeg as the benchmarks run it: one worker for all runs, segmentation, classification."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable

import numpy as np

from superseg_plugin.pipeline.classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.progress import Progress
from superseg_plugin.raster.grid import Grid
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.stack import AdditionalRaster, stacked
from superseg_plugin.raster.windows import Window
from superseg_plugin.raster.writer import RasterProfile, RasterWriter
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.interpreter import find_interpreter
from tests.benchmarks.rasters import open_part

SILENT = Progress()
WARMING_SIDE = 64
# Step of the scale of superpixels from seed to seed.
STEP_OF_SCALE = 0.03


@dataclass(frozen=True)
class Job:
    """A map to be made.

    Attributes:
        image: path of the scene.
        target: path of the map; confidence and model are named after it.
        classes: requested number of classes.
        seed: of all random numbers; others than 0 also change the superpixels, see `scale_of_seed`.
        worker: the worker process.
        window: the part of the scene to segment, or None for all of it.
        additional: paths of rasters that are used together with the scene.
    """

    image: Path
    target: Path
    classes: int
    seed: int
    worker: WorkerProcess
    window: Window | None = None
    additional: tuple[Path, ...] = ()

    @contextlib.contextmanager
    def open(self) -> Iterator[RasterSource]:
        """Open the scene or the part of it."""
        others = [AdditionalRaster(str(path)) for path in self.additional]
        with open_part(self.image, self.window) as first, stacked(first, others) as source:
            yield source


def confidence_of(target: Path) -> Path:
    """Path of the confidence that belongs to a map."""
    return target.with_name(f"{target.stem}_confidence.tif")


def model_of(target: Path) -> Path:
    """Path of the model that belongs to a map."""
    return target.with_suffix(".superseg")


def scale_of_seed(seed: int) -> float:
    """Factor of the scale of the superpixels, a few percent from 1.

    `fast` and `balanced` draw no random numbers that depend on SEED. What their maps owe to chance
    shows when superpixels change a little, as they do with any change of the image.

    Example:
        >>> [round(scale_of_seed(seed), 2) for seed in range(5)]
        [1.0, 0.97, 1.03, 0.94, 1.06]
    """
    return 1 + STEP_OF_SCALE * ((seed + 1) // 2) * (-1 if seed % 2 else 1)


class _Options(SegmentationOptions):
    """Options of a run whose superpixels depend on the seed."""

    def superpixels(
        self, grid: Grid, log: Callable[[str], None], valid_pixels: int | None = None
    ) -> SuperpixelOptions:
        """Choose superpixels for a scene."""
        chosen = super().superpixels(grid, log, valid_pixels)
        return replace(chosen, scale=chosen.scale * scale_of_seed(self.seed))


def segment(job: Job, preset: str, model: bool = False) -> float:
    """Run a preset and return its seconds; `balanced` with confidence, for the trials."""
    options = _Options(classes=job.classes, preset=preset, seed=job.seed)
    outputs = SegmentationOutputs(classes=str(job.target))
    if preset == "balanced":
        outputs = replace(outputs, confidence=str(confidence_of(job.target)))
    if model:
        outputs = replace(outputs, model=str(model_of(job.target)))
    started = time.perf_counter()
    with job.open() as source:
        run_segmentation(source, outputs, options, job.worker, SILENT)
    return time.perf_counter() - started


def classify(job: Job, model: Path, options: ClassificationOptions) -> float:
    """Apply a model, as superseg:classify does, and return the seconds."""
    started = time.perf_counter()
    with job.open() as source:
        target = str(job.target)
        inputs, outputs = ClassificationInputs(source, str(model)), ClassificationOutputs(target)
        run_classification(inputs, outputs, options, job.worker, SILENT)
    return time.perf_counter() - started


class SharedWorker:
    """One worker for all runs, so that its start is not measured; a context manager."""

    def __init__(self) -> None:
        self._open = contextlib.ExitStack()
        self._worker: WorkerProcess | None = None

    def __enter__(self) -> SharedWorker:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def worker(self) -> WorkerProcess:
        """The worker, with its kernels loaded; started at the first use."""
        if self._worker is None:
            worker = self._open.enter_context(WorkerProcess(find_interpreter()))
            _warm_up(worker)
            self._worker = worker
        return self._worker

    def device_name(self) -> str:
        """Name of the device that the networks run on."""
        asked = self.worker.submit("describe_device", {"network": "light"})
        return str(self.worker.result(asked, SILENT).result["name"])

    def recover(self) -> None:
        """After an error: start another worker unless this one still answers."""
        try:
            self.device_name()
        except Exception:
            self._open.close()
            self._worker = None

    def job(
        self, image: Path, target: Path, classes: int, seed: int, window: Window | None = None
    ) -> Job:
        """A job for the worker."""
        return Job(image, target, classes, seed, self.worker, window)


def _warm_up(worker: WorkerProcess) -> None:
    """Segment a small image of noise, so that loading the kernels is not measured."""
    with tempfile.TemporaryDirectory() as scratch:
        image, target = Path(scratch) / "image.tif", Path(scratch) / "classes.tif"
        noise = np.random.default_rng(0).integers(0, 255, (3, WARMING_SIDE, WARMING_SIDE))
        whole = Window(0, 0, WARMING_SIDE, WARMING_SIDE)
        with RasterWriter(
            image, Grid(WARMING_SIDE, WARMING_SIDE), RasterProfile(3, np.uint8)
        ) as writer:
            writer.write(whole, noise.astype(np.uint8))
        segment(Job(image, target, 2, 0, worker), "fast")
