# SPDX-License-Identifier: GPL-2.0-or-later
"""Pixels, areas, classes and places of superpixels, beside a search by definition."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.engine.tabulation import ARMS, tabulate


def blobs(rows, cols, side, seed=0):
    """Patches of a few ids side by side, with holes."""
    generator = np.random.default_rng(seed)
    patches = generator.integers(40, 60, (rows // side + 1, cols // side + 1)).astype(np.uint32)
    ids = np.kron(patches, np.ones((side, side), np.uint32))[:rows, :cols]
    ids[generator.random((rows, cols)) < 0.02] = 0
    return ids


def widest_cross(ids, row, col):
    """Number of the widest arm around a pixel, from 1; 0 for none."""
    found = 0
    for number, arm in enumerate(ARMS, start=1):
        ends = [(row - arm, col), (row + arm, col), (row, col - arm), (row, col + arm)]
        inside = all(0 <= r < ids.shape[0] and 0 <= c < ids.shape[1] for r, c in ends)
        if inside and all(ids[end] == ids[row, col] for end in ends):
            found = number
    return found


@pytest.mark.parametrize("shape", [(40, 60), (5, 70), (1, 30)])
@pytest.mark.parametrize("of_pixels", ["one", "rows", "each"])
def test_superpixels_are_tabulated_as_they_are(shape, of_pixels):
    ids = blobs(*shape, side=11)
    classes = (ids % 7).astype(np.uint8)
    sides = {"one": (1, 1), "rows": (shape[0], 1), "each": shape}[of_pixels]
    areas = np.random.default_rng(1).random(sides)
    table = tabulate(ids, classes, areas)
    first = int(table.first[0])
    assert set(np.flatnonzero(table.pixels) + first) == set(np.unique(ids[ids > 0]))
    for row in np.flatnonzero(table.pixels):
        mine = ids == first + row
        assert table.pixels[row] == mine.sum()
        assert table.areas[row] == pytest.approx(np.broadcast_to(areas, shape)[mine].sum())
        assert table.classes[row] == (first + row) % 7
        place = divmod(int(table.places[row]), shape[1])
        crosses = [widest_cross(ids, *pixel) for pixel in np.argwhere(mine)]
        assert mine[place]
        assert widest_cross(ids, *place) == max(crosses)
        assert table.levels[row] == 1 + max(crosses)


def test_a_tile_without_superpixels_has_an_empty_table():
    table = tabulate(np.zeros((3, 4), np.uint32), np.zeros((3, 4), np.uint8), np.ones((1, 1)))
    assert all(len(column) == 0 for column in vars(table).values())
