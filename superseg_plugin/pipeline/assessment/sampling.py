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
from ...raster.class_legend import default_name, read_legend
from ...raster.source import RasterSource
from ..classes.accuracy import LEAST_OF_CLASS, sample_sizes
from ..classes.strips import ClassStrips

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
    """

    places: npt.NDArray[np.float64]
    classes: Ints
    names: dict[int, str]


def draw_sample(
    classification: RasterSource,
    total: int,
    least: int,
    seed: int,
    progress: Progress,
) -> Sample:
    """Draw a stratified random sample of a class raster.

    Args:
        classification: the classes.
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
    if classification.grid.geotransform is None:
        raise SuperSegError(
            f"{PARAMETER}: {classification.name} has no geotransform; warp it first, with Warp "
            "(reproject) and nearest neighbor."
        )
    strips = ClassStrips(classification, PARAMETER)
    present = strips.count_classes(progress.part(0.0, 0.5))
    wanted = np.minimum(sample_sizes(present.areas, total, least), present.counts)
    generator = np.random.default_rng(seed)
    ranks = [
        np.sort(generator.choice(count, size, replace=False))
        for count, size in zip(present.counts.tolist(), wanted.tolist())
    ]
    passed = np.zeros(len(ranks), np.int64)
    pixels, classes = [], []
    part = progress.part(0.5, 1.0)
    for done, window in enumerate(strips.windows, start=1):
        stop_if_cancelled(progress)
        numbers = strips.read(window).ravel()
        for index, of_class in enumerate(ranks):
            places = np.flatnonzero(numbers == index + 1)
            first, end = np.searchsorted(of_class, (passed[index], passed[index] + len(places)))
            chosen = places[of_class[first:end] - passed[index]]
            passed[index] += len(places)
            rows, cols = np.divmod(chosen, window.width)
            pixels.append(np.column_stack([cols + window.col_off, rows + window.row_off]))
            classes.append(np.full(len(chosen), present.numbers[index]))
        part.report(done / len(strips.windows), "Drawing places")
    order = generator.permutation(int(wanted.sum()))
    legend = read_legend(classification.path, classification.zero_is_value)
    legend = legend.with_zero_as(present.zero)
    names = {
        number: legend.names.get(number, default_name(number))
        for number in present.numbers.tolist()
    }
    centers = np.concatenate(pixels) + 0.5
    found = np.concatenate(classes).astype(np.int64)
    if present.zero:
        names[0] = names.pop(present.zero)
        found[found == present.zero] = 0
    return Sample(classification.grid.to_coordinates(centers)[order], found[order], names)


__all__ = ["LEAST_OF_CLASS", "MOST_SAMPLES", "Sample", "draw_sample"]
