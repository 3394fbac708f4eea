# SPDX-License-Identifier: GPL-2.0-or-later
"""Pixels of an overlay: values in the colors of a table, with outlines."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

# Gray makes dark and bright areas less conspicuous alike, on a dark or a bright map.
DIMMED = (128, 128, 128, 175)
FLASH = (255, 235, 59, 230)
HIGHEST_CLASS = 255
# Of similarity: levels 1 to 255, from dark, nothing in common, to light. The map stays visible.
LEVELS = 255
LEAST_SIMILAR, MOST_SIMILAR = (38, 26, 82), (214, 226, 255)
SIMILARITY_OPACITY = 165
# The outline is a light line inside the area and a dark one outside: one of them contrasts with
# any map.
INNER, OUTER = (255, 235, 59, 255), (0, 0, 0, 200)


def dimmed(numbers: Collection[int]) -> tuple[Bytes, Flags]:
    """Return the color table, and the values to outline, that set classes off from all others.

    Args:
        numbers: of the classes, 1 to 255.
    """
    outlined = np.zeros(HIGHEST_CLASS + 1, bool)
    outlined[list(numbers)] = True
    table = np.zeros((HIGHEST_CLASS + 1, 4), np.uint8)
    table[1:][~outlined[1:]] = DIMMED
    return table, outlined


def flashed(numbers: Collection[int]) -> Bytes:
    """Return a color table in which only these classes have a color, a bright one."""
    table = np.zeros((HIGHEST_CLASS + 1, 4), np.uint8)
    table[list(numbers)] = FLASH
    return table


def levels_of(similarity: npt.NDArray[np.floating[Any]]) -> Bytes:
    """Return similarity, 0 to 1, as levels 1 to 255; rounded down, so that thresholds hold."""
    return np.asarray(1 + np.floor(similarity * (LEVELS - 1) + 1e-4), np.uint8)


def ranked(least: int) -> tuple[Bytes, Flags]:
    """Return the color table of levels of similarity, and the levels to outline.

    Args:
        least: the level from which on pixels are selected: outlined on the map as it is.
    """
    outlined = np.arange(LEVELS + 1) >= least
    share = np.linspace(0, 1, LEVELS)[:, np.newaxis]
    table = np.zeros((LEVELS + 1, 4), np.uint8)
    colors = np.array(LEAST_SIMILAR) * (1 - share) + np.array(MOST_SIMILAR) * share
    table[1:, :3], table[1:, 3] = np.rint(colors), SIMILARITY_OPACITY
    table[outlined] = 0
    return table, outlined


def colored(
    values: npt.NDArray[np.integer[Any]], table: Bytes, outlined: Flags | None = None
) -> Bytes:
    """Color values by a table.

    Args:
        values: `(rows, cols)` integers from 0.
        table: `(n, 4)` uint8 red, green, blue and opacity; higher values are transparent.
        outlined: `(n,)` bool, the values whose areas are outlined where another color of the table
            begins; None for none.

    Returns:
        `(rows, cols, 4)` uint8.
    """
    # A last row for all values that the table lacks.
    padded = np.zeros((len(table) + 1, 4), np.uint8)
    padded[:-1] = table
    indices = values.astype(np.intp)
    packed = padded.view(np.uint32).ravel().take(indices, mode="clip")
    if outlined is not None and outlined.any():
        inside = np.append(outlined, False).take(indices, mode="clip")
        _outline(packed, inside)
    return packed.view(np.uint8).reshape(*values.shape, 4)


def _outline(packed: npt.NDArray[np.uint32], inside: Flags) -> None:
    """Draw the outlines of areas into packed colors."""
    width = packed.shape[1]
    colors, flags = packed.ravel(), inside.ravel()
    touched = np.zeros(colors.size, bool)
    # Neighbors in a row, then in a column; contiguous arrays are several times as fast as slices.
    for step, in_row in ((1, True), (width, False)):
        border = colors[step:] != colors[:-step]
        border &= flags[step:] | flags[:-step]
        if in_row:
            # The last pixel of a row is no neighbor of the first of the next row.
            border[width - 1 :: width] = False
        touched[step:] |= border
        touched[:-step] |= border
    places = np.flatnonzero(touched)
    inner, outer = (np.array(color, np.uint8).view(np.uint32)[0] for color in (INNER, OUTER))
    colors[places] = np.where(flags[places], inner, outer)
