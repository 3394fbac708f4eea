# SPDX-License-Identifier: GPL-2.0-or-later
"""Description of the superpixels of a tile: spectral sums, texture, context, shared borders.

Spectral values and their squares are summed over the pixels. Texture is the log energy of
differences of Gaussians (standard deviations 1 and 1.6 pixels) of the gray image at three dyadic
scales. Context is the log of the local standard deviation of each group of bands: around the mean
within some 8 pixels, averaged within some 16. Texture and context are computed on a grid of 4 x 4
pixels and sampled at every pixel. Borders are counted in pixel edges.

Exact: everything is a sum over pixels, so that tiles add up to the scene, whatever their size, if
the tile has a halo of 96 pixels and begins on a line of the coarse grid; what differs is the
rounding of float32. Cost: one pass over the pixels, two filters of the gray image at each scale,
and two of each group of bands on the coarse grid. Of embeddings only the values are summed, as
their features come from mean vectors alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from ..alpha_earth import TABLE
from ..blocks import EMBEDDING, TEXTURE_LEVELS, Block, column_layout, context_band_count, places_of
from ..contracts import COARSE_CELL
from .filters import block_mean, smooth
from .types import AnyArray, BoolArray, DoubleArray, FloatArray, IdArray, IndexArray


@dataclass(frozen=True)
class TileDescription:
    """Sums over the superpixels of a tile's core.

    Attributes:
        ids: `(n,)` uint32 superpixels present, ascending.
        sums: `(n, features)` float64 sums over their pixels in the core; columns as in
            `column_layout`, values in display units.
        pairs: `(m, 2)` uint32 ids of neighbors, smaller first. A pixel edge between two tiles is
            counted in the tile above it or to its left.
        lengths: `(m,)` int64 shared border in pixel edges.
    """

    ids: IdArray
    sums: DoubleArray
    pairs: IdArray
    lengths: IndexArray


def describe_tile(
    image: FloatArray,
    valid: BoolArray,
    labels: IdArray,
    core: tuple[slice, slice],
    blocks: Sequence[Block] = (),
    steps: AnyArray | None = None,
) -> TileDescription:
    """Sum spectral values, texture and context over each superpixel of the core.

    Args:
        image: `(bands, rows, cols)` float32 in display units: the tile and its halo of
            `DESCRIPTION_HALO` pixels, where the scene goes on. Its first row and column lie on a
            multiple of `COARSE_CELL` pixels in the scene.
        valid: `(rows, cols)` bool.
        labels: `(rows, cols)` uint32, 0 = nodata; of the halo, the row below and the column right
            of the core are read.
        core: rows and columns of the tile itself.
        blocks: of the bands; one of measurements if empty. Of an embedding only the values are
            summed, for which the tile needs no halo; the other columns are 0.
        steps: of AlphaEarth's bytes, `image` as bytes, int8; the columns of the squares then hold
            the sums of the vectors themselves, neither scaled nor clipped.

    Returns:
        Sums that add up over tiles to those of the whole scene.

    Example:
        >>> image = np.array([[[10, 10, 90], [10, 10, 90]]], np.float32)
        >>> labels = np.array([[1, 1, 2], [1, 1, 2]], np.uint32)
        >>> whole = (slice(0, 2), slice(0, 3))
        >>> found = describe_tile(image, np.ones((2, 3), bool), labels, whole)
        >>> found.sums[:, :2].tolist()
        [[4.0, 40.0], [2.0, 180.0]]
        >>> found.pairs.tolist(), found.lengths.tolist()
        ([[1, 2]], [2])
    """
    local, ids = _number_present(labels, core)
    found = [
        _sums_of_block(image[bands], valid, local, (len(ids), core), block.kind, steps)
        for block, bands, _ in places_of(blocks or (Block(len(image)),))
    ]
    sums = found[0] if len(found) == 1 else np.concatenate(found, axis=1)
    pairs, lengths = _borders(labels, core)
    return TileDescription(ids, sums, pairs, lengths)


def describe_values(
    image: FloatArray,
    labels: IdArray,
    core: tuple[slice, slice],
    steps: AnyArray | None = None,
) -> TileDescription:
    """Count pixels and sum values over each superpixel of the core; no texture and no context.

    Args:
        image: `(bands, rows, cols)` float32 in display units.
        labels: `(rows, cols)` uint32, 0 = nodata; the row below and the column right of the core
            are read for the borders.
        core: rows and columns of the tile itself.
        steps: as for `describe_tile`; the sums of the vectors then follow those of the values.

    Returns:
        Sums with the columns: pixels, values, and vectors where there are `steps`.

    Example:
        >>> image = np.array([[[10, 10, 90], [10, 10, 90]]], np.float32)
        >>> labels = np.array([[1, 1, 2], [1, 1, 2]], np.uint32)
        >>> describe_values(image, labels, (slice(0, 2), slice(0, 3))).sums.tolist()
        [[4.0, 40.0], [2.0, 180.0]]
    """
    local, ids = _number_present(labels, core)
    bands = len(image)
    sums = np.zeros((len(ids), 1 + bands * (1 if steps is None else 2)), np.float64)
    start = core[0].start, core[1].start
    _accumulate_values(image, local, *start, sums)
    if steps is not None:
        _accumulate_vectors(steps, TABLE, local, *start, sums[:, 1 + bands :])
    pairs, lengths = _borders(labels, core)
    return TileDescription(ids, sums, pairs, lengths)


def _sums_of_block(
    image: FloatArray,
    valid: BoolArray,
    local: AnyArray,
    place: tuple[int, tuple[slice, slice]],
    kind: str,
    steps: AnyArray | None,
) -> DoubleArray:
    """Sums `(n, columns)` of one block; `place` is n and the core."""
    count, core = place
    sums = np.zeros((count, column_layout(len(image))["context"].stop), np.float64)
    start = core[0].start, core[1].start
    if kind == EMBEDDING:
        _accumulate_values(image, local, *start, sums)
        if steps is not None:
            columns = sums[:, column_layout(len(image))["squares"]]
            _accumulate_vectors(steps, TABLE, local, *start, columns)
        return sums
    maps = np.concatenate([_texture(image, valid), _context(image, valid)])
    _accumulate(image, maps, local, *start, sums)
    return sums


def _number_present(labels: IdArray, core: tuple[slice, slice]) -> tuple[AnyArray, IdArray]:
    """Row of each pixel of the core in the table, -1 = nodata, and the id of each row."""
    inside = labels[core]
    top = int(inside.max(initial=0))
    bottom = int(inside.min(initial=top, where=inside > 0)) if top else 0
    present = np.zeros(top - bottom + 2, bool)
    shifted = inside.astype(np.int64) - bottom
    shifted[inside == 0] = top - bottom + 1
    present[shifted.ravel()] = True
    present[-1] = False
    index = np.cumsum(present, dtype=np.int32) - np.int32(1)
    index[-1] = -1
    return index[shifted], (np.flatnonzero(present) + bottom).astype(np.uint32)


def _texture(image: FloatArray, valid: BoolArray) -> FloatArray:
    """Log energy of three band-pass filters of the gray image, on the coarse grid."""
    gray, weight = image.mean(axis=0, dtype=np.float32), valid
    maps = []
    for level in range(TEXTURE_LEVELS):
        mask = None if weight.all() else weight
        detail = smooth(gray, 1.0, mask) - smooth(gray, 1.6, mask)
        energy, share = block_mean(detail * detail, weight, COARSE_CELL >> level)
        known = share > 0
        energy = smooth(energy, float(1 << level), None if known.all() else known)
        maps.append(np.log1p(np.sqrt(np.maximum(energy, 0))))
        if level < TEXTURE_LEVELS - 1:
            gray, share = block_mean(gray, weight, 2)
            weight = share > 0
    return np.stack(maps)


def _context(image: FloatArray, valid: BoolArray) -> FloatArray:
    """Log standard deviation of each group of bands around its local mean, on the coarse grid."""
    maps = []
    for group in np.array_split(np.arange(len(image)), context_band_count(len(image))):
        coarse, share = block_mean(image[group].mean(axis=0, dtype=np.float32), valid, COARSE_CELL)
        known = None if (share > 0).all() else share > 0
        deviation = coarse - smooth(coarse, 8.0 / COARSE_CELL, known)
        spread = smooth(deviation * deviation, 16.0 / COARSE_CELL, known)
        maps.append(np.log1p(np.sqrt(np.maximum(spread, 0))))
    return np.stack(maps)


@njit(cache=True, nogil=True)
def _accumulate(
    image: FloatArray, maps: FloatArray, local: AnyArray, top: int, left: int, sums: DoubleArray
) -> None:
    bands = image.shape[0]
    for row in range(local.shape[0]):
        coarse_row = (row + top) // COARSE_CELL
        for col in range(local.shape[1]):
            index = local[row, col]
            if index < 0:
                continue
            coarse_col = (col + left) // COARSE_CELL
            sums[index, 0] += 1.0
            for band in range(bands):
                value = image[band, row + top, col + left]
                sums[index, 1 + band] += value
                sums[index, 1 + bands + band] += value * value
            for feature in range(maps.shape[0]):
                sums[index, 1 + 2 * bands + feature] += maps[feature, coarse_row, coarse_col]


@njit(cache=True, nogil=True)
def _accumulate_values(
    image: FloatArray, local: AnyArray, top: int, left: int, sums: DoubleArray
) -> None:
    """Sum pixels and values alone; see `_accumulate`."""
    for row in range(local.shape[0]):
        for col in range(local.shape[1]):
            index = local[row, col]
            if index < 0:
                continue
            sums[index, 0] += 1.0
            for band in range(image.shape[0]):
                sums[index, 1 + band] += image[band, row + top, col + left]


@njit(cache=True, nogil=True)
def _accumulate_vectors(
    steps: AnyArray, table: FloatArray, local: AnyArray, top: int, left: int, sums: DoubleArray
) -> None:
    """Sum the vectors of bytes; see `_accumulate`."""
    for row in range(local.shape[0]):
        for col in range(local.shape[1]):
            index = local[row, col]
            if index < 0:
                continue
            for band in range(steps.shape[0]):
                sums[index, band] += table[np.int64(steps[band, row + top, col + left]) + 128]


def _borders(labels: IdArray, core: tuple[slice, slice]) -> tuple[IdArray, IndexArray]:
    codes = _border_codes(labels, core[0].start, core[0].stop, core[1].start, core[1].stop)
    unique, lengths = np.unique(codes, return_counts=True)
    pairs = np.stack([unique >> np.uint64(32), unique & np.uint64(0xFFFFFFFF)], axis=1)
    return pairs.astype(np.uint32), lengths.astype(np.int64)


@njit(cache=True, nogil=True)
def _border_codes(labels: IdArray, top: int, bottom: int, left: int, right: int) -> AnyArray:
    rows, cols = labels.shape
    codes = np.empty(2 * (bottom - top) * (right - left), np.uint64)
    count = 0
    for row in range(top, bottom):
        for col in range(left, right):
            here = labels[row, col]
            if here == 0:
                continue
            for direction in range(2):
                other_row = row + direction
                other_col = col + 1 - direction
                if other_row >= rows or other_col >= cols:
                    continue
                there = labels[other_row, other_col]
                if there == 0 or there == here:
                    continue
                low = np.uint64(min(here, there))
                codes[count] = (low << np.uint64(32)) | np.uint64(max(here, there))
                count += 1
    return codes[:count]
