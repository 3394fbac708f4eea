# SPDX-License-Identifier: GPL-2.0-or-later
"""Locating the damaged block of a raster, and the error message for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .gdal_calls import open_raster
from .pixels import read_pixels
from .windows import Window


def blocks_of(band: Any, window: Window) -> list[Window]:
    """Blocks of the file that a window touches, whole, so that each reader names the same place."""
    width, height = band.GetBlockSize()
    raster = Window(0, 0, band.XSize, band.YSize)
    return [
        Window(col, row, width, height).intersection(raster)
        for row in range(window.row_off // height * height, window.row_off + window.height, height)
        for col in range(window.col_off // width * width, window.col_off + window.width, width)
    ]


def damage_of(
    path: str, bands: Sequence[int], window: Window, dtype: np.dtype[Any]
) -> tuple[str, Window, str] | None:
    """Find the first band and block of a window that cannot be read, with GDAL's error.

    The raster is opened anew: see `open_with_threads`.
    """
    dataset = open_raster(path)
    for number in bands:
        band = dataset.GetRasterBand(number)
        for block in blocks_of(band, window):
            values, why = read_pixels(band, block, dtype)
            if values is None or why:
                return f"band {number}", block, why
    return None


def damage_text(name: str, what: str, window: Window, error: str) -> str:
    """Error message: what cannot be read, where, and the remedy."""
    rows = f"{window.row_off} to {window.row_off + window.height - 1}"
    columns = f"{window.col_off} to {window.col_off + window.width - 1}"
    return (
        f"{name}: {what} cannot be read at rows {rows}, columns {columns}, counted from 0"
        f" ({error or 'unknown error'}); the file is damaged there, get a fresh copy or leave"
        " that part out, by EXTENT where the algorithm has it."
    )
