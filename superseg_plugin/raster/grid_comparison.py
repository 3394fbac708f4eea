# SPDX-License-Identifier: GPL-2.0-or-later
"""Comparison of two grids: the same pixels, or one a part of the other."""

from __future__ import annotations

import numpy as np

from ..errors import SuperSegError
from .grid import Grid


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
    if grid.matches(other):
        return
    if (grid.width, grid.height) != (other.width, other.height):
        difference = (
            f"is {other.width} x {other.height} pixels where"
            f" {grid.width} x {grid.height} are needed"
        )
    elif (grid.geotransform is None) != (other.geotransform is None):
        which = "has no" if other.geotransform is None else "has a"
        difference = f"{which} geotransform, unlike the raster it goes with"
    else:
        difference = "lies elsewhere or has another coordinate reference system"
    raise SuperSegError(
        f"{parameter}: {name} {difference}; make it from the same raster and extent, or bring it"
        " onto that grid with Raster > Align Rasters or Warp (reproject), nearest neighbor."
    )


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
