# SPDX-License-Identifier: GPL-2.0-or-later
"""Clusters of superpixels: found where they are, repeatable, and calm about poor images."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from superseg_plugin.engine import clustering
from superseg_plugin.engine.description import column_layout
from superseg_plugin.engine.mixture import fit_mixture


def stretched_groups(seed=0):
    """Three elongated groups that k-means would cut across."""
    generator = np.random.default_rng(seed)
    shape = np.array([[6.0, 0.0], [0.0, 0.3]])
    parts = [generator.normal(size=(400, 2)) @ shape + [0, 4 * k] for k in range(3)]
    return np.concatenate(parts).astype(np.float32), np.repeat(np.arange(3), 400)


def superpixel_sums(kinds, bands=3, seed=0):
    """Sums of superpixels of 100 pixels, of as many kinds as asked for."""
    generator = np.random.default_rng(seed)
    layout = column_layout(bands)
    sums = np.zeros((60 * kinds, layout["context"].stop))
    mean = np.repeat(np.linspace(30, 220, kinds), 60)[:, None] + generator.normal(
        0, 1, (60 * kinds, bands)
    )
    mean[:, 0] += np.repeat(np.arange(kinds) % 2 * 40, 60)
    sums[:, 0] = 100
    sums[:, layout["values"]] = mean * 100
    sums[:, layout["squares"]] = (mean**2 + 25) * 100
    return sums, np.repeat(np.arange(kinds), 60)


def test_mixture_finds_stretched_groups_as_scikit_learn_does():
    points, truth = stretched_groups()
    ours = fit_mixture(points, np.ones(len(points), np.float32), 3)
    found = ours.log_joint(torch.from_numpy(points)).argmax(dim=1).numpy()
    theirs = GaussianMixture(3, n_init=5, random_state=0).fit(points)
    assert adjusted_rand_score(truth, found) > 0.95
    likelihood = float(torch.logsumexp(ours.log_joint(torch.from_numpy(points)), 1).mean())
    assert likelihood >= theirs.score(points) - 0.02


def test_the_same_seed_gives_the_same_clusters():
    sums, _ = superpixel_sums(4)
    one = clustering.cluster_superpixels(sums, 3, 4, seed=7)
    other = clustering.cluster_superpixels(sums, 3, 4, seed=7)
    assert np.array_equal(one.log_joint, other.log_joint)


def test_clusters_follow_the_kinds_of_superpixels():
    sums, kinds = superpixel_sums(4)
    found = clustering.cluster_superpixels(sums, 3, 4, seed=0).log_joint.argmax(axis=1)
    assert adjusted_rand_score(kinds, found) > 0.95


@pytest.mark.parametrize("bands", [1, 2, 3, 224])
def test_any_band_count_clusters(bands):
    sums, _ = superpixel_sums(2, bands)
    assert np.isfinite(clustering.cluster_superpixels(sums, bands, 5, seed=0).log_joint).all()


def test_an_image_of_one_color_has_one_class():
    sums, _ = superpixel_sums(1)
    sums[:] = sums[0]
    assert clustering.cluster_superpixels(sums, 3, 8, seed=0).log_joint.shape[1] == 1


def test_fewer_superpixels_than_classes_give_fewer_classes():
    sums, _ = superpixel_sums(1)
    assert clustering.cluster_superpixels(sums[:3], 3, 8, seed=0).log_joint.shape[1] <= 3


def test_smoothing_turns_an_outlier_among_its_like_and_spares_a_contrast():
    unary = np.log(np.array([[0.9, 0.1]] * 4 + [[0.3, 0.7]], np.float32))
    pairs = np.array([[0, 4], [1, 4], [2, 4], [3, 4]])
    lengths = np.full(4, 10)
    alike, apart = np.zeros((5, 1), np.float32), np.zeros((5, 1), np.float32)
    apart[4] = 200
    apart[:4] = np.arange(4)[:, None]
    assert clustering.smooth_on_graph(unary, pairs, lengths, alike, 0.0)[4].argmax() == 1
    assert clustering.smooth_on_graph(unary, pairs, lengths, alike, 8.0)[4].argmax() == 0


def test_fusion_translates_classes_that_do_not_correspond():
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 3, 300)
    mixture = np.full((300, 3), 0.05, np.float32)
    mixture[np.arange(300), truth] = 0.9
    network = np.full((300, 5), 0.02, np.float32)
    network[np.arange(300), np.array([4, 0, 2])[truth]] = 0.92
    unary = clustering.fuse(np.zeros((300, 3), np.float32), mixture, network, np.ones(300))
    assert np.array_equal(unary.argmax(axis=1), truth)
