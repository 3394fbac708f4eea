# SPDX-License-Identifier: GPL-2.0-or-later
"""Options of cutting a scene into superpixels."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ...contracts import Segmenter
from ...errors import SuperSegError
from .values import AUTOMATIC, check_values

METHODS = ("felzenszwalb", "slic")
CONNECTIVITIES = ("8", "4")
# Edges of a tile, four for each pixel, are numbered in 32 bits.
LARGEST_TILE = 32768
SMALLEST_TILE = 64


@dataclass(frozen=True)
class SuperpixelOptions(Segmenter):
    """How to cut a scene: what the worker needs for a tile, with its ranges, and the tile size.

    Attributes:
        method: `felzenszwalb` (graph-based, follows edges) or `slic` (compact, of equal size).
        scale: above 0, in display units (0 to 255). Larger makes larger superpixels.
        sigma: 0 to 20 pixels. Larger smooths away noise and, above about 1, thin objects.
        min_size: at least 1 pixel.
        region_size: at least 2 pixels.
        compactness: above 0, in display units. Larger makes squarer superpixels.
        connectivity: 4 or 8.
        tile_size: side of the tiles in pixels, at least 64; 0 chooses it by the number of bands.
        values: how values of the image are read, one of `VALUES`.
    """

    tile_size: int = 0
    values: str = AUTOMATIC

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.method not in METHODS:
            raise SuperSegError(f"METHOD must be one of {', '.join(METHODS)}, not {self.method}.")
        if self.scale <= 0 or self.compactness <= 0:
            raise SuperSegError("SCALE and COMPACTNESS must be above 0.")
        if not 0 <= self.sigma <= 20:
            raise SuperSegError("SIGMA must be from 0 to 20 pixels.")
        if self.min_size < 1 or self.region_size < 2:
            raise SuperSegError("MIN_SIZE must be at least 1 and REGION_SIZE at least 2 pixels.")
        if str(self.connectivity) not in CONNECTIVITIES:
            raise SuperSegError(
                f"CONNECTIVITY must be {' or '.join(CONNECTIVITIES)}, not {self.connectivity}."
            )
        check_tile_size(self.tile_size)
        check_values(self.values)

    @property
    def segmenter(self) -> Segmenter:
        """What the worker needs for a tile."""
        return Segmenter(**{each.name: getattr(self, each.name) for each in fields(Segmenter)})


def check_tile_size(tile_size: int) -> None:
    """Raise SuperSegError unless a tile size is 0 (automatic) or within the limits."""
    if tile_size and not SMALLEST_TILE <= tile_size <= LARGEST_TILE:
        raise SuperSegError(
            f"TILE_SIZE is {tile_size}: give 0 (automatic), or {SMALLEST_TILE} to {LARGEST_TILE} "
            "pixels."
        )
