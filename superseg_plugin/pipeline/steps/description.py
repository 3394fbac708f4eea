# SPDX-License-Identifier: GPL-2.0-or-later
"""The superpixels of a scene as one table and one region adjacency graph.

Idea: the worker describes one tile after another; here the sums of a superpixel are added up over
its tiles, and shared borders are counted once, in the tile of the upper or left pixel.
Exact: sums and borders are those of the whole scene, whatever the tiles; every tile is read with a
halo as wide as the filters reach, which is one pixel for embeddings.
Approximate: texture and context are computed on a coarse grid, which lies at the same place in all
tiles and in every part of the scene.
Cost: each pixel is read (1 + 2 halo / tile)^2 times; memory grows with superpixels, not pixels.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...blocks import EMBEDDING, Description, column_layout
from ...contracts import CLASS_NUMBERS, DESCRIPTION_HALO
from ...errors import SuperSegError
from ...memory import trim_memory
from ...raster.source import RasterSource
from ...raster.vectors import Vectors
from ...raster.windows import tiles
from .scene import Scene, Tile
from .tiling import along_curve, automatic_tile, tile_bytes

BLOCK_ROWS = 1 << 16


def describe_superpixels(scene: Scene, superpixels: RasterSource) -> Description:
    """Describe every superpixel, tile by tile.

    Args:
        scene: the scene; its progress is told of every tile.
        superpixels: ids 1..n on the same grid, 0 = nodata; see `dense_superpixels`.

    Returns:
        The description, in a file that the worker maps too: to send it again costs nothing.

    Raises:
        SuperSegError: the superpixels are not of this scene.
    """
    source = scene.source
    grid = source.grid
    # Texture and context alone look beyond a tile, and embeddings have none.
    blocks = scene.scaling.parts
    halo = 1 if all(block.kind == EMBEDDING for block in blocks) else DESCRIPTION_HALO

    sums, borders = Sums(), Borders()
    column_block = max(source.column_block, superpixels.column_block)
    size = automatic_tile(len(source.bands))
    windows = tiles(grid.width, grid.height, size, column_block, grid.tile_phase(size))
    needed = tile_bytes(size + 2 * halo, len(source.bands))
    read = [Tile(window, halo, superpixels) for window in windows]
    answers = scene.tiles_in_flight("describe_superpixels", read, needed)
    seen: list[npt.NDArray[np.uint32]] = []
    for index, (_, arrays) in enumerate(answers):
        sums.add(arrays["ids"], arrays["sums"])
        borders.add(arrays["pairs"], arrays["lengths"])
        seen.append(arrays["ids"])
        scene.progress.report((index + 1) / len(windows), "Describing superpixels")
    if sums.count == 0:
        raise SuperSegError(
            f"SUPERPIXELS {superpixels.name} has no superpixel on the valid pixels of INPUT "
            f"{source.name}. Make them from this input with superseg:superpixels."
        )
    found = np.zeros(sums.count, np.int32)
    for number, ids in zip(along_curve(windows), seen):
        found[ids - 1] = number
    described = Description.from_sums(sums.joined(), *borders.joined(), blocks, found)
    # Large scenes have millions of superpixels: what only the worker reads stays in a file.
    kept = scene.worker.keep(described.arrays)
    del described
    trim_memory()
    return Description(**kept, blocks=blocks)


def class_sums(
    source: RasterSource, description: Description, labels: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64] | None:
    """Sum the values of an image by class, from those of its superpixels.

    Args:
        source: the image.
        description: of its superpixels.
        labels: `(n,)` class of each superpixel, from 0 to 254.

    Returns:
        `(256, bands)`, class i in row i + 1; None where the description has no exact sums, as it
        only has of AlphaEarth's bytes.
    """
    if not (isinstance(source.decoding, Vectors) and source.decoding.of_bytes):
        return None
    columns = column_layout(description.bands)["squares"]
    rows, vectors = np.asarray(labels, np.intp) + 1, description.sums[:, columns]
    return np.stack([np.bincount(rows, vector, CLASS_NUMBERS) for vector in vectors.T], axis=1)


def means_of_classes(
    description: Description, labels: npt.NDArray[np.int64], count: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Pixels `(count,)` and mean values `(count, bands)`, in display units, of classes.

    Args:
        description: of the superpixels.
        labels: `(n,)` class of each superpixel, below `count`.
        count: number of classes; one without pixels has means of 0.
    """
    pixels, means = np.asarray(description.pixels), np.asarray(description.means)
    areas = np.bincount(labels, pixels, count).astype(np.float64)
    sums = [np.bincount(labels, pixels * band, count) for band in means.T]
    return areas, np.stack(sums, axis=1) / np.maximum(areas, 1)[:, np.newaxis]


class Sums:
    """Sums by superpixel, in blocks of rows: a table that grew as a whole would be there twice."""

    def __init__(self) -> None:
        self.count = 0
        self._blocks: list[npt.NDArray[np.float64]] = []

    def add(self, ids: npt.NDArray[np.uint32], sums: npt.NDArray[np.float64]) -> None:
        """Add the sums of superpixels, ids ascending."""
        if len(ids) == 0:
            return
        self.count = max(self.count, int(ids[-1]))
        while len(self._blocks) * BLOCK_ROWS < self.count:
            self._blocks.append(np.zeros((BLOCK_ROWS, sums.shape[1])))
        rows = ids.astype(np.int64) - 1
        for number in range(rows[0] // BLOCK_ROWS, rows[-1] // BLOCK_ROWS + 1):
            first = number * BLOCK_ROWS
            start, stop = np.searchsorted(rows, (first, first + BLOCK_ROWS))
            self._blocks[number][rows[start:stop] - first] += sums[start:stop]

    def joined(self) -> npt.NDArray[np.float64]:
        """All sums as one table; the blocks are used up."""
        self._blocks.reverse()
        table = np.empty((self.count, self._blocks[-1].shape[1]))
        for first in range(0, self.count, BLOCK_ROWS):
            part = table[first : first + BLOCK_ROWS]
            part[:] = self._blocks.pop()[: len(part)]
        return table


class Borders:
    """Neighbors and what they share, as counted in tile after tile."""

    def __init__(self) -> None:
        self._codes = [np.zeros(0, np.uint64)]
        self._lengths = [np.zeros(0, np.int32)]

    def add(self, pairs: npt.NDArray[np.uint32], lengths: npt.NDArray[np.int64]) -> None:
        """Add the pairs of a tile."""
        wide = pairs.astype(np.uint64)
        self._codes.append((wide[:, 0] << np.uint64(32)) | wide[:, 1])
        self._lengths.append(lengths.astype(np.int32))

    def joined(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Every pair once, `(m, 2)` rows, and its whole border; what was added is used up."""
        codes, lengths = np.concatenate(self._codes), np.concatenate(self._lengths)
        self._codes, self._lengths = [], []
        order = codes.argsort(kind="stable")
        codes, lengths = codes[order], lengths[order]
        del order
        first = np.append(True, codes[1:] != codes[:-1])[: len(codes)]
        total = np.add.reduceat(lengths, np.flatnonzero(first)) if len(codes) else lengths
        codes = codes[first]
        pairs = np.empty((len(codes), 2), np.int32)
        pairs[:, 0], pairs[:, 1] = codes >> np.uint64(32), codes & np.uint64(0xFFFFFFFF)
        pairs -= 1
        return pairs, total
