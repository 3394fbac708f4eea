# SPDX-License-Identifier: GPL-2.0-or-later
"""Drafts of class maps, whose classes are not yet numbered by area.

A draft is an uncompressed raster whose pixels are counted while it is written. Patches below the
minimum area are merged into their neighbors (`classes/small_objects.py`); then the draft is drawn
with its final numbers, and measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep
from ...contracts import CLASS_NUMBERS
from ...progress import stop_if_cancelled
from ...raster.source import RasterSource
from ..classes.small_objects import SmallObjects
from ..classes.strips import ClassStrips
from ..options.ground_sizes import MinimumArea
from .drawing import (
    FinishedClasses,
    Ints,
    class_writer,
    draft_writer,
    draw,
    numbers_of,
    order_of,
    statistics_of,
)
from .scene import Scene

# Name of a draft in the scratch folder.
DRAFT = "draft.tif"


@dataclass(frozen=True)
class Draft:
    """A class raster whose classes are not yet numbered by area.

    Attributes:
        path: of the raster, Byte, 0 = nodata.
        counts: `(256,)` pixels of each number.
    """

    path: Path
    counts: Ints


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


def finish_classes(
    scene: Scene,
    draft: Draft,
    path: Path,
    small: SmallPatches,
    class_count: int | None = None,
) -> FinishedClasses:
    """Merge small areas of a draft, number its classes, and write and measure the result.

    Args:
        scene: the scene.
        draft: classes.
        path: where to write the classes, Byte, 0 = nodata.
        small: see `paint_superpixels`.
        class_count: see `paint_superpixels`.
    """
    order = order_of(draft.counts, class_count)
    numbers = numbers_of(order)
    if small.minimum.area:
        draft = dissolve_small(scene.part(0, 0.4), draft, order, small)
        kept = order_of(draft.counts, class_count)
        numbers, order = numbers_of(kept), order[kept]
    writing = class_writer(path, scene.source, scene.progress.part(0.8, 1))
    with RasterSource(str(draft.path)) as classes, writing as writer:
        tables, writers = {"classes": numbers}, {"classes": writer}
        found = draw(scene.part(0.4, 0.8), classes, tables, writers, True)
    return FinishedClasses(statistics_of(found, order), order)


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
    numbers = numbers_of(order)
    counts = np.zeros(CLASS_NUMBERS, np.int64)
    progress = scene.progress
    with RasterSource(str(draft.path)) as source:
        strips = ClassStrips(source, "CLASSIFICATION")
        present = strips.count_classes(progress.part(0, 0.2))
        final = np.append(0, numbers[present.numbers]).astype(np.uint8)
        patches = SmallObjects(strips, small.minimum, final)
        patches.dissolve(small.steps(order), progress.part(0.2, 0.8))
        with draft_writer(path, scene) as writer:
            for index, window in enumerate(strips.windows):
                stop_if_cancelled(progress)
                classes = patches.paint(index, final[strips.read(window)])
                counts += np.bincount(classes.ravel(), minlength=CLASS_NUMBERS)
                writer.write(window, classes)
                progress.report(0.8 + 0.2 * (index + 1) / len(strips.windows))
    return Draft(path, counts)
