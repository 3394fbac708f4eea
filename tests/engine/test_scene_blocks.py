# SPDX-License-Identifier: GPL-2.0-or-later
"""Large scenes: a model of a sample, and blocks of superpixels that are assigned by themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from superseg_plugin.blocks import Description, column_layout
from superseg_plugin.engine import clustering, row_blocks, scene_blocks, vocabularies
from superseg_plugin.engine.assignment import Assignment, assign_in_blocks
from superseg_plugin.engine.smoothing import usual_contrast

# Superpixels along a side of the scene, and of a tile.
SIDE, TILE = 96, 16


@pytest.fixture(scope="module")
def scene():
    """Superpixels of fields of five kinds with noise, in no order at all, and their kinds."""
    generator = np.random.default_rng(0)
    row, column = (part.ravel() for part in np.mgrid[:SIDE, :SIDE])
    kinds = generator.integers(0, 5, (SIDE // 8, SIDE // 8))[row // 8, column // 8]
    layout = column_layout(3)
    sums = np.zeros((SIDE**2, layout["context"].stop))
    mean = generator.uniform(40, 200, (5, 3))[kinds] + generator.normal(0, 12, (SIDE**2, 3))
    sums[:, 0] = generator.integers(60, 400, SIDE**2)
    sums[:, layout["values"]] = mean * sums[:, :1]
    sums[:, layout["squares"]] = (mean**2 + 400) * sums[:, :1]
    place = np.arange(SIDE**2).reshape(SIDE, SIDE)
    pairs = np.concatenate(
        [
            np.stack([place[:, :-1].ravel(), place[:, 1:].ravel()], axis=1),
            np.stack([place[:-1].ravel(), place[1:].ravel()], axis=1),
        ]
    )
    order = generator.permutation(SIDE**2)
    number = np.argsort(order)
    pairs = np.sort(number[pairs], axis=1).astype(np.int32)
    pairs = pairs[np.lexsort(pairs.T[::-1])]
    tiles = (row // TILE * (SIDE // TILE) + column // TILE).astype(np.int32)
    lengths = generator.integers(5, 30, len(pairs)).astype(np.int32)
    return Description.from_sums(sums[order], pairs, lengths, 3, tiles[order]), kinds[order]


@pytest.fixture
def small(monkeypatch):
    """Constants with which the scene is a large one."""
    monkeypatch.setattr(clustering, "MOST_UNDIVIDED", 4000)
    monkeypatch.setattr(clustering, "CLUSTER_SAMPLE", 2400)
    monkeypatch.setattr(scene_blocks, "BLOCK_SIZE", 1000)
    monkeypatch.setattr(scene_blocks, "RUN", 240)
    monkeypatch.setattr(vocabularies, "SAMPLE_POINTS", 600)


@pytest.fixture(scope="module")
def undivided(scene):
    """Model and clusters of the scene as a whole."""
    return clustering.cluster_superpixels(scene[0], 5, 8.0, vocabularies=1)


def test_blocks_with_halo_give_nearly_the_same_as_the_undivided_scene(scene, undivided, small):
    """Features are exact but for rounding; the smoothing reaches further than a halo."""
    superpixels, (model, whole) = scene[0], undivided
    usual = usual_contrast(superpixels.pairs, superpixels.means)
    graph = scene_blocks.SceneGraph.of(superpixels)
    found = assign_in_blocks(graph, Assignment(model, 8.0, usual))
    assert (found.leaf != whole.leaf).mean() < 1e-4
    np.testing.assert_allclose(found.features, whole.features, atol=1e-4)
    np.testing.assert_allclose(found.confidence, whole.confidence, atol=1e-3)
    # By the usual contrast of the sample, leaves differ more, classes hardly.
    again = clustering.assign_clusters(superpixels, model, 8.0)
    assert (again.labels != whole.labels).mean() < 2e-3


def test_a_scene_fitted_to_a_sample_gets_the_classes_of_the_undivided_scene(
    scene, undivided, small
):
    superpixels, kinds = scene
    _, found = clustering.cluster_superpixels(superpixels, 5, 8.0, vocabularies=1)
    assert adjusted_rand_score(undivided[1].labels, found.labels) > 0.9
    assert adjusted_rand_score(kinds, found.labels) > 0.9


def test_a_large_scene_can_be_smoothed_and_cut_again(scene, small):
    superpixels, kinds = scene
    model, first = clustering.cluster_superpixels(superpixels, 5, 8.0, vocabularies=1)
    changed, found = clustering.change_smoothness(superpixels, model, first.features, 5, 8.0)
    # The leaves are found anew: by now the features of the sample know all neighbors.
    assert adjusted_rand_score(first.labels, found.labels) > 0.97
    assert adjusted_rand_score(kinds, found.labels) > 0.97
    again = clustering.assign_clusters(superpixels, changed, 8.0)
    assert (again.leaf != found.leaf).mean() < 1e-3
    _, fewer = clustering.change_class_count(changed, found, 3)
    assert fewer.classes == 3
    np.testing.assert_allclose(changed.leaves.tree.areas.sum(), superpixels.pixels.sum())


def test_blocks_do_not_depend_on_the_number_of_threads(scene, undivided, small, monkeypatch):
    found = []
    for threads in (1, 3):
        monkeypatch.setattr(row_blocks, "THREADS", threads)
        found.append(clustering.assign_clusters(scene[0], undivided[0], 8.0))
    for name, array in vars(found[0]).items():
        assert name == "model" or np.array_equal(array, getattr(found[1], name)), name


def test_blocks_are_whole_tiles_and_cover_the_scene(scene, small):
    superpixels, _ = scene
    blocks = scene_blocks.blocks_of(superpixels.tiles, SIDE**2)
    assert len(blocks) == 9
    np.testing.assert_array_equal(np.sort(np.concatenate(blocks)), np.arange(SIDE**2))
    tiles = [set(superpixels.tiles[rows].tolist()) for rows in blocks]
    assert sum(map(len, tiles)) == len(set.union(*tiles)) == (SIDE // TILE) ** 2


def test_a_halo_is_all_within_its_steps(scene, monkeypatch):
    superpixels = replace(scene[0], tiles=np.zeros(0, np.int32))
    monkeypatch.setattr(scene_blocks, "HALO", 3)
    block = scene_blocks.SceneGraph.of(superpixels).block(np.array([5]))
    # A diamond around one superpixel, or what of it lies in the scene.
    assert 10 <= len(block.superpixels.pixels) <= 25
    assert block.superpixels.pixels[block.own[0]] == superpixels.pixels[5]
    neighbors = (superpixels.pairs == 5).any(axis=1)
    own = (block.superpixels.pairs == block.own[0]).any(axis=1)
    assert sorted(superpixels.lengths[neighbors]) == sorted(block.superpixels.lengths[own])
