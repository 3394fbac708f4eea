# SPDX-License-Identifier: GPL-2.0-or-later
"""Writing class maps: from a network pixel by pixel, or from the classes of superpixels.

Classes are numbered by area, largest first. Of superpixels the areas are known before the map is
drawn, so that it is written once; otherwise, and with a minimum area, a draft is written first.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...contracts import CLASS_NUMBERS
from ...raster.source import RasterSource
from ...raster.windows import tiles
from .drafts import DRAFT, Draft, SmallPatches, finish_classes
from .drawing import (
    CONFIDENCE_NODATA,
    FinishedClasses,
    Ints,
    class_writer,
    confidence_writer,
    draft_writer,
    draw,
    numbers_of,
    order_of,
    statistics_of,
)
from .network import Network
from .scene import Scene


class MapFiles(NamedTuple):
    """Where a class map is written.

    Attributes:
        classes: Byte, 0 = nodata.
        confidence: in percent, 255 = nodata; None for none.
    """

    classes: Path
    confidence: Path | None


@dataclass(frozen=True)
class ClassifiedSuperpixels:
    """Superpixels with their classes.

    Attributes:
        raster: ids 1..n, 0 = nodata.
        labels: `(n,)` class of each superpixel, from 0.
        confidence: `(n,)` from 0 to 1.
        pixels: `(n,)` of each superpixel; None where classes keep their numbers.
        sums: `(256, bands)` sums of the image's values in each class, from row 1; None where they
            are not known without reading the image.
        given: the superpixels were made elsewhere, and may cover pixels that are not valid.
    """

    raster: RasterSource
    labels: npt.NDArray[np.integer[Any]]
    confidence: npt.NDArray[np.float32]
    pixels: npt.NDArray[Any] | None = None
    sums: npt.NDArray[np.float64] | None = None
    given: bool = False

    @property
    def pixels_of_classes(self) -> Ints | None:
        """Pixels of each class from row 1, `(256,)`; None where they are not known."""
        if self.pixels is None:
            return None
        counts = np.bincount(self.labels, self.pixels, CLASS_NUMBERS - 1)
        return np.append(0, counts).astype(np.int64)


def classify_pixels(scene: Scene, network: Network, confidence_path: Path | None) -> Draft:
    """Write the network's class of every pixel and, if wanted, its probability in percent."""
    grid = scene.source.grid
    windows = tiles(grid.width, grid.height, network.tile_size, scene.source.column_block)
    draft = Draft(scene.scratch / DRAFT, np.zeros(CLASS_NUMBERS, np.int64))
    with ExitStack() as opened:
        writers = {"classes": opened.enter_context(draft_writer(draft.path, scene))}
        if confidence_path is not None:
            writing = confidence_writer(confidence_path, scene.part(0.95, 1))
            writers["confidence"] = opened.enter_context(writing)
        part = scene.progress.part(0, 0.95)
        for index, (window, found) in enumerate(network.classify(scene, windows)):
            draft.counts[:] += np.bincount(found["classes"].ravel(), minlength=CLASS_NUMBERS)
            for name, writer in writers.items():
                writer.write(window, found[name])
            part.report((index + 1) / len(windows), "Classifying")
    return draft


def paint_superpixels(
    scene: Scene,
    known: ClassifiedSuperpixels,
    files: MapFiles,
    small: SmallPatches,
    class_count: int | None = None,
) -> FinishedClasses:
    """Write the class of every superpixel and, if wanted, its confidence in percent.

    Args:
        scene: the scene.
        known: its superpixels.
        files: what to write.
        small: which patches are merged into their neighbors.
        class_count: number of classes that keep their numbers; None to number those that occur
            by area, largest first.
    """
    draft_path = scene.scratch / DRAFT if small.minimum.area else None
    tables = {"classes": np.append(0, known.labels.astype(np.int64) + 1).astype(np.uint8)}
    order = order_of(known.pixels_of_classes, class_count)
    with ExitStack() as opened:
        if draft_path is not None:
            part, writing = scene.part(0, 0.4), draft_writer(draft_path, scene)
        else:
            tables["classes"] = numbers_of(order)[tables["classes"]]
            writing = class_writer(files.classes, scene.source, scene.progress.part(0.8, 0.9))
            part = scene.part(0, 0.8)
        writers = {"classes": opened.enter_context(writing)}
        if files.confidence is not None:
            percent = np.append(CONFIDENCE_NODATA, np.rint(known.confidence * 100))
            tables["confidence"] = percent.astype(np.uint8)
            writing = confidence_writer(files.confidence, scene.part(0.9, 1))
            writers["confidence"] = opened.enter_context(writing)
        measured = draft_path is None and known.sums is None
        found = draw(part, known.raster, tables, writers, measured or known.given)
    if draft_path is None:
        return FinishedClasses(statistics_of(found, order, known.sums), order)
    draft = Draft(draft_path, found["counts"])
    return finish_classes(scene.part(0.4, 0.9), draft, files.classes, small, class_count)
