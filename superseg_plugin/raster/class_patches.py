# SPDX-License-Identifier: GPL-2.0-or-later
"""The patches of classes: where they are and how large, largest first.

A patch is a 4-connected area of the classes that are asked for. Patches are found in a reduced
copy of the raster of at most 1024 pixels a side, in some 50 ms; their boxes are exact up to a pixel
of that copy, and areas that the copy lacks are missing. If it lacks all of them, the raster is read
tile by tile at full resolution until a tile has pixels of these classes; then the patches in that
tile are returned.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from .displayed_values import IntegerReader, Values
from .grid import UNREFERENCED, Grid
from .ground_points import affine_of_gcps
from .objects import object_boxes
from .windows import Window, tiles

# Side of the reduced copy in pixels.
SIDE = 1024
# Side of the tiles that are read if the reduced copy has no pixel of the classes.
TILE = 2048
# More patches than this are not gone through one by one.
MOST_PATCHES = 1000


@dataclass(frozen=True)
class Patch:
    """A connected area.

    Attributes:
        window: its bounding window, in pixels of the raster.
        pixels: approximate number of its pixels.
    """

    window: Window
    pixels: int


def find_patches(reader: IntegerReader, numbers: Collection[int]) -> list[Patch]:
    """Find the patches of classes, largest first.

    Args:
        reader: of the class raster.
        numbers: of the classes; patches of different classes that touch are one.

    Returns:
        At most `MOST_PATCHES`; [] if no pixel has these classes.

    Raises:
        SuperSegError: the raster cannot be read.
    """
    whole = reader.grid.window
    width, height = min(whole.width, SIDE), min(whole.height, SIDE)
    found = _patches(reader.read(whole, width, height), numbers, whole)
    if found or (width, height) == (whole.width, whole.height):
        return found
    for window in tiles(whole.width, whole.height, TILE):
        values = reader.read(window, window.width, window.height)
        found = _patches(values, numbers, window)
        if found:
            return found
    return []


def box_of(grid: Grid, window: Window) -> tuple[float, float, float, float]:
    """Return xmin, ymin, xmax and ymax of a window in coordinates of the raster.

    A grid of ground control points is approximated by an affine transformation.
    """
    geotransform = grid.geotransform or affine_of_gcps(grid.gcps) or UNREFERENCED
    end = (window.col_off + window.width, window.row_off + window.height)
    corners = [(col, row) for col in (window.col_off, end[0]) for row in (window.row_off, end[1])]
    placed = Grid(grid.width, grid.height, geotransform).to_coordinates(np.array(corners, float))
    (xmin, ymin), (xmax, ymax) = placed.min(axis=0).tolist(), placed.max(axis=0).tolist()
    return xmin, ymin, xmax, ymax


def _patches(values: Values, numbers: Collection[int], window: Window) -> list[Patch]:
    """Find the patches in values that were read from a window, largest first."""
    mask = np.isin(values, list(numbers)).astype(np.uint8)
    if not mask.any():
        return []
    inside, pixels, boxes = object_boxes(mask)
    chosen = np.flatnonzero(inside)
    chosen = chosen[np.argsort(-pixels[chosen], kind="stable")][:MOST_PATCHES]
    across, down = window.width / mask.shape[1], window.height / mask.shape[0]
    found = []
    for index in chosen.tolist():
        left, top, right, bottom = boxes[index].tolist()
        first = (int(left * across), int(top * down))
        end = (int(np.ceil(right * across)), int(np.ceil(bottom * down)))
        box = Window(*first, end[0] - first[0], end[1] - first[1]).within(window)
        found.append(Patch(box, max(round(int(pixels[index]) * across * down), 1)))
    return found
