# SPDX-License-Identifier: GPL-2.0-or-later
"""Options of merging classes."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import SuperSegError
from ...raster.class_table import MOST_CLASSES
from .ground_sizes import MinimumArea


@dataclass(frozen=True)
class MergingOptions:
    """What to merge.

    Attributes:
        classes: number of classes of the result, 2 to 255; 0 does not merge by number.
        min_area: see `MinimumArea`.
        units: `pixels` or `meters`, of `min_area`.
    """

    classes: int = 0
    min_area: float = 0.0
    units: str = "pixels"

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.classes != 0 and not 2 <= self.classes <= MOST_CLASSES:
            raise SuperSegError(
                f"CLASSES: give a number from 2 to {MOST_CLASSES}, or 0 to leave the number of"
                " classes as it is."
            )
        # Its own checks run when it is made.
        _ = self.minimum_area

    @property
    def minimum_area(self) -> MinimumArea:
        """The area below which patches are merged."""
        return MinimumArea(self.min_area, self.units)
