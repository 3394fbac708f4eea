# SPDX-License-Identifier: GPL-2.0-or-later
"""What the benchmarks read and compute once for an image, whatever the methods and classes.

The superpixels are those of a run of SuperSeg with all options left as they are; baselines that
need superpixels share them, and so does the measure of explained variance.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from superseg_plugin.blocks import Description
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions
from superseg_plugin.pipeline.options.values import AUTOMATIC
from superseg_plugin.pipeline.steps.band_statistics import count_valid_pixels, measure_scene
from superseg_plugin.pipeline.steps.clustering import cluster_superpixels
from superseg_plugin.pipeline.steps.description import describe_superpixels
from superseg_plugin.pipeline.steps.fill_values import prepare_values
from superseg_plugin.pipeline.steps.scene import Scene
from superseg_plugin.pipeline.steps.superpixels import make_superpixels
from superseg_plugin.raster.source import RasterSource
from tests.benchmarks.baseline_process import Baselines
from tests.benchmarks.measures import Classes
from tests.benchmarks.methods import SILENT, SharedWorker
from tests.benchmarks.named import Reference, label_table, named_scores
from tests.benchmarks.rasters import read_classes, write_classes

# Number of classes of the clustering that the features are taken from.
FEATURE_CLASSES = 16
# Random starts of each baseline, of which the best one counts.
STARTS: Mapping[str, int] = {"pixel-kmeans": 3, "superpixel-kmeans": 4, "gaussian-mixture": 1}


@dataclass(frozen=True)
class Superpixels:
    """The superpixels of an image.

    Attributes:
        ids: `(rows, cols)` from 1, 0 = nodata.
        description: row i describes superpixel i + 1.
        seconds: that making and describing them took.
    """

    ids: npt.NDArray[np.uint32]
    description: Description
    seconds: float


class ImageData:
    """An image with its reference, and what is computed of them once.

    Args:
        image: path of the scene.
        labels: `(rows, cols)` reference, 0 = unlabelled.
        shared: the worker.
        baselines: the process of the baselines.
        scratch: empty folder for intermediate files.
    """

    def __init__(
        self,
        image: Path,
        labels: Classes,
        shared: SharedWorker,
        baselines: Baselines,
        scratch: Path,
    ) -> None:
        self.image = image
        self._labels = labels
        self._shared = shared
        self._baselines = baselines
        self._scratch = scratch

    @classmethod
    def of_files(
        cls, paths: tuple[Path, Path], shared: SharedWorker, baselines: Baselines, scratch: Path
    ) -> ImageData:
        """Of a scene and a reference raster."""
        return cls(paths[0], read_classes(paths[1]), shared, baselines, scratch)

    @cached_property
    def valid(self) -> npt.NDArray[np.bool_]:
        """`(rows, cols)` valid pixels; the values go to a file for the baselines."""
        with self._open() as source:
            values, valid = source.read(source.grid.window)
        np.save(self._scratch / "values.npy", values)
        np.save(self._scratch / "valid.npy", valid)
        return valid

    @cached_property
    def reference(self) -> Reference:
        """The reference; labels on nodata of the scene do not count."""
        return Reference(self._labels, self.valid)

    @cached_property
    def superpixels(self) -> Superpixels:
        """The superpixels, as a run with all options left as they are makes them."""
        started = time.perf_counter()
        with self._open() as source:
            scene = self._scene(source)
            path = self._scratch / "superpixels.tif"
            pixels = count_valid_pixels(source, SILENT)
            make_superpixels(
                scene, path, SegmentationOptions().superpixels(source.grid, SILENT.log, pixels)
            )
            with RasterSource(str(path)) as labels:
                numbers, known = labels.read(source.grid.window)
                described = describe_superpixels(scene, labels)
        # A copy outlives the worker that has described them.
        copied = {name: np.array(part) for name, part in vars(described).items()}
        seconds = time.perf_counter() - started
        ids = np.where(known & self.valid, numbers[0], 0).astype(np.uint32)
        np.save(self._scratch / "means.npy", copied["means"])
        np.save(self._scratch / "pixels.npy", copied["pixels"])
        return Superpixels(ids, Description(**copied), seconds)

    @cached_property
    def features(self) -> npt.NDArray[np.float32]:
        """`(n, d)` SuperSeg's own features of the superpixels."""
        with self._open() as source:
            found = cluster_superpixels(
                self._scene(source),
                self.superpixels.description,
                FEATURE_CLASSES,
                SegmentationOptions().smoothness,
            )
        features = np.array(found.features)
        np.save(self._scratch / "features.npy", features)
        return features

    def majority(self) -> Classes:
        """`(rows, cols)` the map in which each superpixel has the label most frequent in it."""
        ids, counted = self.superpixels.ids, (self._labels > 0) & self.valid
        numbers = np.unique(self._labels[counted])
        codes = np.searchsorted(numbers, self._labels[counted])
        count = len(self.superpixels.description.pixels) + 1
        keys = ids[counted].astype(np.int64) * len(numbers) + codes
        table = np.bincount(keys, minlength=count * len(numbers)).reshape(count, -1)
        best = np.where(table.any(axis=1), numbers[table.argmax(axis=1)], 0).astype(np.uint8)
        best[0] = 0
        return best[ids]

    def oracle(self) -> dict[str, float]:
        """Named scores of the best map of whole superpixels, with the number of superpixels."""
        table = label_table(self._labels, self.majority(), self.valid)
        accuracy, mean_iou = named_scores(table)
        superpixels = int((self.superpixels.description.pixels > 0).sum())
        return {"superpixels": superpixels, "accuracy": accuracy, "mean_iou": mean_iou}

    def run_baseline(
        self, method: str, target: Path, classes: int, seed: int, starts: int = 0
    ) -> float:
        """Write a baseline's map and return its seconds, those for the superpixels included.

        Args:
            method: name of a baseline, see `STARTS`.
            target: path of the map.
            classes: number of classes.
            seed: of the random numbers.
            starts: random starts; 0 for the usual number.
        """
        files = {
            "pixel-kmeans": ("values", "valid"),
            "superpixel-kmeans": ("means", "pixels"),
            "gaussian-mixture": ("features", "pixels"),
        }[method]
        # These are written when they are computed.
        _ = self.valid
        seconds = 0.0 if method == "pixel-kmeans" else self.superpixels.seconds
        if method == "gaussian-mixture":
            _ = self.features
        first, second = (self._scratch / f"{name}.npy" for name in files)
        labels, own = self._baselines.labels(
            method, first, second, classes, seed, starts or STARTS[method]
        )
        started = time.perf_counter()
        if method != "pixel-kmeans":
            labels = np.concatenate([np.zeros(1, np.uint8), labels])[self.superpixels.ids]
        with self._open() as source:
            write_classes(target, source, labels)
        return seconds + own + time.perf_counter() - started

    @contextmanager
    def _open(self) -> Iterator[RasterSource]:
        """The image with its fill values and empty bands left out, as a run reads it."""
        with RasterSource(str(self.image)) as source:
            prepare_values(source, AUTOMATIC, SILENT)
            yield source

    def _scene(self, source: RasterSource) -> Scene:
        worker = self._shared.worker
        scaling = measure_scene(source, 1, worker, SILENT)
        return Scene(source, scaling, worker, self._scratch, SILENT)
