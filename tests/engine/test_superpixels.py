# SPDX-License-Identifier: GPL-2.0-or-later
"""Superpixels are those of the method's reference implementation, on any bands and with nodata."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import binary_dilation
from skimage.measure import label
from skimage.segmentation import felzenszwalb, find_boundaries

from superseg_plugin.contracts import Segmenter
from superseg_plugin.engine import edge_keys, edge_order, filters, graph_segmentation
from superseg_plugin.engine.edge_keys import SmoothedRows
from superseg_plugin.engine.filters import smooth_image
from superseg_plugin.engine.scaling import measure_scaling
from superseg_plugin.engine.segments import Tile
from superseg_plugin.engine.superpixels import segment_tile, stitch_seam
from tests.engine.images import landscape


def tile_of(image, valid=None, core=None):
    valid = np.ones(image.shape[1:], bool) if valid is None else valid
    core = core or (slice(0, image.shape[1]), slice(0, image.shape[2]))
    return Tile(image, valid, measure_scaling(image.reshape(len(image), -1)), core)


def cut(image, valid=None, **options):
    return segment_tile(tile_of(image, valid), Segmenter(**options))


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


def plain_felzenszwalb(image, valid, scale, min_size, directions):
    """The method as it was published: all edges sorted, then each looked at twice."""
    rows, cols = valid.shape
    places = np.arange(rows * cols).reshape(rows, cols)
    smoothed = smooth_image(image.astype(np.float32), 0.5, valid)
    edges = []
    for down, right in directions:
        here = (slice(0, rows - down), slice(max(-right, 0), cols - max(right, 0)))
        there = (slice(down, rows), slice(max(right, 0), cols + min(right, 0)))
        difference = smoothed[(slice(None), *here)] - smoothed[(slice(None), *there)]
        weight = np.sqrt((difference.astype(np.float64) ** 2).sum(axis=0))
        known = valid[here] & valid[there]
        edges.append(np.stack([weight[known], places[here][known], places[there][known]]))
    edges = np.concatenate(edges, axis=1).T
    # Weights count to 12 binary digits.
    mantissa, exponent = np.frexp(edges[:, 0])
    edges[:, 0] = np.ldexp(np.floor(mantissa * 2**13) / 2**13, exponent)
    root, size, inside = list(range(rows * cols)), [1] * (rows * cols), [0.0] * (rows * cols)

    def find(place):
        while root[place] != place:
            place = root[place]
        return place

    order = np.argsort(edges[:, 0], kind="stable")
    for growing in (True, False):
        for weight, one, two in edges[order]:
            one, two = find(int(one)), find(int(two))
            if one == two:
                continue
            fits = weight < min(inside[one] + scale / size[one], inside[two] + scale / size[two])
            if fits if growing else min(size[one], size[two]) < min_size:
                root[one] = two
                size[two] += size[one]
                inside[two] = weight
    return np.where(valid, np.array([find(place) for place in range(rows * cols)]).reshape(
        rows, cols) + 1, 0)  # fmt: skip


@pytest.mark.parametrize(
    ("connectivity", "directions"),
    [(8, [(0, 1), (1, 0), (1, 1), (1, -1)]), (4, [(0, 1), (1, 0)])],
)
@pytest.mark.parametrize("hole", [False, True])
def test_leaving_edges_out_changes_nothing(connectivity, directions, hole):
    image = landscape(90, 110)
    valid = np.ones((90, 110), bool)
    valid[20:40, 30:50] = not hole
    ours = cut(image, valid, scale=50, min_size=20, connectivity=connectivity).labels
    theirs = plain_felzenszwalb(image, valid, 50, 20, directions)
    pairs = np.unique(np.stack([ours.ravel(), theirs.ravel()]), axis=1)
    assert len(pairs[0]) == len(np.unique(ours)) == len(np.unique(theirs))
    assert np.array_equal(ours == 0, ~valid)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32", "float64"])
def test_a_smoothed_strip_is_the_smoothed_image_cut(dtype):
    image = landscape(80, 90).astype(dtype)
    valid = np.ones((80, 90), bool)
    valid[30:34, 40:70] = False
    tile = tile_of(image, valid, (slice(4, 76), slice(5, 90)))
    whole = smooth_image(tile.scaling.to_display(image, valid), 1.5, valid)
    strip = SmoothedRows(tile, 1.5).read(20, 50)
    assert np.allclose(strip, whole[:, 24:54, 5:90], atol=1e-3)


def test_one_compilation_serves_every_input():
    """What the installer compiles is all there is: nobody waits for the compiler later."""
    for rows, cols, bands, dtype in ((40, 50, 3, "uint8"), (200, 130, 1, "float64")):
        image = landscape(rows, cols, bands).astype(dtype)
        valid = np.ones((rows, cols), bool)
        for connectivity in (4, 8):
            found = cut(image, valid, connectivity=connectivity)
            stitch_seam(
                tile_of(image, valid), found.labels, found.sizes, found.internal, (1, 25),
                (False, False, True, False), Segmenter(connectivity=connectivity),
            )  # fmt: skip
            valid[10:12] = False
    kernels = [
        value
        for module in (edge_keys, edge_order, graph_segmentation, filters)
        for value in vars(module).values()
        if hasattr(value, "signatures")
    ]
    assert len(kernels) > 10
    assert [kernel.__name__ for kernel in kernels if len(kernel.signatures) > 1] == []


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


@pytest.mark.parametrize(("connectivity", "hops"), [(4, 1), (8, 2)])
def test_felzenszwalb_superpixels_are_connected(connectivity, hops):
    labels = cut(landscape(), connectivity=connectivity).labels.astype(np.int64)
    assert label(labels, connectivity=hops).max() == labels.max()


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
    image = np.full((3, 100, 200), 90, np.uint8)
    labels = np.ones((100, 200), np.uint32)
    labels[:, 100:] = 2
    sides = (False, False, True, True)
    strip = slice(35, 165)
    sizes = np.array([10_000, 10_000])
    joined = stitch_seam(
        tile_of(image, core=(slice(0, 100), strip)), labels[:, strip], sizes,
        np.zeros(2, np.float32), (1, 65), sides, Segmenter(),
    )  # fmt: skip
    assert len(joined.merged) == 1
    source, target = joined.merged[0]
    assert np.isin(joined.labels, [source, target]).all()
    assert joined.sizes[target - 1] == 20_000
    assert joined.sizes[source - 1] == 0


@pytest.mark.parametrize("method", ["felzenszwalb", "slic"])
def test_the_outermost_lines_of_open_sides_keep_their_superpixels(method):
    """Nobody writes them: sizes would count pixels that belong to others."""
    image = landscape(3, 90, 140)
    segmenter = Segmenter(method=method, region_size=16, scale=60.0)
    halves = [cut(part, method=method, region_size=16, scale=60.0) for part in _halves(image)]
    right = halves[1].labels + np.uint32(len(halves[0].sizes))
    labels = np.concatenate([halves[0].labels, right], axis=1)
    sizes, internal = (
        np.concatenate([getattr(half, name) for half in halves]) for name in ("sizes", "internal")
    )
    found = stitch_seam(
        tile_of(image), labels, sizes, internal, (1, 70), (True, False, True, True), segmenter
    )
    became = np.arange(len(sizes) + 1)
    for source, target in found.merged:
        became[source] = target
    for line in (np.s_[0], np.s_[:, 0], np.s_[:, -1]):
        assert np.array_equal(found.labels[line], became[labels[line]])
    assert np.array_equal(found.sizes, np.bincount(found.labels.ravel())[1:])


def _halves(image):
    return image[:, :, :70], image[:, :, 70:]
