# SPDX-License-Identifier: GPL-2.0-or-later
"""Options of merging classes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...errors import SuperSegError
from ...raster.class_table import MOST_CLASSES


@dataclass(frozen=True)
class MergingOptions:
    """What to merge.

    Attributes:
        classes: number of classes of the result, 2 to 255; 0 does not merge by number.
        min_area: objects below this area merge into a neighbor, in square map units (square meters
            for most projected coordinate systems); 0 keeps all.
    """

    classes: int = 0
    min_area: float = 0.0

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.classes != 0 and not 2 <= self.classes <= MOST_CLASSES:
            raise SuperSegError(
                f"CLASSES: give a number from 2 to {MOST_CLASSES}, or 0 to leave the number of"
                " classes as it is."
            )
        if not 0 <= self.min_area < math.inf:
            raise SuperSegError("MIN_AREA: give an area of at least 0; 0 keeps all objects.")
