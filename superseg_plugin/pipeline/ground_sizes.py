# SPDX-License-Identifier: GPL-2.0-or-later
"""Sizes on the ground, turned into pixels of the scene at hand."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..errors import SuperSegError
from ..progress import Progress
from ..raster.grid import Grid
from ..raster.ground import has_meters, pixel_side
from .superpixel_options import SuperpixelOptions

UNITS = ("pixels", "meters")


@dataclass(frozen=True)
class Imagery:
    """A kind of imagery.

    Attributes:
        smallest: side of the smallest superpixel, meters.
        pixel: side of a pixel as is usual, meters; taken where the scene does not tell.
    """

    smallest: float
    pixel: float


# The sides did best, or as well as any, on labeled images of each kind.
IMAGERY = {
    "any": None,
    "drone": Imagery(smallest=0.4, pixel=0.05),
    "aerial": Imagery(smallest=1.0, pixel=0.2),
    "vhr": Imagery(smallest=2.5, pixel=0.5),
    "sentinel2": Imagery(smallest=30.0, pixel=10.0),
    "landsat": Imagery(smallest=90.0, pixel=30.0),
}
USUAL = SuperpixelOptions()
# Smaller superpixels say too little of texture, larger ones take in several objects.
FEWEST_PIXELS, MOST_PIXELS = 9, 4096


def superpixel_options(
    imagery: str, size: float, units: str, grid: Grid, progress: Progress
) -> SuperpixelOptions:
    """Choose superpixels for a scene.

    Args:
        imagery: one of `IMAGERY`.
        size: side of the smallest superpixel, in `units`; 0 as is usual for the imagery.
        units: one of `UNITS`.
        grid: the scene's.
        progress: told where a size had to be guessed or does not fit.

    Raises:
        SuperSegError: meters are asked for where the scene has none.
    """
    kind = IMAGERY[imagery]
    if size:
        pixels = (size / _meters_of_pixel(grid, units, "SUPERPIXEL_SIZE")) ** 2
    elif kind is None:
        return USUAL
    else:
        side = pixel_side(grid) if has_meters(grid) else None
        if side is None:
            progress.log(
                f"The image has no coordinate reference system; pixels of {kind.pixel:g} m, as"
                f" usual for IMAGERY {imagery}, are assumed"
            )
            side = kind.pixel
        pixels = (kind.smallest / side) ** 2
    fitting = min(max(round(pixels), FEWEST_PIXELS), MOST_PIXELS)
    if not 0.5 <= fitting / pixels <= 2:
        progress.log(
            f"Superpixels of at least {pixels:.3g} pixels were asked for; {fitting} are taken,"
            f" as superpixels need from {FEWEST_PIXELS} to {MOST_PIXELS}"
        )
    # What keeps two superpixels apart weighs as much as their size.
    scale = USUAL.scale * fitting / USUAL.min_size
    return SuperpixelOptions(min_size=fitting, scale=scale)


def least_pixels(min_area: float, units: str, grid: Grid) -> int:
    """Turn a smallest area, in pixels or square meters, into pixels.

    Raises:
        SuperSegError: meters are asked for where the scene has none.
    """
    area = min_area / _meters_of_pixel(grid, units, "MIN_AREA") ** 2
    return math.ceil(area * (1 - 1e-9))


def _meters_of_pixel(grid: Grid, units: str, parameter: str) -> float:
    """Side of a pixel in units: 1 where these are pixels."""
    if units == "pixels":
        return 1.0
    side = pixel_side(grid)
    if side is None or not has_meters(grid):
        raise SuperSegError(
            f"{parameter} is in meters, but INPUT has no coordinate reference system to tell the"
            " size of its pixels; set UNITS to pixels, or assign a CRS to the image."
        )
    return side
