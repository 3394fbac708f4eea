# SPDX-License-Identifier: GPL-2.0-or-later
"""A sample of all scenes of a folder as one raster, which a model is trained on.

Idea: windows from all scenes are copied into one raster with nodata between them, so that what is
made of one scene is made of many: one scaling, one set of clusters, one network.
Exact: the gaps are as wide as the filters of the description reach, so that no window sees another;
the sample depends on the scenes and the seed alone.
Approximate: of folders above `SAMPLE_PIXELS`, windows of `WINDOW` pixels a side stand for the
scenes, as many of each as its area demands and at least one. Smaller folders are taken whole.
Cost: bounded by `SAMPLE_PIXELS` and `SAMPLE_BYTES`; where there are more scenes than windows, the
windows are smaller, down to `SMALLEST_WINDOW`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...contracts import DESCRIPTION_HALO
from ...raster.grid import Grid
from ...raster.windows import Window

# 256 windows of 512 pixels: as many superpixels of the usual size as are clustered as a whole.
SAMPLE_PIXELS = 1 << 26
# Of the sample on the disk, in all bands.
SAMPLE_BYTES = 2 << 30
# A side of 512 pixels holds a thousand superpixels of the usual size, of which a tenth is cut by
# the border; below 128 pixels, most are.
WINDOW, SMALLEST_WINDOW = 512, 128
# Candidates that are tried for each window, since windows at the edge of a scene may be nodata.
CANDIDATES = 4


@dataclass(frozen=True)
class Wanted:
    """Windows of one scene.

    Attributes:
        size: width and height of each.
        count: number of them.
        whole: whether the scene is taken whole, by one window.
    """

    size: tuple[int, int]
    count: int
    whole: bool


def windows_wanted(sizes: Sequence[tuple[int, int]], pixel_bytes: int) -> list[Wanted]:
    """Divide the sample among scenes, by their areas.

    Args:
        sizes: width and height of each scene.
        pixel_bytes: of all bands of a pixel.

    Example:
        >>> windows_wanted([(300, 200)], 3)
        [Wanted(size=(300, 200), count=1, whole=True)]
        >>> [each.count for each in windows_wanted([(20000, 20000), (10000, 10000)], 3)]
        [204, 52]
    """
    most = min(SAMPLE_PIXELS, SAMPLE_BYTES // pixel_bytes)
    areas = np.array([width * height for width, height in sizes], np.float64)
    if areas.sum() <= most:
        return [Wanted(size, 1, True) for size in sizes]
    side = min(WINDOW, int(math.sqrt(most / len(sizes))) // 8 * 8)
    side = max(side, SMALLEST_WINDOW)
    further = max(most // side**2 - len(sizes), 0)
    shares = 1 + np.floor(further * areas / areas.sum() + 0.5).astype(int)
    found = []
    for (width, height), count in zip(sizes, shares.tolist()):
        size = min(side, width), min(side, height)
        cells = max(width // side, 1) * max(height // side, 1)
        whole = count * side**2 >= width * height
        found.append(
            Wanted((width, height) if whole else size, 1 if whole else min(count, cells), whole)
        )
    return found


def candidates(grid: Grid, wanted: Wanted, seed: int) -> list[Window]:
    """Windows of a scene in the order to try them: a shuffled grid, each moved within its cell.

    Args:
        grid: of the scene.
        wanted: size and number.
        seed: of the draw.

    Returns:
        At least as many as are wanted, and at most `CANDIDATES` times as many.
    """
    if wanted.whole:
        return [grid.window]
    width, height = wanted.size
    generator = np.random.default_rng(seed)
    columns, rows = max(grid.width // width, 1), max(grid.height // height, 1)
    cells = generator.permutation(columns * rows)[: CANDIDATES * wanted.count]
    found = []
    for cell in cells.tolist():
        row, column = divmod(cell, columns)
        left, top = (
            index * (length // count) + int(generator.integers(length // count - side + 1))
            for index, length, count, side in (
                (column, grid.width, columns, width),
                (row, grid.height, rows, height),
            )
        )
        found.append(Window(left, top, width, height))
    return found


def layout(sizes: Sequence[tuple[int, int]]) -> tuple[list[Window], int, int]:
    """Place rectangles in rows, the highest first, with gaps between them.

    Args:
        sizes: width and height of each.

    Returns:
        The place of each, and the width and height of the whole.

    Example:
        >>> places, width, height = layout([(10, 10), (10, 20)])
        >>> [(place.col_off, place.row_off) for place in places], width, height
        ([(106, 0), (0, 0)], 116, 20)
    """
    gap = DESCRIPTION_HALO
    area = sum((width + gap) * (height + gap) for width, height in sizes)
    most = max(max(width for width, _ in sizes) + gap, math.isqrt(area))
    places: dict[int, Window] = {}
    left = top = row_height = right = 0
    for index in sorted(range(len(sizes)), key=lambda each: -sizes[each][1]):
        width, height = sizes[index]
        if left and left + width > most:
            left, top = 0, top + row_height + gap
        if not left:
            row_height = height
        places[index] = Window(left, top, width, height)
        left += width + gap
        right = max(right, left - gap)
    return [places[index] for index in range(len(sizes))], right, top + row_height
