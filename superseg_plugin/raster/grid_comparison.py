# SPDX-License-Identifier: GPL-2.0-or-later
"""Comparison of two grids: the same pixels, a common part, or one a part of the other."""

from __future__ import annotations

import numpy as np

from ..errors import SuperSegError
from .grid import Grid
from .windows import Window

# Pixel sizes that differ by less than this share are the same.
SAME_SIZE = 1e-4


def require_same_grid(grid: Grid, other: Grid, parameter: str, name: str) -> None:
    """Check that a second raster has the grid of the first.

    Args:
        grid: grid of the first raster.
        other: grid of the second raster.
        parameter: Processing parameter of the second raster, for the message.
        name: file name of the second raster, for the message.

    Raises:
        SuperSegError: the grids differ; the message says how.
    """
    if not grid.matches(other):
        raise _difference(grid, other, parameter, name)


def common_part(grid: Grid, other: Grid, parameter: str, name: str) -> tuple[Window, Window]:
    """Find the pixels that two grids of one lattice have in common.

    Args:
        grid: grid of the first raster.
        other: grid of the second raster.
        parameter: Processing parameter of the second raster, for the message.
        name: file name of the second raster, for the message.

    Returns:
        The window of the common part in each of the two grids.

    Raises:
        SuperSegError: the pixels do not coincide, or there are none in common.
    """
    if grid.matches(other):
        return grid.window, other.window
    shift = grid.shift_to(other)
    if shift is None:
        raise _difference(grid, other, parameter, name)
    col, row = shift
    common = grid.window.intersection(Window(col, row, other.width, other.height))
    if not common.width * common.height:
        raise SuperSegError(
            f"{parameter}: {name} covers other ground than the raster it goes with; choose rasters "
            "of the same place."
        )
    return common, Window(common.col_off - col, common.row_off - row, common.width, common.height)


def _difference(grid: Grid, other: Grid, parameter: str, name: str) -> SuperSegError:
    """Return the error about two grids whose pixels differ."""
    if grid.shift_to(other) is None and (
        grid.geotransform is not None and other.geotransform is not None and grid.is_in(other.crs)
    ):
        difference = _lattice_difference(grid, other)
    elif (grid.width, grid.height) != (other.width, other.height):
        difference = (
            f"is {other.width} x {other.height} pixels where"
            f" {grid.width} x {grid.height} are needed"
        )
    elif (grid.geotransform is None) != (other.geotransform is None):
        which = "has no" if other.geotransform is None else "has a"
        difference = f"{which} geotransform, unlike the raster it goes with"
    else:
        difference = "lies elsewhere or has another coordinate reference system"
    return SuperSegError(
        f"{parameter}: {name} {difference}; make it from the same raster and extent, or bring it"
        " onto that grid with Raster > Align Rasters or Warp (reproject), nearest neighbor."
    )


def _lattice_difference(grid: Grid, other: Grid) -> str:
    """Say how the pixels of two grids in one reference system differ."""
    corners = np.array([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)])
    first, across, down = grid.to_pixels(other.to_coordinates(corners))
    sizes = float(np.hypot(*(across - first))), float(np.hypot(*(down - first)))
    if max(abs(size - 1) for size in sizes) > SAME_SIZE:
        return f"has pixels of {sizes[0]:.4g} x {sizes[1]:.4g} times the size"
    if max(np.abs(across - first - (1, 0)).max(), np.abs(down - first - (0, 1)).max()) > SAME_SIZE:
        return "is flipped or rotated against the raster it goes with"
    off = first - np.rint(first)
    return f"has pixels that lie {abs(off[0]):.2g} x {abs(off[1]):.2g} pixels beside those needed"


def extent_of_part(grid: Grid, other: Grid) -> tuple[float, float, float, float] | None:
    """Return the extent of `other` if it covers a part of `grid`, as results of EXTENT do.

    Returns:
        (xmin, ymin, xmax, ymax); None if both have the same size, one has no geotransform, or
        `other` is rotated or reaches beyond `grid` by more than half a pixel.
    """
    if (other.width, other.height) == (grid.width, grid.height):
        return None
    if grid.geotransform is None or other.geotransform is None:
        return None
    left, across, row_skew, top, column_skew, down = other.geotransform
    if row_skew or column_skew:
        return None
    corners = np.array([(left, top), (left + across * other.width, top + down * other.height)])
    pixels = grid.to_pixels(corners)
    half = 0.5
    if pixels.min() < -half or (pixels.max(axis=0) > (grid.width + half, grid.height + half)).any():
        return None
    (xmin, ymin), (xmax, ymax) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return xmin, ymin, xmax, ymax
