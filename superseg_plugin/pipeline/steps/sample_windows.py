# SPDX-License-Identifier: GPL-2.0-or-later
"""Windows from all over a scene, for samples of its pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...raster.grid import Grid
from ...raster.windows import Window, tiles

# Side of a window of a sample.
SAMPLE_WINDOW = 128


def scattered_windows(grid: Grid) -> list[Window]:
    """Windows of the scene in an order that looks random, but hangs on their ground alone."""
    windows = tiles(grid.width, grid.height, SAMPLE_WINDOW, phase=grid.tile_phase(SAMPLE_WINDOW))
    col, row = grid.global_offset()
    corners = np.array(
        [(window.col_off + col, window.row_off + row) for window in windows], np.int64
    )
    columns, rows = (corners // SAMPLE_WINDOW).T.astype(np.uint64)
    order = np.argsort(_scrambled(columns ^ _scrambled(rows)), kind="stable")
    return [windows[index] for index in order]


def _scrambled(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Numbers that follow no pattern where these do.

    Source: the finalizer of splitmix64; G. L. Steele, D. Lea, C. H. Flood, "Fast splittable
    pseudorandom number generators", OOPSLA 2014.
    """
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    scrambled: npt.NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return scrambled
