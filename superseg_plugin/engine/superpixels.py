# SPDX-License-Identifier: GPL-2.0-or-later
"""Superpixels of one tile, and of the zone where tiles meet."""

from __future__ import annotations

from typing import Any

import numpy as np

from .filters import smooth
from .graph_segmentation import (
    grow_regions,
    neighbor_weights,
    number_regions,
    sort_edges,
    weight_of_bins,
)
from .segments import Segmenter, Stitch, Superpixels
from .slic import segment_tile_slic, stitch_seam_slic
from .types import AnyArray, BoolArray, FloatArray, IdArray, IndexArray


def smooth_image(image: FloatArray, valid: BoolArray, sigma: float) -> FloatArray:
    """Smooth every band of `(bands, rows, cols)`; invalid pixels neither give nor take."""
    mask = None if valid.all() else valid
    return np.stack([smooth(band, sigma, mask) for band in image])


def segment_tile(image: FloatArray, valid: BoolArray, segmenter: Segmenter) -> Superpixels:
    """Cut a smoothed tile into superpixels.

    Args:
        image: `(bands, rows, cols)` float32 in display units, smoothed.
        valid: `(rows, cols)` bool.
        segmenter: the method and its parameters.

    Returns:
        Superpixels numbered from 1 in order of first appearance.
    """
    if segmenter.method == "slic":
        return segment_tile_slic(image, valid, segmenter)
    node = _number_pixels(valid)
    count = int(valid.sum())
    size = np.ones(count, np.int64)
    internal = np.zeros(count, np.float32)
    labels, roots, _ = _grow(image, node, count, size, internal, segmenter, next_id=1)
    return Superpixels(labels, size[roots], internal[roots])


def stitch_seam(
    image: FloatArray,
    labels: IdArray,
    sizes: IndexArray,
    internal: FloatArray,
    seam: tuple[int, int],
    open_sides: tuple[bool, bool, bool, bool],
    segmenter: Segmenter,
) -> Stitch:
    """Cut anew the superpixels that touch a seam, as if the seam were not there.

    Every superpixel that touches the seam is dissolved into pixels (within the strip, less the
    outermost line of its open sides), and the same method runs on these pixels with the superpixels
    around them as components that exist already. So the seam becomes a line like any other, and a
    large region cut by the seam grows together again.

    Args:
        image: `(bands, rows, cols)` float32 strip in display units, smoothed.
        labels: `(rows, cols)` uint32, 0 = nodata, ids 1..given.
        sizes: `(given,)` int64 pixels of each in the whole scene.
        internal: `(given,)` float32 largest weight inside each.
        seam: axis (0: a horizontal seam, 1: a vertical one) and index of the first line after it.
        open_sides: whether superpixels may go on beyond the strip's top, bottom, left, right side.
        segmenter: the method and its parameters.
    """
    axis, line = seam
    given = len(sizes)
    if segmenter.method == "slic":
        return stitch_seam_slic(image, labels, sizes, (axis, line), segmenter)
    zone = _pixels_on_seam(labels, given, axis, line)
    _clear_open_sides(zone, open_sides)
    node = _number_pixels(zone)
    fresh = int(zone.sum())
    outside = (labels > 0) & ~zone
    node[outside] = fresh + labels[outside].astype(np.int32) - 1
    left = sizes - np.bincount(labels[zone], minlength=given + 1)[1:]
    size = np.concatenate([np.ones(fresh, np.int64), left])
    # A component without pixels left can meet no edge; a size of 1 keeps the division defined.
    size[fresh:][left <= 0] = 1
    height = np.concatenate([np.zeros(fresh, np.float32), internal])
    new_labels, roots, root = _grow(image, node, fresh, size, height, segmenter, next_id=given + 1)
    kept = root[fresh:] - fresh
    merged = np.flatnonzero(kept != np.arange(given))
    final_sizes = np.concatenate([size[fresh:], size[roots]])
    final_sizes[:given][left <= 0] = 0
    final_sizes[merged] = 0
    pairs = np.stack([merged + 1, kept[merged] + 1], axis=1).astype(np.int64)
    return Stitch(new_labels, final_sizes, np.concatenate([height[fresh:], height[roots]]), pairs)


def _grow(
    image: FloatArray,
    node: AnyArray,
    first_inside: int,
    size: IndexArray,
    internal: FloatArray,
    segmenter: Segmenter,
    next_id: int,
) -> tuple[IdArray, AnyArray, AnyArray]:
    keys = np.empty((4, *node.shape), np.uint16)
    factor: Any = np.float32(segmenter.distance_factor)
    histogram = neighbor_weights(image, node, first_inside, factor, keys)
    order = sort_edges(node, first_inside, keys, histogram)
    root = grow_regions(
        node,
        order,
        histogram,
        weight_of_bins(),
        float(segmenter.scale),
        int(segmenter.min_size),
        size,
        internal,
    )
    labels, roots = number_regions(node, root, first_inside, next_id)
    return labels, roots, root


def _number_pixels(included: BoolArray) -> AnyArray:
    node = np.cumsum(included.ravel(), dtype=np.int32).reshape(included.shape) - np.int32(1)
    node[~included] = -1
    return node


def _pixels_on_seam(labels: IdArray, given: int, axis: int, line: int) -> BoolArray:
    touching = np.zeros(given + 1, bool)
    touching[np.take(labels, [line - 1, line], axis=axis).ravel()] = True
    touching[0] = False
    return touching[labels]


def _clear_open_sides(zone: BoolArray, open_sides: tuple[bool, bool, bool, bool]) -> None:
    """Keep the contact with what lies outside the strip: its outermost lines stay as they are."""
    top, bottom, left, right = open_sides
    zone[: int(top)] = False
    zone[zone.shape[0] - int(bottom) :] = False
    zone[:, : int(left)] = False
    zone[:, zone.shape[1] - int(right) :] = False
