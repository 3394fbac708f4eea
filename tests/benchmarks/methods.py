# SPDX-License-Identifier: GPL-2.0-or-later
"""The methods of the quality benchmark, each of which makes a class map."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from osgeo import gdal, gdal_array

from superseg_plugin.pipeline.classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.segmentation import (
    PRESETS,
    SegmentationOptions,
    SegmentationOutputs,
)
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.steps.band_statistics import measure_scene
from superseg_plugin.pipeline.steps.clustering import cluster_superpixels
from superseg_plugin.pipeline.steps.description import describe_superpixels
from superseg_plugin.pipeline.steps.painting import paint_superpixels
from superseg_plugin.pipeline.steps.scene import Scene
from superseg_plugin.pipeline.superpixels import make_superpixels
from superseg_plugin.progress import Progress
from superseg_plugin.raster.grid import UNREFERENCED, Grid
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.windows import Window
from superseg_plugin.raster.writer import RasterProfile, RasterWriter
from superseg_plugin.worker.client import Worker
from superseg_plugin.worker.interpreter import find_interpreter
from tests.benchmarks.common import run_baseline

SILENT = Progress()
WARMING_SIDE = 64


@dataclass(frozen=True)
class Job:
    """A map to be made.

    Attributes:
        image: path of the scene.
        target: path of the map; confidence and model are named after it.
        classes: requested number of classes.
        seed: of all random numbers.
        worker: the worker process.
        window: the part of the scene to segment, or None for all of it.
    """

    image: Path
    target: Path
    classes: int
    seed: int
    worker: Worker
    window: Window | None = None

    def open(self) -> RasterSource:
        """Open the scene or the part of it."""
        return open_part(self.image, self.window)


def confidence_of(target: Path) -> Path:
    """Path of the confidence that belongs to a map."""
    return target.with_name(f"{target.stem}_confidence.tif")


def model_of(target: Path) -> Path:
    """Path of the model that belongs to a map."""
    return target.with_suffix(".superseg")


def open_part(path: Path, window: Window | None) -> RasterSource:
    """Open a raster, cut to a window by its EXTENT."""
    if window is None:
        return RasterSource(str(path))
    with RasterSource(str(path)) as whole:
        x, across, _, y, _, down = whole.grid.geotransform or UNREFERENCED
    left, right = x + window.col_off * across, x + (window.col_off + window.width) * across
    top, bottom = y + window.row_off * down, y + (window.row_off + window.height) * down
    extent = (min(left, right), min(top, bottom), max(left, right), max(top, bottom))
    return RasterSource(str(path), extent=extent)


def read_all(path: Path, window: Window | None = None) -> tuple[npt.NDArray, npt.NDArray[np.bool_]]:
    """All pixels `(bands, rows, cols)`, or those of a window, and their validity."""
    with RasterSource(str(path)) as source:
        return source.read(window or source.grid.window)


def read_classes(path: Path, window: Window | None = None) -> npt.NDArray[np.uint8]:
    """Numbers `(rows, cols)` of a map or reference, 0 for nodata."""
    values, valid = read_all(path, window)
    return np.where(valid, values[0], 0).astype(np.uint8)


def write_classes(target: Path, source: RasterSource, classes: npt.NDArray[np.uint8]) -> None:
    """Write a map of a whole scene."""
    with RasterWriter(str(target), source.grid, RasterProfile(1, np.uint8, nodata=0)) as writer:
        writer.write(source.grid.window, classes)


def write_moved(image: Path, target: Path, shift: int) -> None:
    """Write a scene with `shift` columns and rows of nodata before it, at the same coordinates."""
    with RasterSource(str(image)) as source:
        grid, dtype = source.grid, source.dtype
        values, valid = source.read(grid.window)
    place = Window(-shift, -shift, grid.width + shift, grid.height + shift)
    moved = grid.cut(place)
    driver = gdal.GetDriverByName("GTiff")
    kind = gdal_array.NumericTypeCodeToGDALTypeCode(dtype)
    target.unlink(missing_ok=True)
    dataset = driver.Create(
        str(target), moved.width, moved.height, len(values), kind, ["TILED=YES"]
    )
    if moved.geotransform is not None:
        dataset.SetGeoTransform(moved.geotransform)
    dataset.SetProjection(moved.crs)
    for number, band in enumerate(values, 1):
        dataset.GetRasterBand(number).WriteArray(band, shift, shift)
    dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
    mask = dataset.GetRasterBand(1).GetMaskBand()
    mask.WriteArray(valid.astype(np.uint8) * 255, shift, shift)
    # GDAL writes both when they are deleted.
    del mask, dataset


def segment(job: Job, preset: str) -> float:
    """A preset; `balanced` with its confidence and model, which other methods need."""
    options = SegmentationOptions(classes=job.classes, preset=preset, seed=job.seed)
    outputs = SegmentationOutputs(classes=str(job.target))
    if preset == "balanced":
        extra = {"confidence": confidence_of(job.target), "model": model_of(job.target)}
        outputs = replace(outputs, **{name: str(path) for name, path in extra.items()})
    started = time.perf_counter()
    with job.open() as source:
        run_segmentation(source, outputs, options, job.worker, SILENT)
    return time.perf_counter() - started


def classify(job: Job, model: Path, options: ClassificationOptions) -> float:
    """Apply a model, as superseg:classify does."""
    started = time.perf_counter()
    with job.open() as source:
        target = str(job.target)
        inputs, outputs = ClassificationInputs(source, str(model)), ClassificationOutputs(target)
        run_classification(inputs, outputs, options, job.worker, SILENT)
    return time.perf_counter() - started


def network(job: Job) -> float:
    """The network that `balanced` trained, for each pixel separately."""
    model = model_of(job.target.with_name(job.target.name.replace("network", "balanced")))
    if not model.is_file():
        raise FileNotFoundError("there is no model of balanced: name balanced in METHODS too")
    return classify(job, model, ClassificationOptions(smoothness=0))


def clusters(job: Job) -> float:
    """The clusters of the superpixels, smoothed on their graph, without a network."""
    smoothness = SegmentationOptions().smoothness
    started = time.perf_counter()
    with job.open() as source, tempfile.TemporaryDirectory() as scratch:
        scene, superpixels = _cut(job, source, Path(scratch))
        with superpixels:
            description = describe_superpixels(scene, superpixels)
            found = cluster_superpixels(scene, description, job.classes, smoothness)
            draft = paint_superpixels(scene, superpixels, found.labels, found.confidence, None)
            draft.path.rename(job.target)
    return time.perf_counter() - started


def pixel_kmeans(job: Job) -> float:
    """K-means of the pixels."""
    with job.open() as source:
        values, valid = source.read(source.grid.window)
        classes, seconds = _baseline("kmeans", values, valid, job)
        started = time.perf_counter()
        write_classes(job.target, source, classes)
    return seconds + time.perf_counter() - started


def superpixel_kmeans(job: Job) -> float:
    """K-means of the mean colors of SuperSeg's superpixels."""
    started = time.perf_counter()
    with job.open() as source, tempfile.TemporaryDirectory() as scratch:
        superpixels, _ = _cut(job, source, Path(scratch))
        with superpixels:
            numbers, known = superpixels.read(source.grid.window)
        values, valid = source.read(source.grid.window)
        ids = np.where(known & valid, numbers[0], 0).ravel()
        pixels = np.maximum(np.bincount(ids), 1)
        colors = [np.bincount(ids, np.where(valid, band, 0).ravel()) / pixels for band in values]
        means = np.stack(colors, axis=1)[1:].astype(np.float32)
        seconds = time.perf_counter() - started
        labels, more = _baseline("superpixel-kmeans", means, pixels[1:], job)
        started = time.perf_counter()
        painted = np.concatenate([[0], labels]).astype(np.uint8)[ids].reshape(valid.shape)
        write_classes(job.target, source, painted)
    return seconds + more + time.perf_counter() - started


METHODS: dict[str, Callable[[Job], float]] = {
    "pixel-kmeans": pixel_kmeans,
    "superpixel-kmeans": superpixel_kmeans,
    "published": lambda job: segment(job, "published"),
    "clusters": clusters,
    # Before `network`, which uses the model that it writes.
    "balanced": lambda job: segment(job, "balanced"),
    "network": network,
    "fast": lambda job: segment(job, "fast"),
}
if not set(PRESETS) <= set(METHODS):
    raise RuntimeError("a preset is missing from the benchmark")


class SharedWorker:
    """One worker for all runs, so that its start is not measured; a context manager."""

    def __init__(self) -> None:
        self._open = contextlib.ExitStack()
        self._worker: Worker | None = None

    def __enter__(self) -> SharedWorker:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def worker(self) -> Worker:
        """The worker, with its kernels loaded; started at the first use."""
        if self._worker is None:
            worker = self._open.enter_context(Worker(find_interpreter()))
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


def _warm_up(worker: Worker) -> None:
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


def _cut(job: Job, source: RasterSource, folder: Path) -> tuple[Scene, RasterSource]:
    """A scene and its superpixels, as the presets make them."""
    scaling = measure_scene(source, job.classes, job.worker, SILENT)
    scene = Scene(source, scaling, job.worker, folder, SILENT)
    path = folder / "superpixels.tif"
    make_superpixels(scene, path, SegmentationOptions().superpixels(source.grid, SILENT.log))
    return scene, RasterSource(str(path))


def _baseline(
    name: str, first: npt.NDArray, second: npt.NDArray, job: Job
) -> tuple[npt.NDArray[np.uint8], float]:
    """Run a baseline; returns its labels and its own seconds."""
    with tempfile.TemporaryDirectory() as scratch:
        files = [Path(scratch) / f"{part}.npy" for part in ("first", "second", "labels")]
        np.save(files[0], first)
        np.save(files[1], second)
        seconds = float(run_baseline(name, *files, job.classes, job.seed))
        return np.load(files[2]), seconds
