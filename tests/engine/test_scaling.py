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
