# SPDX-License-Identifier: GPL-2.0-or-later
"""Names and colors of merged classes."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...raster.class_legend import Color, Legend, default_name
from ...raster.class_table import MOST_CLASSES
from ...raster.source import RasterSource
from ...raster.texts import one_line
from ..formats.model_file import Model
from .colors import as_color, distinct_colors
from .merge_plan import MergePlan
from .merge_table import MergeTable
from .rendering import ClassStatistics, class_colors, picture_of
from .strips import ClassCounts

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# Default names, which no person has given.
UNNAMED = re.compile(r"(Class \d+)?")
# Red, green and blue of classes whose color is unknown.
GRAY = 128


@dataclass(frozen=True)
class Appearance:
    """Names and colors of the classes 1 to k of a result.

    Attributes:
        names: `(k,)`, "" for numbers that no class has.
        colors: `(k, 3)` uint8.
        known: `(k,)`, False for classes without a color so far.
    """

    names: tuple[str, ...]
    colors: Bytes
    known: npt.NDArray[np.bool_]

    @property
    def complete(self) -> bool:
        """Whether every class has a color."""
        return all(known for name, known in zip(self.names, self.known) if name)

    def color_of(self, number: int) -> Color | None:
        """Return the color of a class, None if it has none so far."""
        return as_color(self.colors[number - 1]) if self.known[number - 1] else None

    def filled(self, others: Bytes | None = None) -> Bytes:
        """Return all colors, `(k, 3)`.

        Args:
            others: `(k, 3)` for classes without a color; distinct ones are chosen if None.
        """
        if others is None:
            others = np.full_like(self.colors, GRAY)
            named = np.array([bool(name) for name in self.names])
            # Known colors come first: the others get colors distinct from them.
            order = np.concatenate(
                [np.flatnonzero(self.known), np.flatnonzero(named & ~self.known)]
            )
            colors = np.where(self.known[:, np.newaxis], self.colors, np.uint8(GRAY))
            others[order] = distinct_colors(colors[order])
        return np.where(self.known[:, np.newaxis], self.colors, others)


def appearance_of_merged(
    plan: MergePlan,
    numbers: Ints,
    present: ClassCounts,
    legend: Legend,
    table: MergeTable | None,
    model: Model | None,
) -> Appearance:
    """Choose names and colors of merged classes.

    The table comes first, then the name of the class whose number the merged class keeps, then the
    name of its largest class, unless that name is a default one. Colors are means by area. If
    classes keep their numbers, those without pixels keep their names too.

    Args:
        plan: which classes are merged.
        numbers: `(g,)` numbers of the merged classes in the result, 0 for those that it lacks.
        present: the classes before.
        legend: their names and colors.
        table: names and colors that the user asks for; None for none.
        model: whose class names replace default ones; None for none.
    """
    targets = plan.numbers
    kept = set() if targets is None else _kept_without_pixels(present, legend, table)
    count = max(int(numbers.max()), *kept, 0)
    names = [""] * count
    colors = np.full((count, 3), GRAY, np.uint8)
    known = np.zeros(count, bool)

    def given_name(number: int) -> str:
        """Return the name that a person or the model gave to a class, "" for none."""
        name = legend.names.get(number, "")
        if UNNAMED.fullmatch(name) and model is not None and number <= model.classes:
            name = one_line(model.class_names[number - 1])
        return "" if UNNAMED.fullmatch(name) else name

    for number in kept:
        names[number - 1] = given_name(number) or default_name(number)
        colors[number - 1] = legend.colors.get(number, (GRAY, GRAY, GRAY))
        known[number - 1] = True
    for index, number in enumerate(numbers.tolist()):
        if not number:
            continue
        members = np.flatnonzero(plan.members == index)
        largest = int(present.numbers[members[present.areas[members].argmax()]])
        former = present.numbers[members].tolist()
        keeps = targets is not None and (number in former or number in legend.names)
        name = given_name(number if keeps else largest) or default_name(number)
        color = legend.colors.get(number) if targets is not None and number in former else None
        if color is None:
            color = _mean_color(former, present.areas[members], legend)
        if table is not None:
            name = table.names.get(number, name)
            color = table.colors.get(number, color)
        names[number - 1] = name
        if color is not None:
            colors[number - 1] = color
            known[number - 1] = True
    return Appearance(tuple(names), colors, known)


def colors_of(
    appearance: Appearance, image: RasterSource | None, statistics: ClassStatistics | None
) -> npt.NDArray[np.uint8]:
    """Return all colors, `(k, 3)`; classes without one get their mean color in the image."""
    if appearance.complete or image is None or statistics is None:
        return appearance.filled()
    named = np.array([bool(name) for name in appearance.names])
    others = np.zeros_like(appearance.colors)
    others[named] = class_colors(statistics.means[named], picture_of(image))
    return appearance.filled(others)


def merged_means(means: Floats, pixels: Ints) -> Floats:
    """Compute the band means of merged classes from those of the classes.

    Args:
        means: `(k, bands)` of the classes, NaN if unknown.
        pixels: `(k, n)` pixels of each class in each merged class.

    Returns:
        `(n, bands)`; NaN for merged classes without pixels of known means.
    """
    known = np.isfinite(means)
    sums = pixels.T @ np.where(known, means, 0)
    weights = pixels.T @ known
    return np.asarray(np.where(weights > 0, sums / np.maximum(weights, 1), np.nan))


def _kept_without_pixels(
    present: ClassCounts, legend: Legend, table: MergeTable | None
) -> set[int]:
    """Return the numbers that have a name but no pixels and that no table merges away."""
    merged = {*present.numbers.tolist(), *(table.targets if table is not None else ())}
    return {number for number in legend.names if number <= MOST_CLASSES and number not in merged}


def _mean_color(classes: list[int], areas: Floats, legend: Legend) -> Color | None:
    """Return the mean color of classes by area; None if none of them has a color."""
    pairs = [
        (legend.colors[number], area)
        for number, area in zip(classes, areas.tolist())
        if number in legend.colors
    ]
    if not pairs:
        return None
    parts, weights = np.array([p[0] for p in pairs], float), np.array([p[1] for p in pairs])
    if not weights.sum() > 0:
        weights = np.ones(len(weights))
    return as_color(np.rint(np.average(parts, axis=0, weights=weights)))
