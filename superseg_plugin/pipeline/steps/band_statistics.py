# SPDX-License-Identifier: GPL-2.0-or-later
"""Band statistics of a scene, measured on a sample, and its number of valid pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...blocks import MEASURED, REFLECTANCE
from ...contracts import BandScaling
from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.resampled import PARAMETER
from ...raster.source import RasterSource
from ...raster.stack import rasters_of
from ...raster.windows import tiles
from ...wording import counted
from ...worker.interface import Worker
from ..options.ground_sizes import LARGE_SCENE
from .sample_windows import scattered_windows, shuffled

# Pixels of the sample: percentiles of 0.5 % then rest on more than a thousand pixels.
SAMPLE_PIXELS = 1 << 18
# Pixels taken from a window of the sample, so that at least 32 windows are read.
PIXELS_PER_WINDOW = SAMPLE_PIXELS // 32
# Side of a window when valid pixels are counted; grids beyond this size are not counted.
COUNTING_WINDOW = 1024
COUNTED_GRID = 4 * LARGE_SCENE
# Mean levels of rasters of one sensor differ by less than this factor; the smallest change of units
# is by 10.
SIMILAR_LEVEL = 8.0
# So many band numbers are listed in a message.
LISTED = 12


def measure_scene(
    source: RasterSource, needed_pixels: int, worker: Worker, progress: Progress
) -> BandScaling:
    """Measure the bands on a sample of windows from all over the scene.

    Args:
        source: the scene.
        needed_pixels: valid pixels that the run needs at least, such as one a class.
        worker: the process that computes.
        progress: asked for cancel.

    Raises:
        SuperSegError: no pixel, or fewer pixels than needed, are valid.
    """
    # The sample depends on the ground alone: superpixels must not change with SEED, nor with nodata
    # around the scene.
    parts: list[np.ndarray[Any, Any]] = []
    found = 0
    for window in scattered_windows(source.grid):
        stop_if_cancelled(progress)
        values, valid = source.read(window)
        pixels = values[:, valid]
        if pixels.shape[1] > PIXELS_PER_WINDOW:
            anywhere = shuffled(pixels.shape[1])[:PIXELS_PER_WINDOW]
            pixels = pixels[:, np.sort(anywhere)]
        parts.append(pixels)
        found += pixels.shape[1]
        if found >= SAMPLE_PIXELS:
            break
    if found == 0 and len(rasters_of(source)) > 1:
        raise SuperSegError(
            f"{PARAMETER}: no pixel of {source.name} has a value in all rasters; each covers a part"
            f" of it{', or EXTENT and MASK leave none' * source.area_chosen}. Use fewer"
            " rasters, or such as cover the same place."
        )
    if found == 0:
        raise SuperSegError(
            f"{source.name} has no valid pixel in {_bands_text(source)}"
            f"{' within EXTENT and MASK' * source.area_chosen}: all is nodata. Check"
            f" BANDS{', EXTENT, MASK' * source.area_chosen} and the nodata value of the"
            " image."
        )
    if found < needed_pixels:
        pixels_found = counted(found, "valid pixel")
        together = " in all rasters together" if len(rasters_of(source)) > 1 else ""
        raise SuperSegError(
            f"{source.name} has {pixels_found}{together}, fewer than the {needed_pixels} CLASSES"
            f" asked for. Lower CLASSES{' or choose a larger EXTENT' * source.area_chosen}."
        )
    sample = np.concatenate(parts, axis=1)

    def measure(rasters: Sequence[RasterSource], first: int) -> BandScaling:
        """Scaling of rasters whose bands begin at `first`, as one block."""
        last = first + sum(len(raster.bands) for raster in rasters)
        dtype = np.result_type(*(raster.dtype for raster in rasters))
        pixels = sample[first:last].astype(dtype, copy=False)
        asked = worker.submit("measure_bands", {"kind": rasters[0].kind}, {"pixels": pixels})
        return BandScaling.from_dict(worker.result(asked, progress).result["scaling"])

    scalings: list[BandScaling] = []
    group: list[RasterSource] = []
    first = 0
    for raster in rasters_of(source):
        place = first + sum(len(each.bands) for each in group)
        alone = measure([raster], place)
        if group and of_one_sensor((group[-1], scalings[-1]), (raster, alone)):
            group.append(raster)
            scalings[-1] = measure(group, first)
        else:
            group, first = [raster], place
            scalings.append(alone)
    return BandScaling.joined(scalings)


def of_one_sensor(
    one: tuple[RasterSource, BandScaling], other: tuple[RasterSource, BandScaling]
) -> bool:
    """Whether two rasters hold measurements of one unit, so that ratios of their bands mean much.

    Their bands are then one block, as if they were in one file: the classes are the same. They must
    be measurements with a true zero, of one type of numbers, and of similar level.
    """
    kinds, types = {one[0].kind, other[0].kind}, {one[0].number_type, other[0].number_type}
    if len(kinds) > 1 or not kinds <= {MEASURED, REFLECTANCE} or len(types) > 1:
        return False
    if any(low != 0.0 for low in one[1].low + other[1].low):
        return False
    levels = [np.mean(scaling.center) for _, scaling in (one, other)]
    return bool(0 < max(levels) <= SIMILAR_LEVEL * min(levels))


def count_valid_pixels(source: RasterSource, progress: Progress) -> int | None:
    """Count the valid pixels of a scene; None where the grid is a large one.

    Nodata around a small scene must not make it a large one. Counting ends at `LARGE_SCENE`:
    larger scenes all have superpixels of the same size.

    Args:
        source: the scene.
        progress: asked for cancel.
    """
    grid = source.grid
    if grid.width * grid.height > COUNTED_GRID:
        return None
    count = 0
    for window in tiles(grid.width, grid.height, COUNTING_WINDOW, source.column_block):
        stop_if_cancelled(progress)
        count += int(np.count_nonzero(source.read(window)[1]))
        if count >= LARGE_SCENE:
            break
    return count


def _bands_text(source: RasterSource) -> str:
    numbers = [str(number) for number in source.bands]
    if len(numbers) == 1:
        return f"band {numbers[0]}"
    listed = ", ".join(numbers[:LISTED])
    return f"bands {listed}{', …' if len(numbers) > LISTED else ''} together"
