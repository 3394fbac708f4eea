# SPDX-License-Identifier: GPL-2.0-or-later
"""Options of cutting a scene into superpixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import SuperSegError

METHODS = ("felzenszwalb", "slic")
CONNECTIVITIES = ("8", "4")
SMALLEST_TILE = 64


@dataclass(frozen=True)
class SuperpixelOptions:
    """How to cut a scene into superpixels.

    Attributes:
        method: `felzenszwalb` (graph-based, follows edges) or `slic` (compact, of equal size).
        scale: Felzenszwalb's observation scale, in display units (0 to 255); above 0. Twice the
            value makes superpixels about twice as large; 8 to 128 are usual.
        sigma: standard deviation of the Gaussian smoothing before, in pixels, 0 to 20. Above 1 thin
            objects are lost.
        min_size: smallest superpixel in pixels, at least 1 (Felzenszwalb).
        region_size: side of a superpixel in pixels, at least 2 (SLIC).
        compactness: weight of position against color, in display units; above 0 (SLIC). 10 follows
            edges, 50 makes squares.
        connectivity: `4` or `8`, the neighbors that a pixel can be joined with (Felzenszwalb).
        tile_size: side of the tiles in pixels, at least 64; 0 chooses by the memory.
    """

    method: str = "felzenszwalb"
    scale: float = 32.0
    sigma: float = 0.5
    min_size: int = 64
    region_size: int = 16
    compactness: float = 25.0
    connectivity: str = "8"
    tile_size: int = 0

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
        if self.connectivity not in CONNECTIVITIES:
            raise SuperSegError(
                f"CONNECTIVITY must be one of {', '.join(CONNECTIVITIES)}, not {self.connectivity}."
            )
        check_tile_size(self.tile_size)

    def segmenter(self) -> dict[str, Any]:
        """The options that the worker's operations take."""
        names = ("method", "scale", "sigma", "min_size", "region_size", "compactness")
        chosen = {name: getattr(self, name) for name in names}
        return {**chosen, "connectivity": int(self.connectivity)}


def check_tile_size(tile_size: int) -> None:
    """Raise `SuperSegError` unless a tile size is 0 (automatic) or at least `SMALLEST_TILE`."""
    if tile_size and tile_size < SMALLEST_TILE:
        raise SuperSegError(f"TILE_SIZE must be 0 (automatic) or at least {SMALLEST_TILE} pixels.")
