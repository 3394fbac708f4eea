# SPDX-License-Identifier: GPL-2.0-or-later
"""Trees of weighted points, and the branches that many of them agree on."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score

from superseg_plugin.engine import bagging, row_blocks
from superseg_plugin.engine.bagging import BRANCHES, common_branches


@pytest.mark.parametrize("clusters", [2, 8, 12])
def test_a_tree_of_weighted_points_is_that_of_scipy_with_repeated_points(clusters):
    generator = np.random.default_rng(0)
    points = generator.normal(size=(60, 4))
    repeats = generator.integers(1, 6, 60)
    pairs, costs = bagging._ward(points, repeats.astype(np.float64))
    order = np.argsort(costs, kind="stable")
    found = bagging._clusters(pairs[order[: 60 - clusters]], 60)
    tree = linkage(np.repeat(points, repeats, axis=0), "ward")
    theirs = fcluster(tree, clusters, "maxclust")[np.cumsum(repeats) - 1]
    assert adjusted_rand_score(theirs, found) == 1


def test_equal_points_do_not_hold_up_a_tree():
    points = np.zeros((20, 3))
    points[10:] = 1
    pairs, costs = bagging._ward(points, np.ones(20))
    assert (np.sort(costs)[:-1] == 0).all()
    assert costs.max() > 0
    found = bagging._clusters(pairs[np.argsort(costs)[:-1]], 20)
    assert len(set(found[:10])) == len(set(found[10:])) == 1


def test_branches_are_the_kinds_where_these_are_clear(monkeypatch):
    generator = np.random.default_rng(1)
    kinds = np.repeat(np.arange(BRANCHES), 40)
    centers = generator.permutation(np.eye(BRANCHES) * 9)[kinds]
    centers = (centers + generator.normal(size=centers.shape)).astype(np.float32)
    areas = generator.uniform(1, 100, len(kinds))
    branches = common_branches(centers, areas)
    assert adjusted_rand_score(kinds, branches) == 1
    monkeypatch.setattr(row_blocks, "THREADS", 1)
    assert np.array_equal(common_branches(centers, areas), branches)
