# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics of superpixels: right, additive over tiles, and blind to nodata."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from superseg_plugin.blocks import EMBEDDING, MEASURED, column_layout
from superseg_plugin.contracts import DESCRIPTION_HALO as HALO
from superseg_plugin.contracts import BandScaling
from superseg_plugin.engine.description import describe_tile, describe_values
from superseg_plugin.engine.segments import Tile
from tests.engine.images import landscape


def blocks(rows, cols, size=16):
    row, col = np.indices((rows, cols)) // size
    return (row * (-(-cols // size)) + col + 1).astype(np.uint32)


def whole(image):
    return slice(0, image.shape[1]), slice(0, image.shape[2])


def tile_of(image, valid, core, kind=MEASURED):
    """A tile whose values are in display units."""
    bands = len(image)
    scaling = BandScaling((0.0,) * bands, (255.0,) * bands, (0.0,) * bands, (1.0,) * bands)
    return Tile(image, valid, replace(scaling, kind=kind), core)


def describe(image, valid=None, labels=None, core=None):
    valid = np.ones(image.shape[1:], bool) if valid is None else valid
    labels = blocks(*image.shape[1:]) if labels is None else labels
    return describe_tile(tile_of(image, valid, core or whole(image)), labels)


@pytest.mark.parametrize("bands", [1, 3, 12])
def test_sums_are_those_of_the_pixels(bands):
    image = landscape(96, 128, bands)
    labels = blocks(96, 128)
    found = describe(image, labels=labels)
    layout = column_layout(bands)
    for row, number in enumerate(found.ids):
        inside = image[:, labels == number].astype(np.float64)
        assert found.sums[row, 0] == inside.shape[1]
        np.testing.assert_allclose(found.sums[row, layout["values"]], inside.sum(axis=1))
        np.testing.assert_allclose(found.sums[row, layout["squares"]], (inside**2).sum(axis=1))


def test_borders_are_counted_once_and_whole():
    labels = np.ones((8, 10), np.uint32)
    labels[:, 6:] = 2
    labels[5:, :3] = 0
    found = describe(np.zeros((1, 8, 10)), labels=labels)
    assert found.pairs.tolist() == [[1, 2]]
    assert found.lengths.tolist() == [8]


def test_tiles_add_up_to_the_scene():
    image = landscape(400, 416)
    labels = blocks(400, 416, 24)
    scene = describe(image, labels=labels)
    total = np.zeros_like(scene.sums)
    lengths = {tuple(pair): 0 for pair in scene.pairs.tolist()}
    for top in range(0, 400, 200):
        for left in range(0, 416, 208):
            bottom, right = top + 200, left + 208
            first_row, first_col = max(top - HALO, 0), max(left - HALO, 0)
            outer = (
                slice(first_row, bottom + HALO),
                slice(first_col, right + HALO),
            )
            core = (
                slice(top - first_row, bottom - first_row),
                slice(left - first_col, right - first_col),
            )
            tile = describe(image[(slice(None), *outer)], None, labels[outer], core)
            total[tile.ids.astype(int) - 1] += tile.sums
            for pair, length in zip(tile.pairs.tolist(), tile.lengths):
                lengths[tuple(pair)] += length
    np.testing.assert_allclose(total, scene.sums, rtol=2e-5, atol=1e-3)
    assert [lengths[tuple(pair)] for pair in scene.pairs.tolist()] == scene.lengths.tolist()


def test_nodata_values_reach_no_statistic():
    image = landscape(128, 128).astype(np.float32)
    valid = np.ones((128, 128), bool)
    valid[50:70, 30:100] = False
    labels = np.where(valid, blocks(128, 128), 0).astype(np.uint32)
    dark, bright = image.copy(), image.copy()
    dark[:, ~valid], bright[:, ~valid] = 0, 500
    one, other = describe(dark, valid, labels), describe(bright, valid, labels)
    assert np.array_equal(one.sums, other.sums)


def test_of_an_embedding_the_values_alone_are_summed():
    image = landscape(96, 128, 20).astype(np.float32)
    valid, labels = np.ones(image.shape[1:], bool), blocks(96, 128)
    core = slice(8, 80), slice(4, 120)
    usual = describe_tile(tile_of(image, valid, core), labels)
    found = describe_tile(tile_of(image, valid, core, EMBEDDING), labels)
    layout = column_layout(20)
    assert found.sums.shape == usual.sums.shape
    for block in ("pixels", "values"):
        np.testing.assert_array_equal(found.sums[:, layout[block]], usual.sums[:, layout[block]])
    for block in ("squares", "texture", "context"):
        assert not found.sums[:, layout[block]].any()
    assert found.pairs.tolist() == usual.pairs.tolist()
    assert found.lengths.tolist() == usual.lengths.tolist()


def test_alpha_earths_bytes_are_scaled_as_the_vectors_they_stand_for():
    steps = np.random.default_rng(0).integers(-128, 128, (2, 9, 7)).astype(np.int8)
    share = steps / np.float32(127.5)
    vectors = (np.sign(share) * share**2).astype(np.float32)
    scaling = BandScaling((-0.5, -0.2), (0.5, 0.4), (0.0, 0.1), (0.2, 0.3), kind=EMBEDDING)
    valid = np.random.default_rng(1).random((9, 7)) > 0.2
    for scale in (scaling.to_display, scaling.to_standard):
        np.testing.assert_array_equal(scale(steps, valid), scale(vectors, valid))
    # The vectors themselves are summed in place of squares.
    labels, core = np.where(valid, blocks(9, 7, 4), 0).astype(np.uint32), (slice(0, 9), slice(1, 7))
    found = describe_tile(Tile(steps, valid, scaling, core), labels)
    inside = [vectors[:, core[0], core[1]][:, labels[core] == number] for number in found.ids]
    expected = [part.sum(axis=1, dtype=np.float64) for part in inside]
    np.testing.assert_allclose(found.sums[:, column_layout(2)["squares"]], expected, rtol=1e-12)


@pytest.mark.parametrize("bands", [1, 4, 7])
def test_values_are_summed_pixel_by_pixel_in_their_order(bands):
    rng = np.random.default_rng(bands)
    image = rng.uniform(0, 300, (bands, 70, 41)).astype(np.float32)
    valid, core = rng.random((70, 41)) > 0.2, (slice(3, 67), slice(2, 40))
    labels = np.where(valid, blocks(70, 41, 9), 0).astype(np.uint32)
    seen = labels[3:68, 2:41]
    found = describe_values(tile_of(image, valid, core), seen)
    inside = labels[core]
    for row, number in enumerate(found.ids):
        pixels = image[:, core[0], core[1]][:, inside == number].astype(np.float64)
        assert found.sums[row].tolist() == [
            pixels.shape[1],
            *(np.cumsum(band)[-1] for band in pixels),
        ]
    described = describe(image, valid, labels, core)
    assert described.pairs.tolist() == found.pairs.tolist()
    assert described.lengths.tolist() == found.lengths.tolist()
