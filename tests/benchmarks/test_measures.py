# SPDX-License-Identifier: GPL-2.0-or-later
"""The quality benchmark measures what it says: borders, agreement, confidence, tables."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.benchmarks.measures import (
    agreement,
    bin_accuracies,
    borders,
    boundary_recall,
    likeliest_reference,
    map_ami,
    mean_and_spread,
    rising,
    widened,
    without_empty,
)
from tests.benchmarks.tables import ALL_IMAGES, FIGURES, as_markdown, summarize, tables


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


def run_of(image, method, seed, ami):
    others = dict.fromkeys(FIGURES, 0.5)
    return {
        "image": image, "method": method, "seed": seed, "classes": 16, "on_nodata": 0,
        "revision": "abc", **others, "ami": ami,
    }  # fmt: skip


@pytest.fixture
def record():
    """Two images, two seeds; `fast` failed on one image."""
    runs = [
        run_of(image, method, seed, ami + 0.1 * seed + extra)
        for image, ami in (("one", 0.2), ("two", 0.4))
        for method, extra in (("published", 0.0), ("balanced", 0.1), ("fast", 0.05))
        for seed in (0, 1)
        if (image, method) != ("two", "fast")
    ]
    failure = {"image": "two", "classes": 16, "method": "fast", "seed": 0, "error": "Broken: pipe"}
    return {
        "machine": {"cores": 2, "processor": "a processor", "device": "cpu"},
        "images": ["one", "two"], "classes": [16], "seeds": [0, 1], "runs": runs,
        "methods": ["published", "balanced", "fast"], "agreements": [], "trials": [],
        "failures": [failure],
    }  # fmt: skip


def test_means_are_over_images_and_spreads_over_seeds(record):
    entry = next(
        e for e in summarize(record) if (e["image"], e["method"]) == (ALL_IMAGES, "balanced")
    )
    assert entry["ami"] == pytest.approx([0.45, math.sqrt(0.005)])


def test_a_method_that_failed_is_told_of_and_not_compared(record):
    text = as_markdown(record)
    assert "Broken: pipe" in text
    assert "fast (failed 1 times)" in text
    comparison = next(table for table in tables(record) if "beside" in table.title)
    assert [row[0] for row in comparison.rows] == ["one", "two", ALL_IMAGES]
    one, two, _ = comparison.rows
    assert one[-1] == f"{0.3 / 0.35:.2f}"
    assert two[-1] == "-"
    assert one[2] == "+0.100"


def test_trimming_drops_what_is_empty():
    table = np.array([[0, 0, 0], [1, 0, 2]])
    assert without_empty(table).tolist() == [[1, 2]]
