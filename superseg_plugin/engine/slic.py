# SPDX-License-Identifier: GPL-2.0-or-later
"""SLIC superpixels [1] by scikit-image, adapted to tiles and nodata.

scikit-image's `slic` scales colors by the range of each call; that is undone, so that compactness
means the same in all tiles. Nodata is filled with the nearest valid color before the cut, and
pieces that nodata separates become superpixels of their own. Along a seam, a strip is cut again
with its grid moved by a quarter of a superpixel, and the superpixels that cross the seam replace
those of the tiles.

Exact: within a tile without nodata, the labels are scikit-image's. Approximate: a seam is not cut
as in the untiled image. Cost: some five times that of `graph_segmentation`.

References:
    [1] R. Achanta, A. Shaji, K. Smith, A. Lucchi, P. Fua, S. Suesstrunk, "SLIC superpixels compared
        to state-of-the-art superpixel methods", IEEE TPAMI 34 (2012).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.ndimage import distance_transform_edt
from skimage.measure import label
from skimage.segmentation import slic

from ..contracts import Segmenter
from .edge_keys import SmoothedRows
from .segments import Stitch, Superpixels, Tile, clear_open_sides
from .types import BoolArray, FloatArray, IdArray, IndexArray

# Iterations of k-means, as recommended in [1].
ITERATIONS = 10


def segment_tile_slic(tile: Tile, segmenter: Segmenter) -> Superpixels:
    """Cut the core of a tile with SLIC; see `segment_tile`.

    Args:
        tile: the pixels.
        segmenter: region_size, compactness and sigma are used.

    Returns:
        Superpixels of some region_size x region_size pixels; internal differences are 0.

    Example:
        >>> from superseg_plugin.contracts import BandScaling
        >>> values, valid = np.zeros((1, 20, 20), np.uint8), np.ones((20, 20), bool)
        >>> values[:, :, 10:] = 200
        >>> scaling = BandScaling((0.0,), (255.0,), (0.0,), (1.0,))
        >>> tile = Tile(values, valid, scaling, (slice(0, 20), slice(0, 20)))
        >>> segment_tile_slic(tile, Segmenter("slic", region_size=10)).sizes.tolist()
        [110, 110, 90, 90]
    """
    valid = tile.valid[tile.core]
    if not valid.any():
        return Superpixels(
            np.zeros(valid.shape, np.uint32), np.zeros(0, np.int64), np.zeros(0, np.float32)
        )
    image = SmoothedRows(tile, segmenter.sigma).read(0, len(valid))
    labels = _cut(image, valid, segmenter, tile.scaling.distance_factor)
    if not valid.all():
        labels = _join_small_pieces(labels, valid, _smallest(segmenter))
    present, compact = np.unique(labels[valid], return_inverse=True)
    numbered = np.zeros(valid.shape, np.uint32)
    numbered[valid] = compact.reshape(-1) + 1
    sizes = np.bincount(compact.reshape(-1), minlength=len(present)).astype(np.int64)
    return Superpixels(numbered, sizes, np.zeros(len(present), np.float32))


def stitch_seam_slic(
    tile: Tile,
    labels: IdArray,
    sizes: IndexArray,
    seam: tuple[int, int],
    open_sides: tuple[bool, bool, bool, bool],
    segmenter: Segmenter,
) -> Stitch:
    """Replace superpixels along a seam by those of the strip that cross it; see `stitch_seam`.

    Remainders of superpixels that are partly covered stay, unless they have less than a quarter of
    the regular size: those are merged with a neighbor.

    Args:
        tile: the pixels; its core is the strip.
        labels: `(rows, cols)` uint32 of the strip, 0 = nodata, ids 1..given.
        sizes: `(given,)` int64 pixels of each in the whole scene.
        seam: axis (0: a horizontal seam, 1: a vertical one) and index of the first line after it.
        open_sides: whether superpixels may go on beyond the strip's top, bottom, left, right side.
        segmenter: the method and its parameters, as for the tiles.

    Returns:
        The strip's new labels and all sizes; none are merged, internal differences are 0.

    Example:
        >>> from superseg_plugin.contracts import BandScaling
        >>> values, valid = np.zeros((1, 20, 40), np.uint8), np.ones((20, 40), bool)
        >>> scaling = BandScaling((0.0,), (255.0,), (0.0,), (1.0,))
        >>> tile = Tile(values, valid, scaling, (slice(0, 20), slice(0, 40)))
        >>> labels = np.repeat(np.array([[1] * 20 + [2] * 20], np.uint32), 20, axis=0)
        >>> sizes, segmenter = np.array([400, 400]), Segmenter("slic", region_size=20)
        >>> sides = (False, False, False, False)
        >>> found = stitch_seam_slic(tile, labels, sizes, (1, 20), sides, segmenter)
        >>> bool((found.labels[:, 19] == found.labels[:, 20]).all())
        True
    """
    axis, line = seam
    given = len(sizes)
    valid = labels > 0
    if not valid.any():
        return Stitch(labels.copy(), sizes, np.zeros(given, np.float32), np.zeros((0, 2), np.int64))
    image = SmoothedRows(tile, segmenter.sigma).read(0, len(valid))
    fresh = _cut_off_center(image, valid, (axis, line), segmenter, tile.scaling.distance_factor)
    crossing = np.unique(np.take(fresh, [line - 1, line], axis=axis))
    zone = np.isin(fresh, crossing[crossing > 0])
    clear_open_sides(zone, open_sides)
    joined = labels.astype(np.int64)
    joined[zone] = given + fresh[zone]
    touched = np.zeros(given + 1, bool)
    touched[np.unique(labels[zone])] = True
    edited = zone | touched[labels]
    clear_open_sides(edited, open_sides)
    pieces = _join_small_pieces(joined, edited, _smallest(segmenter))
    return _renumber(labels, sizes, pieces, edited)


def _cut(image: FloatArray, valid: BoolArray, segmenter: Segmenter, factor: float) -> IndexArray:
    filled = image
    if not valid.all():
        nearest = distance_transform_edt(~valid, return_distances=False, return_indices=True)
        filled = image[:, nearest[0], nearest[1]]
    # slic scales the values of each call to 0..1, which would make neighboring tiles differ.
    stretch = float(filled.max() - filled.min()) or 1.0
    labels = slic(
        np.moveaxis(filled, 0, -1),
        n_segments=max(1, round(valid.size / segmenter.region_size**2)),
        compactness=segmenter.compactness / stretch / factor,
        max_num_iter=ITERATIONS,
        convert2lab=False,
        start_label=1,
        channel_axis=-1,
    )
    return np.where(valid, labels, 0).astype(np.int64)


def _cut_off_center(
    image: FloatArray,
    valid: BoolArray,
    seam: tuple[int, int],
    segmenter: Segmenter,
    factor: float,
) -> IndexArray:
    """Cut a strip with the seam a quarter of a superpixel from a line of SLIC's initial grid.

    On lines of the grid borders are more frequent than on average, between them less.
    """
    axis, line = seam
    dropped = (line - segmenter.region_size // 4) % segmenter.region_size
    inside = (
        (slice(dropped, None), slice(None)) if axis == 0 else (slice(None), slice(dropped, None))
    )
    fresh = np.zeros(valid.shape, np.int64)
    if valid[inside].any():
        fresh[inside] = _cut(image[(slice(None), *inside)], valid[inside], segmenter, factor)
    return fresh


def _smallest(segmenter: Segmenter) -> int:
    return max(segmenter.region_size**2 // 4, 1)


def _join_small_pieces(labels: IndexArray, edited: BoolArray, smallest: int) -> IndexArray:
    """Number connected pieces within `edited`; merge small ones across their longest border."""
    connected: Any = label
    pieces = connected(np.where(edited, labels, 0), background=0, connectivity=1).astype(np.int64)
    sizes = np.bincount(pieces.ravel())
    small = sizes < smallest
    small[0] = False
    target = np.arange(len(sizes))
    pairs = []
    for one, two in ((pieces[:, 1:], pieces[:, :-1]), (pieces[1:], pieces[:-1])):
        border = (one != two) & (one > 0) & (two > 0)
        pairs += [np.stack([one[border], two[border]]), np.stack([two[border], one[border]])]
    source, other = np.concatenate(pairs, axis=1)
    useful = small[source] & ~small[other]
    codes, lengths = np.unique(source[useful] * len(sizes) + other[useful], return_counts=True)
    order = np.argsort(lengths, kind="stable")
    target[codes[order] // len(sizes)] = codes[order] % len(sizes)
    joined: IndexArray = target[pieces]
    return joined


def _renumber(labels: IdArray, sizes: IndexArray, pieces: IndexArray, edited: BoolArray) -> Stitch:
    """Give each piece an id: that of the superpixel of which it holds most, or a new one."""
    given = len(sizes)
    numbers, local = np.unique(pieces[edited], return_inverse=True)
    local = local.reshape(-1)
    before = labels[edited].astype(np.int64)
    codes, overlap = np.unique(before * len(numbers) + local, return_counts=True)
    ids = np.arange(given + 1, given + 1 + len(numbers))
    left = np.bincount(before, minlength=given + 1)
    for code, pixels in zip(codes, overlap):
        old, piece = divmod(int(code), len(numbers))
        # More than half of the superpixel's part in the strip, so that no id is given twice.
        if 2 * pixels > left[old] and ids[piece] > given:
            ids[piece] = old
    fresh = ids > given
    ids[fresh] = np.arange(given + 1, given + 1 + int(fresh.sum()))
    result = labels.copy()
    result[edited] = ids[local]
    total = np.bincount(result.ravel(), minlength=given + 1 + int(fresh.sum()))[1:]
    total[:given] += sizes - np.bincount(labels.ravel(), minlength=given + 1)[1:]
    return Stitch(result, total, np.zeros(len(total), np.float32), np.zeros((0, 2), np.int64))
