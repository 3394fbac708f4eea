# SPDX-License-Identifier: GPL-2.0-or-later
"""Slivers give way to parts of classes that differ in color, and the model knows them too."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from superseg_plugin.pipeline.formats.cluster_arrays import reorder_clusters
from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.steps.band_statistics import measure_scene
from superseg_plugin.pipeline.steps.clustering import assign_clusters, find_clusters
from superseg_plugin.pipeline.steps.color_splits import (
    FEW_CLASSES,
    SLIVER,
    Replacement,
    Split,
    find_replacements,
    split_evidence,
    split_model,
)
from superseg_plugin.pipeline.steps.description import describe_scene
from superseg_plugin.pipeline.superpixels import make_superpixels
from superseg_plugin.progress import SilentProgress
from superseg_plugin.raster.source import RasterSource
from tests.conftest import write_raster
from tests.pipeline.conftest import landscape

SURE, NEXT, NEVER = 0.0, -2.0, -9.0


def classified(owner, count):
    """Evidence of superpixels that are sure of their class; the next class is the second best."""
    rows = np.arange(len(owner))
    evidence = np.full((len(owner), count), NEVER, np.float32)
    evidence[rows, (owner + 1) % count] = NEXT
    evidence[rows, owner] = SURE
    return evidence


def two_lakes(sliver_pixels=1.0, apart=80.0):
    """Land, water of two colors in one class, a class of five superpixels, and a further class."""
    generator = np.random.default_rng(0)
    owner = np.repeat([0, 1, 2, 3], [300, 40, 5, 100])
    means = generator.normal(0, 4, (len(owner), 3)) + np.array([90.0, 90.0, 90.0])
    means[owner == 3] += 60
    means[owner == 1] -= 60
    means[300:320, 1] += apart
    pixels = np.full(len(owner), 200.0)
    pixels[owner == 1] = 900
    pixels[owner == 2] = sliver_pixels
    return owner, means.astype(np.float32), pixels


def test_two_lakes_get_the_number_of_a_sliver():
    owner, means, pixels = two_lakes()
    evidence = classified(owner, 4)
    (found,) = find_replacements(evidence, owner, means, pixels)
    assert (found.sliver, found.parent) == (2, 1)
    best = split_evidence(evidence, [found], means).argmax(axis=1)
    lakes = best[owner == 1]
    assert set(lakes[:20]) != set(lakes[20:])
    assert set(lakes) == {1, 2}
    assert (best[owner == 0] == 0).all()
    assert (best[owner == 3] == 3).all()
    # The second best of the sliver's superpixels.
    assert (best[owner == 2] == 3).all()


def test_a_sliver_stays_where_nothing_falls_into_two():
    owner, means, pixels = two_lakes(apart=0.0)
    assert find_replacements(classified(owner, 4), owner, means, pixels) == []


def test_nothing_is_split_for_a_class_that_is_no_sliver():
    owner, means, pixels = two_lakes(sliver_pixels=200.0)
    assert (pixels[owner == 2].sum() / pixels.sum()) > SLIVER / FEW_CLASSES
    assert find_replacements(classified(owner, 4), owner, means, pixels) == []


def test_no_part_of_a_split_is_a_sliver():
    owner, means, pixels = two_lakes()
    pixels[300:320] = 1
    assert find_replacements(classified(owner, 4), owner, means, pixels) == []


def test_ids_without_pixels_take_no_part():
    owner, means, pixels = two_lakes(sliver_pixels=0.0)
    assert [each.parent for each in find_replacements(classified(owner, 4), owner, means, pixels)]
    means[owner == 2] = np.float32(0)
    assert [each.parent for each in find_replacements(classified(owner, 4), owner, means, pixels)]


@pytest.mark.parametrize("bands", [1, 2, 7])
def test_a_plain_band_and_any_number_of_bands_do_no_harm(bands):
    owner, means, pixels = two_lakes()
    wide = np.concatenate([means[:, 1:2], np.full((len(means), bands - 1), 7, np.float32)], axis=1)
    (found,) = find_replacements(classified(owner, 4), owner, wide, pixels)
    assert found.parent == 1
    assert np.isfinite(found.split.plane).all()


def test_a_model_has_the_split_classes_too(tmp_path, worker):
    path = write_raster(tmp_path / "scene.tif", landscape())
    progress = SilentProgress()
    with RasterSource(path) as source:
        scaling = measure_scene(source, 1, worker, progress)
        cut = tmp_path / "superpixels.tif"
        make_superpixels(source, scaling, cut, tmp_path, SuperpixelOptions(), worker, progress)
        with RasterSource(str(cut)) as superpixels:
            description = describe_scene(source, superpixels, scaling, worker, progress)
    found = find_clusters(copy.copy(description), 4, 0.0, worker, progress)
    # The largest class in two by its first band, in the place of the smallest.
    areas = np.bincount(found.evidence.argmax(axis=1), description.pixels)
    sliver, parent = int(areas.argmin()), int(areas.argmax())
    middle = np.median(description.means[found.evidence.argmax(axis=1) == parent, 0])
    plane = np.zeros(4, np.float32)
    plane[[0, 3]] = 1, -middle
    split = [Replacement(sliver, parent, Split(1.0, plane))]
    evidence = split_evidence(found.evidence, split, description.means)
    model = split_model(found.model, split)
    again = assign_clusters(description, model, 0.0, worker, progress).evidence
    np.testing.assert_array_equal(again.argmax(axis=1), evidence.argmax(axis=1))
    assert {sliver, parent} <= set(again.argmax(axis=1).tolist())
    turned = reorder_clusters(model, np.arange(4)[::-1])
    np.testing.assert_array_equal(turned["gates"][3 - sliver], plane)
