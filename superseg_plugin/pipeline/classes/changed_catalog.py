# SPDX-License-Identifier: GPL-2.0-or-later
"""The classes of a raster after some of its superpixels were given other classes.

Pixels and areas are exact. Band means of classes that changed are means over their superpixels,
whose own means are limited to twice the displayed range of the image. A new class has the color
that the picture of the image gives its means; where the bands are shown as they are, that of a
linear function of the means that is fitted to the colors of the other classes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep
from ...raster.class_legend import Color, default_name
from ...raster.superpixel_tables import SuperpixelTables
from .catalog import ClassCatalog
from .colors import as_color, distinct_colors

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# Weight of the ridge that keeps the fit of colors to means stable, in units of their variance.
RIDGE = 1e-3


@dataclass(frozen=True)
class NewClass:
    """A class that an edit makes.

    Attributes:
        number: that no class has yet.
        origin: the class that it was split from; 0 for none.
        distance: between both in the merge order.
    """

    number: int
    origin: int = 0
    distance: float = 0.0


def changed_catalog(
    catalog: ClassCatalog,
    tables: SuperpixelTables,
    before: Bytes,
    after: Bytes,
    added: Sequence[NewClass],
) -> ClassCatalog:
    """Return the classes after an edit.

    Args:
        catalog: the classes before.
        tables: of the superpixels.
        before: `(n,)` class of each superpixel before.
        after: `(n,)` the same after.
        added: the classes that are new.
    """
    changed = np.flatnonzero(before != after)
    touched = np.zeros(256, bool)
    touched[before[changed]] = True
    touched[after[changed]] = True
    touched[0] = False
    rows = np.flatnonzero(touched[after])
    group = after[rows].astype(np.int64)
    pixels = tables.pixels[rows]
    counts = np.bincount(group, pixels, 256).astype(np.int64)
    areas = np.bincount(group, tables.areas[rows], 256)
    means = _means(tables.means[rows], pixels, group) if tables.means.shape[1] else None
    old = {number: index for index, number in enumerate(catalog.numbers)}
    numbers = sorted([*catalog.numbers, *(each.number for each in added)])
    # A class with another number of bands than the image keeps no means.
    bands = catalog.means.shape[1]
    of_image = means is not None and means.shape[1] == bands
    new_means = np.full((len(numbers), bands), np.nan)
    new_counts, new_areas = np.zeros(len(numbers), np.int64), np.zeros(len(numbers))
    for index, number in enumerate(numbers):
        if touched[number]:
            new_counts[index], new_areas[index] = counts[number], areas[number]
            if of_image and means is not None:
                new_means[index] = means[number]
        elif number in old:
            row = old[number]
            new_counts[index], new_areas[index] = catalog.counts[row], catalog.areas[row]
            new_means[index] = catalog.means[row]
    colors = _colors(catalog, numbers, new_means)
    return replace(
        catalog,
        numbers=tuple(numbers),
        names=tuple(
            catalog.names[old[number]] if number in old else default_name(number)
            for number in numbers
        ),
        colors=tuple(
            catalog.colors[old[number]] if number in old else colors[number] for number in numbers
        ),
        counts=new_counts,
        areas=new_areas,
        means=new_means,
        steps=() if catalog.no_order else _steps(catalog.steps, added),
    )


def _means(
    means: npt.NDArray[np.float32], pixels: npt.NDArray[np.int64], group: npt.NDArray[np.int64]
) -> Floats:
    """Mean of each band by class, `(256, bands)`; NaN for classes without pixels."""
    result = np.full((256, means.shape[1]), np.nan)
    for band, values in enumerate(means.T):
        known = np.isfinite(values)
        sums = np.bincount(group[known], values[known] * pixels[known], 256)
        weights = np.bincount(group[known], pixels[known], 256)
        np.divide(sums, weights, out=result[:, band], where=weights > 0)
    return result


def _steps(steps: Sequence[MergeStep], added: Sequence[NewClass]) -> tuple[MergeStep, ...]:
    """Insert new classes into a merge order.

    A class merges again with the one that it was split from before that one merges with others; a
    class without origin merges last.
    """
    result = list(steps)
    for each in added:
        origin = each.origin or (min(result[-1][:2]) if result else 1)
        pair = sorted((origin, each.number))
        # Numbers that merged before are gone; the merged class goes by the smaller one.
        limits = [step.distance for step in result if origin in step[:2]]
        if each.origin and limits:
            distance = min(each.distance, limits[0])
            place = bisect_left([step.distance for step in result], distance)
        else:
            distance = max([each.distance, *(step.distance for step in result[-1:])])
            place = len(result)
        result.insert(place, MergeStep(pair[0], pair[1], distance))
    return tuple(result)


def _colors(catalog: ClassCatalog, numbers: Sequence[int], means: Floats) -> dict[int, Color]:
    """Colors of the classes that are new, by number."""
    new = [number for number in numbers if number not in catalog.numbers]
    if not new:
        return {}
    own = np.array(catalog.colors, np.float64)
    known = np.isfinite(catalog.means).all(axis=1)
    places = [numbers.index(number) for number in new]
    wanted = np.repeat(own.mean(axis=0)[np.newaxis], len(new), axis=0)
    fine = np.isfinite(means[places]).all(axis=1)
    if catalog.picture is not None and fine.any():
        wanted[fine] = catalog.picture.colors(means[places][fine])
    elif known.sum() > 1 and fine.any() and means.shape[1]:
        center, spread = catalog.means[known].mean(axis=0), catalog.means[known].std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        given = (catalog.means[known] - center) / spread
        target = own[known] - own[known].mean(axis=0)
        square = given.T @ given + RIDGE * len(given) * np.eye(given.shape[1])
        fitted = np.linalg.solve(square, given.T @ target)
        of_new = (means[places][fine] - center) / spread
        wanted[fine] = own[known].mean(axis=0) + of_new @ fitted
    shown = np.clip(np.rint(np.vstack([own, wanted])), 0, 255).astype(np.uint8)
    return {
        number: as_color(color) for number, color in zip(new, distinct_colors(shown)[len(own) :])
    }
