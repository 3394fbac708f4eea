# SPDX-License-Identifier: GPL-2.0-or-later
"""The labelled places of a sample, and the strata that they were drawn from.

Places of `draw_sample` know their class and its area, so that they assess each later map of the
same scene: merged, split or corrected since, or made anew. Other places are taken as random samples
of the classes that the map has now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...raster.class_legend import default_name
from ..classes.known_classes import KnownClasses

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
# Areas of a class in the table of places are equal but for the rounding of a file format.
SAME_AREA = 1e-6


@dataclass(frozen=True)
class SamplePlaces:
    """Labelled places.

    Attributes:
        places: `(n, 2)` coordinates in the system of the class raster.
        labels: reference class of each place; "" where there is none.
        classes: `(n,)` number of the class that each place was drawn from, NaN where it is unknown;
            None if all are unknown.
        areas: `(n,)` area of that class when the sample was drawn, as `Grid.pixel_areas`.
    """

    places: Floats
    labels: Sequence[str]
    classes: Floats | None = None
    areas: Floats | None = None


@dataclass(frozen=True)
class Strata:
    """The classes that a sample was drawn from.

    Attributes:
        index: `(n,)` stratum of each place, -1 for none.
        areas: `(k,)`.
        names: `(k,)`.
    """

    index: Counts
    areas: Floats
    names: tuple[str, ...]


def find_strata(sample: SamplePlaces, known: KnownClasses, classes: Counts) -> Strata:
    """Return the strata of a sample.

    Args:
        sample: the places.
        known: the classes of the map.
        classes: `(n,)` index of the class of the map at each place, from 1, 0 for none.

    Raises:
        SuperSegError: places of one class have several areas.
    """
    _, names = known.merged()
    if sample.classes is None or sample.areas is None:
        return Strata(classes - 1, known.present.areas, tuple(names))
    usable = np.isfinite(sample.classes) & (sample.areas > 0)
    numbers, index = np.unique(sample.classes[usable].astype(np.int64), return_inverse=True)
    areas = np.zeros(len(numbers))
    areas[index] = sample.areas[usable]
    different = np.abs(areas[index] - sample.areas[usable]) > SAME_AREA * areas[index]
    if different.any():
        number = numbers[index[different][0]]
        raise SuperSegError(
            f"SAMPLES: the points of class {number} have several values in the field class_area, "
            "which holds the area of the class that they were drawn from; draw accuracy points "
            "anew, or remove the points of another sample."
        )
    result = np.full(len(usable), -1, np.int64)
    result[usable] = index.ravel()
    return Strata(result, areas, tuple(default_name(number) for number in numbers.tolist()))
