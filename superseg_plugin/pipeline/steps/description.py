# SPDX-License-Identifier: GPL-2.0-or-later
"""The superpixels of a scene as one table and one region adjacency graph."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...contracts import COARSE_CELL, DESCRIPTION_HALO
from ...errors import SuperSegError
from ...memory import trim_memory
from ...progress import Progress
from ...raster.grid_comparison import require_same_grid
from ...raster.source import RasterSource
from ...raster.windows import Window, tiles
from ...worker.client import Worker
from .spill import lay_aside
from .tiling import automatic_tile, run_in_flight

BLOCK_ROWS = 1 << 16


@dataclass
class Description:
    """What is known of superpixels 1..n; row i describes superpixel i + 1.

    Attributes:
        pixels: `(n,)` float64 valid pixels of each superpixel.
        means: `(n, bands)` float32 mean colors in display units.
        pairs: `(m, 2)` int32 rows of neighbors, each pair once.
        lengths: `(m,)` int32 shared border in pixel edges.
        sums: `(n, features)` float64, see the worker's `describe_superpixels`; None once they have
            been handed over.
    """

    pixels: npt.NDArray[np.float64]
    means: npt.NDArray[np.float32]
    pairs: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.int32]
    sums: npt.NDArray[np.float64] | None

    @property
    def bands(self) -> int:
        """Number of bands described."""
        return int(self.means.shape[1])

    def hand_over_sums(self) -> npt.NDArray[np.float64]:
        """Give the sums away, once: nobody else needs them, and they are most of a description."""
        if self.sums is None:
            raise RuntimeError("the sums have been handed over already")
        given, self.sums = self.sums, None
        return given

    def laid_aside(self, folder: Path) -> Description:
        """The same without sums, with what only the smoothing looks at in files of a folder."""
        tables = {name: getattr(self, name) for name in ("means", "pairs", "lengths")}
        return replace(self, sums=None, **lay_aside(folder, tables))


def describe_scene(
    source: RasterSource,
    superpixels: RasterSource,
    scaling: dict[str, Any],
    worker: Worker,
    progress: Progress,
) -> Description:
    """Describe every superpixel, tile by tile.

    Args:
        source: the scene.
        superpixels: ids 1..n on the same grid, 0 = nodata.
        scaling: of `measure_scene`.
        worker: who computes.
        progress: told of every tile.

    Raises:
        SuperSegError: the grids differ, or the superpixels are not of this scene.
    """
    grid = source.grid
    require_same_grid(grid, superpixels.grid, "SUPERPIXELS", superpixels.name)
    place = grid.global_offset()

    def submit(window: Window) -> Any:
        outer = window.expand(DESCRIPTION_HALO, grid.width, grid.height)
        values, valid = source.read(outer)
        # Borders are counted to the right and down: one line beyond the tile is enough.
        seen = window.expand(1, grid.width, grid.height)
        labels = np.zeros(valid.shape, np.uint32)
        labels[seen.relative_to(outer).slices] = read_superpixels(superpixels, seen)
        labels[~valid] = 0
        core = window.relative_to(outer)
        # The coarse grid lies on the ground, whatever pixel the scene begins with.
        lead = (
            (place[1] + outer.row_off) % COARSE_CELL,
            (place[0] + outer.col_off) % COARSE_CELL,
        )
        position = [core.row_off + lead[0], core.col_off + lead[1], core.height, core.width]
        options = {**scaling, "core": position}
        arrays = {
            "image": _behind_nodata(values, lead),
            "valid": _behind_nodata(valid, lead),
            "labels": _behind_nodata(labels, lead),
        }
        return worker.submit("describe_superpixels", options, arrays)

    sums, borders = _Sums(), _Borders()
    column_block = max(source.column_block, superpixels.column_block)
    size = automatic_tile(len(source.bands))
    windows = tiles(grid.width, grid.height, size, column_block, grid.tile_phase(size))
    for index, (_, answer) in enumerate(run_in_flight(worker, windows, submit, progress)):
        sums.add(answer.arrays["ids"], answer.arrays["sums"])
        borders.add(answer.arrays["pairs"], answer.arrays["lengths"])
        progress.report((index + 1) / len(windows), "Describing superpixels")
    if sums.count == 0:
        raise SuperSegError(
            f"SUPERPIXELS {superpixels.name} has no superpixel on the valid pixels of INPUT "
            f"{source.name}. Make them from this input with superseg:superpixels."
        )
    pairs, lengths = borders.joined()
    table = sums.joined()
    pixels = table[:, 0].copy()
    means = np.empty((len(table), len(source.bands)), np.float32)
    np.divide(table[:, 1 : 1 + means.shape[1]], np.maximum(pixels, 1)[:, None], out=means)
    trim_memory()
    return Description(pixels, means, pairs, lengths, table)


def read_superpixels(superpixels: RasterSource, window: Window) -> npt.NDArray[np.uint32]:
    """Read superpixel ids, 0 where invalid."""
    values, valid = superpixels.read(window)
    ids: npt.NDArray[np.uint32] = np.where(valid, values[0], 0).astype(np.uint32)
    return ids


def _behind_nodata(values: npt.NDArray[Any], lead: tuple[int, int]) -> npt.NDArray[Any]:
    """Put so many rows above and columns before `(..., rows, cols)`, all 0."""
    if lead == (0, 0):
        return values
    return np.pad(values, [(0, 0)] * (values.ndim - 2) + [(count, 0) for count in lead])


def check_superpixels(superpixels: RasterSource) -> None:
    """Raise SuperSegError unless a raster can hold superpixel ids."""
    if superpixels.dtype.kind not in "ui" or len(superpixels.bands) != 1:
        raise SuperSegError(
            f"SUPERPIXELS {superpixels.name} is not a single band of whole numbers. Give the output"
            " of superseg:superpixels."
        )


class _Sums:
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


class _Borders:
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
        starts = np.flatnonzero(np.diff(codes, prepend=np.uint64(0)))
        codes = codes[starts]
        pairs = np.stack([codes >> np.uint64(32), codes & np.uint64(0xFFFFFFFF)], axis=1)
        total = np.add.reduceat(lengths, starts) if len(starts) else lengths
        return (pairs - np.uint64(1)).astype(np.int32), total
