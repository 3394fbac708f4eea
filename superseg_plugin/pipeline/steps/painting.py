# SPDX-License-Identifier: GPL-2.0-or-later
"""Writing class maps: from a network pixel by pixel, or from the classes of superpixels.

A map is first written as an uncompressed draft whose pixels are counted on the way. Then patches
below the minimum area are merged into their neighbors (`classes/small_objects.py`), and one pass
over the draft numbers the classes by area, writes them, and measures them on the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep
from ...progress import Progress, stop_if_cancelled
from ...raster.source import RasterSource
from ...raster.windows import Window, tiles
from ...raster.writer import RasterProfile, RasterWriter
from ..classes.reading import TILE
from ..classes.rendering import ClassStatistics, class_statistics, renumbered
from ..classes.small_objects import SmallObjects
from ..classes.strips import ClassStrips
from ..options.ground_sizes import MinimumArea
from .network import Network
from .painting_on_nodes import MeasureOnNodes, paint_on_nodes
from .scene import Scene
from .tile_requests import read_superpixels

CONFIDENCE_NODATA = 255


@dataclass(frozen=True)
class Draft:
    """A class raster whose classes are not yet numbered by area.

    Attributes:
        path: of the raster, Byte, 0 = nodata.
        counts: `(256,)` pixels of each number.
        sums: `(256, bands)` sums of the image's values in each number; None where they are not
            known without reading the image.
    """

    path: Path
    counts: npt.NDArray[np.int64]
    sums: npt.NDArray[np.float64] | None = None


@dataclass(frozen=True)
class SmallPatches:
    """Which patches are merged into their neighbors, and how.

    Attributes:
        minimum: area below which they are.
        steps: merge order of the classes of the map for their indices in the draft, `(k,)`; empty
            if it is not known which classes are similar.
    """

    minimum: MinimumArea
    steps: Callable[[npt.NDArray[np.int64]], Sequence[MergeStep]]


def classify_pixels(scene: Scene, network: Network, confidence_path: Path | None) -> Draft:
    """Write the network's class of every pixel and, if wanted, its probability in percent."""
    grid = scene.source.grid
    windows = tiles(grid.width, grid.height, network.tile_size, scene.source.column_block)
    with _Outputs(scene.part(0.95, 1), confidence_path) as outputs:
        part = scene.progress.part(0, 0.95)
        for index, (window, found) in enumerate(network.classify(scene, windows)):
            outputs.write(window, found["classes"], found["confidence"])
            part.report((index + 1) / len(windows), "Classifying")
    return outputs.draft


def paint_superpixels(
    scene: Scene,
    superpixels: RasterSource,
    labels: npt.NDArray[np.integer[Any]],
    confidence: npt.NDArray[np.float32],
    confidence_path: Path | None,
    given: bool = False,
) -> Draft:
    """Write the class of every superpixel and, if wanted, its confidence in percent.

    Args:
        scene: the scene.
        superpixels: ids 1..n, 0 = nodata.
        labels: `(n,)` class of each superpixel, from 0.
        confidence: `(n,)` from 0 to 1.
        confidence_path: of the confidence raster; None for none.
        given: the superpixels were made elsewhere, and may cover pixels that are not valid here.
    """
    classes = np.append(0, labels.astype(np.int64) + 1).astype(np.uint8)
    percent = np.append(CONFIDENCE_NODATA, np.rint(confidence * 100)).astype(np.uint8)
    windows = tiles(scene.source.grid.width, scene.source.grid.height, TILE)
    if scene.seen_by_nodes(superpixels):
        tables = {"classes": classes, **({"confidence": percent} if confidence_path else {})}
        painted = paint_on_nodes(scene.part(0, 0.8), superpixels, tables, given)
        if painted.confidence and confidence_path:
            writing = _confidence_writer(confidence_path, scene.part(0.8, 1))
            with RasterSource(str(painted.confidence)) as source, writing as writer:
                for window in windows:
                    stop_if_cancelled(scene.progress)
                    writer.write(window, source.read(window)[0])
        return Draft(painted.classes, painted.counts)
    with _Outputs(scene.part(0.8, 1), confidence_path) as outputs:
        part = scene.progress.part(0, 0.8)
        for index, window in enumerate(windows):
            stop_if_cancelled(part)
            ids = read_superpixels(superpixels, window)
            if given:
                ids[~scene.source.read(window)[1]] = 0
            outputs.write(window, classes[ids], percent[ids])
            part.report((index + 1) / len(windows), "Painting classes")
    return outputs.draft


def finish_classes(
    scene: Scene,
    draft: Draft,
    path: Path,
    small: SmallPatches,
    class_count: int | None = None,
) -> tuple[ClassStatistics, npt.NDArray[np.int64]]:
    """Merge small areas of a draft, number its classes, and write and measure the result.

    Args:
        scene: the scene.
        draft: classes.
        path: where to write the classes, Byte, 0 = nodata.
        small: which patches are merged into their neighbors.
        class_count: number of classes that keep their numbers; None to number those that occur
            by area, largest first.

    Returns:
        Figures of the classes as written, and for each its index in the draft (number - 1).
    """
    progress = scene.progress
    order = np.arange(class_count) if class_count is not None else _by_area(draft.counts)
    if small.minimum.area:
        dissolved = dissolve_small(scene.part(0, 0.4), draft, order, small)
        kept = np.arange(class_count) if class_count is not None else _by_area(dissolved.counts)
        draft, numbers, order = dissolved, _numbers(kept), order[kept]
    else:
        numbers = _numbers(order)
    writing = class_writer(path, scene.source, progress.part(0.8, 0.9))
    with RasterSource(str(draft.path)) as classes, writing as writer:
        part = progress.part(0.4, 0.8)
        known = None if draft.sums is None else draft.sums[order + 1]
        if not scene.seen_by_nodes(classes):
            numbered = _Numbered(classes, numbers, writer)
            statistics = class_statistics(scene.source, numbered, part, len(order), known)
            return statistics, order
        measured = MeasureOnNodes(scene.within(part), classes, numbers, len(order), known)
        measured.write(writer)
    return measured.statistics, order


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


class _Numbered:
    """A draft with its final numbers, which are written as it is read: one pass does both."""

    def __init__(
        self, draft: RasterSource, numbers: npt.NDArray[np.uint8], writer: RasterWriter
    ) -> None:
        self._draft, self._numbers, self._writer = draft, numbers, writer
        self.grid, self.name = draft.grid, draft.name
        self.zero_is_value = False

    def read(self, window: Window) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
        """Read a window, and write it with the final numbers."""
        numbers = renumbered(self._draft, window, self._numbers)
        self._writer.write(window, numbers)
        return numbers[np.newaxis], numbers > 0


def _by_area(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Classes (number - 1) that occur, largest first, by the pixels `(256,)` of each number."""
    order = np.argsort(-counts[1:], kind="stable")
    return order[counts[1:][order] > 0]


def _numbers(order: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """New number `(256,)` of each number, from the classes (number - 1) in their new order."""
    numbers = np.zeros(256, np.uint8)
    numbers[order + 1] = np.arange(1, len(order) + 1)
    return numbers


def dissolve_small(
    scene: Scene, draft: Draft, order: npt.NDArray[np.int64], small: SmallPatches
) -> Draft:
    """Merge small patches of a draft.

    The classes are numbered before as they are without MIN_AREA, so that Merge classes does the
    same to that result.

    Returns:
        Another draft, with those numbers.
    """
    path = scene.scratch / "dissolved.tif"
    numbers = _numbers(order)
    counts = np.zeros(256, np.int64)
    progress = scene.progress
    with RasterSource(str(draft.path)) as source:
        strips = ClassStrips(source, "CLASSIFICATION")
        present = strips.count_classes(progress.part(0, 0.2))
        final = np.append(0, numbers[present.numbers]).astype(np.uint8)
        patches = SmallObjects(strips, small.minimum, final)
        patches.dissolve(small.steps(order), progress.part(0.2, 0.8))
        profile = RasterProfile(1, np.uint8, nodata=0, compress=False)
        with RasterWriter(path, source.grid, profile) as writer:
            for index, window in enumerate(strips.windows):
                stop_if_cancelled(progress)
                classes = patches.paint(index, final[strips.read(window)])
                counts += np.bincount(classes.ravel(), minlength=256)
                writer.write(window, classes)
                progress.report(0.8 + 0.2 * (index + 1) / len(strips.windows))
    return Draft(path, counts)


def _confidence_writer(path: Path, scene: Scene) -> RasterWriter:
    """A confidence raster in the making, with overviews where the source has them."""
    return RasterWriter(
        path,
        scene.source.grid,
        RasterProfile(
            1,
            np.uint8,
            nodata=CONFIDENCE_NODATA,
            band_names=("confidence, percent",),
            overviews="average" if scene.source.has_overviews else None,
        ),
        progress=scene.progress,
    )


class _Outputs:
    """Draft of the classes and, where wanted, confidence raster being written together."""

    def __init__(self, scene: Scene, confidence_path: Path | None) -> None:
        source = scene.source
        path = scene.scratch / "classes.tif"
        self.draft = Draft(path, np.zeros(256, np.int64))
        self._classes = RasterWriter(
            path, source.grid, RasterProfile(1, np.uint8, nodata=0, compress=False)
        )
        self._confidence = None
        if confidence_path is not None:
            self._confidence = _confidence_writer(confidence_path, scene)

    def __enter__(self) -> _Outputs:
        return self

    def __exit__(self, *error: Any) -> None:
        self._classes.__exit__(*error)
        if self._confidence is not None:
            self._confidence.__exit__(*error)

    def write(
        self, window: Window, classes: npt.NDArray[np.uint8], confidence: npt.NDArray[np.uint8]
    ) -> None:
        self.draft.counts[:] += np.bincount(classes.ravel(), minlength=256)
        self._classes.write(window, classes)
        if self._confidence is not None:
            self._confidence.write(window, confidence)
