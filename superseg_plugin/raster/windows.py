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


def tiles(width: int, height: int, size: int, strip: int = 0) -> list[Window]:
    """Cut a raster into square windows, row by row; the last of each row may be smaller.

    Args:
        width: columns of the raster.
        height: rows of the raster.
        size: side of a window.
        strip: go through strips of at least so many columns, one after the other, each row by
            row; 0 for whole rows.

    Raises:
        ValueError: `size` is below 1.
    """
    if size < 1:
        raise ValueError(f"tile size {size} is below 1")
    across = -(-(strip or width) // size) * size
    return [
        Window(col, row, min(size, width - col), min(size, height - row))
        for left in range(0, width, across)
        for row in range(0, height, size)
        for col in range(left, min(left + across, width), size)
    ]
