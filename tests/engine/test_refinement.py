# SPDX-License-Identifier: GPL-2.0-or-later
"""Pixels near borders are assigned to the superpixel that fits their color."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.contracts import REFINEMENT_HALO, BandScaling
from superseg_plugin.engine.refinement import Discriminant, fit_discriminant, refine_tile
from superseg_plugin.engine.segments import Tile

WHOLE = slice(0, 60), slice(0, 100)


def two_fields(noise=6.0):
    """A scene of a dark and a bright field, each of four superpixels, as image and labels."""
    rng = np.random.default_rng(4)
    classes = np.repeat([[1, 2]], 60, axis=0).repeat(50, axis=1)
    image = (80.0 * classes + rng.normal(0, noise, (3, 60, 100))).astype(np.float32)
    blocks = np.repeat(np.arange(4), 25)
    labels = (1 + blocks[np.newaxis] + 4 * (np.arange(60) >= 30)[:, np.newaxis]).astype(np.uint32)
    return image, labels, np.array([0, 1, 1, 2, 2, 1, 1, 2, 2], np.uint8)


def tile_of(image, valid, core=WHOLE):
    """A tile whose values are in display units."""
    bands = len(image)
    scaling = BandScaling((0.0,) * bands, (255.0,) * bands, (0.0,) * bands, (1.0,) * bands)
    return Tile(image, valid, scaling, core)


def fit(image, labels, of, valid=None):
    classes = of[labels]
    means = np.stack([image[:, classes == kind].mean(axis=1) for kind in (1, 2)]).astype(float)
    areas = np.bincount(classes.ravel())[1:].astype(float)
    valid = np.ones(labels.shape, bool) if valid is None else valid
    return fit_discriminant(image[None], valid[None], classes[None], means, areas)


def refine(image, labels, of, valid=None, core=WHOLE):
    valid = np.ones(labels.shape, bool) if valid is None else valid
    return refine_tile(tile_of(image, valid, core), labels, of, fit(image, labels, of))


def test_an_object_in_a_superpixel_takes_the_class_that_it_resembles():
    image, labels, of = two_fields()
    # 4 x 4 bright pixels in the dark field, some pixels from the bright one.
    image[:, 10:14, 43:47] += 80
    refined = refine(image, labels, of)
    assert (of[refined[10:14, 43:47]] == 2).mean() > 0.9
    # Far from the bright field a pixel has only one class around it, and stays.
    image, labels, of = two_fields()
    image[:, 10:15, 11:16] += 80
    assert (refine(image, labels, of)[:, :30] == labels[:, :30]).all()


def test_a_border_that_lies_beside_the_edge_moves_to_it():
    image, labels, of = two_fields()
    moved = np.roll(labels, 3, axis=1)
    moved[:, :3] = labels[:, :3]
    wrong = (of[moved] != of[labels]).mean()
    assert wrong > 0.02
    assert (of[refine(image, moved, of)] != of[labels]).mean() < 0.1 * wrong


def test_pixels_stay_where_colors_tell_nothing():
    rng = np.random.default_rng(0)
    _, labels, of = two_fields()
    image = rng.normal(100, 10, (3, *labels.shape)).astype(np.float32)
    refined = refine(image, labels, of)
    assert (of[refined] == of[labels]).mean() > 0.999


def test_the_result_does_not_depend_on_tiles():
    image, labels, of = two_fields(noise=20.0)
    labels = np.roll(labels, 4, axis=1)
    found = fit(image, labels, of)
    valid = np.random.default_rng(1).random(labels.shape) > 0.1
    image[:, ~valid] = 0
    whole = refine_tile(tile_of(image, valid), labels, of, found)
    assert (whole != np.where(valid, labels, 0)).sum() > 20
    joined = np.zeros_like(whole)
    for top in range(0, 60, 13):
        for left in range(0, 100, 17):
            rows = slice(max(top - REFINEMENT_HALO, 0), top + 13 + REFINEMENT_HALO)
            cols = slice(max(left - REFINEMENT_HALO, 0), left + 17 + REFINEMENT_HALO)
            core = (
                slice(top - rows.start, min(top + 13, 60) - rows.start),
                slice(left - cols.start, min(left + 17, 100) - cols.start),
            )
            tile = tile_of(image[:, rows, cols], valid[rows, cols], core)
            part = refine_tile(tile, labels[rows, cols], of, found)
            joined[top : top + 13, left : left + 17] = part
    assert (joined == whole).all()


def test_nodata_keeps_no_superpixel_and_gives_none():
    image, labels, of = two_fields()
    valid = np.ones(labels.shape, bool)
    valid[:, 50:] = False
    # What lies below nodata looks like the bright field.
    image[:, 20:30, 44:50] += 80
    refined = refine(image, labels, of, valid)
    assert (refined[:, 50:] == 0).all()
    assert (refined[:, :50] == labels[:, :50]).all()


@pytest.mark.parametrize("kinds", [0, 1])
def test_fewer_than_two_classes_change_nothing(kinds):
    image, labels, of = two_fields()
    means, areas = np.zeros((2, 3)), np.array([6000.0 * kinds, 0.0])
    every = np.ones((1, *labels.shape), bool)
    found = fit_discriminant(image[None], every, np.minimum(of, 1)[labels][None], means, areas)
    assert len(found.projection) == 0
    refined = refine_tile(tile_of(image, every[0]), labels, of, found)
    assert (refined == labels).all()


def test_a_band_of_noise_counts_less_than_one_that_tells():
    rng = np.random.default_rng(2)
    _, labels, of = two_fields()
    classes = of[labels]
    image = np.stack([rng.normal(0, 50, classes.shape), 20.0 * classes]).astype(np.float32)
    found = fit(image, labels, of)
    assert isinstance(found, Discriminant)
    weight = np.abs(found.projection).sum(axis=0)
    assert weight[1] > 10 * weight[0]
