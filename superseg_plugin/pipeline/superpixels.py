# SPDX-License-Identifier: GPL-2.0-or-later
"""The superpixels of a scene as a raster; see `steps/superpixels`."""

from __future__ import annotations

from dataclasses import dataclass

from ..progress import Progress, stop_if_cancelled
from ..raster.source import RasterSource
from ..raster.staging import Staging
from ..wording import counted
from ..worker.interface import Worker
from .formats.record import describe_run, write_record
from .options.ground_sizes import ANY_SIZE, GroundSize, superpixel_options
from .options.superpixels import SuperpixelOptions
from .steps.additional_rasters import prepare_rasters
from .steps.band_statistics import measure_scene
from .steps.mosaic_balance import treat_steps
from .steps.scene import Scene
from .steps.superpixels import make_superpixels


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
    tell_steps = treat_steps(source, False, progress)
    with Staging() as staging:
        scaling = measure_scene(source, 1, worker, progress)
        path = staging.path(output)
        scene = Scene.of_run(source, scaling, worker, staging.scratch(output), progress)
        count = make_superpixels(scene, path, options)
        tell_steps()
        write_record(path, describe_run("superpixels", options, source, worker))
        stop_if_cancelled(progress)
        staging.commit()
    progress.log(counted(count, "superpixel"))
    return SuperpixelResult(count)
