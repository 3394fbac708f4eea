# SPDX-License-Identifier: GPL-2.0-or-later
"""Superpixels of a whole scene: tile by tile, then along every seam.

Idea: each tile is cut by itself; along a seam the superpixels that touch it are dissolved and cut
anew together with what lies on the other side, so that a seam becomes a line like any other.
Exact: each superpixel is connected, has the minimum size, and ids are 1..n without gaps.
Approximate: superpixels near a seam may differ from those of an undivided scene; their borders are
no more frequent on a tile line than elsewhere. The same place is cut alike in any extent.
Cost: linear in the pixels; memory for the tiles in flight and 16 bytes a superpixel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import numpy as np

from ..memory import trim_memory
from ..progress import Progress, stop_if_cancelled
from ..raster.source import RasterSource
from ..raster.staging import Staging
from ..raster.windows import tiles
from ..raster.writer import RasterProfile, RasterWriter
from ..worker.client import Worker
from .formats.record import describe_run, write_record
from .options.ground_sizes import ANY_SIZE, GroundSize, superpixel_options
from .options.superpixels import SuperpixelOptions
from .steps.additional_rasters import prepare_rasters
from .steps.band_statistics import measure_scene
from .steps.mosaic_balance import treat_steps
from .steps.scene import Scene
from .steps.superpixel_scene import Stitching, SuperpixelScene
from .steps.tiling import automatic_tile


@dataclass(frozen=True)
class SuperpixelResult:
    """How many superpixels were made."""

    count: int


def run_superpixels(
    source: RasterSource,
    output: str,
    options: SuperpixelOptions,
    worker: Worker,
    progress: Progress,
    wanted: GroundSize = ANY_SIZE,
) -> SuperpixelResult:
    """Make the superpixels of a scene and write them as UInt32, 0 = nodata, ids 1..n.

    Args:
        source: the scene.
        output: where to write.
        options: how to cut it.
        worker: the process that computes.
        progress: told of every step.
        wanted: how large superpixels are to be, in place of the sizes in `options`.

    Raises:
        SuperSegError: bad input, or the output cannot be written.
        Cancelled: the user asked to stop.
    """
    prepare_rasters(source, options.values, progress)
    options = superpixel_options(wanted, source.grid, progress.log, options)
    treat_steps(source, False, progress)
    with Staging() as staging:
        scaling = measure_scene(source, 1, worker, progress)
        path = staging.path(output)
        scene = Scene(source, scaling, worker, staging.scratch(output), progress)
        count = make_superpixels(scene, path, options)
        write_record(path, describe_run("superpixels", options, source, worker))
        stop_if_cancelled(progress)
        staging.commit()
    progress.log(f"{count} superpixels")
    return SuperpixelResult(count)


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
    cutting, numbering = progress.part(0, 0.85), progress.part(0.85, 0.95)
    kept = path.parent != scene.scratch
    draft = scene.scratch / "labels.tif"
    profile = RasterProfile(1, np.uint32, compress=False)
    with source.whole_rows(), RasterWriter(draft, grid, profile) as labels:
        tiled = SuperpixelScene(scene.within(cutting), labels, options)
        # The same place is cut alike whatever else is in the raster: an extent as the whole is.
        windows = tiles(grid.width, grid.height, size, phase=grid.tile_phase(size))
        cut = tiled.cut_tiles(windows)
        above: Stitching | None = None
        for row, group in groupby(windows, attrgetter("row_off")):
            inside = list(group)
            for _ in inside:
                next(cut)
            if above is not None:
                tiled.finish(above)
            tiled.join_vertical_seams(inside[1:])
            above = tiled.start_horizontal_seam(row) if row > 0 else None
            done = row + inside[0].height
            cutting.report(done / grid.height, "Making superpixels")
        if above is not None:
            tiled.finish(above)
        with RasterWriter(
            path,
            grid,
            RasterProfile(
                1,
                np.uint32,
                nodata=0,
                band_names=("superpixel",),
                compress=kept,
                overviews="nearest" if kept and source.has_overviews else None,
            ),
            progress=progress.part(0.95, 1),
        ) as final:
            count = tiled.renumber(final, windows, numbering)
    draft.unlink()
    trim_memory()
    return count
