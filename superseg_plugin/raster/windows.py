# SPDX-License-Identifier: GPL-2.0-or-later
"""Windows: rectangles of pixels that a raster is processed in. Arithmetic only, no files.

The names follow rasterio: a window has a column and a row offset within its raster, a width and a
height. A *tile* is one of the equal windows that a raster is divided into, a *halo* the margin that
a tile is read with, a *phase* the offset of the tile grid from the raster's upper left corner, and
a *column block* a group of adjacent columns of tiles that is processed before the next group.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """A rectangle of pixels.

    Attributes:
        col_off: first column, counted from the left edge of the raster.
        row_off: first row, counted from the top edge of the raster.
        width: columns.
        height: rows.
    """

    col_off: int
    row_off: int
    width: int
    height: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index a `(..., rows, cols)` array: `array[(..., *w.slices)]`."""
        return (
            slice(self.row_off, self.row_off + self.height),
            slice(self.col_off, self.col_off + self.width),
        )

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        """Offsets, width and height, as `Window` takes them."""
        return self.col_off, self.row_off, self.width, self.height

    def intersection(self, other: Window) -> Window:
        """Return the pixels in both windows; width or height is 0 if there are none."""
        col_off = max(self.col_off, other.col_off)
        row_off = max(self.row_off, other.row_off)
        right = min(self.col_off + self.width, other.col_off + other.width)
        bottom = min(self.row_off + self.height, other.row_off + other.height)
        return Window(col_off, row_off, max(right - col_off, 0), max(bottom - row_off, 0))

    def expand(self, halo: int, width: int, height: int) -> Window:
        """Add a halo of `halo` pixels on every side, clipped to a raster of `width` x `height`."""
        grown = Window(
            self.col_off - halo, self.row_off - halo, self.width + 2 * halo, self.height + 2 * halo
        )
        return grown.intersection(Window(0, 0, width, height))

    def within(self, other: Window) -> Window:
        """Return this window, which counts from the corner of `other`, in the raster of `other`."""
        col_off, row_off = self.col_off + other.col_off, self.row_off + other.row_off
        return Window(col_off, row_off, self.width, self.height)

    def relative_to(self, other: Window) -> Window:
        """Return this window with its offsets counted from the upper left corner of `other`."""
        col_off, row_off = self.col_off - other.col_off, self.row_off - other.row_off
        return Window(col_off, row_off, self.width, self.height)


def tiles(
    width: int, height: int, size: int, column_block: int = 0, phase: tuple[int, int] = (0, 0)
) -> list[Window]:
    """Divide a raster into square tiles, row by row; tiles at the edges may be smaller.

    Args:
        width: columns of the raster.
        height: rows of the raster.
        size: side of a tile in pixels, at least 1.
        column_block: width of a column block in pixels, rounded up to whole tiles. All tiles of a
            block are listed, row by row, before those of the next block. 0 for a single block.
        phase: column and row, each from 0 to `size` - 1, of the first tile boundary inside the
            raster; (0, 0) puts the boundaries at multiples of `size`.

    Raises:
        ValueError: `size` is below 1.

    Example:
        >>> [(tile.col_off, tile.width) for tile in tiles(10, 4, 4, phase=(2, 0))]
        [(0, 2), (2, 4), (6, 4)]
    """
    if size < 1:
        raise ValueError(f"tile size {size} is below 1")
    columns, rows = spans(width, size, phase[0]), spans(height, size, phase[1])
    columns_per_block = -(-column_block // size) or len(columns)
    return [
        Window(col_off, row_off, tile_width, tile_height)
        for first in range(0, len(columns), columns_per_block)
        for row_off, tile_height in rows
        for col_off, tile_width in columns[first : first + columns_per_block]
    ]


def starts(length: int, side: int, stride: int) -> list[int]:
    """Offsets of overlapping windows of `side` pixels, `stride` apart, that cover a length.

    The last window ends at the end of the length; it may overlap the one before by more.
    """
    offsets = list(range(0, max(length - side, 0) + 1, stride))
    if offsets[-1] + side < length:
        offsets.append(length - side)
    return offsets


def spans(length: int, size: int, phase: int) -> list[tuple[int, int]]:
    """Offsets and lengths of the tiles along one axis; see `tiles`."""
    offsets = [0, *range(phase or size, length, size)]
    return [(first, last - first) for first, last in zip(offsets, [*offsets[1:], length])]
