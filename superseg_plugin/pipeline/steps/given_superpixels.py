# SPDX-License-Identifier: GPL-2.0-or-later
"""Superpixels that were made elsewhere: their ids, and a raster of ids 1..n.

Tables of superpixels have a row for every id up to the highest, here and in the worker. Other
programs number objects as they like: tile by tile with gaps, or with 4294967295 where there is
none. Ids with gaps are therefore numbered anew, in their order, in a temporary raster.
Cost: one pass over the raster to find the ids, and a second one where they have gaps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...progress import stop_if_cancelled
from ...raster.grid_comparison import require_same_grid
from ...raster.source import RasterSource
from ...raster.windows import tiles
from ...raster.writer import RasterProfile, RasterWriter
from ...wording import counted
from .scene import Scene

TILE = 2048
# Ids that are at most so many times as high as there are superpixels are used as they are.
GAPS = 4
# Ids of a tile that lie within so many numbers are found by a table, others by sorting.
TABLE_SIZE = 1 << 22
# Ids that are collected before they are sorted together.
MOST_PENDING = 1 << 22


def dense_superpixels(scene: Scene, superpixels: RasterSource) -> RasterSource:
    """Return superpixels whose highest id is not much larger than their number.

    Args:
        scene: its folder of temporary files is used, its progress is told of every tile.
        superpixels: the raster of the user.

    Returns:
        The same raster, or another one, numbered from 1 without gaps; for a `with` statement.

    Raises:
        SuperSegError: the raster is not a single band of whole numbers on the grid of the scene.
        Cancelled: the user asked to stop.
    """
    if superpixels.dtype.kind not in "ui" or len(superpixels.bands) != 1:
        raise SuperSegError(
            f"SUPERPIXELS {superpixels.name} is not a single band of whole numbers. Give the output"
            " of superseg:superpixels."
        )
    require_same_grid(scene.source.grid, superpixels.grid, "SUPERPIXELS", superpixels.name)
    ids = _find_ids(scene.part(0.0, 0.5), superpixels)
    if not len(ids) or int(ids[-1]) <= GAPS * len(ids):
        return superpixels
    scene.progress.log(
        f"The ids of SUPERPIXELS {superpixels.name} have gaps: {counted(len(ids), 'superpixel')}"
        f" and a largest number of {int(ids[-1]):,}; they are numbered anew"
    )
    grid = superpixels.grid
    path = scene.scratch / "numbered.tif"
    windows = tiles(grid.width, grid.height, TILE)
    with RasterWriter(path, grid, RasterProfile(1, np.uint32, nodata=0)) as writer:
        for index, window in enumerate(windows):
            stop_if_cancelled(scene.progress)
            values, valid = superpixels.read(window)
            inside = valid & (values[0] > 0)
            numbers = np.zeros(inside.shape, np.uint32)
            numbers[inside] = np.searchsorted(ids, values[0][inside]) + 1
            writer.write(window, numbers)
            scene.progress.report(0.5 + 0.5 * (index + 1) / len(windows), "Numbering superpixels")
    return RasterSource(str(path))


def _find_ids(scene: Scene, superpixels: RasterSource) -> npt.NDArray[Any]:
    """All ids above 0, ascending, of the type of the raster."""
    grid = superpixels.grid
    found: npt.NDArray[Any] = np.zeros(0, superpixels.dtype)
    pending: list[npt.NDArray[Any]] = []
    windows = tiles(grid.width, grid.height, TILE, superpixels.column_block)
    for index, window in enumerate(windows):
        stop_if_cancelled(scene.progress)
        values, valid = superpixels.read(window)
        pending.append(_ids_of(values[0][valid & (values[0] > 0)]))
        if sum(map(len, pending)) > MOST_PENDING or index + 1 == len(windows):
            found = np.unique(np.concatenate([found, *pending]))
            pending = []
        scene.progress.report((index + 1) / len(windows), "Finding superpixels")
    return found


def _ids_of(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The different values of an array, ascending."""
    if not values.size:
        return values
    low, high = int(values.min()), int(values.max())
    if high - low >= TABLE_SIZE:
        return np.unique(values)
    present = np.zeros(high - low + 1, bool)
    present[values - values.dtype.type(low)] = True
    return (np.flatnonzero(present) + low).astype(values.dtype)
