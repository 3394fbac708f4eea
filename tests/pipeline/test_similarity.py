# SPDX-License-Identifier: GPL-2.0-or-later
"""Similarity of superpixels to examples."""

from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np
import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.classes.superpixel_similarity import SimilarityVectors
from superseg_plugin.pipeline.similarity import run_similarity
from superseg_plugin.pipeline.steps.example_superpixels import Shapes
from superseg_plugin.raster.overlay_pixels import levels_of, ranked
from superseg_plugin.raster.source import RasterSource
from tests.class_rasters import striped, write_classes, write_superpixels
from tests.conftest import read_raster

NO_PAIRS = {"pairs": np.zeros((0, 2), np.int32), "lengths": np.zeros(0, np.int32)}


@pytest.fixture
def classes(tmp_path):
    values = striped(3)
    values[:8, :8] = 0
    path = write_classes(tmp_path / "classes.tif", values)
    write_superpixels(path)
    return path


def scene(features, **more):
    areas = np.ones(len(features))
    return SimpleNamespace(
        **{"features": np.asarray(features, np.float32), "areas": areas, **NO_PAIRS, **more}
    )


def test_the_raster_tells_the_example_from_other_land(classes, tmp_path, listener):
    shapes = Shapes(place(classes, 60, 4))
    with RasterSource(classes) as source:
        run_similarity(source, shapes, str(tmp_path / "similar.tif"), listener)
    values, nodata = read_raster(tmp_path / "similar.tif")[0], read_raster(classes)[0] == 0
    assert values.dtype == np.float32
    assert (values[nodata] == -9999).all()
    assert 0 <= values[~nodata].min() < values[~nodata].max() == 1
    assert values[60, 4] == 1
    # The features are column and class: the other end of the scene is different, the same class
    # nearby is alike.
    assert values[60, 12] > 0.8 > values[4, 60]
    assert any("1 superpixel with examples" in line for line in listener.lines)


def place(path, row, col):
    with RasterSource(path) as source:
        return source.grid.to_coordinates(np.array([[col + 0.5, row + 0.5]]))


def test_places_off_the_classes_are_told_and_nothing_is_written(classes, tmp_path, listener):
    off = np.vstack([place(classes, 4, 4), place(classes, 500, 500)])
    with RasterSource(classes) as source, pytest.raises(SuperSegError, match="none lies on"):
        run_similarity(source, Shapes(off), str(tmp_path / "similar.tif"), listener)
    assert not (tmp_path / "similar.tif").exists()


def test_the_direction_counts_and_the_most_similar_example():
    vectors = SimilarityVectors.of(scene([[2, 0], [9, 0.1], [0, 3], [-11, -3.1]]))
    one = vectors.to(np.array([0]))
    assert one[0] == 1
    assert one[1] > 0.9
    assert one[2] < 0.3
    assert one[3] == 0
    both = vectors.to(np.array([0, 2]))
    assert (both >= one).all()
    assert both[2] == 1


def test_neighbors_count_by_their_border():
    features = [[1, 0], [0, 1], [1, 0], [-2, -1]]
    pairs = {"pairs": np.array([[0, 1], [1, 2]], np.int32), "lengths": np.array([1, 9], np.int32)}
    alone = SimilarityVectors.of(scene(features)).to(np.array([2]))
    together = SimilarityVectors.of(scene(features, **pairs)).to(np.array([2]))
    assert together[1] > alone[1]
    assert together[2] == alone[2] == 1


def test_superpixels_without_pixels_are_like_nothing():
    known = SimilarityVectors.of(scene([[1, 0], [np.nan, 1], [0, 1]], areas=np.array([1.0, 0, 1])))
    assert known.to(np.array([0])).tolist() == [1, 0, 0]


def test_levels_keep_the_threshold():
    similarity = np.linspace(0, 1, 101)
    assert levels_of(similarity).min() == 1
    assert levels_of(similarity).max() == 255
    for percent in (0, 37, 80, 100):
        least = levels_of(np.array([percent / 100]))[0]
        chosen = levels_of(similarity) >= least
        assert chosen.tolist() == (np.arange(101) >= percent).tolist()
        table, outlined = ranked(int(least))
        assert not table[outlined].any()
        assert outlined[least:].all()
        assert not outlined[1:least].any()


def test_half_a_million_superpixels_are_answered_at_once():
    random, count, side = np.random.default_rng(0), 500_000, 707
    rows = np.arange(count)
    pairs = np.vstack([np.stack([rows[:-step], rows[step:]], 1) for step in (1, side, side + 1)])
    lengths = random.integers(1, 20, len(pairs)).astype(np.int32)
    graph = {"pairs": pairs.astype(np.int32), "lengths": lengths}
    large = scene(random.normal(size=(count, 8)), **graph)
    started = time.process_time()
    vectors = SimilarityVectors.of(large)
    prepared = time.process_time()
    similarity = vectors.to(rows[::50_000])
    answered = time.process_time()
    assert similarity[::50_000].tolist() == [1] * 10
    # Under a second on an idle machine; other tests run beside this one.
    assert prepared - started < 3
    assert answered - prepared < 1
