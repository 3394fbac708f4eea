# SPDX-License-Identifier: GPL-2.0-or-later
"""Clusters of superpixels: found where they are, nested, repeatable, and safe with poor images."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from superseg_plugin.blocks import ELEVATION, EMBEDDING, Block, Description, column_layout
from superseg_plugin.engine import clustering, smoothing
from superseg_plugin.engine.clear_levels import clear_level_weights
from superseg_plugin.engine.cluster_model import VOCABULARIES, ClusterModel
from superseg_plugin.engine.leaves import fit_leaves
from superseg_plugin.engine.mixture import fit_mixture
from superseg_plugin.engine.region_graph import RandomWalks

NO_PAIRS = (np.zeros((0, 2), np.int64), np.zeros(0, np.int64))


def stretched_groups(seed=0):
    """Three elongated groups that k-means would cut across."""
    generator = np.random.default_rng(seed)
    shape = np.array([[3.0, 0.0], [0.0, 0.3]])
    parts = [generator.normal(size=(400, 2)) @ shape + [0, 4 * k] for k in range(3)]
    return np.concatenate(parts).astype(np.float32), np.repeat(np.arange(3), 400)


def superpixel_sums(kinds, bands=3, seed=0, each=60):
    """Sums of superpixels of 100 pixels, so many of each kind."""
    generator = np.random.default_rng(seed)
    layout = column_layout(bands)
    sums = np.zeros((each * kinds, layout["context"].stop))
    mean = np.repeat(np.linspace(30, 220, kinds), each)[:, None] + generator.normal(
        0, 1, (each * kinds, bands)
    )
    mean[:, 0] += np.repeat(np.arange(kinds) % 2 * 40, each)
    sums[:, 0] = 100
    sums[:, layout["values"]] = mean * 100
    sums[:, layout["squares"]] = (mean**2 + 25) * 100
    return sums, np.repeat(np.arange(kinds), each)


def clustered(sums, graph, bands, classes, vocabularies=VOCABULARIES):
    """Model and clusters, not smoothed."""
    superpixels = Description.from_sums(sums, *graph, bands)
    return clustering.cluster_superpixels(superpixels, classes, 0.0, vocabularies)


def classes_of(sums, graph, bands, classes, vocabularies=VOCABULARIES):
    return clustered(sums, graph, bands, classes, vocabularies)[1].labels


def test_mixture_finds_stretched_groups_as_scikit_learn_does():
    points, truth = stretched_groups()
    ours = fit_mixture(points, np.ones(len(points), np.float32), 3)
    found = ours.log_joint(torch.from_numpy(points)).argmax(dim=1).numpy()
    theirs = GaussianMixture(3, n_init=5, random_state=0).fit(points)
    assert adjusted_rand_score(truth, found) > 0.95
    likelihood = float(torch.logsumexp(ours.log_joint(torch.from_numpy(points)), 1).mean())
    assert likelihood >= theirs.score(points) - 0.02


def chain(count):
    """Superpixels in a row, each bordering on the next."""
    first = np.arange(count - 1)
    return np.stack([first, first + 1], axis=1), np.full(count - 1, 10)


@pytest.fixture(scope="module")
def four_kinds():
    """Superpixels of four kinds, which kind each is of, and their clusters."""
    sums, kinds = superpixel_sums(4)
    return sums, kinds, clustered(sums, chain(len(sums)), 3, 4)[1]


@pytest.fixture(scope="module")
def textured():
    """A scene that shades from one color to another, its model, and clusters."""
    generator = np.random.default_rng(0)
    layout = column_layout(3)
    sums = np.zeros((1200, layout["context"].stop))
    mean = generator.uniform(20, 230, (1200, 3))
    sums[:, 0] = generator.integers(60, 400, 1200)
    sums[:, layout["values"]] = mean * sums[:, :1]
    sums[:, layout["squares"]] = (mean**2 + 900) * sums[:, :1]
    superpixels = Description.from_sums(sums, *chain(1200), 3)
    return superpixels, *clustering.cluster_superpixels(superpixels, 16, 8.0, 4)


def test_the_same_superpixels_give_the_same_clusters(four_kinds):
    sums, _, one = four_kinds
    _, other = clustered(sums, chain(len(sums)), 3, 4)
    assert np.array_equal(one.labels, other.labels)
    assert np.array_equal(one.features, other.features)


def test_a_model_gives_its_own_scene_the_same_classes_and_another_one_like_it_the_same_kinds():
    sums, kinds = superpixel_sums(5)
    model, clusters = clustered(sums, chain(len(sums)), 3, 5)
    kept = ClusterModel.from_arrays({k: v.copy() for k, v in model.to_arrays().items()})
    again = clustering.assign_clusters(Description.from_sums(sums, *chain(len(sums)), 3), kept, 0.0)
    assert np.array_equal(again.labels, clusters.labels)
    np.testing.assert_allclose(again.features, clusters.features, atol=1e-4)
    other, _ = superpixel_sums(5, seed=1)
    some = np.repeat(np.isin(np.arange(5), (1, 3)), 60)
    there = clustering.assign_clusters(
        Description.from_sums(other[some], *chain(some.sum()), 3), kept, 0.0
    ).labels
    here = clusters.labels
    for kind in (1, 3):
        usual = np.bincount(here[kinds == kind]).argmax()
        assert (there[kinds[some] == kind] == usual).mean() > 0.9


def test_a_model_is_laid_out_as_files_are(textured):
    """A node that reads it from a file rounds products as the computer does that fitted it."""
    layouts = {name: array.flags.c_contiguous for name, array in textured[1].to_arrays().items()}
    assert all(layouts.values()), layouts


def test_another_cut_of_the_tree_is_what_a_run_of_its_own_gives():
    sums, _ = superpixel_sums(20)
    graph = chain(len(sums))
    model, known = clustered(sums, graph, 3, 16, vocabularies=4)
    for count in (2, 5, 11, 30):
        _, found = clustering.change_class_count(model, known, count)
        assert np.array_equal(classes_of(sums, graph, 3, count, vocabularies=4), found.labels)
        assert found.classes == count


def test_one_more_class_splits_one_and_leaves_the_others(textured):
    _, model, known = textured
    cuts = [clustering.change_class_count(model, known, n)[1].labels for n in range(1, 41)]
    for count, (fewer, more) in enumerate(zip(cuts, cuts[1:]), start=1):
        pairs = np.unique(np.stack([more, fewer]), axis=1)
        assert len(np.unique(more)) == count + 1
        assert pairs.shape[1] == count + 1, "a class lies in two of the cut before"


def test_classes_are_of_similar_size(textured):
    """No class gets a number for a few superpixels while another one holds half of the scene."""
    superpixels, model, known = textured
    _, found = clustering.change_class_count(model, known, 16)
    shares = np.bincount(found.labels, superpixels.pixels) / superpixels.pixels.sum()
    assert np.exp(-(shares * np.log(shares)).sum()) > 10
    assert shares.min() > 0.001


def test_few_classes_of_two_samples_agree_better_by_bagged_trees_than_by_a_single_one():
    agreements = {False: 0.0, True: 0.0}
    for seed in range(4):
        generator = np.random.default_rng(seed)
        kinds = generator.normal(size=(20, 6))[generator.integers(0, 20, 4000)]
        points = (kinds + generator.normal(0, 0.5, (4000, 6))).astype(np.float32)
        for single in agreements:
            found = []
            for half in (points[::2], points[1::2]):
                leaves, _ = fit_leaves(half, np.ones(len(half)), 8, levels=single)
                found.append(leaves.classes[leaves.nearest(points)])
            agreements[single] += adjusted_rand_score(*found) / 4
    assert agreements[False] > agreements[True] + 0.04


@pytest.mark.parametrize("bands", [1, 3, 12])
@pytest.mark.parametrize("noise", [0.0, 0.125, 0.5])
def test_clear_levels_are_classes_as_k_means_of_mean_colors_finds_them(bands, noise):
    generator = np.random.default_rng(1)
    kinds = np.repeat(np.arange(6), 60)
    levels = np.array([generator.permutation(6) for _ in range(bands)]) * 40.0 + 20
    mean = levels[:, kinds].T + generator.normal(0, 40 * noise / 10, (360, bands))
    sums = np.zeros((360, column_layout(bands)["context"].stop))
    sums[:, 0] = 100
    sums[:, column_layout(bands)["values"]] = mean * 100
    sums[:, column_layout(bands)["squares"]] = (mean**2 + (40 * noise) ** 2) * 100
    # Texture that tells nothing.
    sums[:, column_layout(bands)["texture"]] = generator.uniform(0, 500, (360, 3))
    for wanted in (6, 0):
        found = classes_of(sums, chain(360), bands, wanted)
        assert adjusted_rand_score(kinds, found) > 0.97


def test_levels_of_one_band_are_classes_beside_bands_of_noise():
    generator = np.random.default_rng(1)
    kinds = generator.permutation(np.repeat(np.arange(6), 60)).repeat(3)
    mean = generator.normal(128, 14, (1080, 6))
    mean[:, 2] = 40.0 * kinds + 20 + generator.normal(0, 1, 1080)
    sums = np.zeros((1080, column_layout(6)["context"].stop))
    sums[:, 0] = 30
    sums[:, column_layout(6)["values"]] = mean * 30
    sums[:, column_layout(6)["squares"]] = (mean**2 + 76**2) * 30
    assert adjusted_rand_score(kinds, classes_of(sums, chain(1080), 6, 6)) > 0.97


def test_levels_with_mixed_superpixels_are_classes_as_k_means_finds_them():
    """Twelve kinds in four bands; a fifth of the superpixels lie across an edge."""
    generator = np.random.default_rng(3)
    kinds = generator.permutation(np.repeat(np.arange(12), 40)).repeat(3)
    levels = np.array([generator.permutation(12) for _ in range(4)]) * 18.0 + 25
    mixed = np.arange(1440) % 3 == 2
    share = np.where(mixed, generator.uniform(0.4, 1, 1440), 1)
    mean = levels[:, kinds] * share + levels[:, np.roll(kinds, -1)] * (1 - share)
    mean = mean.T + generator.normal(0, 0.4, (1440, 4))
    sums = np.zeros((1440, column_layout(4)["context"].stop))
    sums[:, 0] = np.where(mixed, 10, 30)
    sums[:, column_layout(4)["values"]] = mean * sums[:, :1]
    sums[:, column_layout(4)["squares"]] = (mean**2 + 2.2**2) * sums[:, :1]
    sums[:, column_layout(4)["texture"]] = generator.uniform(0, 500, (1440, 3))
    found = classes_of(sums, chain(1440), 4, 12)
    assert adjusted_rand_score(kinds[~mixed], found[~mixed]) > 0.97


def of_colors(mean, within, pixels=25):
    """Superpixels in a row, of these mean colors and this deviation within each."""
    count, bands = mean.shape
    layout = column_layout(bands)
    sums = np.zeros((count, layout["context"].stop))
    sums[:, 0] = pixels
    sums[:, layout["values"]] = mean * pixels
    sums[:, layout["squares"]] = (mean**2 + within**2) * pixels
    return Description.from_sums(sums, *chain(count), bands)


def test_two_kinds_with_a_blurred_edge_are_clear_levels():
    generator = np.random.default_rng(5)
    share = np.repeat(np.tile([0, 0, 0, 0.5, 1, 1, 1, 0.5, 0, 0], 24), 4)
    share[share == 0.5] = generator.uniform(0, 1, (share == 0.5).sum())
    mean = np.outer(share, [-180.0, 140, 70]) + np.array([200, 40, 60])
    mean += generator.normal(0, 0.5, (960, 3))
    assert clear_level_weights(of_colors(mean, 3.0, 30)) is not None


def test_levels_without_noise_are_clear_though_edges_are_blurred():
    """A tenth of the area is blurred, and its superpixels have any color between two levels."""
    generator = np.random.default_rng(8)
    levels, kinds = generator.uniform(20, 235, (9, 2)), generator.integers(0, 9, 1200)
    mixed = np.arange(1200) % 10 == 9
    share = np.where(mixed, generator.uniform(0, 1, 1200), 1)[:, None]
    mean = levels[kinds] * share + levels[np.roll(kinds, -1)] * (1 - share)
    mean += generator.normal(0, 3, (1200, 2))

    def is_clear(within):
        return clear_level_weights(of_colors(mean, within[:, None])) is not None

    assert is_clear(np.where(mixed, 25.0, 1.0))
    # As much noise, but everywhere: natural images have that.
    assert not is_clear(np.full(1200, 8.0))


def test_levels_in_unequal_steps_of_one_band_are_clear():
    """The noise is shared by the pixels of a superpixel, as in a resampled raster."""
    generator = np.random.default_rng(7)
    levels = np.array([20, 24, 33, 52, 80, 88, 120, 180, 200, 235.0])
    mean = levels[generator.integers(0, 10, 600)].repeat(2) + generator.normal(0, 3.5, 1200)
    assert clear_level_weights(of_colors(mean[:, None], 3.0)) is not None


@pytest.mark.parametrize("kinds", [6, 9])
def test_levels_with_noise_that_pixels_share_are_clear(kinds):
    """Each patch is eight superpixels, whose mean colors have as much noise as their pixels."""
    generator = np.random.default_rng(9)
    levels = generator.uniform(20, 235, (kinds, 3))
    order = np.concatenate([generator.permutation(kinds) for _ in range(20)])
    mean = levels[order].repeat(8, axis=0)
    noise = 0.18 * mean.std()
    mean += generator.normal(0, noise, mean.shape)
    assert clear_level_weights(of_colors(mean, noise)) is not None


def test_patches_within_which_colors_vary_gradually_are_no_clear_levels():
    """As many levels and as much variation, but neighbors are more alike than others."""
    generator = np.random.default_rng(9)
    patch = generator.uniform(20, 235, (60, 3))
    drift = np.cumsum(generator.normal(0, 6, (60, 8, 3)), axis=1)
    mean = (patch[:, None] + drift).reshape(-1, 3)
    assert clear_level_weights(of_colors(mean, 9.0)) is None


@pytest.mark.parametrize("spread", [0.0, 20.0])
def test_one_color_and_noise_alone_are_no_clear_levels(spread):
    mean = np.random.default_rng(6).normal(100, spread / 10, (300, 2))
    assert clear_level_weights(of_colors(mean, spread, 100)) is None


def test_shades_without_levels_keep_all_features():
    """Parcels of two textures in shades that vary from place to place, as in a natural image."""
    generator = np.random.default_rng(4)
    rough = generator.permutation(np.repeat([0, 1], 60)).repeat(10)
    shade = np.cumsum(generator.normal(0, 15, (1200, 1)), axis=0) % 180 + [30, 25, 20]
    sums = np.zeros((1200, column_layout(3)["context"].stop))
    sums[:, 0] = 100
    sums[:, column_layout(3)["values"]] = shade * 100
    spread = np.where(rough, 6.0, 2.0)[:, None]
    sums[:, column_layout(3)["squares"]] = (shade**2 + spread**2) * 100
    sums[:, column_layout(3)["texture"]] = (spread * generator.uniform(0.8, 1.2, (1200, 3))) * 100
    found = classes_of(sums, chain(1200), 3, 16)
    table = np.zeros((17, 2))
    np.add.at(table, (found, rough), 1)
    assert table.max(axis=1).sum() > 0.9 * len(rough)


def test_a_lake_in_dark_land_is_a_class():
    """Two levels close to black; the lake has a tenth of the area."""
    generator = np.random.default_rng(2)
    water = np.arange(400) < 40
    mean = np.where(water, 12.0, 20.0)[:, None] + generator.normal(0, 0.2, (400, 3))
    sums = np.zeros((400, column_layout(3)["context"].stop))
    sums[:, 0] = 100
    sums[:, column_layout(3)["values"]] = mean * 100
    sums[:, column_layout(3)["squares"]] = (mean**2 + 0.5) * 100
    assert adjusted_rand_score(water, classes_of(sums, chain(400), 3, 2)) > 0.99


def test_the_order_of_superpixels_changes_little():
    sums, _ = superpixel_sums(6, each=20)
    turned = np.random.default_rng(5).permutation(len(sums))
    back = np.argsort(turned)
    pairs, lengths = chain(len(sums))
    one = classes_of(sums, (pairs, lengths), 3, 6)
    other = classes_of(sums[turned], (back[pairs], lengths), 3, 6)[back]
    assert adjusted_rand_score(one, other) > 0.95


def test_as_many_classes_as_asked_for_are_somebodys():
    """In an image that shades from one color to another, without kinds of its own."""
    generator = np.random.default_rng(0)
    layout = column_layout(3)
    sums = np.zeros((800, layout["context"].stop))
    sums[:, 0] = 100
    mean = generator.uniform(20, 230, (800, 3))
    sums[:, layout["values"]] = mean * 100
    sums[:, layout["squares"]] = (mean**2 + 25) * 100
    for wanted in (2, 8, 16):
        found = classes_of(sums, chain(800), 3, wanted)
        assert len(np.unique(found)) == wanted


def test_clusters_follow_the_kinds_of_superpixels(four_kinds):
    _, kinds, found = four_kinds
    assert adjusted_rand_score(kinds, found.labels) > 0.95


def test_what_surrounds_them_tells_alike_superpixels_apart():
    """Gray superpixels, half of them among dark ones and half among bright ones."""
    generator = np.random.default_rng(0)
    layout = column_layout(1)
    sums = np.zeros((600, layout["context"].stop))
    shade = np.where(np.arange(600) < 300, 40.0, 200.0)
    gray = np.arange(600) % 3 == 0
    mean = np.where(gray, 120.0, shade) + generator.normal(0, 2, 600)
    sums[:, 0] = 100
    sums[:, layout["values"]] = mean[:, None] * 100
    sums[:, layout["squares"]] = (mean[:, None] ** 2 + 225) * 100
    found = classes_of(sums, chain(600), 1, 4)
    assert adjusted_rand_score(np.arange(600)[gray] < 300, found[gray]) > 0.8
    alone = classes_of(sums, NO_PAIRS, 1, 4)
    assert adjusted_rand_score(np.arange(600)[gray] < 300, alone[gray]) < 0.2


def test_surroundings_weigh_neighbors_by_area_and_fade_with_distance():
    words = np.eye(4, dtype=np.float32)
    pixels = np.array([100.0, 100.0, 100.0, 100.0])
    near, far = RandomWalks.on_graph(*chain(4), pixels, (1, 3)).root_histograms(words)
    assert near[1, 1] > near[1, 0] > 0
    assert near[0, 2] == 0
    assert far[0, 2] > far[0, 3] > 0
    np.testing.assert_allclose(np.square(far.astype(float)).sum(axis=1), 1, atol=2e-3)
    larger = RandomWalks.on_graph(
        *chain(4), np.array([100.0, 900, 100, 100]), (1,)
    ).root_histograms(words)[0]
    assert larger[0, 1] > near[0, 1]


@pytest.mark.parametrize("bands", [1, 2, 3, 224])
def test_any_band_count_clusters(bands):
    sums, _ = superpixel_sums(2, bands)
    _, found = clustered(sums, chain(len(sums)), bands, 5)
    assert np.isfinite(found.features).all()
    assert found.classes == 5


def test_an_image_of_one_color_has_one_class():
    sums, _ = superpixel_sums(1)
    sums[:] = sums[0]
    assert clustered(sums, NO_PAIRS, 3, 8)[1].classes == 1


def test_fewer_superpixels_than_classes_give_fewer_classes():
    sums, _ = superpixel_sums(1)
    assert clustered(sums[:3], chain(3), 3, 8)[1].classes <= 3


def test_confidence_falls_where_the_evidence_is_divided():
    unary = np.log(np.array([[0.98, 0.02], [0.7, 0.3], [0.5, 0.5]], np.float32))
    weights = smoothing.contrast_weights(*NO_PAIRS, np.zeros((3, 1), np.float32))
    sure = smoothing.smooth_on_graph(unary, weights, 8.0)
    assert sure.confidence[0] > sure.confidence[1] > sure.confidence[2]
    assert sure.confidence[2] == pytest.approx(0.5)


def test_smoothing_turns_an_outlier_among_its_like_and_spares_a_contrast():
    unary = np.log(np.array([[0.9, 0.1]] * 4 + [[0.3, 0.7]], np.float32))
    pairs = np.array([[0, 4], [1, 4], [2, 4], [3, 4]])
    lengths = np.full(4, 10)
    alike, apart = np.zeros((5, 1), np.float32), np.zeros((5, 1), np.float32)
    apart[4] = 200
    apart[:4] = np.arange(4)[:, None]

    def outlier(means, smoothness):
        weights = smoothing.contrast_weights(pairs, lengths, means)
        found = smoothing.smooth_on_graph(unary, weights, smoothness)
        return found.marginals[4].argmax()

    assert outlier(alike, 0.0) == 1
    assert outlier(alike, 8.0) == 0
    assert outlier(apart, 8.0) == 1


def test_the_same_bytes_come_from_one_thread_and_from_many(monkeypatch):
    """Superpixels are computed in blocks; two of these are not whole."""
    sums, _ = superpixel_sums(10, each=1900)
    graph = np.stack([np.arange(len(sums) - 1), np.arange(1, len(sums))], 1), np.full(18999, 9)
    scene = Description.from_sums(sums, *graph, 3)
    monkeypatch.setattr("superseg_plugin.engine.vocabularies.SAMPLE_POINTS", 500)
    found = []
    for threads in (1, 5):
        monkeypatch.setattr("superseg_plugin.engine.row_blocks.THREADS", threads)
        model, clusters = clustering.cluster_superpixels(scene, 8, 8.0, vocabularies=4)
        found.append({**vars(clusters), "model": None, **model.to_arrays()})
    for name, value in found[0].items():
        np.testing.assert_array_equal(value, found[1][name], err_msg=name)
    # The blocks are computed at their places: the last superpixels resemble the last kind.
    assert len(np.unique(found[0]["labels"][-1000:])) == 1


def test_two_blocks_tell_what_neither_does_alone():
    # 64 bands of which the first tells the halves apart, and one band that tells odd from even.
    random = np.random.default_rng(0)
    count = 400
    half, odd = np.arange(count) // 200, np.arange(count) % 2
    vectors = random.normal(100, 3, (count, 64))
    vectors[:, 0] += 60 * half
    height = random.normal(60, 5, (count, 1)) + 90 * odd[:, np.newaxis]
    blocks = Block(64, EMBEDDING, 0.2), Block(1, ELEVATION)

    def groups(*chosen):
        sums = np.concatenate([_sums_of([vectors, height][i], blocks[i]) for i in chosen], axis=1)
        superpixels = Description.from_sums(sums, *NO_PAIRS, tuple(blocks[i] for i in chosen))
        labels = clustering.cluster_superpixels(superpixels, 4, 0.0, 4)[1].labels
        table = np.zeros((4, 4), int)
        np.add.at(table, (2 * half + odd, labels), 1)
        return table.max(axis=1).sum() / count, len(set(table.argmax(axis=1)))

    assert groups(0, 1) == (1.0, 4)
    assert groups(0)[1] < 4
    assert groups(1)[1] < 4


def test_a_further_block_of_one_value_changes_nothing():
    random = np.random.default_rng(1)
    values = random.normal(np.repeat([[40.0], [120.0], [200.0]], 100, axis=0), 4)
    flat, block = np.full((300, 1), 50.0), Block(1, ELEVATION)
    sums = np.concatenate([_sums_of(values, block), _sums_of(flat, block)], axis=1)
    superpixels = Description.from_sums(sums, *NO_PAIRS, (block, block))
    labels = clustering.cluster_superpixels(superpixels, 3, 0.0, 4)[1].labels
    assert [len(set(part)) for part in labels.reshape(3, 100)] == [1, 1, 1]


def _sums_of(means, block):
    """Sums of superpixels of 100 pixels with a standard deviation of 5."""
    sums = np.zeros((len(means), block.columns))
    layout = column_layout(block.bands)
    sums[:, 0] = 100
    sums[:, layout["values"]] = 100 * means
    sums[:, layout["squares"]] = 100 * (means**2 + 25)
    return sums


def test_the_confidence_is_lower_where_superpixels_of_several_kinds_mix():
    """A grid of superpixels: fields of eight rows on the left, a mixture of kinds on the right."""
    generator = np.random.default_rng(0)
    row, column = (part.ravel() for part in np.mgrid[:48, :48])
    mixed = column >= 24
    kinds = np.where(mixed, generator.integers(0, 6, len(row)), row // 8)
    mean = generator.uniform(60, 200, (6, 3))[kinds] + generator.normal(0, 6, (len(row), 3))
    place = np.arange(len(row)).reshape(48, 48)
    right = np.stack([place[:, :-1].ravel(), place[:, 1:].ravel()], axis=1)
    below = np.stack([place[:-1].ravel(), place[1:].ravel()], axis=1)
    pairs = np.concatenate([right, below]).astype(np.int32)
    graph = pairs, np.full(len(pairs), 10, np.int32)
    scene = Description.from_sums(_sums_of(mean, Block(3)), *graph, 3)
    _, found = clustering.cluster_superpixels(scene, 6, 8.0, vocabularies=1)
    inside = ~mixed & (row % 8 > 1) & (row % 8 < 6)
    assert found.confidence[mixed].mean() < found.confidence[inside].mean() - 0.1
    assert 0.5 <= found.confidence.min() <= found.confidence.max() <= 1
