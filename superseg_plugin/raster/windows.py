# SPDX-License-Identifier: GPL-2.0-or-later
"""Rectangles of pixels: what a scene is cut into. Arithmetic only, no files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """A rectangle of pixels, its corner counted from the raster's upper left."""

    col: int
    row: int
    width: int
    height: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index a `(..., rows, cols)` array: `array[(..., *w.slices)]`."""
        return (
            slice(self.row, self.row + self.height),
            slice(self.col, self.col + self.width),
        )

    def intersection(self, other: Window) -> Window:
        """Return the pixels in both; width or height is 0 where there are none."""
        col = max(self.col, other.col)
        row = max(self.row, other.row)
        right = min(self.col + self.width, other.col + other.width)
        bottom = min(self.row + self.height, other.row + other.height)
        return Window(col, row, max(right - col, 0), max(bottom - row, 0))

    def expand(self, halo: int, width: int, height: int) -> Window:
        """Grow by `halo` pixels on every side, within a raster of `width` by `height`."""
        grown = Window(
            self.col - halo, self.row - halo, self.width + 2 * halo, self.height + 2 * halo
        )
        return grown.intersection(Window(0, 0, width, height))

    def relative_to(self, other: Window) -> Window:
        """Return this window with its corner counted from `other`'s upper left."""
        return Window(self.col - other.col, self.row - other.row, self.width, self.height)


def tiles(
    width: int, height: int, size: int, strip: int = 0, line: tuple[int, int] = (0, 0)
) -> list[Window]:
    """Cut a raster into square windows, row by row; the first and last of a row may be smaller.

    Args:
        width: columns of the raster.
        height: rows of the raster.
        size: side of a window.
        strip: go through strips of so many columns, rounded up to whole windows, one after the
            other, each row by row; 0 for whole rows.
        line: a column and a row, from 0 to `size` - 1, that windows begin with.

    Raises:
        ValueError: `size` is below 1.
    """
    if size < 1:
        raise ValueError(f"tile size {size} is below 1")
    columns, rows = _spans(width, size, line[0]), _spans(height, size, line[1])
    together = -(-strip // size) or len(columns)
    return [
        Window(col, row, across, down)
        for first in range(0, len(columns), together)
        for row, down in rows
        for col, across in columns[first : first + together]
    ]


def starts(length: int, side: int, stride: int) -> list[int]:
    """Where windows begin that cover a length; the last one ends with it."""
    places = list(range(0, max(length - side, 0) + 1, stride))
    if places[-1] + side < length:
        places.append(length - side)
    return places


def _spans(length: int, size: int, line: int) -> list[tuple[int, int]]:
    """Where windows begin along one side, and how long they are."""
    starts = [0, *range(line or size, length, size)]
    return [(first, last - first) for first, last in zip(starts, [*starts[1:], length])]
