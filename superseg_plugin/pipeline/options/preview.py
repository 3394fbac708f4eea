# SPDX-License-Identifier: GPL-2.0-or-later
"""What a preview is made of: the part of an image that a map shows, and the settings."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass

from ...errors import SuperSegError
from ...raster.layer_properties import AS_THE_FILE, LayerProperties
from ...raster.stack import AdditionalRaster
from .classification import check_smoothness
from .ground_sizes import FEWEST_PIXELS, MOST_PIXELS, USUAL, usual_superpixels
from .segmentation import VOCABULARIES, SegmentationOptions
from .training import check_classes
from .values import AUTOMATIC

# Pixels of a preview on a side: a screen shows about as many.
MOST_SIDE = 1024
# Sides of smallest superpixels to choose from, in pixels of the image, over their whole range. They
# differ by a tenth to a sixth, which changes about a quarter of the number of superpixels.
SIDES = (3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 14.0, 16.0, 18.0,
         20.0, 22.0, 25.0, 28.0, 32.0, 36.0, 40.0, 45.0, 50.0, 57.0, 64.0)  # fmt: skip


@dataclass(frozen=True)
class MapView:
    """What a map shows of an image.

    Attributes:
        path: of the image; for one that has to be fetched, whatever tells it from others.
        extent: (xmin, ymin, xmax, ymax) in the map's coordinates.
        size: columns and rows to compute, at most `MOST_SIDE` each.
        crs: WKT of the map, "" where the image has no reference system.
        reduction: pixels of the image, along a side, in a pixel of the view; 1 or more.
        name: of an image that is fetched, for messages; "" where there is a file.
        layer: reference system and nodata of the layer.
        values: how the values are read, one of `VALUES`.
        additional: rasters that are used together with the image.
        part: of the image that the map shows, 0 to 1; 0 where the size of the image is unknown.
    """

    path: str
    extent: tuple[float, float, float, float]
    size: tuple[int, int]
    crs: str
    reduction: float
    name: str = ""
    layer: LayerProperties = AS_THE_FILE
    part: float = 0.0
    values: str = AUTOMATIC
    additional: tuple[AdditionalRaster, ...] = ()

    @property
    def image(self) -> tuple[object, ...]:
        """What is the same for all views of an image that is read in one way."""
        return self.path, self.layer, self.values, self.additional


@dataclass(frozen=True)
class PreviewOptions:
    """Settings that can be tried out.

    Attributes:
        superpixel_size: side of the smallest superpixel, pixels of the image.
        smoothness: see `superseg:segment`.
        classes: how many, 2 to 255; 0 lets the view decide.
        preset: one of `VOCABULARIES`.
    """

    superpixel_size: float = 8.0
    smoothness: float = SegmentationOptions.smoothness
    classes: int = SegmentationOptions.classes
    preset: str = SegmentationOptions.preset

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 0 < self.superpixel_size < math.inf:
            raise SuperSegError("SUPERPIXEL_SIZE of a preview must be more than 0 pixels.")
        check_smoothness(self.smoothness)
        if self.classes:
            check_classes(self.classes)
        if self.preset not in VOCABULARIES:
            raise SuperSegError(
                f"There is no preview of PRESET {self.preset}; choose {' or '.join(VOCABULARIES)}."
            )

    def smallest(self, reduction: float) -> tuple[int, bool]:
        """Return the pixels of the smallest superpixel in a view.

        Args:
            reduction: of the view.

        Returns:
            The pixels, and whether such a superpixel has about the wanted size on the ground.
        """
        wanted = (self.superpixel_size / reduction) ** 2
        pixels = min(max(round(wanted), FEWEST_PIXELS), MOST_PIXELS)
        return pixels, math.isclose(pixels, wanted, rel_tol=0.3, abs_tol=1.0)


def view_size(width: float, height: float) -> tuple[int, int]:
    """Columns and rows for a map of so many pixels: all of it, coarser where it is large."""
    shrink = min(MOST_SIDE / max(width, height), 1.0)
    return max(round(width * shrink), 1), max(round(height * shrink), 1)


def usual_side(width: int, height: int) -> float:
    """Side of the smallest superpixel of a run with SUPERPIXEL_SIZE 0 and IMAGERY any, pixels.

    Args:
        width: of the image, pixels; 0 where it is unknown.
        height: of the image, pixels.
    """
    if not width * height:
        return math.sqrt(USUAL.min_size)
    return math.sqrt(usual_superpixels(width * height).min_size)


def nearest_side(side: float) -> int:
    """Index in `SIDES` of the side that is nearest to another one."""
    after = min(bisect_left(SIDES, side), len(SIDES) - 1)
    return min(max(after - 1, 0), after, key=lambda index: abs(SIDES[index] - side))
