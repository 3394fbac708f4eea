# SPDX-License-Identifier: GPL-2.0-or-later
"""Labelling the places of a sample by eye: their order, the keys of the names, and what is shown.

Places are visited in random order, so that the ones labelled so far are a random sample too, and
whoever labels cannot expect the class of the next one.
"""

from __future__ import annotations

import math
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

# Label of a place at which nobody can tell the class. It is not an empty one, so that the place is
# not asked for again; it is left out like one without a label.
CANNOT_TELL = "?"
# Property of a point layer: path of the class raster that the points were drawn from.
SAMPLE_OF = "superseg/sample_of"
# Keys of the names, in order.
KEYS = "123456789" + string.ascii_uppercase
# Sides of the shown square, in pixels: at the smallest the pixel fills the map.
SMALLEST_VIEW, LARGEST_VIEW = 5, 2000
# At 60 pixels a pixel is some 12 pixels of a screen wide, and its surroundings are seen.
DEFAULT_VIEW = 60
# The order is random and always the same, so that work goes on where it stopped.
SEED = 0

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class PixelGrid:
    """Pixels of a raster whose edges run along the axes.

    Attributes:
        extent: (xmin, ymin, xmax, ymax).
        columns: number of pixels in a row.
        rows: number of rows.
    """

    extent: Box
    columns: int
    rows: int

    def pixel(self, x: float, y: float) -> Box | None:
        """Return the extent of the pixel at a place, None off the raster."""
        xmin, ymin, xmax, ymax = self.extent
        if not (xmin <= x < xmax and ymin < y <= ymax):
            return None
        across, down = self._size()
        column, row = math.floor((x - xmin) / across), math.floor((ymax - y) / down)
        left, top = xmin + column * across, ymax - row * down
        return left, top - down, left + across, top

    def around(self, x: float, y: float, pixels: int) -> Box:
        """Return the extent of a rectangle of so many pixels a side around a place."""
        across, down = (pixels * side / 2 for side in self._size())
        return x - across, y - down, x + across, y + down

    def _size(self) -> tuple[float, float]:
        xmin, ymin, xmax, ymax = self.extent
        return (xmax - xmin) / self.columns, (ymax - ymin) / self.rows


def visiting_order(ids: Sequence[int]) -> list[int]:
    """Return the ids of places in the random order in which they are visited."""
    ordered = sorted(ids)
    return [ordered[index] for index in np.random.default_rng(SEED).permutation(len(ordered))]


def names_to_choose(given: Iterable[str], used: Iterable[str]) -> list[str]:
    """Return the names to label with: those given, and after them labels that places have already.

    Args:
        given: names of a scheme or of the classes.
        used: labels of the places.
    """
    names = list(dict.fromkeys(name.strip() for name in given if name.strip()))
    known = {name.casefold() for name in names}
    others = {label for label in used if label not in ("", CANNOT_TELL)}
    return names + sorted(label for label in others if label.casefold() not in known)
