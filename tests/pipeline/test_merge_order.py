# SPDX-License-Identifier: GPL-2.0-or-later
"""The merge order: similar classes merge first, and it can be cut at any number of clusters."""

import numpy as np
import pytest

from superseg_plugin.agglomeration import bhattacharyya_merge_order, cut_merge_order
from superseg_plugin.pipeline.formats.merge_order import check_merge_order, cophenetic


def gaussians(centers):
    centers = np.asarray(centers, float)
    return np.ones(len(centers)), centers, np.repeat(np.eye(2)[None], len(centers), axis=0)


def test_similar_classes_merge_before_different_ones():
    order = bhattacharyya_merge_order(*gaussians([[0, 0], [9, 9], [0, 1], [9, 7], [30, 0]]))
    steps = check_merge_order(order, 5)
    assert [step[:2] for step in steps[:2]] == [(1, 3), (2, 4)]
    assert cut_merge_order(steps, 5, 3).tolist() == [0, 1, 0, 1, 4]
    assert cut_merge_order(steps, 5, 5).tolist() == [0, 1, 2, 3, 4]
    assert cut_merge_order(steps, 5, 1).tolist() == [0] * 5


def test_classes_at_one_place_differ_by_their_spread():
    spreads = np.array([1.0, 1.1, 25.0])[:, None, None] * np.eye(2)
    order = bhattacharyya_merge_order(np.ones(3), np.zeros((3, 2)), spreads)
    assert order[0][:2] == (1, 2)


def test_a_small_class_joins_sooner_than_a_large_one():
    weights, means, covariances = gaussians([[0, 0], [3, 0], [40, 0], [43, 0]])
    weights[:] = [100, 100, 100, 1]
    assert bhattacharyya_merge_order(weights, means, covariances)[0][:2] == (3, 4)


def test_255_classes_join_one_by_one():
    generator = np.random.default_rng(0)
    order = bhattacharyya_merge_order(*gaussians(generator.normal(size=(255, 2)) * 50))
    steps = check_merge_order(order, 255)
    for count in (255, 100, 2, 1):
        assert len(np.unique(cut_merge_order(steps, 255, count))) == count
    distances = cophenetic(steps, 255)
    assert (distances == distances.T).all()
    assert (np.diag(distances) == 0).all()


def test_cophenetic_distance_is_that_of_the_first_common_cluster():
    steps = check_merge_order([[1, 3, 0.5], [2, 4, 1.0], [1, 2, 4.0]], 4)
    distances = cophenetic(steps, 4)
    assert distances[0, 2] == 0.5
    assert distances[1, 3] == 1.0
    assert distances[2, 3] == 4.0


@pytest.mark.parametrize(
    "steps",
    [
        [[1, 2, 0.0]],
        [[1, 2, 0.0], [2, 3, 1.0]],
        [[1, 2, 2.0], [1, 3, 1.0]],
        [[2, 1, 0.0], [1, 3, 1.0]],
        [[1, 2, 0.0], [1, 4, 1.0]],
        [[1, 2, "0"], [1, 3, 1.0]],
        [[1, 2], [1, 3]],
        [[1, 2, 0.0], [1, 3, float("nan")]],
        "ab",
        None,
    ],
)
def test_a_broken_order_is_refused(steps):
    with pytest.raises(ValueError, match="merge order"):
        check_merge_order(steps, 3)
