# SPDX-License-Identifier: GPL-2.0-or-later
"""Teaching: a few examples name all superpixels, and the next one asked for tells the most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from superseg_plugin.class_tree import fit_class_tree
from superseg_plugin.engine.next_example import next_example
from superseg_plugin.engine.teaching import Examples, Teachable, teach

NONE = np.zeros(0, np.int64)
GROUPS, SIZES = 6, (300, 200, 150, 100, 80, 60)


@pytest.fixture(scope="module")
def groups():
    """Six groups of superpixels of unequal size in feature space; the group and the scene."""
    generator = np.random.default_rng(0)
    group = np.repeat(np.arange(GROUPS), SIZES)
    centers = generator.normal(size=(GROUPS, 5)) * 4
    features = (centers[group] + generator.normal(size=(len(group), 5))).astype(np.float32)
    order = generator.permutation(len(group))
    return group[order], scene_of(features[order], group[order], centers)


def scene_of(features, leaf, centers, pixels=None):
    count = len(features)
    graph = np.zeros((0, 2), np.int64), NONE, np.zeros((count, 1), np.float32)
    tree = fit_class_tree(np.asarray(centers, float), np.bincount(leaf).astype(float))
    places = np.stack(np.divmod(np.arange(count), 40), axis=1)
    weights = np.ones(count) if pixels is None else pixels
    return Teachable.of_scene(features, graph, weights, places, (leaf, tree), 8.0)


def examples(*pairs):
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return Examples(table[:, 0], table[:, 1])


def asked(group, scene, count):
    """Answer what is asked for; the examples."""
    known = []
    for _ in range(count):
        row = next_example(scene, examples(*known), NONE)
        known.append((row, group[row]))
    return examples(*known)


def test_the_largest_group_is_asked_for_first_and_then_another_one(groups):
    group, scene = groups
    first, second = asked(group, scene, 2).names
    assert first == 0 != second


def test_as_many_questions_as_groups_find_them_all(groups):
    group, scene = groups
    known = asked(group, scene, GROUPS)
    assert set(known.names) == set(range(GROUPS))
    assert (teach(scene, known).names == group).mean() > 0.99


def test_confidence_is_a_probability_and_lower_far_from_the_examples(groups):
    group, scene = groups
    known = examples(
        (int(np.flatnonzero(group == 0)[0]), 0), (int(np.flatnonzero(group == 1)[0]), 1)
    )
    confidence = teach(scene, known).confidence
    assert 0 <= confidence.min() <= confidence.max() <= 1
    near = np.isin(group, (0, 1))
    assert confidence[near].mean() > confidence[~near].mean() + 0.2


def test_one_example_in_a_branch_of_the_tree_names_the_branch():
    # By features alone, the middle group is nearer to the last one; the tree joins it to the first.
    features = np.repeat([[0.0], [5.2], [10.0]], 10, axis=0).astype(np.float32)
    leaf = np.repeat([0, 1, 2], 10)
    scene = scene_of(features, leaf, [[0.0], [1.0], [10.0]])
    assert set(teach(scene, examples((0, 0), (25, 1))).names[10:20]) == {0}


def test_repeated_and_contradicting_examples_are_weighed(groups):
    _, scene = groups
    taught = teach(scene, examples((3, 1), (3, 1), (3, 0)))
    assert taught.names[3] == 1
    assert np.isfinite(taught.confidence).all()


def test_examples_and_excluded_superpixels_are_not_asked_for():
    scene = scene_of(np.zeros((4, 2), np.float32), np.zeros(4, np.int64), [[0.0]])
    assert next_example(scene, examples((0, 0), (1, 0)), np.array([2])) == 3
    assert next_example(scene, examples((0, 0), (1, 0)), np.array([2, 3])) is None


def test_the_first_place_is_inside_a_uniform_area():
    # A row of superpixels of one kind; three of them border on others, which are most unlike.
    features = np.zeros((60, 1), np.float32)
    features[30::2] = 9.0
    pairs = np.stack([np.arange(59), np.arange(1, 60)], axis=1)
    graph = pairs, np.ones(59, np.float32), np.zeros((60, 1), np.float32)
    leaf, tree = np.zeros(60, np.int64), fit_class_tree(np.zeros((1, 1)), np.ones(1))
    places = np.stack([np.zeros(60), np.arange(60)], axis=1)
    scene = Teachable.of_scene(features, graph, np.ones(60), places, (leaf, tree), 0.0)
    assert scene.coherence[:29] == pytest.approx(1)
    assert scene.coherence[31:].max() < 0.5
    assert next_example(scene, examples(), NONE) < 29
    # Nothing else speaks for the one or the other.
    unlike = replace(scene, coherence=1.5 - scene.coherence)
    assert next_example(unlike, examples(), NONE) > 29


def test_excluded_superpixels_do_not_make_their_group_a_large_one(groups):
    group, scene = groups
    excluded = np.flatnonzero(group == 0)[:-20]
    assert group[next_example(scene, examples(), excluded)] == 1


def test_superpixels_without_area_are_not_asked_for():
    pixels = np.array([0.0, 5.0, 0.0, 5.0])
    scene = scene_of(np.eye(4, dtype=np.float32), np.zeros(4, np.int64), [[0.0]], pixels)
    assert next_example(scene, examples((1, 0)), NONE) == 3
    assert next_example(scene, examples((1, 0), (3, 0)), NONE) is None
