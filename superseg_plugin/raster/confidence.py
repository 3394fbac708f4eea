# SPDX-License-Identifier: GPL-2.0-or-later
"""The confidence of a class raster at a place, from the file of its superpixels."""

from __future__ import annotations

from ..errors import SuperSegError
from .displayed_values import RasterIntegers
from .superpixel_file import SuperpixelFile, pixel_at


class ConfidenceMap:
    """Confidence by place. The file of superpixels is open only while it is read.

    Args:
        class_raster: path of the class raster; without a usable file of superpixels beside it, no
            confidence is known.
    """

    def __init__(self, class_raster: str) -> None:
        self._ids: RasterIntegers | None = None
        try:
            with SuperpixelFile.open_beside(class_raster) as file:
                self._confidence = file.confidence
                self._ids = RasterIntegers(str(file.path))
        except SuperSegError:
            return

    def at(self, x: float, y: float) -> float | None:
        """Return the confidence, 0 to 1, at coordinates of the raster; None if it is unknown."""
        if self._ids is None:
            return None
        pixel = pixel_at(self._ids.grid, x, y)
        if pixel is None:
            return None
        try:
            number = int(self._ids.read(pixel, 1, 1)[0, 0])
        except SuperSegError:
            return None
        return float(self._confidence[number - 1]) if 0 < number <= len(self._confidence) else None
