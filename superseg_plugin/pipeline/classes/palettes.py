# SPDX-License-Identifier: GPL-2.0-or-later
"""Natural and distinct colors for all classes of a raster, as edits of the workbench.

Natural colors are those of the band means, stretched over the classes (`natural_colors`), so that
the classes of a dark scene can be told apart, or those of the picture of an image whose bands are
no colors.

Distinct colors are chosen in two steps. First as many colors as there are classes: starting with a
blue, always the candidate whose distance to the nearest color chosen so far is largest. The
distance of two colors is the smallest of their CIELAB distances as seen with normal, protanope and
deuteranope vision. Then the colors are assigned to the classes so that classes with long common
borders on the map get colors that are far apart: pairs of classes exchange their colors as long as
the sum of (weight of the border) / (distance of the colors)^2 decreases. Borders are counted in a
reduced copy of the class raster of at most 1024 pixels a side. Both steps are deterministic; they
take less than 0.1 s for 64 classes.

References:
    Machado, Oliveira, Fernandes 2009, doi 10.1109/TVCG.2009.113: simulation of color vision
    deficiency (severity 1), in linear RGB.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...raster.class_legend import Color
from ...raster.class_table import MOST_CLASSES
from ...raster.displayed_values import IntegerReader
from .catalog import ClassCatalog
from .colors import as_color, lab_of, linear_of, natural_colors, rgb_of_linear
from .merge_tree import merged_classes
from .rendering import class_colors
from .state import ClassState

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

PROTANOPE = np.array(
    [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]
)
DEUTERANOPE = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
# Levels of red, green and blue of the candidates: 729 colors, some 10 CIELAB units apart.
LEVELS = 9
# Lightness of the candidates: visible on a white and on a black canvas.
LIGHTNESS = (30.0, 92.0)
# Chroma of the candidates: gray is what the workbench dims other classes with.
LEAST_CHROMA = 20.0
# The first color: blue of Okabe and Ito 2008, seen alike by all.
FIRST = (0, 114, 178)
# Largest side of the reduced copy that borders are counted in.
SIDE = 1024
# Weight of a pair of classes without a common border, where the mean of all pairs is 1: they are
# compared in the legend only.
NO_BORDER = 0.05
MOST_SWEEPS = 20


def with_natural_colors(catalog: ClassCatalog, state: ClassState) -> ClassState:
    """Color all classes by their band means.

    Raises:
        SuperSegError: no band means are known.
    """
    if not catalog.means.size or not np.isfinite(catalog.means).any():
        raise SuperSegError(
            f"{catalog.path}: the band means of its classes are not known; run Merge classes with"
            " the image, or choose distinct colors."
        )
    if catalog.picture is not None:
        return _colored(catalog, state, class_colors(catalog.means, catalog.picture))
    return _colored(catalog, state, natural_colors(catalog.means))


def with_distinct_colors(
    catalog: ClassCatalog, state: ClassState, reader: IntegerReader
) -> ClassState:
    """Give the classes that are shown colors that differ, most of all those of neighbors.

    Args:
        catalog: the classes.
        state: the edits so far.
        reader: of the map of the classes.

    Raises:
        SuperSegError: the class raster cannot be read.
    """
    groups = merged_classes(catalog, state)
    group_of = np.full(MOST_CLASSES + 1, -1)
    for index, group in enumerate(groups):
        group_of[list(group.members)] = index
    palette = distinct_palette(len(catalog.numbers))
    chosen = assigned_colors(palette[: len(groups)], borders_of(reader, group_of))
    # A merged class has the color of its largest class; the other classes get the further colors.
    row_of = {number: row for row, number in enumerate(catalog.numbers)}
    mains = [row_of[group.number] for group in groups]
    colors = np.zeros((len(row_of), 3), np.uint8)
    colors[mains] = chosen
    colors[np.setdiff1d(np.arange(len(row_of)), mains)] = palette[len(groups) :]
    return _colored(catalog, state, colors)


def distinct_palette(count: int) -> Bytes:
    """Return colors that differ for normal and color-blind eyes, the clearest first.

    Args:
        count: number of colors, 1 to 255.

    Returns:
        `(count, 3)` uint8 sRGB.
    """
    steps = np.linspace(0, 255, LEVELS)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    rgb = np.vstack([[FIRST], np.rint(grid)]).astype(np.uint8)
    lab = lab_of(rgb)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    low, high = LIGHTNESS
    rgb = rgb[(lab[:, 0] >= low) & (lab[:, 0] <= high) & (chroma >= LEAST_CHROMA)]
    seen = _seen(rgb)
    chosen = [0]
    nearest = _distances(seen, seen[:, :1])[:, 0]
    while len(chosen) < count:
        best = int(nearest.argmax())
        chosen.append(best)
        nearest = np.minimum(nearest, _distances(seen, seen[:, best : best + 1])[:, 0])
    return rgb[chosen]


def distinct_colors(classes: npt.NDArray[np.integer[Any]], count: int) -> Bytes:
    """Return distinct colors for the classes of a map, unlike most between neighbors.

    Args:
        classes: `(rows, cols)` from 1, 0 for none.
        count: number of classes, at least 1.

    Returns:
        `(count, 3)` uint8 sRGB.
    """
    borders = borders_between(classes.astype(np.int64) - 1, count)
    return assigned_colors(distinct_palette(count), borders)


def color_distances(rgb: Bytes) -> Floats:
    """Return the distances of colors `(k, k)`: the least of normal and color-blind vision."""
    seen = _seen(rgb)
    return _distances(seen, seen)


def assigned_colors(palette: Bytes, borders: Floats) -> Bytes:
    """Assign colors to classes so that neighbors differ as much as possible.

    Args:
        palette: `(k, 3)` uint8.
        borders: `(k, k)` length of the common border of each pair of classes, symmetric.

    Returns:
        `(k, 3)` uint8, the colors in another order.
    """
    count = len(palette)
    if count < 3:
        return palette
    # The root keeps a few long borders from deciding alone.
    weights = np.sqrt(borders)
    np.fill_diagonal(weights, 0)
    mean = weights.sum() / (count * (count - 1))
    weights = (weights / mean if mean > 0 else weights) + NO_BORDER
    np.fill_diagonal(weights, 0)
    distances = color_distances(palette)
    np.fill_diagonal(distances, np.inf)
    costs = 1 / np.maximum(distances, 1.0) ** 2
    order = np.arange(count)
    for _ in range(MOST_SWEEPS):
        improved = False
        for one in range(count):
            other, gain = _best_exchange(weights, costs[order][:, order], one)
            if gain > 1e-12:
                order[[one, other]] = order[[other, one]]
                improved = True
        if not improved:
            break
    return palette[order]


def borders_of(reader: IntegerReader, group_of: npt.NDArray[np.int64]) -> Floats:
    """Count the pixel edges between groups of classes in a reduced copy of a class raster.

    Args:
        reader: of the map of the classes.
        group_of: `(256,)` group from 0 of each class number, -1 for none.

    Returns:
        `(groups, groups)`, symmetric.

    Raises:
        SuperSegError: the raster cannot be read.
    """
    whole = reader.grid.window
    values = reader.read(whole, min(whole.width, SIDE), min(whole.height, SIDE))
    return borders_between(group_of[np.minimum(values, MOST_CLASSES)], int(group_of.max()) + 1)


def borders_between(groups: npt.NDArray[np.int64], count: int) -> Floats:
    """Count the pixel edges between groups of classes.

    Args:
        groups: `(rows, cols)` from 0, -1 for none.
        count: number of groups.

    Returns:
        `(count, count)`, symmetric.
    """
    found = np.zeros(count * count, np.int64)
    for one, other in ((groups[1:], groups[:-1]), (groups[:, 1:], groups[:, :-1])):
        different = (one != other) & (one >= 0) & (other >= 0)
        pairs = one[different] * count + other[different]
        found += np.bincount(pairs, minlength=count * count)
    table = found.reshape(count, count).astype(np.float64)
    return np.asarray(table + table.T)


def _best_exchange(weights: Floats, costs: Floats, one: int) -> tuple[int, float]:
    """Return the class that `one` best exchanges its color with, and what the sum decreases by."""
    # Weights and costs are 0 or the same on the diagonal, where no color is compared with itself.
    change = (weights[one] - weights) * (costs - costs[one])
    change[:, one] = 0
    np.fill_diagonal(change, 0)
    gains = -change.sum(axis=1)
    gains[one] = 0
    best = int(gains.argmax())
    return best, float(gains[best])


def _colored(catalog: ClassCatalog, state: ClassState, colors: Bytes) -> ClassState:
    given: dict[tuple[int, ...], Color] = {
        (number,): as_color(color) for number, color in zip(catalog.numbers, colors)
    }
    return replace(state, colors=given)


def _seen(rgb: Bytes) -> Floats:
    """Return CIELAB with normal, protanope and deuteranope vision, `(3, k, 3)`."""
    linear = linear_of(rgb)
    seen = [rgb_of_linear(linear @ matrix.T) for matrix in (np.eye(3), PROTANOPE, DEUTERANOPE)]
    return lab_of(np.stack(seen))


def _distances(seen: Floats, others: Floats) -> Floats:
    """Return the least distances `(k, l)` between colors as `_seen` returns them."""
    squares = np.square(seen[:, :, np.newaxis] - others[:, np.newaxis]).sum(axis=-1)
    return np.asarray(np.sqrt(squares.min(axis=0)))
