# SPDX-License-Identifier: GPL-2.0-or-later
"""Names and colors of merged classes."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...raster.class_legend import Legend, default_name
from ...raster.class_table import MOST_CLASSES
from ...raster.source import RasterSource
from ...raster.texts import one_line
from ..formats.model_file import Model
from .colors import told_apart
from .merge_table import MergeTable
from .rendering import ClassStatistics, class_colors, display_stretch
from .strips import ClassSurvey

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

UNNAMED = re.compile(r"(Class \d+)?")
GRAY = 128


@dataclass(frozen=True)
class Looks:
    """How the classes 1..k of a result look.

    Attributes:
        names: one a class, empty for numbers that no class has.
        colors: `(k, 3)` uint8.
        known: `(k,)`, False where there is no color yet.
    """

    names: tuple[str, ...]
    colors: Bytes
    known: npt.NDArray[np.bool_]

    @property
    def complete(self) -> bool:
        """Tell whether every class that there is has a color."""
        return all(known for name, known in zip(self.names, self.known) if name)

    def filled(self, others: Bytes | None = None) -> Bytes:
        """Return all colors, `(k, 3)`.

        Args:
            others: `(k, 3)` for classes without a color; some that can be told apart if None.
        """
        if others is None:
            others = np.full_like(self.colors, GRAY)
            named = np.array([bool(name) for name in self.names])
            # The given ones come first, so that none of them is moved for the sake of another.
            order = np.concatenate(
                [np.flatnonzero(self.known), np.flatnonzero(named & ~self.known)]
            )
            wanted = np.where(self.known[:, np.newaxis], self.colors, np.uint8(GRAY))
            others[order] = told_apart(wanted[order])
        return np.where(self.known[:, np.newaxis], self.colors, others)


def looks_of_groups(
    members: Ints,
    targets: Ints | None,
    numbers: Ints,
    survey: ClassSurvey,
    legend: Legend,
    table: MergeTable | None,
    model: Model | None,
) -> Looks:
    """Choose name and color of groups of classes.

    What the table says comes first, then what the class is called whose number a group keeps, then
    the name of its largest class, where people have given it one. Colors are averages by area.
    Where classes keep their numbers, those without pixels keep their names too.

    Args:
        members: `(k,)` group of each class of the survey.
        targets: `(g,)` numbers that groups keep, None where they are numbered anew.
        numbers: `(g,)` their numbers in the result, 0 for those that it lacks.
        survey: the classes before.
        legend: their names and colors.
        table: the user's wishes, where there is a table.
        model: whose class names stand for missing ones, where there is a model.
    """
    kept = set() if targets is None else _kept_without_pixels(survey, legend, table)
    count = max(int(numbers.max()), *kept, 0)
    names = [""] * count
    colors = np.full((count, 3), GRAY, np.uint8)
    known = np.zeros(count, bool)

    def given_name(number: int) -> str:
        name = legend.names.get(number, "")
        if UNNAMED.fullmatch(name) and model is not None and number <= model.classes:
            name = one_line(model.class_names[number - 1])
        return "" if UNNAMED.fullmatch(name) else name

    for number in kept:
        names[number - 1] = given_name(number) or default_name(number)
        colors[number - 1] = legend.colors.get(number, (GRAY, GRAY, GRAY))
        known[number - 1] = True
    for group, number in enumerate(numbers.tolist()):
        if not number:
            continue
        mine = np.flatnonzero(members == group)
        largest = int(survey.numbers[mine[survey.areas[mine].argmax()]])
        former = survey.numbers[mine].tolist()
        keeps = targets is not None and (number in former or number in legend.names)
        name = given_name(number if keeps else largest) or default_name(number)
        color = legend.colors.get(number) if targets is not None and number in former else None
        if color is None:
            color = _average(former, survey.areas[mine], legend)
        if table is not None:
            name = table.names.get(number, name)
            color = table.colors.get(number, color)
        names[number - 1] = name
        if color is not None:
            colors[number - 1] = color
            known[number - 1] = True
    return Looks(tuple(names), colors, known)


def colors_of(
    looks: Looks, image: RasterSource | None, statistics: ClassStatistics | None
) -> npt.NDArray[np.uint8]:
    """Colors of the looks, and for classes that nobody has given one, what they look like."""
    if looks.complete or image is None or statistics is None:
        return looks.filled()
    there = np.array([bool(name) for name in looks.names])
    figures = ClassStatistics(
        statistics.counts[there], statistics.sums[there], statistics.areas[there]
    )
    others = np.zeros_like(looks.colors)
    others[there] = class_colors(figures, image.display_bands, display_stretch(image))
    return looks.filled(others)


def joint_means(means: Floats, pixels: Ints) -> Floats:
    """Average the means of classes over the pixels that each gives to the new ones.

    Args:
        means: `(k, bands)` of the classes, NaN where unknown.
        pixels: `(k, n)` pixels that each class gives to each new one.

    Returns:
        `(n, bands)`; NaN for new classes without pixels of known means.
    """
    known = np.isfinite(means)
    sums = pixels.T @ np.where(known, means, 0)
    weights = pixels.T @ known
    return np.asarray(np.where(weights > 0, sums / np.maximum(weights, 1), np.nan))


def _kept_without_pixels(survey: ClassSurvey, legend: Legend, table: MergeTable | None) -> set[int]:
    """Numbers that have a name but no pixels, and that no table takes away."""
    gone = {*survey.numbers.tolist(), *(table.targets if table is not None else ())}
    return {number for number in legend.names if number <= MOST_CLASSES and number not in gone}


def _average(classes: list[int], areas: Floats, legend: Legend) -> tuple[int, int, int] | None:
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
    red, green, blue = np.rint(np.average(parts, axis=0, weights=weights)).astype(int).tolist()
    return red, green, blue
