# SPDX-License-Identifier: GPL-2.0-or-later
"""Sizes of superpixels and objects on the ground, converted to pixels of a scene."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Callable

from ...errors import SuperSegError
from ...raster.grid import Grid
from ...raster.ground import has_meters, pixel_side
from .superpixels import SuperpixelOptions

UNITS = ("pixels", "meters")


@dataclass(frozen=True)
class Imagery:
    """A kind of imagery.

    Attributes:
        smallest: side of the smallest superpixel, in meters.
        pixel: usual side of a pixel, in meters; used for scenes without georeference.
    """

    smallest: float
    pixel: float


# The sides of superpixels that gave the best scores, or no worse ones, on labeled images of each
# kind.
IMAGERY = {
    "any": None,
    "drone": Imagery(smallest=0.4, pixel=0.05),
    "aerial": Imagery(smallest=1.0, pixel=0.2),
    "vhr": Imagery(smallest=2.5, pixel=0.5),
    "sentinel2": Imagery(smallest=30.0, pixel=10.0),
    "landsat": Imagery(smallest=90.0, pixel=30.0),
    # Named accuracy of synthetic embeddings with superpixels of 3 x 3, 5 x 5 and 8 x 8 pixels and
    # more: parcels of about 8 x 8 pixels .98, .97, .71; larger ones that vary .94, .96, .91.
    "embedding": Imagery(smallest=30.0, pixel=10.0),
}
USUAL = SuperpixelOptions()
# Range of the smallest superpixel: fewer pixels have no texture, more contain several objects.
FEWEST_PIXELS, MOST_PIXELS = 9, 4096
# Pixels of the smallest scene with superpixels of the usual size. Smaller scenes have smaller
# superpixels, as many as this one: clusters of fewer superpixels are unreliable.
LARGE_SCENE = 1 << 20
SUPERPIXELS_NEEDED = LARGE_SCENE // USUAL.min_size


@dataclass(frozen=True)
class GroundSize:
    """The requested size of superpixels; by default none is requested.

    Attributes:
        imagery: one of `IMAGERY`; `any` requests no size.
        size: side of the smallest superpixel, in `units`; 0 for the one of the imagery.
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
            raise SuperSegError("SUPERPIXEL_SIZE must be 0 (by IMAGERY) or more.")

    @property
    def parameter(self) -> str:
        """The parameter that requests a size; "" if none does."""
        if self.size:
            return "SUPERPIXEL_SIZE"
        return "" if IMAGERY[self.imagery] is None else "IMAGERY"


ANY_SIZE = GroundSize()


@dataclass(frozen=True)
class MinimumArea:
    """The area below which patches of a class are merged into their neighbors.

    Attributes:
        area: in pixels, or in square meters on the ellipsoid; 0 keeps all patches.
        units: one of `UNITS`.
    """

    area: float = 0.0
    units: str = "pixels"

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 0 <= self.area < math.inf:
            raise SuperSegError("MIN_AREA: give an area of at least 0; 0 keeps all patches.")
        if self.units not in UNITS:
            raise SuperSegError(f"UNITS must be one of {', '.join(UNITS)}, not {self.units}.")

    @property
    def text(self) -> str:
        """Number and unit, for messages."""
        return f"{self.area:g} {'pixels' if self.units == 'pixels' else 'square meters'}"

    def check(self, grid: Grid, layer: str = "the image") -> None:
        """Check that an area in meters can be measured.

        Args:
            grid: of the raster.
            layer: what the raster is, for messages, such as its Processing parameter.

        Raises:
            SuperSegError: it is in meters, and the raster has no georeference.
        """
        if self.area:
            _meters_of_pixel(grid, self.units, "MIN_AREA", layer)


def require_one_size(options: SuperpixelOptions, requested: GroundSize) -> None:
    """Check that only one parameter sets the size of superpixels.

    Raises:
        SuperSegError: a size is requested, and a parameter of the method that sets it too has
            another value than the default.
    """
    sizes = ("region_size",) if options.method == "slic" else ("scale", "min_size")
    changed = [name for name in sizes if getattr(options, name) != getattr(USUAL, name)]
    if requested.parameter and changed:
        own = " and ".join(name.upper() for name in changed)
        usual = " and ".join(f"{name.upper()} {getattr(USUAL, name):g}" for name in changed)
        raise SuperSegError(
            f"{requested.parameter} sets the size of superpixels, and so does {own}; leave {usual},"
            " or set IMAGERY to any and SUPERPIXEL_SIZE to 0."
        )


def superpixel_options(
    requested: GroundSize,
    grid: Grid,
    log: Callable[[str], None],
    usual: SuperpixelOptions | None = None,
    valid_pixels: int | None = None,
) -> SuperpixelOptions:
    """Choose the superpixel options for a scene.

    Args:
        requested: the size.
        grid: of the scene.
        log: gets a line, without a full stop, where a size was assumed or limited.
        usual: the options if no size is requested, and those apart from sizes if one is; None
            chooses by the size of the scene.
        valid_pixels: of the scene; all pixels of the grid if None.

    Raises:
        SuperSegError: the size is in meters and the scene has no georeference.
    """
    kind = IMAGERY[requested.imagery]
    if requested.size:
        pixels = (requested.size / _meters_of_pixel(grid, requested.units, "SUPERPIXEL_SIZE")) ** 2
    elif kind is None:
        return usual or usual_superpixels(valid_pixels or grid.width * grid.height)
    else:
        side = pixel_side(grid) if has_meters(grid) else None
        if side is None:
            log(
                f"The image has no coordinate reference system; pixels of {kind.pixel:g} m, as"
                f" usual for IMAGERY {requested.imagery}, are assumed"
            )
            side = kind.pixel
        pixels = (kind.smallest / side) ** 2
    fitting = min(max(round(pixels), FEWEST_PIXELS), MOST_PIXELS)
    if not 0.5 <= fitting / pixels <= 2:
        log(
            f"Superpixels of at least {pixels:.3g} pixels were requested; {fitting} are used,"
            f" as superpixels need from {FEWEST_PIXELS} to {MOST_PIXELS}"
        )
    return with_smallest(fitting, usual or USUAL)


def usual_superpixels(pixels: int) -> SuperpixelOptions:
    """Return the options for a scene of that many pixels: smaller superpixels in small scenes."""
    return with_smallest(min(max(pixels // SUPERPIXELS_NEEDED, FEWEST_PIXELS), USUAL.min_size))


def with_smallest(pixels: int, usual: SuperpixelOptions = USUAL) -> SuperpixelOptions:
    """Return options for superpixels of at least `pixels` pixels, all else as in `usual`."""
    # Felzenszwalb's scale is divided by the size of a region in its threshold, so it grows with
    # the size. The side of SLIC's regions is that of Felzenszwalb's on average.
    larger = pixels / USUAL.min_size
    side = max(round(USUAL.region_size * math.sqrt(larger)), 2)
    return replace(usual, min_size=pixels, scale=USUAL.scale * larger, region_size=side)


def _meters_of_pixel(grid: Grid, units: str, parameter: str, layer: str = "the image") -> float:
    """Return the side of a pixel in units: 1 for pixels, meters for meters."""
    if units == "pixels":
        return 1.0
    side = pixel_side(grid)
    if side is None or not has_meters(grid):
        raise SuperSegError(
            f"{parameter} is in meters, but {layer} has no coordinate reference system, so the size"
            " of its pixels is unknown; set UNITS to pixels, or assign a CRS to the raster."
        )
    return side
