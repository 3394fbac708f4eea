# SPDX-License-Identifier: GPL-2.0-or-later
"""Preparing INPUT and the rasters that are used together with it.

Each raster is looked at by itself, on its own grid: its fill values, what it measures, and how its
values are decoded. Only then is it brought to the grid of INPUT, so that fill values take no part
in the interpolation. VALUES says what INPUT holds; the others are recognized.
Approximate: the share of pixels without values is measured on a sample of windows.
Cost: one pass over the sample of each raster.
"""

from __future__ import annotations

from itertools import islice

import numpy as np

from ...blocks import ELEVATION, MEASURED
from ...errors import SuperSegError
from ...progress import Progress, Quiet, stop_if_cancelled
from ...raster.ground import has_meters, pixel_side
from ...raster.resampled import AVERAGE, BILINEAR, NEAREST, PARAMETER, ResampledRaster
from ...raster.source import RasterSource
from ...raster.stack import RasterStack
from ...raster.texts import percent
from ...wording import counted
from ..options.values import AUTOMATIC, WORDS
from .fill_values import prepare_values
from .sample_windows import scattered_windows

# Windows that the share of pixels without values is measured on.
WINDOWS = 32
HOW = {
    NEAREST: "the nearest pixel is taken",
    BILINEAR: "interpolated (bilinear)",
    AVERAGE: "averaged",
}


def prepare_rasters(source: RasterSource, values: str, progress: Progress) -> None:
    """Prepare a scene for the whole run; see `prepare_values`.

    Args:
        source: the scene, changed in place; a `RasterStack` where there are additional rasters.
        values: one of `VALUES`, for INPUT.
        progress: asked for cancel; told what each raster is.

    Raises:
        SuperSegError: the values are not what the user says, or an additional raster has none where
            INPUT has some.
    """
    if not isinstance(source, RasterStack):
        prepare_values(source, values, progress)
        return
    prepare_values(source.first, values, progress)
    for each in source.resampled:
        prepare_values(each.original, AUTOMATIC, progress, advice="")
        _recognize_flat_part(each.original, progress)
    source.align()
    for index, raster in enumerate(source.rasters, start=1):
        bands = counted(len(raster.bands), "band")
        progress.log(f"Block {index}: {raster.name}, {bands}, {WORDS[raster.kind]}")
    for each, missing in zip(source.resampled, _missing_shares(source, progress)):
        _log_fit(each, source.first, missing, progress)


def _recognize_flat_part(part: RasterSource, progress: Progress) -> None:
    """Read a part of an elevation model as one, also where it has too few heights to be known.

    Such as of the sea, in one tile of a folder.
    """
    if part.kind != MEASURED or part.grid == part.full_grid or len(part.bands) > 1:
        return
    with RasterSource(part.path, part.bands, layer=part.layer) as whole:
        prepare_values(whole, AUTOMATIC, Quiet(progress))
        if whole.kind == ELEVATION:
            part.read_as(ELEVATION, None)


def _missing_shares(stack: RasterStack, progress: Progress) -> list[float]:
    """Share of the valid pixels of INPUT without values in each additional raster."""
    known, missing = 0, np.zeros(len(stack.resampled))
    for window in islice(scattered_windows(stack.grid), WINDOWS):
        stop_if_cancelled(progress)
        valid = stack.first.read(window)[1]
        known += int(valid.sum())
        for index, each in enumerate(stack.resampled):
            missing[index] += int((valid & ~each.source.read(window)[1]).sum())
    return [float(share) for share in missing / max(known, 1)]


def _log_fit(
    raster: ResampledRaster, first: RasterSource, missing: float, progress: Progress
) -> None:
    name = raster.source.name
    if missing == 1.0:
        raise SuperSegError(
            f"{PARAMETER}: {name} has no values where {first.name} has some; choose a raster"
            " of the same place, or check its nodata value."
        )
    if raster.method:
        sizes = [_size(each) for each in (raster.original, first)]
        progress.log(f"{name}: {HOW[raster.method]} from pixels of {sizes[0]} to {sizes[1]}")
    if missing:
        progress.log(
            f"{name}: about {percent(missing)} of the pixels of {first.name} have no value in it"
            " and are nodata in the result"
        )


def _size(raster: RasterSource) -> str:
    side = pixel_side(raster.grid)
    if side is None:
        return "unknown size"
    return f"{side:.4g} m" if has_meters(raster.grid) else f"{side:.4g} units"
