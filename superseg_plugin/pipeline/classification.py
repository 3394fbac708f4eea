# SPDX-License-Identifier: GPL-2.0-or-later
"""Classifying a scene with a trained network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import SuperSegError
from ..progress import PartProgress, Progress
from ..raster.class_table import write_class_table
from ..raster.sieve import sieve
from ..raster.source import RasterSource
from ..raster.staging import Staging
from ..raster.windows import Window, tiles
from ..raster.writer import RasterWriter
from ..worker.client import Worker
from .description import Description, check_superpixels, describe_scene, read_superpixels
from .model_file import Model, load_model
from .record import write_record
from .rendering import ClassStatistics, build_class_table, class_statistics
from .superpixels import SuperpixelOptions, check_tile_size, make_superpixels
from .survey import measure_scene
from .tiling import run_in_flight
from .training import scaling_of_model, weights_id

CPU_TILE = 512
LARGEST_TILE = 2048
TILE_STEP = 64
# Float32 activations of the widest layers that are alive at once, with room for the allocator.
BYTES_PER_PIXEL = 2048
CONFIDENCE_NODATA = 255


@dataclass(frozen=True)
class ClassificationOptions:
    """How to classify; see the help of `superseg:classify`."""

    smoothness: float = 0.0
    min_area: int = 0
    tile_size: int = 0

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_smoothness(self.smoothness)
        check_min_area(self.min_area)
        check_tile_size(self.tile_size)


def check_smoothness(smoothness: float) -> None:
    """Raise SuperSegError for a negative smoothness."""
    if smoothness < 0:
        raise SuperSegError("SMOOTHNESS must be 0 (off) or more.")


def check_min_area(min_area: int) -> None:
    """Raise SuperSegError for a negative area."""
    if min_area < 0:
        raise SuperSegError("MIN_AREA must be 0 (off) or more pixels.")


@dataclass(frozen=True)
class ClassificationResult:
    """How many classes occur in the result."""

    class_count: int


def run_classification(
    source: RasterSource,
    model_path: str,
    superpixels: RasterSource | None,
    output: str,
    confidence_output: str | None,
    options: ClassificationOptions,
    worker: Worker,
    progress: Progress,
) -> ClassificationResult:
    """Classify a scene with a model and write the class raster and, if wanted, the confidence.

    With superpixels, every superpixel gets one class: that of its mean class probabilities,
    smoothed on the region adjacency graph. They are made where SMOOTHNESS asks for a graph and none
    are given. Class numbers are the model's.

    Raises:
        SuperSegError: bad input, or an output cannot be written.
        Cancelled: the user asked to stop.
    """
    model = load_model(model_path)
    check_model_fits(model, Path(model_path).name, source)
    scaling = scaling_of_model(model)
    with Staging() as staging:
        scratch = staging.scratch(output)
        _warn_of_other_values(model, measure_scene(source, 1, worker, progress), progress)
        if superpixels is None and options.smoothness > 0:
            path = scratch / "superpixels.tif"
            part = PartProgress(progress, 0, 0.3)
            make_superpixels(source, scaling, path, scratch, SuperpixelOptions(), worker, part)
            superpixels = RasterSource(str(path))
        network = Network(model, worker, options.tile_size, progress)
        draft = scratch / "classes.tif"
        confidence = staging.path(confidence_output) if confidence_output else None
        if superpixels is None:
            part = PartProgress(progress, 0.3, 0.9)
            classify_pixels(source, network, draft, confidence, part)
        else:
            check_superpixels(superpixels)
            with superpixels:
                smoothed = _classify_superpixels(
                    source,
                    superpixels,
                    network,
                    scaling,
                    options.smoothness,
                    PartProgress(progress, 0.3, 0.85),
                )
                part = PartProgress(progress, 0.85, 0.9)
                paint_superpixels(source, superpixels, *smoothed, draft, confidence, part)
        statistics, _ = finish_classes(
            source,
            draft,
            staging.path(output),
            options.min_area,
            PartProgress(progress, 0.9, 1.0),
            class_count=model.classes,
        )
        with _open_classes(staging.path(output)) as classes:
            table = build_class_table(
                source,
                classes,
                progress,
                names=model.class_names,
                colors=model.class_colors,
                statistics=statistics,
            )
        write_class_table(staging.path(output), table)
        extra: dict[str, Any] = {"model": Path(model_path).name}
        if model.merge_order:
            extra["merge_order"] = model.merge_order
        write_record(staging.path(output), "classify", options, source, worker, **extra)
        staging.commit()
    return ClassificationResult(int((statistics.counts > 0).sum()))


def check_model_fits(model: Model, name: str, source: RasterSource) -> None:
    """Raise SuperSegError unless a model takes the chosen bands of a scene."""
    if model.band_count != len(source.bands):
        raise SuperSegError(
            f"MODEL {name} was trained on {model.band_count} bands "
            f"({', '.join(model.band_names[:12])}), INPUT {source.name} has {len(source.bands)}. "
            "Use the model with an image of the same sensor, or train one on this image."
        )


class Network:
    """A model in use: what every request to the worker carries."""

    def __init__(self, model: Model, worker: Worker, tile_size: int, progress: Progress) -> None:
        asked = worker.submit("describe_device", {"network": model.network})
        device = worker.result(asked, progress).result
        progress.log(f"Network {model.network}, {model.classes} classes, on {device['name']}")
        self.halo: int = device["halo"]
        self.alignment: int = device["alignment"]
        self.classes = model.classes
        self.worker = worker
        self.tile_size = _tile_size(tile_size, device, self.alignment)
        self._weights = model.weights
        self._options = {
            **scaling_of_model(model),
            "model_id": weights_id(model.weights),
            "network": model.network,
            "classes": model.classes,
        }

    def submit(
        self, source: RasterSource, window: Window, labels: npt.NDArray[np.uint32] | None = None
    ) -> Any:
        """Classify a window, whose corner lies on a multiple of the alignment, exactly.

        The window is read with a halo at least as wide as the network sees, and cropped again.
        """
        outer = window.expand(self.halo, source.grid.width, source.grid.height)
        values, valid = source.read(outer)
        core = window.relative_to(outer)
        arrays: dict[str, npt.NDArray[Any]] = {"image": values, "valid": valid, **self._weights}
        if labels is not None:
            arrays["labels"] = np.where(valid[core.slices], labels, 0).astype(np.uint32)
        options = {**self._options, "core": [core.row, core.col, core.height, core.width]}
        return self.worker.submit("predict", options, arrays)


def classify_pixels(
    source: RasterSource,
    network: Network,
    path: Path,
    confidence_path: Path | None,
    progress: Progress,
) -> None:
    """Write the network's class of every pixel and, if wanted, its probability in percent."""
    grid = source.grid
    windows = tiles(grid.width, grid.height, network.tile_size)
    with _Outputs(source, path, confidence_path) as outputs:
        answers = run_in_flight(
            network.worker, windows, lambda window: network.submit(source, window), progress
        )
        for index, (window, answer) in enumerate(answers):
            outputs.write(window, answer.arrays["classes"], answer.arrays["confidence"])
            progress.report((index + 1) / len(windows), "Classifying")


def pool_superpixels(
    source: RasterSource,
    superpixels: RasterSource,
    network: Network,
    count: int,
    progress: Progress,
) -> npt.NDArray[np.float32]:
    """Mean class probabilities of superpixels 1..count, `(count, classes)`."""
    grid = source.grid
    sums = np.zeros((count, network.classes))
    windows = tiles(grid.width, grid.height, network.tile_size)

    def submit(window: Window) -> Any:
        return network.submit(source, window, read_superpixels(superpixels, window))

    answers = run_in_flight(network.worker, windows, submit, progress)
    for index, (_, answer) in enumerate(answers):
        sums[answer.arrays["ids"].astype(np.int64) - 1] += answer.arrays["sums"]
        progress.report((index + 1) / len(windows), "Classifying")
    total = sums.sum(axis=1, keepdims=True)
    even = np.full_like(sums, 1.0 / network.classes)
    means: npt.NDArray[np.float32] = np.divide(sums, total, out=even, where=total > 0).astype(
        np.float32
    )
    return means


def smooth_superpixels(
    pooled: npt.NDArray[np.float32],
    description: Description,
    smoothness: float,
    worker: Worker,
    progress: Progress,
    evidence: dict[str, npt.NDArray[Any]] | None = None,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Class probabilities of superpixels, smoothed on their graph, and how sure they are.

    Args:
        pooled: of `pool_superpixels`.
        description: of the superpixels.
        smoothness: weight of the neighbors, 0 for none.
        worker: who computes.
        progress: asked for cancel.
        evidence: `log_joint` and `smoothed` of the mixture to join with the network, or None.

    Returns:
        Probabilities `(n, classes)` and confidence `(n,)`.
    """
    arrays: dict[str, npt.NDArray[Any]] = {
        "pooled": pooled,
        "pairs": description.pairs,
        "lengths": description.lengths,
        "means": description.means,
        "pixels": description.pixels,
        **(evidence or {}),
    }
    answer = worker.result(worker.submit("smooth", {"smoothness": smoothness}, arrays), progress)
    return answer.arrays["probabilities"], answer.arrays["confidence"]


def paint_superpixels(
    source: RasterSource,
    superpixels: RasterSource,
    probabilities: npt.NDArray[np.float32],
    confidence: npt.NDArray[np.float32],
    path: Path,
    confidence_path: Path | None,
    progress: Progress,
) -> None:
    """Write every superpixel's most probable class and, if wanted, how sure it is in percent."""
    classes = np.concatenate([[0], probabilities.argmax(axis=1) + 1]).astype(np.uint8)
    percent = np.concatenate([[CONFIDENCE_NODATA], np.rint(confidence * 100)]).astype(np.uint8)
    windows = tiles(source.grid.width, source.grid.height, LARGEST_TILE // 2)
    with _Outputs(source, path, confidence_path) as outputs:
        for index, window in enumerate(windows):
            ids = read_superpixels(superpixels, window)
            ids[~source.read(window)[1]] = 0
            outputs.write(window, classes[ids], percent[ids])
            progress.report((index + 1) / len(windows), "Painting classes")


def finish_classes(
    source: RasterSource,
    draft: Path,
    path: Path,
    min_area: int,
    progress: Progress,
    class_count: int | None = None,
) -> tuple[ClassStatistics, npt.NDArray[np.int64]]:
    """Merge small areas of a draft and write the classes.

    Args:
        source: the scene.
        draft: class raster, changed in place.
        path: where to write the classes, Byte, 0 = nodata.
        min_area: patches of fewer pixels join their largest neighbor; 0 for none.
        progress: told of every step.
        class_count: number of classes that keep their numbers; None to number those that occur
            by area, largest first.

    Returns:
        Figures of the classes as written, and for each its index in the draft (number - 1).
    """
    if min_area > 1:
        sieve(draft, min_area, PartProgress(progress, 0, 0.4))
    with _open_classes(draft) as classes:
        part = PartProgress(progress, 0.4, 0.8)
        statistics = class_statistics(source, classes, part, class_count)
        order = np.arange(len(statistics.counts))
        if class_count is None:
            order = np.argsort(-statistics.counts, kind="stable")
            order = order[statistics.counts[order] > 0]
        numbers = np.zeros(256, np.uint8)
        numbers[order + 1] = np.arange(1, len(order) + 1)
        grid = source.grid
        with RasterWriter(path, grid, 1, np.uint8, nodata=0, band_names=("class",)) as writer:
            for window in tiles(grid.width, grid.height, LARGEST_TILE // 2):
                values, valid = classes.read(window)
                writer.write(window, numbers[np.where(valid, values[0], 0)])
    figures = ClassStatistics(
        statistics.counts[order], statistics.sums[order], statistics.areas[order]
    )
    return figures, order


def _classify_superpixels(
    source: RasterSource,
    superpixels: RasterSource,
    network: Network,
    scaling: dict[str, Any],
    smoothness: float,
    progress: Progress,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    description = describe_scene(
        source, superpixels, scaling, network.worker, PartProgress(progress, 0, 0.3)
    )
    count = len(description.pixels)
    part = PartProgress(progress, 0.3, 0.9)
    pooled = pool_superpixels(source, superpixels, network, count, part)
    return smooth_superpixels(pooled, description, smoothness, network.worker, progress)


def _open_classes(path: Path) -> RasterSource:
    return RasterSource(str(path))


def _tile_size(wanted: int, device: dict[str, Any], alignment: int) -> int:
    """Tile side that the device's free memory bears; tiles start on the network's own grid."""
    if wanted:
        return max(wanted // alignment, 1) * alignment
    if device["type"] == "cpu":
        return CPU_TILE
    side = int((device["free_bytes"] / 2 / BYTES_PER_PIXEL) ** 0.5)
    return int(min(max(side // TILE_STEP * TILE_STEP, 256), LARGEST_TILE))


def _warn_of_other_values(model: Model, measured: dict[str, Any], progress: Progress) -> None:
    """Say so when an image's values are far from those that the model was trained on."""
    here = measured["scaling"]
    for name, center, spread, now in zip(
        model.band_names, model.scaling["center"], model.scaling["spread"], here["center"]
    ):
        if abs(now - center) > 3 * spread:
            progress.log(
                f"Warning: {name} has a median of {now:g} here and {center:g} where the model was "
                "trained; expect poor classes unless the images are calibrated alike"
            )


class _Outputs:
    """Class raster and, where wanted, confidence raster being written together."""

    def __init__(self, source: RasterSource, path: Path, confidence_path: Path | None) -> None:
        grid = source.grid
        self._classes = RasterWriter(path, grid, 1, np.uint8, nodata=0, compress=False)
        self._confidence = None
        if confidence_path is not None:
            self._confidence = RasterWriter(
                confidence_path,
                grid,
                1,
                np.uint8,
                nodata=CONFIDENCE_NODATA,
                band_names=("confidence, percent",),
            )

    def __enter__(self) -> _Outputs:
        return self

    def __exit__(self, *error: Any) -> None:
        self._classes.__exit__(*error)
        if self._confidence is not None:
            self._confidence.__exit__(*error)

    def write(
        self, window: Window, classes: npt.NDArray[np.uint8], confidence: npt.NDArray[np.uint8]
    ) -> None:
        self._classes.write(window, classes)
        if self._confidence is not None:
            self._confidence.write(window, confidence)
