# SPDX-License-Identifier: GPL-2.0-or-later
"""Superpixels of one tile, and of the zone where tiles meet."""

from __future__ import annotations

import numpy as np
from numba import njit

from ..contracts import Segmenter
from .edge_keys import edge_keys, weight_of_keys
from .graph_segmentation import grow_regions
from .segments import Stitch, Superpixels, Tile
from .types import AnyArray, BoolArray, FloatArray, IdArray, IndexArray


def segment_tile(tile: Tile, segmenter: Segmenter) -> Superpixels:
    """Cut the core of a tile into superpixels.

    Args:
        tile: the pixels.
        segmenter: the method and its parameters.

    Returns:
        Superpixels numbered from 1 in order of first appearance.
    """
    if segmenter.method == "slic":
        # Brings scikit-image along, a third of what loads before the first tile, for few users.
        from .slic import segment_tile_slic

        return segment_tile_slic(tile, segmenter)
    valid = tile.valid[tile.core]
    node, fresh = _number_pixels(valid)
    size = np.ones(fresh + 1, np.int64)
    internal = _grow(tile, node, fresh, size, np.zeros(fresh + 1, np.float32), segmenter)
    labels, new = number_regions(node.reshape(valid.shape), np.zeros(len(internal), np.uint32), 1)
    sizes = np.bincount(labels.ravel(), minlength=len(new) + 1)[1:]
    return Superpixels(labels, sizes, internal[new])


def stitch_seam(
    tile: Tile,
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
        tile: the pixels; its core is the strip.
        labels: `(rows, cols)` uint32 of the strip, 0 = nodata, ids 1..given.
        sizes: `(given,)` int64 pixels of each in the whole scene.
        internal: `(given,)` float32 largest weight inside each.
        seam: axis (0: a horizontal seam, 1: a vertical one) and index of the first line after it.
        open_sides: whether superpixels may go on beyond the strip's top, bottom, left, right side.
        segmenter: the method and its parameters.
    """
    axis, line = seam
    given = len(sizes)
    if segmenter.method == "slic":
        from .slic import stitch_seam_slic

        return stitch_seam_slic(tile, labels, sizes, (axis, line), segmenter)
    zone = _pixels_on_seam(labels, given, axis, line)
    _clear_open_sides(zone, open_sides)
    node, fresh = _number_pixels(zone)
    outside = (labels > 0) & ~zone
    node[: labels.size][outside.ravel()] = fresh + labels[outside]
    node = np.concatenate([node, np.arange(fresh + 1, fresh + given + 1, dtype=np.uint32)])
    left = sizes - np.bincount(labels[zone], minlength=given + 1)[1:]
    gone = left <= 0
    # A component without pixels left can meet no edge; a size of 1 keeps the division defined.
    size = np.concatenate([np.ones(fresh + 1, np.int64), np.maximum(left, 1)])
    height = np.concatenate([np.zeros(fresh + 1, np.float32), internal])
    height = _grow(tile, node, fresh, size, height, segmenter)
    # Of given superpixels that became one the last keeps its id: where several write, it is last.
    became = node[labels.size :]
    fixed = np.zeros(len(height), np.uint32)
    fixed[became] = np.arange(1, given + 1)
    new_labels, new = number_regions(node[: labels.size].reshape(labels.shape), fixed, given + 1)
    kept = fixed[became]
    merged = np.flatnonzero(kept != np.arange(1, given + 1))
    final_sizes = np.bincount(new_labels[zone], minlength=given + len(new) + 1)[1:]
    np.add.at(final_sizes, kept - 1, np.where(gone, 0, left))
    final_internal = np.concatenate([height[became], height[new]])
    pairs = np.stack([merged + 1, kept[merged]], axis=1).astype(np.int64)
    return Stitch(new_labels, final_sizes, final_internal, pairs)


@njit(cache=True, nogil=True)
def number_regions(node: AnyArray, fixed: AnyArray, next_id: int) -> tuple[IdArray, AnyArray]:
    """Number components in the order in which their first pixels appear, row by row.

    Args:
        node: `(rows, cols)` uint32 component of each pixel; component 0 is no component.
        fixed: `(components,)` uint32 id of each component that has one, 0 for the others.
        next_id: id of the first component without one.

    Returns:
        Ids `(rows, cols)` uint32, 0 where component 0 is, and the component of every new id.

    Example:
        >>> node = np.array([[2, 2, 0, 1]], np.uint32)
        >>> labels, new = number_regions(node, np.zeros(3, np.uint32), 1)
        >>> labels.tolist(), new.tolist()
        ([[1, 1, 0, 2]], [2, 1])
    """
    rows, cols = node.shape
    labels = np.empty((rows, cols), np.uint32)
    given = fixed.copy()
    fresh = np.empty(given.size, np.uint32)
    count = 0
    for row in range(rows):
        for col in range(cols):
            component = node[row, col]
            if given[component] == 0 and component > 0:
                given[component] = next_id + count
                fresh[count] = component
                count += 1
            labels[row, col] = given[component]
    return labels, fresh[:count].copy()


def _grow(
    tile: Tile,
    node: AnyArray,
    fresh: int,
    size: IndexArray,
    internal: FloatArray,
    segmenter: Segmenter,
) -> FloatArray:
    rows, cols = tile.core
    shape = rows.stop - rows.start, cols.stop - cols.start
    directions = segmenter.connectivity // 2
    keys, histogram = edge_keys(
        tile, segmenter.sigma, node[: shape[0] * shape[1]].reshape(shape), fresh, directions
    )
    grown: FloatArray = grow_regions(
        keys,
        histogram,
        weight_of_keys(),
        node,
        size,
        internal,
        float(segmenter.scale),
        int(segmenter.min_size),
    )
    return grown


def _number_pixels(included: BoolArray) -> tuple[AnyArray, int]:
    """Number pixels from 1, row by row; 0 for those that are not included."""
    node = np.cumsum(included.ravel(), dtype=np.uint32)
    fresh = int(node[-1])
    node[~included.ravel()] = 0
    return node, fresh


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
