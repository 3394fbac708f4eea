# SPDX-License-Identifier: GPL-2.0-or-later
"""Band scaling: any number type and range comes to the same scale."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from superseg_plugin.contracts import BandScaling
from superseg_plugin.engine.scaling import measure_scaling


def test_bytes_are_shown_as_they_are():
    image = np.random.default_rng(0).integers(0, 256, (3, 20, 20), dtype=np.uint8)
    scaling = measure_scaling(image.reshape(3, -1))
    assert np.array_equal(scaling.to_display(image, np.ones((20, 20), bool)), image)


@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.int32, np.float32, np.float64])
def test_other_types_span_the_same_range(dtype):
    values = np.random.default_rng(0).uniform(100, 3000, (4, 50, 50)).astype(dtype)
    valid = np.ones((50, 50), bool)
    scaling = measure_scaling(values.reshape(4, -1))
    assert 240 < np.percentile(scaling.to_display(values, valid), 99) < 270
    standard = scaling.to_standard(values, valid)
    assert abs(np.median(standard)) < 0.05
    assert 0.5 < standard.std() < 2


def test_a_large_offset_costs_no_detail():
    values = 1e9 + np.random.default_rng(0).uniform(0, 10, (1, 30, 30))
    scaling = measure_scaling(values.reshape(1, -1))
    standard = scaling.to_standard(values, np.ones((30, 30), bool))
    assert len(np.unique(standard)) > 800


def test_constant_bands_and_wild_values_stay_finite():
    values = np.ones((2, 10, 10))
    values[1] = 5
    values[1, 0, 0] = 1e300
    values[0, 3, 3] = np.nan
    valid = np.isfinite(values).all(axis=0)
    scaling = measure_scaling(values[:, valid])
    for convert in (scaling.to_display, scaling.to_standard):
        assert np.isfinite(convert(values, valid)).all()


def test_scaling_survives_a_message():
    scaling = measure_scaling(np.random.default_rng(0).normal(size=(3, 100)))
    assert BandScaling.from_dict(asdict(scaling)) == scaling


@pytest.mark.parametrize("share", [0.004, 0.4])
@pytest.mark.parametrize("extreme", [-9999.0, 65535.0, 0.0])
def test_a_repeated_value_away_from_the_rest_changes_no_scale(extreme, share):
    rest = np.random.default_rng(0).uniform(3000, 5000, (2, 20000))
    usual = measure_scaling(rest)
    rest[0, : int(share * 20000)] = extreme
    scaling = measure_scaling(rest)
    for name in ("low", "high", "center", "spread"):
        values, expected = getattr(scaling, name), getattr(usual, name)
        assert values[1] == expected[1]
        assert values[0] == pytest.approx(expected[0], abs=60), name


def test_levels_keep_their_distances():
    levels = np.tile([10, 20, 30, 200], 500)[np.newaxis].astype(np.uint16)
    assert measure_scaling(levels).high == (200.0,)


def test_bytes_of_a_small_range_are_stretched_as_other_types():
    dark = np.random.default_rng(0).integers(1, 24, (3, 5000)).astype(np.uint8)
    scaling = measure_scaling(dark)
    assert scaling == measure_scaling(dark.astype(np.uint16))
    assert scaling.high == (23.0,) * 3
    # One band of an ordinary range is enough to keep all as they are.
    dark[1, ::2] *= 10
    assert measure_scaling(dark).high == (255.0,) * 3
