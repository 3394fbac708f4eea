# SPDX-License-Identifier: GPL-2.0-or-later
"""Pixels of the overlay: colors of a table, and outlines."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.raster.overlay_pixels import DIMMED, INNER, OUTER, colored, dimmed


def expected(values, table, outlined):
    """The same, pixel by pixel."""
    rows, cols = values.shape
    color = [[tuple(table[v]) if v < len(table) else (0,) * 4 for v in row] for row in values]
    drawn = np.array(color, np.uint8)
    for row in range(rows):
        for col in range(cols):
            inside = values[row, col] < len(outlined) and outlined[values[row, col]]
            for other in ((row - 1, col), (row + 1, col), (row, col - 1), (row, col + 1)):
                if not (0 <= other[0] < rows and 0 <= other[1] < cols):
                    continue
                there = values[other] < len(outlined) and outlined[values[other]]
                if (inside or there) and color[row][col] != color[other[0]][other[1]]:
                    drawn[row, col] = INNER if inside else OUTER
    return drawn


@pytest.mark.parametrize("shape", [(9, 7), (1, 12), (12, 1), (2, 2)])
@pytest.mark.parametrize("kind", [np.uint8, np.uint32])
def test_areas_are_colored_and_outlined(shape, kind):
    random = np.random.default_rng(0)
    for _ in range(20):
        values = random.integers(0, 7, shape).astype(kind)
        table = random.integers(0, 3, (6, 4)).astype(np.uint8)
        outlined = random.random(6) < 0.4
        assert np.array_equal(colored(values, table, outlined), expected(values, table, outlined))
        assert np.array_equal(colored(values, table), expected(values, table, [False] * 6))


def test_classes_are_set_off_from_all_others_but_nodata():
    table, outlined = dimmed({3, 255})
    assert np.flatnonzero(outlined).tolist() == [3, 255]
    assert np.flatnonzero(table[:, 3] == 0).tolist() == [0, 3, 255]
    assert (table[[1, 2, 4, 254]] == DIMMED).all()
