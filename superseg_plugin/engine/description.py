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

from dataclasses import dataclass

import numpy as np
from numba import njit

from ..blocks import EMBEDDING, TEXTURE_LEVELS, context_band_count, places_of
from ..contracts import COARSE_CELL
from .display import DisplayRows, strips
from .filters import block_mean, smooth
from .segments import Tile
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


def describe_tile(tile: Tile, labels: IdArray) -> TileDescription:
    """Sum spectral values, texture and context over each superpixel of the core.

    Of embeddings only the values are summed, for which the tile needs no halo; the other columns
    are 0. Of AlphaEarth's bytes, the columns of the squares hold the sums of the vectors
    themselves, neither scaled nor clipped.

    Args:
        tile: the pixels with a halo of `DESCRIPTION_HALO` pixels, where the scene goes on. Its
            first row and column lie on a multiple of `COARSE_CELL` pixels in the scene.
        labels: `(rows, cols)` uint32, 0 = nodata; of the halo, the row below and the column right
            of the core are read.

    Returns:
        Sums that add up over tiles to those of the whole scene.

    Example:
        >>> from superseg_plugin.contracts import BandScaling
        >>> image = np.array([[[10, 10, 90], [10, 10, 90]]], np.float32)
        >>> labels = np.array([[1, 1, 2], [1, 1, 2]], np.uint32)
        >>> whole, scaling = (slice(0, 2), slice(0, 3)), BandScaling((0,), (255,), (0,), (1,))
        >>> found = describe_tile(Tile(image, np.ones((2, 3), bool), scaling, whole), labels)
        >>> found.sums[:, :2].tolist()
        [[4.0, 40.0], [2.0, 180.0]]
        >>> found.pairs.tolist(), found.lengths.tolist()
        ([[1, 2]], [2])
    """
    local, ids = _number_present(labels, tile.core)
    places = list(places_of(tile.scaling.parts))
    sums = np.zeros((len(ids), places[-1][2].stop), np.float64)
    for block, bands, columns in places:
        if block.kind == EMBEDDING:
            _sum_values(tile, bands, local, sums[:, columns])
    if any(block.kind != EMBEDDING for block, _, _ in places):
        image = DisplayRows(tile).read(*map(slice, tile.valid.shape))
        for block, bands, columns in places:
            if block.kind != EMBEDDING:
                _sum_block(image[bands], tile, local, sums[:, columns])
    return TileDescription(ids, sums, *_borders(labels, tile.core))


def describe_values(tile: Tile, labels: IdArray) -> TileDescription:
    """Count pixels and sum values over each superpixel of the core; no texture and no context.

    Args:
        tile: the pixels.
        labels: `(rows, cols)` uint32 of the core, 0 = nodata, and of the row below and the column
            right of it, where the tile has them.

    Returns:
        Sums with the columns: pixels, values and, of AlphaEarth's bytes, vectors.

    Example:
        >>> from superseg_plugin.contracts import BandScaling
        >>> image = np.array([[[10, 10, 90], [10, 10, 90]]], np.float32)
        >>> labels = np.array([[1, 1, 2], [1, 1, 2]], np.uint32)
        >>> whole, scaling = (slice(0, 2), slice(0, 3)), BandScaling((0,), (255,), (0,), (1,))
        >>> tile = Tile(image, np.ones((2, 3), bool), scaling, whole)
        >>> describe_values(tile, labels).sums.tolist()
        [[4.0, 40.0], [2.0, 180.0]]
    """
    rows, cols = tile.core
    inside = slice(0, rows.stop - rows.start), slice(0, cols.stop - cols.start)
    local, ids = _number_present(labels, inside)
    bands = len(tile.values)
    sums = np.zeros((len(ids), 1 + bands * (2 if tile.values.dtype == np.int8 else 1)), np.float64)
    _sum_values(tile, slice(0, bands), local, sums)
    return TileDescription(ids, sums, *_borders(labels, inside))


def _sum_values(tile: Tile, bands: slice, local: AnyArray, sums: DoubleArray) -> None:
    """Sum pixels, values of some bands and, of AlphaEarth's bytes, vectors into `sums`."""
    sums[:, 0] += np.bincount(local[local >= 0], minlength=len(sums))
    values, vectors = (sums[:, 1 + part * (bands.stop - bands.start) :] for part in (0, 1))
    (rows, cols), shown = tile.core, DisplayRows(tile)
    for strip in strips(rows):
        numbers = local[strip.start - rows.start : strip.stop - rows.start]
        add_values(shown.read(strip, cols)[bands], numbers, values)
        if tile.values.dtype == np.int8:
            add_values(shown.read_vectors(strip, cols)[bands], numbers, vectors)


def _sum_block(image: FloatArray, tile: Tile, local: AnyArray, sums: DoubleArray) -> None:
    """Sum values, squares, texture and context of a block into `sums`."""
    maps = np.concatenate([_texture(image, tile.valid), _context(image, tile.valid)])
    rows, cols = tile.core
    _accumulate(image, maps, local, rows.start, cols.start, sums)


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
def add_values(image: FloatArray, local: AnyArray, sums: DoubleArray) -> None:
    """Sum values alone, each band into its column; see `_accumulate`.

    Args:
        image: `(bands, rows, cols)` of floats.
        local: `(rows, cols)` of signed integers: row of each pixel in `sums`, below 0 for none.
        sums: `(n, bands)`, to which is added.

    Example:
        >>> sums = np.zeros((2, 1))
        >>> add_values(np.array([[[2.0, 3.0, 9.0]]]), np.array([[1, 1, -1]]), sums)
        >>> sums.tolist()
        [[0.0], [5.0]]

    Pixels of a superpixel that lie side by side are added up in registers, four bands at a time,
    since each sum has to wait for the one before.
    """
    bands, rows, cols = image.shape
    # Without signs: an index that could be negative takes longer.
    ends = np.empty(cols, np.uint32)
    fours = bands - bands % 4
    for row in range(rows):
        line = local[row]
        runs = ends[: _find_runs(line, ends)]
        for band in range(0, fours, 4):
            first, second = image[band, row], image[band + 1, row]
            third, fourth = image[band + 2, row], image[band + 3, row]
            start = np.uint32(0)
            for end in runs:
                index = line[start]
                if index >= 0:
                    found = sums[index, band : band + 4]
                    one, two, three, four = found[0], found[1], found[2], found[3]
                    for col in range(start, end):
                        one += first[col]
                        two += second[col]
                        three += third[col]
                        four += fourth[col]
                    found[0], found[1], found[2], found[3] = one, two, three, four
                start = end
        for band in range(fours, bands):
            values, start = image[band, row], np.uint32(0)
            for end in runs:
                if line[start] >= 0:
                    one = sums[line[start], band]
                    for col in range(start, end):
                        one += values[col]
                    sums[line[start], band] = one
                start = end


@njit(cache=True, nogil=True)
def _find_runs(line: AnyArray, ends: AnyArray) -> int:
    """Fill in where equal numbers side by side end; return how many such runs there are."""
    runs = 0
    for col in range(1, line.size):
        if line[col] != line[col - 1]:
            ends[runs] = col
            runs += 1
    ends[runs] = line.size
    return runs + 1


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
