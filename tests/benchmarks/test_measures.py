# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures without a reference: borders, areas, variance, agreement, confidence."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.benchmarks.measures import (
    agreement,
    bin_accuracies,
    borders,
    boundary_recall,
    effective_classes,
    equal_share,
    explained_variance,
    likeliest_reference,
    map_ami,
    map_ari,
    mean_and_spread,
    rising,
    tiny_classes,
    widened,
    without_empty,
)


def halves(rows=40, cols=60, at=30):
    """Class 1 to the left of a column, class 2 from it on."""
    classes = np.ones((rows, cols), np.uint8)
    classes[:, at:] = 2
    return classes


@pytest.mark.parametrize(("shift", "recall"), [(0, 1), (1, 1), (2, 1), (3, 0), (-2, 1), (-3, 0)])
def test_a_border_is_found_within_two_pixels(shift, recall):
    assert boundary_recall(halves(), halves(at=30 + shift)) == recall


def test_the_share_of_a_border_found():
    classes = halves()
    classes[:18] = 1
    # 22 rows are found as they are, and two more within the radius of the uppermost.
    assert boundary_recall(halves(), classes) == pytest.approx(24 / 40)


def test_borders_with_unlabelled_do_not_count():
    reference = halves()
    reference[10:30] = 0
    assert boundary_recall(reference, halves()) == 1
    assert borders(reference).sum() == 20
    nothing = np.where(halves() == 2, 0, 1).astype(np.uint8)
    assert math.isnan(boundary_recall(nothing, halves()))


def test_borders_with_nodata_are_no_borders_of_a_map():
    classes = np.where(halves() == 2, 0, 1).astype(np.uint8)
    assert boundary_recall(halves(), classes) == 0


def test_distance_is_that_of_a_circle():
    point = np.zeros((9, 9), bool)
    point[4, 4] = True
    assert widened(point, 2).sum() == 13


def test_agreement_does_not_depend_on_numbers():
    generator = np.random.default_rng(0)
    one = generator.integers(1, 5, (50, 50)).astype(np.uint8)
    renamed = np.array([0, 3, 1, 4, 2], np.uint8)[one]
    other = generator.integers(1, 5, (50, 50)).astype(np.uint8)
    assert map_ami(one, renamed) == pytest.approx(1)
    assert map_ami(one, other) == pytest.approx(0, abs=0.01)
    assert map_ari(one, renamed) == pytest.approx(1)
    assert agreement([one, renamed, renamed]) == pytest.approx(1)
    assert agreement([one, renamed, other]) == pytest.approx(1 / 3, abs=0.01)
    assert agreement([one]) is None


def test_pixels_without_class_in_one_map_are_left_out():
    one, other = halves(), halves()
    one[:20], other[:20] = 0, np.arange(60) % 2 + 1
    assert map_ami(one, other) == pytest.approx(1)


def test_deciles_of_confidence_have_as_many_pixels_each():
    confidence = np.repeat(np.arange(100, dtype=np.uint8), 7)
    generator = np.random.default_rng(0)
    mixed = generator.permutation(len(confidence))
    correct = confidence >= 50
    found = bin_accuracies(confidence[mixed], correct[mixed])
    assert found == pytest.approx([0] * 5 + [1] * 5)


def test_pixels_of_equal_confidence_share_their_accuracy():
    confidence = np.array([10] * 10 + [90] * 30, np.uint8)
    correct = np.array([False] * 10 + [True] * 15 + [False] * 15)
    found = bin_accuracies(confidence, correct, bins=4)
    assert found == pytest.approx([0, 0.5, 0.5, 0.5])


def test_rising_is_a_rank_correlation():
    assert rising([0.1, 0.2, 0.4, 0.9]) == pytest.approx(1)
    assert rising([0.9, 0.4, 0.2]) == pytest.approx(-1)
    assert rising([0.5] * 10) == 0
    assert rising([1, 3, 2, 4]) == pytest.approx(0.8)
    assert rising([1, 1, 2]) == pytest.approx(math.sqrt(0.75))


def test_a_class_stands_for_the_reference_class_that_it_shares_most_with():
    table = np.array([[5, 1, 0], [4, 8, 0]])
    assert likeliest_reference(table).tolist() == [0, 1, -1]


def test_spread_is_of_a_sample():
    assert mean_and_spread([1.0, 2.0, 3.0]) == [2.0, 1.0]
    assert mean_and_spread([4.0]) == [4.0]
    assert mean_and_spread([]) == []


def test_effective_classes_of_equal_areas_is_their_number():
    assert effective_classes([7, 7, 7, 7, 0]) == pytest.approx(4)
    assert effective_classes([1, 0]) == pytest.approx(1)
    assert effective_classes([3, 1]) == pytest.approx(4 / 3**0.75)


def test_classes_below_a_thousandth_are_tiny():
    assert tiny_classes([0, 999, 998_001, 1000]) == 1


def test_explained_variance_is_that_between_classes():
    means = np.array([[0.0], [2.0], [10.0], [12.0]], np.float32)
    pixels = np.array([5, 5, 5, 5])
    apart = np.zeros((4, 3), np.int64)
    apart[[0, 1, 2, 3], [0, 0, 2, 2]] = pixels
    # Variance 26 in all, 1 within the classes.
    assert explained_variance(apart, means) == pytest.approx(25 / 26)
    assert explained_variance(np.diag(pixels), means) == pytest.approx(1)
    assert explained_variance(pixels[:, None], means) == pytest.approx(0)
    assert math.isnan(explained_variance(apart, np.ones((4, 2), np.float32)))


def test_explained_variance_counts_pixels():
    means = np.array([[0.0], [1.0], [4.0]], np.float32)
    table = np.array([[3, 0], [1, 0], [0, 4]])
    # Means 0.25 and 4 of 4 pixels each, 2.125 of all.
    total = 3 * 2.125**2 + 1.125**2 + 4 * 1.875**2
    assert explained_variance(table, means) == pytest.approx(8 * 1.875**2 / total)


def test_equal_share_pairs_each_class_once():
    one = np.array([[1, 1, 1, 2, 2, 2, 3, 3]], np.uint8)
    assert equal_share(one, np.array([0, 7, 5, 9], np.uint8)[one]) == 1
    merged = np.array([0, 1, 1, 2], np.uint8)[one]
    assert equal_share(one, merged) == pytest.approx(5 / 8)
    assert equal_share(merged, one) == pytest.approx(5 / 8)


def test_trimming_drops_what_is_empty():
    table = np.array([[0, 0, 0], [1, 0, 2]])
    assert without_empty(table).tolist() == [[1, 2]]
