# SPDX-License-Identifier: GPL-2.0-or-later
"""How to segment a scene, and where the results go."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import SuperSegError
from ...progress import Progress
from ...raster.grid import Grid
from .classification import check_min_area, check_smoothness
from .ground_sizes import USUAL, GroundSize, superpixel_options
from .superpixels import SuperpixelOptions, check_tile_size
from .training import check_classes

PRESETS = ("balanced", "fast", "published")


@dataclass(frozen=True)
class SegmentationOptions:
    """How to segment; see the help of `superseg:segment`. With 0 classes the scene decides."""

    classes: int = 16
    preset: str = "balanced"
    imagery: str = "any"
    superpixel_size: float = 0.0
    units: str = "pixels"
    smoothness: float = 8.0
    min_area: float = 0.0
    seed: int = 0
    tile_size: int = 0

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.classes:
            check_classes(self.classes)
        check_smoothness(self.smoothness)
        check_min_area(self.min_area)
        check_tile_size(self.tile_size)
        if self.preset not in PRESETS:
            raise SuperSegError(f"PRESET must be one of {', '.join(PRESETS)}, not {self.preset}.")
        # Sizes check themselves.
        _ = self.ground_size

    @property
    def ground_size(self) -> GroundSize:
        """How large superpixels are to be."""
        return GroundSize(self.imagery, self.superpixel_size, self.units)

    def superpixels(
        self, grid: Grid, progress: Progress, valid_pixels: int | None = None
    ) -> SuperpixelOptions:
        """Choose superpixels for a scene; `published` has the letter's in a small one too."""
        usual = USUAL if self.preset == "published" else None
        return superpixel_options(self.ground_size, grid, progress, usual, valid_pixels)


@dataclass(frozen=True)
class SegmentationOutputs:
    """Where the results go; None for those that are not wanted."""

    classes: str
    superpixels: str | None = None
    average_color: str | None = None
    confidence: str | None = None
    model: str | None = None
    report: str | None = None
