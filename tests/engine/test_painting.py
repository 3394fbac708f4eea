# SPDX-License-Identifier: GPL-2.0-or-later
"""Class maps of a tile and sums of its image by class, beside NumPy's."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.engine.painting import paint, sum_classes


def drawn(shape, seed=0):
    generator = np.random.default_rng(seed)
    labels = np.kron(
        generator.integers(0, 40, (shape[0] // 7 + 1, shape[1] // 7 + 1)), np.ones((7, 7), int)
    )
    labels = np.ascontiguousarray(labels[: shape[0], : shape[1]].astype(np.uint32))
    tables = {
        "classes": np.append(0, generator.integers(1, 256, 39)).astype(np.uint8),
        "confidence": np.append(255, generator.integers(0, 101, 39)).astype(np.uint8),
    }
    return labels, tables


@pytest.mark.parametrize("bands", [1, 3, 4, 10])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "float32", "float64"])
def test_a_tile_is_drawn_and_measured_as_by_numpy(bands, dtype):
    labels, tables = drawn((45, 61))
    painted = paint(labels, tables)
    for name, table in tables.items():
        assert (painted[name] == table[labels]).all()
    generator = np.random.default_rng(1)
    image = (generator.random((bands, 45, 61)) * 200).astype(dtype)
    found = sum_classes(painted["classes"], np.full((1, 1), 2.5), image)
    for number in range(1, 256):
        mine = painted["classes"] == number
        assert found.counts[number] == mine.sum()
        assert found.areas[number] == 2.5 * mine.sum()
        assert np.allclose(found.sums[number], image[:, mine].sum(axis=1, dtype=np.float64))


@pytest.mark.parametrize("shape", [(45, 1), (45, 61)])
def test_pixels_of_different_areas_are_summed_by_class(shape):
    labels, tables = drawn((45, 61))
    classes, areas = paint(labels, tables)["classes"], np.random.default_rng(2).random(shape)
    found = sum_classes(classes, areas, None)
    expected = np.bincount(classes.ravel(), np.broadcast_to(areas, (45, 61)).ravel(), 256)
    assert np.allclose(found.areas, expected)
    assert found.sums.shape == (256, 0)


def test_whole_numbers_are_summed_exactly_and_nodata_does_not_count():
    classes = np.ones((300, 400), np.uint8)
    classes[:, :30] = 0
    image = np.full((2, 300, 400), 2**31 - 1, np.int64)
    assert (
        sum_classes(classes, np.ones((1, 1)), image).sums[1].tolist()
        == [float(300 * 370 * (2**31 - 1))] * 2
    )
    unknown = np.where(classes == 0, np.nan, 3.0)[np.newaxis]
    sums = sum_classes(classes, np.ones((1, 1)), unknown).sums
    assert sums[1, 0] == 3.0 * 300 * 370
    assert np.isfinite(sums).all()
