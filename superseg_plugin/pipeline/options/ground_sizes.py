# SPDX-License-Identifier: GPL-2.0-or-later
"""Sizes on the ground, turned into pixels of the scene at hand."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ...errors import SuperSegError
from ...progress import Progress
from ...raster.grid import Grid
from ...raster.ground import has_meters, pixel_side
from .superpixels import SuperpixelOptions

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
# From so many pixels on, superpixels have their usual size; a smaller scene has as many of them as
# this one, and so smaller ones. Classes of fewer are not told apart well.
LARGE_SCENE = 1 << 20
ENOUGH = LARGE_SCENE // USUAL.min_size


@dataclass(frozen=True)
class GroundSize:
    """How large superpixels are to be; not at all said by default.

    Attributes:
        imagery: one of `IMAGERY`.
        size: side of the smallest superpixel, in `units`; 0 as is usual for the imagery.
        units: one of `UNITS`.
    """

    imagery: str = "any"
    size: float = 0.0
    units: str = "pixels"

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.imagery not in IMAGERY:
            raise SuperSegError(f"IMAGERY must be one of {', '.join(IMAGERY)}, not {self.imagery}.")
        if self.units not in UNITS:
            raise SuperSegError(f"UNITS must be one of {', '.join(UNITS)}, not {self.units}.")
        if not 0 <= self.size < math.inf:
            raise SuperSegError("SUPERPIXEL_SIZE must be 0, which leaves it to IMAGERY, or more.")

    @property
    def said(self) -> str:
        """The parameter that sets a size; "" where none does."""
        if self.size:
            return "SUPERPIXEL_SIZE"
        return "" if IMAGERY[self.imagery] is None else "IMAGERY"


ANY_SIZE = GroundSize()


def require_one_size(options: SuperpixelOptions, wanted: GroundSize) -> None:
    """Check that superpixels get their size from one place.

    Raises:
        SuperSegError: what the method takes sizes from is not as usual, and a size is wanted.
    """
    sizes = ("region_size",) if options.method == "slic" else ("scale", "min_size")
    changed = [name for name in sizes if getattr(options, name) != getattr(USUAL, name)]
    if wanted.said and changed:
        own = " and ".join(name.upper() for name in changed)
        usual = " and ".join(f"{name.upper()} {getattr(USUAL, name):g}" for name in changed)
        raise SuperSegError(
            f"{wanted.said} sets the size of superpixels, and so does {own}; leave {usual}, or set"
            " IMAGERY to any and SUPERPIXEL_SIZE to 0."
        )


def superpixel_options(
    wanted: GroundSize,
    grid: Grid,
    progress: Progress,
    usual: SuperpixelOptions | None = None,
    valid_pixels: int | None = None,
) -> SuperpixelOptions:
    """Choose superpixels for a scene.

    Args:
        wanted: how large they are to be.
        grid: the scene's.
        progress: told where a size had to be guessed or does not fit.
        usual: what to take where no size is wanted, and all but the sizes where one is; None leaves
            it to the scene.
        valid_pixels: of the scene; all of the grid's where None.

    Raises:
        SuperSegError: meters are asked for where the scene has none.
    """
    kind = IMAGERY[wanted.imagery]
    if wanted.size:
        pixels = (wanted.size / _meters_of_pixel(grid, wanted.units, "SUPERPIXEL_SIZE")) ** 2
    elif kind is None:
        return usual or usual_superpixels(valid_pixels or grid.width * grid.height)
    else:
        side = pixel_side(grid) if has_meters(grid) else None
        if side is None:
            progress.log(
                f"The image has no coordinate reference system; pixels of {kind.pixel:g} m, as"
                f" usual for IMAGERY {wanted.imagery}, are assumed"
            )
            side = kind.pixel
        pixels = (kind.smallest / side) ** 2
    fitting = min(max(round(pixels), FEWEST_PIXELS), MOST_PIXELS)
    if not 0.5 <= fitting / pixels <= 2:
        progress.log(
            f"Superpixels of at least {pixels:.3g} pixels were asked for; {fitting} are taken,"
            f" as superpixels need from {FEWEST_PIXELS} to {MOST_PIXELS}"
        )
    return with_smallest(fitting, usual or USUAL)


def usual_superpixels(pixels: int) -> SuperpixelOptions:
    """Superpixels for a scene of that many pixels: smaller ones where it is small."""
    return with_smallest(min(max(pixels // ENOUGH, FEWEST_PIXELS), USUAL.min_size))


def with_smallest(pixels: int, usual: SuperpixelOptions = USUAL) -> SuperpixelOptions:
    """Options for superpixels of at least so many pixels, the others as they are."""
    # What keeps two superpixels apart weighs as much as their size; those of slic, which are all
    # about the same, have the side that the others have on average.
    larger = pixels / USUAL.min_size
    side = max(round(USUAL.region_size * math.sqrt(larger)), 2)
    return replace(usual, min_size=pixels, scale=USUAL.scale * larger, region_size=side)


def least_pixels(min_area: float, units: str, grid: Grid) -> int:
    """Turn a smallest area, in pixels or square meters, into pixels; 0 stays 0.

    Raises:
        SuperSegError: meters are asked for where the scene has none.
    """
    if not min_area:
        return 0
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
