# SPDX-License-Identifier: GPL-2.0-or-later
"""Offsets between the tiles of a mosaic, subtracted from the values as they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .windows import Window

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class TileOffsets:
    """How much brighter the tiles of a mosaic are than its mean.

    Attributes:
        rows: first row of each tile but the uppermost, ascending.
        columns: first column of each tile but the leftmost, ascending.
        offsets: `(bands, tiles down, tiles across)` in the values of the bands.

    Example:
        >>> offsets = TileOffsets((), (1,), np.array([[[-1.0, 2.0]]]))
        >>> valid = np.array([[True, True, False]])
        >>> offsets.subtracted(np.array([[[5, 5, 5]]]), valid, Window(0, 0, 3, 1)).tolist()
        [[[6, 3, 5]]]
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    offsets: npt.NDArray[np.float64]

    def subtracted(self, values: Array, valid: npt.NDArray[np.bool_], window: Window) -> Array:
        """Return values `(bands, rows, cols)` of a window without the offsets.

        Whole numbers remain so, and within the range of their type.

        Args:
            values: of the window.
            valid: `(rows, cols)` or `(bands, rows, cols)`; other pixels keep their values.
            window: of the raster.
        """
        rows, columns = (
            np.arange(first, first + count)
            for first, count in ((window.row_off, window.height), (window.col_off, window.width))
        )
        down = np.searchsorted(self.rows, rows, "right")
        across = np.searchsorted(self.columns, columns, "right")
        known = np.broadcast_to(valid, values.shape)
        result = np.empty_like(values)
        for band, (pixels, inside) in enumerate(zip(values, known)):
            moved = pixels - self.offsets[band][down[:, np.newaxis], across]
            if values.dtype.kind in "iu":
                limits = np.iinfo(values.dtype)
                moved = np.clip(np.rint(moved), limits.min, limits.max)
            result[band] = np.where(inside, moved, pixels)
        return result


def without_offsets(
    offsets: TileOffsets | None, values: Array, valid: npt.NDArray[np.bool_], window: Window
) -> Array:
    """Return values `(bands, rows, cols)` of a window without the offsets, if there are any."""
    return values if offsets is None else offsets.subtracted(values, valid, window)
