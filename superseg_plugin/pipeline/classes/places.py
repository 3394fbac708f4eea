# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading a raster of classes or superpixels at places, block by block."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np
import numpy.typing as npt

from ...progress import Progress, stop_if_cancelled
from ...raster.grid import Grid
from ...raster.windows import Window

# Side in pixels of the blocks that are read.
BLOCK = 256


def read_at(
    grid: Grid,
    places: npt.NDArray[np.float64],
    read: Callable[[Window], npt.NDArray[Any]],
    progress: Progress,
    text: str,
) -> npt.NDArray[np.int64]:
    """Return the number at each place, `(n,)`; -1 off the grid.

    Args:
        grid: of the raster.
        places: `(n, 2)` coordinates in its system.
        read: returns the numbers `(rows, cols)` of a window.
        progress: reports every block.
        text: of these reports.

    Raises:
        Cancelled: the user cancelled.
    """
    pixels = grid.to_pixels(places)
    with np.errstate(invalid="ignore"):
        inside = (pixels >= 0).all(axis=1) & (pixels < (grid.width, grid.height)).all(axis=1)
    result = np.full(len(places), -1, np.int64)
    rows = np.flatnonzero(inside)
    cells = np.floor(pixels[rows]).astype(np.int64)
    blocks, block = np.unique(cells // BLOCK, axis=0, return_inverse=True)
    block = block.ravel()
    for number, (col, row) in enumerate(blocks.tolist()):
        stop_if_cancelled(progress)
        window = Window(col * BLOCK, row * BLOCK, BLOCK, BLOCK).intersection(grid.window)
        here = block == number
        at = cells[here] - (window.col_off, window.row_off)
        result[rows[here]] = read(window)[at[:, 1], at[:, 0]]
        progress.report((number + 1) / len(blocks), text)
    return result
