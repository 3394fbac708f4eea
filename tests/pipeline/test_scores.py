# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from superseg_plugin.pipeline.classes.scores import (
    all_scores,
    expected_mutual_information,
    matching,
    mutual_information,
)


def test_expected_information_is_the_mean_over_all_divisions():
    reference = [0, 0, 0, 1, 1, 2]
    predicted = [0, 0, 1, 1, 1, 1]
    orders = list(itertools.permutations(range(6)))
    total = 0.0
    for order in orders:
        table = np.zeros((3, 2), dtype=np.int64)
        np.add.at(table, (reference, [predicted[i] for i in order]), 1)
        total += mutual_information(table)
    expected = expected_mutual_information(np.array([3, 2, 1]), np.array([2, 4]))
    assert expected == pytest.approx(total / len(orders), abs=1e-12)


@pytest.mark.parametrize("pixels", [10**6, 10**9, 10**12])
def test_expected_information_follows_its_limit_in_large_scenes(pixels):
    sizes = np.array([0.1, 0.2, 0.3, 0.4])
    others = np.full(5, 0.2)
    expected = expected_mutual_information(
        (sizes * pixels).astype(np.int64), (others * pixels).astype(np.int64)
    )
    assert expected * 2 * pixels == pytest.approx(3 * 4, rel=1e-3)


def test_counts_beyond_64_bits_squared():
    table = np.array([[4 * 10**10, 0], [0, 3 * 10**10]])
    scores = all_scores(table)
    assert scores.ari == scores.fmi == pytest.approx(1)
    assert scores.ami == pytest.approx(1)
    assert scores.are == pytest.approx(0)


def test_chance_scores_nothing():
    rng = np.random.default_rng(0)
    table = np.zeros((6, 12), dtype=np.int64)
    np.add.at(table, (rng.integers(0, 6, 10**6), rng.integers(0, 12, 10**6)), 1)
    scores = all_scores(table)
    assert abs(scores.ami) < 1e-4
    assert abs(scores.ari) < 1e-4
    assert scores.fmi > 0.1


def test_one_class_for_all_scores_nothing():
    scores = all_scores(np.array([[5], [7]]))
    assert scores.ami == scores.ari == 0


@pytest.mark.parametrize("shape", [(1, 1), (2, 5), (5, 2), (4, 4)])
def test_matching_is_the_best_of_all(shape):
    rng = np.random.default_rng(1)
    for _ in range(30):
        table = rng.integers(0, 20, shape)
        pairs = matching(table)
        rows = np.flatnonzero(pairs >= 0)
        assert len(set(pairs[rows])) == len(rows) == min(shape)
        wide = table if shape[0] <= shape[1] else table.T
        best = max(
            sum(wide[i, column] for i, column in enumerate(columns))
            for columns in itertools.permutations(range(wide.shape[1]), wide.shape[0])
        )
        assert table[rows, pairs[rows]].sum() == best


def test_empty_divisions_agree():
    scores = all_scores(np.zeros((0, 0), dtype=np.int64))
    assert scores.ami == 1
    assert not math.isnan(scores.v_measure)
