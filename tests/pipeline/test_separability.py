# SPDX-License-Identifier: GPL-2.0-or-later
"""Spread and separability of classes."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.pipeline.classes.separability import jeffries_matusita, spread

ONE = np.ones(400, np.int64)


def sample(mean, deviation, seed, count=400):
    return np.random.default_rng(seed).normal(mean, deviation, (count, len(mean)))


def test_the_spread_is_weighted_by_pixels():
    values = np.array([[1.0, 5.0], [3.0, 5.0], [np.nan, 1.0]])
    assert spread(values, np.array([1, 3, 9])).tolist() == pytest.approx([np.sqrt(0.75), 0])
    assert spread(values[:1], np.array([1])) is None


def test_normal_distributions_have_the_distance_of_the_formula():
    first, second = sample((10.0, 20.0), 2.0, 0), sample((13.0, 20.0), 2.0, 1)
    found = jeffries_matusita((first, second), (ONE, ONE))
    # Equal covariances: B is an eighth of the squared distance in standard deviations.
    assert found == pytest.approx(2 * (1 - np.exp(-((3 / 2) ** 2) / 8)), abs=0.08)
    assert jeffries_matusita((second, first), (ONE, ONE)) == pytest.approx(found)


def test_the_distance_is_0_for_equal_and_2_for_distant_classes():
    first = sample((10.0, 20.0, 5.0), 2.0, 0)
    assert jeffries_matusita((first, first), (ONE, ONE)) == pytest.approx(0, abs=1e-9)
    assert jeffries_matusita((first, first + 100), (ONE, ONE)) == pytest.approx(2)
    # The scale of the bands does not matter.
    scaled = first * np.array([1e-4, 1, 1e3])
    other = sample((11.0, 21.0, 5.0), 2.0, 2)
    assert jeffries_matusita((first, other), (ONE, ONE)) == pytest.approx(
        jeffries_matusita((scaled, other * np.array([1e-4, 1, 1e3])), (ONE, ONE)), abs=0.05
    )


def test_few_superpixels_or_no_spread():
    first = sample((10.0, 20.0, 5.0), 2.0, 0)
    assert jeffries_matusita((first, first[:3]), (ONE, ONE[:3])) is None
    flat = np.full((400, 3), 7.0)
    assert jeffries_matusita((flat, flat), (ONE, ONE)) == 0
    assert jeffries_matusita((flat, flat + 1), (ONE, ONE)) == pytest.approx(2)
    assert 0 <= jeffries_matusita((flat, first), (ONE, ONE)) <= 2
