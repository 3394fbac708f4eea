# SPDX-License-Identifier: GPL-2.0-or-later
"""Small classes are replaced by parts of classes that differ in color."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from superseg_plugin.contracts import Description, column_layout
from superseg_plugin.engine import clustering
from superseg_plugin.engine.class_count import settle_class_count
from superseg_plugin.engine.class_splits import (
    FEW_CLASSES,
    SMALL_CLASS_SHARE,
    Replacement,
    Split,
    find_replacements,
    split_log_likelihood,
    split_model,
)
from superseg_plugin.engine.cluster_model import ClusterModel

SURE, NEXT, NEVER = 0.0, -2.0, -9.0


def classified(labels, count):
    """Log likelihood of superpixels with a clear class; the next class is the second best."""
    rows = np.arange(len(labels))
    log_likelihood = np.full((len(labels), count), NEVER, np.float32)
    log_likelihood[rows, (labels + 1) % count] = NEXT
    log_likelihood[rows, labels] = SURE
    return log_likelihood


def two_lakes(small_pixels=1.0, apart=80.0):
    """Land, water of two colors in one class, a class of five superpixels, and a further class."""
    generator = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2, 3], [300, 40, 5, 100])
    means = generator.normal(0, 4, (len(labels), 3)) + np.array([90.0, 90.0, 90.0])
    means[labels == 3] += 60
    means[labels == 1] -= 60
    means[300:320, 1] += apart
    pixels = np.full(len(labels), 200.0)
    pixels[labels == 1] = 900
    pixels[labels == 2] = small_pixels
    return labels, means.astype(np.float32), pixels


def test_two_lakes_get_the_number_of_a_small_class():
    labels, means, pixels = two_lakes()
    log_likelihood = classified(labels, 4)
    (found,) = find_replacements(log_likelihood, labels, means, pixels)
    assert (found.small, found.parent) == (2, 1)
    best = split_log_likelihood(log_likelihood, [found], means).argmax(axis=1)
    lakes = best[labels == 1]
    assert set(lakes[:20]) != set(lakes[20:])
    assert set(lakes) == {1, 2}
    assert (best[labels == 0] == 0).all()
    assert (best[labels == 3] == 3).all()
    # The second best of the small class's superpixels.
    assert (best[labels == 2] == 3).all()


def test_a_small_class_stays_where_nothing_falls_into_two():
    labels, means, pixels = two_lakes(apart=0.0)
    assert find_replacements(classified(labels, 4), labels, means, pixels) == []


def test_nothing_is_split_for_a_class_that_is_not_small():
    labels, means, pixels = two_lakes(small_pixels=200.0)
    assert (pixels[labels == 2].sum() / pixels.sum()) > SMALL_CLASS_SHARE / FEW_CLASSES
    assert find_replacements(classified(labels, 4), labels, means, pixels) == []


def test_no_part_of_a_split_is_small():
    labels, means, pixels = two_lakes()
    pixels[300:320] = 1
    assert find_replacements(classified(labels, 4), labels, means, pixels) == []


def test_ids_without_pixels_take_no_part():
    labels, means, pixels = two_lakes(small_pixels=0.0)
    assert [each.parent for each in find_replacements(classified(labels, 4), labels, means, pixels)]
    means[labels == 2] = np.float32(0)
    assert [each.parent for each in find_replacements(classified(labels, 4), labels, means, pixels)]


@pytest.mark.parametrize("bands", [1, 2, 7])
def test_a_plain_band_and_any_number_of_bands_do_no_harm(bands):
    labels, means, pixels = two_lakes()
    wide = np.concatenate([means[:, 1:2], np.full((len(means), bands - 1), 7, np.float32)], axis=1)
    (found,) = find_replacements(classified(labels, 4), labels, wide, pixels)
    assert found.parent == 1
    assert np.isfinite(found.split.plane).all()


def random_clusters(classes=4):
    """A scene of random superpixels, and its clusters with their model."""
    generator = np.random.default_rng(1)
    sums = np.zeros((400, column_layout(3)["context"].stop))
    means = generator.uniform(20, 230, (400, 3))
    sums[:, 0] = generator.integers(60, 400, 400)
    sums[:, column_layout(3)["values"]] = means * sums[:, :1]
    sums[:, column_layout(3)["squares"]] = (means**2 + 25) * sums[:, :1]
    first = np.arange(399)
    graph = (np.stack([first, first + 1], axis=1), np.full(399, 10))
    description = Description.from_sums(sums, *graph, 3)
    model, found = clustering.cluster_superpixels(description, classes, 0.0)
    return description, replace(found, model=model.to_arrays())


def test_a_model_has_the_split_classes_too():
    description, found = random_clusters()
    # The largest class in two by its first band, in the place of the smallest.
    labels = found.log_likelihood.argmax(axis=1)
    areas = np.bincount(labels, description.pixels)
    small, parent = int(areas.argmin()), int(areas.argmax())
    middle = np.median(description.means[labels == parent, 0])
    plane = np.zeros(4, np.float32)
    plane[[0, 3]] = 1, -middle
    split = [Replacement(small, parent, Split(1.0, plane))]
    expected = split_log_likelihood(found.log_likelihood, split, description.means).argmax(axis=1)
    model = ClusterModel.from_arrays(split_model(found.model, split))
    again = clustering.assign_clusters(description, model, 0.0).log_likelihood.argmax(axis=1)
    np.testing.assert_array_equal(again, expected)
    assert {small, parent} <= set(again.tolist())


@pytest.mark.parametrize("classes", [2, 3, 0])
def test_too_many_classes_are_joined_and_their_probabilities_added(classes):
    description, found = random_clusters()
    settled = settle_class_count(description, found, classes, 0.0)
    assert settled.classes == (classes or 4)
    np.testing.assert_allclose(settled.marginals.sum(axis=1), 1, atol=1e-5)
    total = np.logaddexp.reduce(found.log_likelihood, axis=1)
    np.testing.assert_allclose(
        np.logaddexp.reduce(settled.log_likelihood, axis=1), total, atol=1e-3
    )
    model = ClusterModel.from_arrays(settled.model)
    again = clustering.assign_clusters(description, model, 0.0)
    np.testing.assert_array_equal(again.labels, settled.labels)
