# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures of named maps, on rasters small enough to count by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.benchmarks.named import Reference, label_table, named_scores, names_of, objects_of


def table_of(labels, classes):
    labels, classes = np.array([labels], np.uint8), np.array([classes], np.uint8)
    return label_table(labels, classes, np.ones(labels.shape, bool))


def test_several_classes_have_one_name():
    table = table_of([1, 1, 1, 1, 2, 2, 0, 0], [5, 5, 7, 7, 7, 9, 9, 8])
    names = names_of(table)
    assert names[[5, 7, 9]].tolist() == [1, 1, 2]
    assert names[[0, 8]].tolist() == [0, 0]
    # Label 1: 4 of 5 pixels; label 2: 1 of 2.
    assert named_scores(table) == pytest.approx((5 / 6, (4 / 5 + 1 / 2) / 2))


def test_a_label_without_name_counts_as_zero():
    accuracy, mean_iou = named_scores(table_of([1, 1, 1, 2], [3, 3, 3, 3]))
    assert (accuracy, mean_iou) == pytest.approx((3 / 4, (3 / 4 + 0) / 2))


def test_pixels_without_class_are_wrong():
    accuracy, mean_iou = named_scores(table_of([1, 1, 2, 2], [4, 0, 6, 6]))
    assert (accuracy, mean_iou) == pytest.approx((3 / 4, (1 / 2 + 1) / 2))


def test_what_does_not_count_is_left_out():
    labels = np.array([[1, 1, 2, 0]], np.uint8)
    table = label_table(labels, labels, np.array([[True, False, True, True]]))
    assert table.sum() == 2


def test_objects_are_connected_by_edges():
    values = np.array([[1, 0, 2, 2], [0, 1, 2, 0], [1, 1, 0, 2]], np.uint8)
    objects, sizes = objects_of(values)
    assert objects.tolist() == [[1, 0, 2, 2], [0, 3, 2, 0], [3, 3, 0, 4]]
    assert sizes.tolist() == [4, 1, 3, 3, 1]


def test_objects_may_be_spirals():
    rows = ["1111111", "0000001", "1111101", "1000101", "1011101", "1000001", "1111111"]
    values = np.array([[int(digit) for digit in row] for row in rows], np.uint8)
    _, sizes = objects_of(values)
    assert sizes.tolist() == [int((values == 0).sum()), int(values.sum())]


def test_small_patches_are_found_by_more_than_half():
    labels = np.ones((60, 60), np.uint8)
    labels[5:15, 5:15] = 2
    labels[30:40, 30:40] = 2
    named = np.ones_like(labels)
    # 60 of 100 pixels; 50 of 100.
    named[5:15, 5:11] = 2
    named[30:40, 30:35] = 2
    reference = Reference(labels, np.ones(labels.shape, bool))
    assert reference.class_count == 2
    assert reference.small_patches_found(named) == pytest.approx(1 / 2)
    assert reference.small_patches_found(labels) == 1
    # A component that is too large is another thing.
    named[5:15, 5:40] = 2
    assert reference.small_patches_found(named) == 0


def test_unlabelled_pixels_bound_small_patches():
    labels = np.zeros((60, 60), np.uint8)
    labels[5:15, 5:15] = 2
    reference = Reference(labels, np.ones(labels.shape, bool))
    assert reference.small_patches_found(np.full_like(labels, 2)) == 1
    large = Reference(np.full_like(labels, 3), np.ones(labels.shape, bool))
    assert math.isnan(large.small_patches_found(labels))
