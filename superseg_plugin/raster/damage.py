# SPDX-License-Identifier: GPL-2.0-or-later
"""Locating the damaged block of a raster, and the error message for it."""

from __future__ import annotations

from typing import Any

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


def damage_text(name: str, what: str, window: Window, error: str) -> str:
    """Error message: what cannot be read, where, and the remedy."""
    rows = f"{window.row_off} to {window.row_off + window.height - 1}"
    columns = f"{window.col_off} to {window.col_off + window.width - 1}"
    return (
        f"{name}: {what} cannot be read at rows {rows}, columns {columns}, counted from 0"
        f" ({error or 'unknown error'}); the file is damaged there, get a fresh copy or set EXTENT"
        " to leave that part out."
    )
