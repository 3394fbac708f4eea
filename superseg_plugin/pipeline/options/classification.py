# SPDX-License-Identifier: GPL-2.0-or-later
"""Options of classifying a scene with a model."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import SuperSegError
from .ground_sizes import MinimumArea
from .superpixels import check_tile_size
from .values import AUTOMATIC, check_values


@dataclass(frozen=True)
class ClassificationOptions:
    """How to classify a scene.

    Attributes:
        smoothness: weight of equal classes of neighboring superpixels, 0 or more; 0 for none.
            Larger values give larger areas of one class. Explore it on a log scale: 2, 4, 8, 16.
        min_area: see `MinimumArea`.
        units: `pixels` or `meters`, of `min_area`.
        tile_size: side in pixels of the tiles that the network computes; 0 chooses.
        values: how values of the image are read, one of `VALUES`.
        rescale: whether each band is shifted and scaled to the median and the spread of the model.
        superpixel_file: as in `SegmentationOptions`.
        balance_tiles: as in `SegmentationOptions`.
        refine_borders: as in `SegmentationOptions`; only where the superpixels are made for it and
            the model has clusters.
        always_superpixels: whether superpixels are classified also where `smoothness` is 0;
            otherwise the network then classifies pixels, unless superpixels are given.
    """

    smoothness: float = 8.0
    min_area: float = 0.0
    units: str = "pixels"
    tile_size: int = 0
    values: str = AUTOMATIC
    rescale: bool = False
    superpixel_file: float = 1000.0
    balance_tiles: bool = False
    refine_borders: bool = True
    always_superpixels: bool = False

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_smoothness(self.smoothness)
        # Its own checks run when it is made.
        _ = self.minimum_area
        check_tile_size(self.tile_size)
        check_values(self.values)

    @property
    def minimum_area(self) -> MinimumArea:
        """The area below which patches are merged."""
        return MinimumArea(self.min_area, self.units)


def check_smoothness(smoothness: float) -> None:
    """Raise `SuperSegError` for a negative smoothness."""
    if smoothness < 0:
        raise SuperSegError("SMOOTHNESS must be 0 (off) or more.")
