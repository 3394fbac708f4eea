# SPDX-License-Identifier: GPL-2.0-or-later
"""The superpixels of a scene as one table and one region adjacency graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import SuperSegError
from ..progress import Progress
from ..raster.grid import require_same_grid
from ..raster.source import RasterSource
from ..raster.windows import Window, tiles
from ..worker.client import Worker
from .superpixels import automatic_tile
from .tiling import run_in_flight

# Reach of the texture and context filters in pixels, a multiple of their coarsest grid.
HALO = 96


@dataclass(frozen=True)
class Description:
    """What is known of superpixels 1..n; row i describes superpixel i + 1.

    Attributes:
        sums: `(n, features)` float64, see the worker's `describe_superpixels`.
        pairs: `(m, 2)` int64 rows of neighbors, each pair once.
        lengths: `(m,)` int64 shared border in pixel edges.
        bands: number of bands described.
    """

    sums: npt.NDArray[np.float64]
    pairs: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    bands: int

    @property
    def pixels(self) -> npt.NDArray[np.float64]:
        """`(n,)` valid pixels of each superpixel."""
        counts: npt.NDArray[np.float64] = self.sums[:, 0]
        return counts

    @property
    def means(self) -> npt.NDArray[np.float32]:
        """`(n, bands)` mean colors in display units."""
        totals = self.sums[:, 1 : 1 + self.bands]
        return (totals / np.maximum(self.pixels, 1)[:, None]).astype(np.float32)


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

    def submit(window: Window) -> Any:
        outer = window.expand(HALO, grid.width, grid.height)
        values, valid = source.read(outer)
        # Borders are counted to the right and down: one line beyond the tile is enough.
        seen = window.expand(1, grid.width, grid.height)
        labels = np.zeros(valid.shape, np.uint32)
        labels[seen.relative_to(outer).slices] = read_superpixels(superpixels, seen)
        labels[~valid] = 0
        core = window.relative_to(outer)
        options = {**scaling, "core": [core.row, core.col, core.height, core.width]}
        arrays = {"image": values, "valid": valid, "labels": labels}
        return worker.submit("describe_superpixels", options, arrays)

    table = np.zeros((0, 0))
    codes, lengths = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    windows = tiles(grid.width, grid.height, automatic_tile(source))
    for index, (_, answer) in enumerate(run_in_flight(worker, windows, submit, progress)):
        arrays = answer.arrays
        table = _add_rows(table, arrays["ids"], arrays["sums"])
        pairs = arrays["pairs"].astype(np.uint64)
        codes.append((pairs[:, 0] << np.uint64(32)) | pairs[:, 1])
        lengths.append(arrays["lengths"])
        progress.report((index + 1) / len(windows), "Describing superpixels")
    if len(table) == 0:
        raise SuperSegError(
            f"SUPERPIXELS {superpixels.name} has no superpixel on the valid pixels of INPUT "
            f"{source.name}. Make them from this input with superseg:superpixels."
        )
    unique, inverse = np.unique(np.concatenate(codes), return_inverse=True)
    total = np.bincount(inverse.reshape(-1), np.concatenate(lengths), len(unique))
    pairs = np.stack([unique >> np.uint64(32), unique & np.uint64(0xFFFFFFFF)], axis=1)
    return Description(table, pairs.astype(np.int64) - 1, total.astype(np.int64), len(source.bands))


def read_superpixels(superpixels: RasterSource, window: Window) -> npt.NDArray[np.uint32]:
    """Read superpixel ids, 0 where invalid."""
    values, valid = superpixels.read(window)
    ids: npt.NDArray[np.uint32] = np.where(valid, values[0], 0).astype(np.uint32)
    return ids


def check_superpixels(superpixels: RasterSource) -> None:
    """Raise SuperSegError unless a raster can hold superpixel ids."""
    if superpixels.dtype.kind not in "ui" or len(superpixels.bands) != 1:
        raise SuperSegError(
            f"SUPERPIXELS {superpixels.name} is not a single band of whole numbers. Give the output"
            " of superseg:superpixels."
        )


def _add_rows(
    table: npt.NDArray[np.float64], ids: npt.NDArray[np.uint32], sums: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    if len(ids) == 0:
        return table
    needed = int(ids[-1])
    if needed > len(table):
        grown = np.zeros((needed, sums.shape[1]))
        grown[: len(table)] = table if table.size else 0
        table = grown
    table[ids.astype(np.int64) - 1] += sums
    return table
