# SPDX-License-Identifier: GPL-2.0-or-later
"""Options of segmenting a scene, and paths of the results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from ...errors import SuperSegError
from ...raster.grid import Grid
from .classification import check_smoothness
from .ground_sizes import USUAL, GroundSize, MinimumArea, superpixel_options
from .superpixels import SuperpixelOptions, check_tile_size
from .training import check_classes
from .values import AUTOMATIC, check_values

PRESETS = ("balanced", "fast", "published")
# Vocabularies that describe the surroundings of superpixels, see `engine.cluster_model`.
VOCABULARIES = {"balanced": 2, "fast": 1}


@dataclass(frozen=True)
class SegmentationOptions:
    """How to segment a scene.

    Attributes:
        classes: number of classes, 2 to 255; 0 lets the scene decide.
        preset: one of `PRESETS`. `balanced` and `fast` cluster the superpixels, whose
            surroundings are described by two vocabularies or by one; `published` is the method of
            the letter.
        imagery: one of `IMAGERY`; sets the size of superpixels for a kind of imagery.
        superpixel_size: side of the smallest superpixel in `units`; 0 leaves it to `imagery`.
        units: `pixels` or `meters`, of `superpixel_size` and `min_area`.
        smoothness: see `ClassificationOptions`.
        min_area: see `MinimumArea`.
        seed: of all random numbers; the same seed gives the same result.
        tile_size: side in pixels of the tiles that are computed; 0 chooses.
        values: how values of the image are read, one of `VALUES`.
        superpixel_file: size in megabytes up to which the file of superpixels is written beside
            the class raster; 0 for none.
        balance_tiles: whether steps between the tiles of a mosaic are taken out.
        refine_borders: whether pixels near borders are assigned to a class by their own color; not
            for `published`.
    """

    classes: int = 16
    preset: str = "balanced"
    imagery: str = "any"
    superpixel_size: float = 0.0
    units: str = "pixels"
    smoothness: float = 8.0
    min_area: float = 0.0
    seed: int = 0
    tile_size: int = 0
    values: str = AUTOMATIC
    superpixel_file: float = 1000.0
    balance_tiles: bool = False
    refine_borders: bool = True

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.classes:
            check_classes(self.classes)
        check_smoothness(self.smoothness)
        check_tile_size(self.tile_size)
        check_values(self.values)
        if self.preset not in PRESETS:
            raise SuperSegError(f"PRESET must be one of {', '.join(PRESETS)}, not {self.preset}.")
        # Its own checks run when it is made.
        _ = self.ground_size, self.minimum_area

    @property
    def ground_size(self) -> GroundSize:
        """The requested size of superpixels."""
        return GroundSize(self.imagery, self.superpixel_size, self.units)

    @property
    def minimum_area(self) -> MinimumArea:
        """The area below which patches are merged."""
        return MinimumArea(self.min_area, self.units)

    def superpixels(
        self, grid: Grid, log: Callable[[str], None], valid_pixels: int | None = None
    ) -> SuperpixelOptions:
        """Choose superpixels for a scene; `published` never adapts them to small scenes."""
        usual = USUAL if self.preset == "published" else None
        return superpixel_options(self.ground_size, grid, log, usual, valid_pixels)


@dataclass(frozen=True)
class SegmentationOutputs:
    """Paths of the results; None for those that are not requested."""

    classes: str
    superpixels: str | None = None
    average_color: str | None = None
    confidence: str | None = None
    model: str | None = None
    report: str | None = None
