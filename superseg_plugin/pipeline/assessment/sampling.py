# SPDX-License-Identifier: GPL-2.0-or-later
"""Random places in every class of a map, to be labelled for an accuracy assessment.

Exact: a simple random sample of the pixels of each class, without repetition; the same seed gives
the same places, whatever the strips. Approximate: pixels have equal chances, whatever their areas.
Cost: the class raster is read twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ..classes.accuracy import LEAST_OF_CLASS, sample_sizes
from ..classes.known_classes import find_classes
from ..classes.strips import ClassStrips
from .assessed import AssessedMap

Ints = npt.NDArray[np.int64]
PARAMETER = "CLASSIFICATION"
MOST_SAMPLES = 100_000


@dataclass(frozen=True)
class Sample:
    """Places of a sample, in random order, so that the first of them are a sample too.

    Attributes:
        places: `(n, 2)` coordinates of the centers of pixels, in the system of the raster.
        classes: `(n,)` class at each place.
        names: name of each class.
        areas: area of each class, see `Grid.pixel_areas`.
    """

    places: npt.NDArray[np.float64]
    classes: Ints
    names: dict[int, str]
    areas: dict[int, float]


def draw_sample(
    assessed: AssessedMap, total: int, least: int, seed: int, progress: Progress
) -> Sample:
    """Draw a stratified random sample of a class raster.

    Args:
        assessed: the classes; those that its table merges count as one.
        total: number of places; 0 as `sample_sizes` finds it.
        least: places of each class at least, as far as the total and its pixels suffice.
        seed: of the random numbers.
        progress: reports both passes.

    Raises:
        SuperSegError: there are no classes, or more places are asked for than `MOST_SAMPLES`.
        Cancelled: the user cancelled.
    """
    if total > MOST_SAMPLES:
        raise SuperSegError(f"COUNT is {total}: give {MOST_SAMPLES} places at most.")
    source = assessed.classification
    if source.grid.geotransform is None:
        raise SuperSegError(
            f"{PARAMETER}: {source.name} has no geotransform; warp it first, with Warp "
            "(reproject) and nearest neighbor."
        )
    strips = ClassStrips(source, PARAMETER)
    known = find_classes(strips, assessed.read_table(progress), progress.part(0.0, 0.5))
    merged, merged_names = known.merged()
    numbers, group = np.unique(merged, return_inverse=True)
    areas, counts = np.zeros(len(numbers)), np.zeros(len(numbers), np.int64)
    np.add.at(areas, group, known.present.areas)
    np.add.at(counts, group, known.present.counts)
    wanted = np.minimum(sample_sizes(areas, total, least), counts)
    generator = np.random.default_rng(seed)
    ranks = [
        np.sort(generator.choice(count, size, replace=False))
        for count, size in zip(counts.tolist(), wanted.tolist())
    ]
    pixels, found = _pixels(
        strips, np.append(-1, group).astype(np.int16), ranks, progress.part(0.5, 1.0)
    )
    order = generator.permutation(int(wanted.sum()))
    return Sample(
        source.grid.to_coordinates(pixels)[order],
        numbers[found][order],
        dict(zip(merged, merged_names)),
        dict(zip(numbers.tolist(), areas.tolist())),
    )


def _pixels(
    strips: ClassStrips, group: npt.NDArray[np.int16], ranks: list[Ints], progress: Progress
) -> tuple[npt.NDArray[np.float64], Ints]:
    """Find the pixels of given ranks among those of each class, from the top left.

    Args:
        strips: the raster.
        group: `(1 + k,)` index of the class that each number which `strips` reads belongs to.
        ranks: of the wanted pixels of each class, ascending.
        progress: reports every strip.

    Returns:
        `(n, 2)` column and row of their centers, and `(n,)` index of the class.
    """
    passed = np.zeros(len(ranks), np.int64)
    pixels, classes = [], []
    for done, window in enumerate(strips.windows, start=1):
        stop_if_cancelled(progress)
        groups = group[strips.read(window).ravel()]
        for index, of_class in enumerate(ranks):
            places = np.flatnonzero(groups == index)
            first, end = np.searchsorted(of_class, (passed[index], passed[index] + len(places)))
            chosen = places[of_class[first:end] - passed[index]]
            passed[index] += len(places)
            rows, cols = np.divmod(chosen, window.width)
            pixels.append(np.column_stack([cols + window.col_off, rows + window.row_off]))
            classes.append(np.full(len(chosen), index))
        progress.report(done / len(strips.windows), "Drawing places")
    return np.concatenate(pixels) + 0.5, np.concatenate(classes)


__all__ = ["LEAST_OF_CLASS", "MOST_SAMPLES", "Sample", "draw_sample"]
