# SPDX-License-Identifier: GPL-2.0-or-later
"""Seams between the tiles of a scene, and the order of the ids of superpixels."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

from ...raster.windows import Window
from ...worker.interface import Answer
from .scene import Tile
from .superpixel_table import Ids


@dataclass(frozen=True)
class Seam:
    """A seam between tiles.

    Attributes:
        zone: window along the seam that is cut again.
        line: axis of the seam (0 horizontal, 1 vertical) and index in the zone of the first line
            after it.
        open_sides: whether superpixels may continue beyond the top, bottom, left, right.
        step: place of its new ids in the order of all.
    """

    zone: Window
    line: tuple[int, int]
    open_sides: tuple[bool, bool, bool, bool]
    step: int

    @property
    def inner(self) -> Window:
        """The zone without the outermost line of open sides, which is only read.

        Another seam may have changed that line.
        """
        top, bottom, left, right = map(int, self.open_sides)
        zone = self.zone
        width, height = zone.width - left - right, zone.height - top - bottom
        return Window(zone.col_off + left, zone.row_off + top, width, height)


@dataclass(frozen=True)
class Prepared:
    """A seam that can be stitched: its tile, the ids in its zone, and their sizes now."""

    seam: Seam
    tile: Tile
    ids: Ids
    sizes: Ids


@dataclass
class Stitching:
    """Seams that are being stitched, in one request."""

    seams: list[Prepared]
    answer: Future[Answer]


@dataclass(frozen=True)
class RowSteps:
    """Order of the ids of a row: of its tiles, the seam above, vertical seams, the next seam below.

    A horizontal seam is the one above its row; where it has several zones, only the last one comes
    after the tiles of the next row.

    Attributes:
        number: of the row.
        columns: tiles in a row.
    """

    number: int
    columns: int

    @property
    def tiles(self) -> int:
        """Step of the first tile."""
        return self.number * (3 * self.columns + 1)

    @property
    def vertical(self) -> int:
        """Step of the first vertical seam."""
        return self.tiles + self.columns + 1

    def horizontal(self, zones: int) -> list[int]:
        """Step of each zone of the seam above the row."""
        first = self.vertical + self.columns
        following = RowSteps(self.number + 1, self.columns)
        return [*range(first, first + zones - 1), following.tiles + self.columns]
