# SPDX-License-Identifier: GPL-2.0-or-later
"""The result of a preview, in natural and in distinct colors."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..options.preview import MapView, PreviewOptions
from .palettes import distinct_colors

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Preview:
    """What came out.

    Attributes:
        view: of what.
        options: with which settings.
        classes: `(rows, cols)` from 1, 0 for nodata.
        colors: `(k, 3)` of the classes, sRGB.
        areas: `(k,)` of the classes in the view: square meters on the ellipsoid, pixels of the
            image without a coordinate reference system.
        in_meters: whether the areas are square meters.
        outlines: `(rows, cols)`, True on the borders of superpixels.
        superpixels: how many.
        true_size: superpixels have the requested size; False where the view is too coarse for it.
        beside: the preview of other settings in the same view, to compare with; None for none.
    """

    view: MapView
    options: PreviewOptions
    classes: Bytes
    colors: Bytes
    areas: npt.NDArray[np.float64]
    in_meters: bool
    outlines: npt.NDArray[np.bool_]
    superpixels: int
    true_size: bool
    beside: Preview | None = None


def in_distinct_colors(preview: Preview) -> Preview:
    """Return a preview, and the one beside it, in colors that differ most between neighbors."""
    beside = preview.beside
    count = len(preview.colors)
    if not count:
        return preview
    return replace(
        preview,
        colors=distinct_colors(preview.classes, count),
        beside=None if beside is None else in_distinct_colors(beside),
    )
