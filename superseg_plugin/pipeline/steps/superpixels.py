# SPDX-License-Identifier: GPL-2.0-or-later
"""Superpixels of a whole scene: tile by tile, then along every seam.

Idea: each tile is cut by itself; along a seam the superpixels that touch it are dissolved and cut
anew together with what lies on the other side, so that a seam becomes a line like any other.
Exact: each superpixel is connected, has the minimum size, and ids are 1..n without gaps.
Approximate: superpixels near a seam may differ from those of an undivided scene; their borders are
as frequent there as elsewhere (`engine/superpixels`). The same place is cut alike in any extent.
Cost: linear in the pixels; memory for the tiles in flight and 16 bytes a superpixel.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import numpy as np

from ...memory import trim_memory
from ...raster.windows import tiles
from ...raster.writer import RasterProfile
from ..options.superpixels import SuperpixelOptions
from .scene import Scene
from .superpixel_scene import SuperpixelScene
from .superpixels_on_nodes import SuperpixelsOnNodes
from .tiling import automatic_tile


def make_superpixels(scene: Scene, path: Path, options: SuperpixelOptions) -> int:
    """Make the superpixels of a scene, with intermediate files in its scratch folder.

    The tiles of each row of tiles are cut, then the vertical seams between them, then the
    horizontal seam to the row above; at last ids are renumbered without gaps. While seams are
    joined, the next tiles are cut already. A result in the scratch folder is not compressed.

    Args:
        scene: the scene.
        path: of the result, UInt32, 0 = nodata.
        options: how to cut it.

    Returns:
        The number of superpixels.
    """
    source, progress = scene.source, scene.progress
    grid = source.grid
    size = options.tile_size or automatic_tile(len(source.bands))
    options = replace(options, tile_size=size)
    cutting = progress.part(0, 0.85)
    kept = path.parent != scene.scratch
    profile = RasterProfile(
        1,
        np.uint32,
        nodata=0,
        band_names=("superpixel",),
        compress=kept,
        overviews="nearest" if kept and source.has_overviews else None,
    )
    make = SuperpixelsOnNodes if scene.nodes else SuperpixelScene
    with source.whole_rows(), make(scene.within(cutting), options) as tiled:
        # The same place is cut alike whatever else is in the raster: an extent as the whole is.
        windows = tiles(grid.width, grid.height, size, phase=grid.tile_phase(size))
        rows = [list(group) for _, group in groupby(windows, attrgetter("row_off"))]
        cut, ahead = tiled.cut_tiles(rows), tiled.rows_ahead(rows[0])
        for number in range(len(rows) + ahead):
            if number < len(rows):
                next(cut)
                tiled.start_vertical_seams(number, rows[number])
                cutting.report((number + 1) / len(rows), "Making superpixels")
            if 0 < number - ahead < len(rows):
                tiled.start_horizontal_seams(number - ahead, rows[number - ahead])
        tiled.finish_seams()
        count = tiled.renumber(path, profile, windows, progress.part(0.85, 1))
    trim_memory()
    return count
