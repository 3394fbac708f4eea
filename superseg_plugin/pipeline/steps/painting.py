# SPDX-License-Identifier: GPL-2.0-or-later
"""Writing class maps: from a network pixel by pixel, or from the classes of superpixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...progress import PartProgress, Progress
from ...raster.sieve import sieve
from ...raster.source import RasterSource
from ...raster.windows import Window, tiles
from ...raster.writer import RasterProfile, RasterWriter
from ..classes.reading import TILE
from ..classes.rendering import ClassStatistics, class_statistics
from .description import read_superpixels
from .network import Network
from .tiling import run_in_flight

CONFIDENCE_NODATA = 255


def classify_pixels(
    source: RasterSource,
    network: Network,
    path: Path,
    confidence_path: Path | None,
    progress: Progress,
) -> None:
    """Write the network's class of every pixel and, if wanted, its probability in percent."""
    grid = source.grid
    windows = tiles(grid.width, grid.height, network.tile_size, source.column_block)
    part = PartProgress(progress, 0, 0.95)
    finishing = PartProgress(progress, 0.95, 1)
    with _Outputs(source, path, confidence_path, finishing) as outputs:
        answers = run_in_flight(
            network.worker, windows, lambda window: network.submit(source, window), progress
        )
        for index, (window, answer) in enumerate(answers):
            outputs.write(window, answer.arrays["classes"], answer.arrays["confidence"])
            part.report((index + 1) / len(windows), "Classifying")


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
    windows = tiles(source.grid.width, source.grid.height, TILE)
    part = PartProgress(progress, 0, 0.8)
    finishing = PartProgress(progress, 0.8, 1)
    with _Outputs(source, path, confidence_path, finishing) as outputs:
        for index, window in enumerate(windows):
            ids = read_superpixels(superpixels, window)
            ids[~source.read(window)[1]] = 0
            outputs.write(window, classes[ids], percent[ids])
            part.report((index + 1) / len(windows), "Painting classes")


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
    with RasterSource(str(draft)) as classes:
        part = PartProgress(progress, 0.4, 0.8)
        statistics = class_statistics(source, classes, part, class_count)
        order = np.arange(len(statistics.counts))
        if class_count is None:
            order = np.argsort(-statistics.counts, kind="stable")
            order = order[statistics.counts[order] > 0]
        numbers = np.zeros(256, np.uint8)
        numbers[order + 1] = np.arange(1, len(order) + 1)
        grid = source.grid
        with class_writer(path, source, PartProgress(progress, 0.8, 0.9)) as writer:
            for window in tiles(grid.width, grid.height, TILE):
                values, valid = classes.read(window)
                writer.write(window, numbers[np.where(valid, values[0], 0)])
    figures = ClassStatistics(
        statistics.counts[order], statistics.sums[order], statistics.areas[order]
    )
    return figures, order


def class_writer(path: Path, source: RasterSource, progress: Progress) -> RasterWriter:
    """A class raster in the making, with overviews where the source has them."""
    return RasterWriter(
        path,
        source.grid,
        RasterProfile(
            1,
            np.uint8,
            nodata=0,
            band_names=("class",),
            overviews="mode" if source.has_overviews else None,
        ),
        progress=progress,
    )


class _Outputs:
    """Class raster and, where wanted, confidence raster being written together."""

    def __init__(
        self, source: RasterSource, path: Path, confidence_path: Path | None, progress: Progress
    ) -> None:
        grid = source.grid
        self._classes = RasterWriter(
            path, grid, RasterProfile(1, np.uint8, nodata=0, compress=False)
        )
        self._confidence = None
        if confidence_path is not None:
            self._confidence = RasterWriter(
                confidence_path,
                grid,
                RasterProfile(
                    1,
                    np.uint8,
                    nodata=CONFIDENCE_NODATA,
                    band_names=("confidence, percent",),
                    overviews="average" if source.has_overviews else None,
                ),
                progress=progress,
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
