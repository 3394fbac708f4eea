# SPDX-License-Identifier: GPL-2.0-or-later
"""Superpixels are those of the method's reference implementation, on any bands and with nodata."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import binary_dilation
from skimage.measure import label
from skimage.segmentation import felzenszwalb, find_boundaries

from superseg_plugin.engine.segments import Segmenter
from superseg_plugin.engine.superpixels import segment_tile, smooth_image, stitch_seam
from tests.engine.images import landscape


def cut(image, valid=None, **options):
    segmenter = Segmenter(**options)
    valid = np.ones(image.shape[1:], bool) if valid is None else valid
    pixels = image.astype(np.float32)
    return segment_tile(smooth_image(pixels, valid, segmenter.sigma), valid, segmenter)


def boundary_agreement(one, other, reach=2):
    """Share of the boundaries of `one` that have a boundary of `other` within reach."""
    near = binary_dilation(find_boundaries(other), np.ones((2 * reach + 1, 2 * reach + 1)))
    edges = find_boundaries(one)
    return float((edges & near).sum() / edges.sum())


@pytest.mark.parametrize("bands", [1, 3, 6])
@pytest.mark.parametrize("scale", [32, 150])
def test_felzenszwalb_agrees_with_scikit_image(bands, scale):
    image = landscape(bands=bands)
    ours = cut(image, scale=scale).labels
    theirs = felzenszwalb(np.moveaxis(image, 0, -1), scale=scale, sigma=0.5, min_size=64)
    assert ours.max() == pytest.approx(theirs.max() + 1, rel=0.03)
    assert boundary_agreement(ours, theirs) >= 0.95
    assert boundary_agreement(theirs, ours) >= 0.95


@pytest.mark.parametrize("method", ["felzenszwalb", "slic"])
def test_ids_have_no_gaps_and_sizes_add_up(method):
    found = cut(landscape(), method=method)
    assert np.array_equal(np.unique(found.labels), np.arange(1, len(found.sizes) + 1))
    assert np.array_equal(np.bincount(found.labels.ravel())[1:], found.sizes)


def test_no_felzenszwalb_superpixel_is_below_the_minimum_size():
    assert cut(landscape(), min_size=200).sizes.min() >= 200


@pytest.mark.parametrize("method", ["felzenszwalb", "slic"])
def test_nodata_gets_no_superpixel_and_its_values_do_not_matter(method):
    image = landscape()
    valid = np.ones(image.shape[1:], bool)
    valid[40:90, 60:200] = False
    valid[0] = False
    dark, bright = image.copy(), image.copy()
    dark[:, ~valid], bright[:, ~valid] = 0, 255
    found = cut(dark, valid, method=method).labels
    assert np.array_equal(found == 0, ~valid)
    assert np.array_equal(found, cut(bright, valid, method=method).labels)


def test_felzenszwalb_superpixels_are_connected():
    labels = cut(landscape()).labels.astype(np.int64)
    assert label(labels, connectivity=2).max() == labels.max()


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (1, 500)])
@pytest.mark.parametrize("method", ["felzenszwalb", "slic"])
def test_tiny_images_are_cut_too(shape, method):
    image = np.full((3, *shape), 7, np.uint8)
    assert cut(image, method=method).labels.min() == 1


def test_a_tile_without_valid_pixels_has_no_superpixels():
    found = cut(landscape(32, 32), np.zeros((32, 32), bool))
    assert found.labels.max() == 0
    assert len(found.sizes) == 0


def test_a_large_region_cut_by_a_seam_grows_together():
    image = np.full((3, 100, 200), 90, np.float32)
    labels = np.ones((100, 200), np.uint32)
    labels[:, 100:] = 2
    sides = (False, False, True, True)
    strip = slice(35, 165)
    sizes = np.array([10_000, 10_000])
    joined = stitch_seam(
        image[:, :, strip], labels[:, strip], sizes, np.zeros(2, np.float32), (1, 65), sides,
        Segmenter(),
    )  # fmt: skip
    assert len(joined.merged) == 1
    source, target = joined.merged[0]
    assert np.isin(joined.labels, [source, target]).all()
    assert joined.sizes[target - 1] == 20_000
    assert joined.sizes[source - 1] == 0
