# SPDX-License-Identifier: GPL-2.0-or-later
"""The options that segmenting one image and a folder of images have in common."""

from __future__ import annotations

from ..pipeline.options.segmentation import SegmentationOptions


def segmentation_options(request):
    """Return the `SegmentationOptions` of a request, with tiles of automatic size."""
    return SegmentationOptions(
        classes=request.integer("CLASSES"),
        preset=request.choice("PRESET"),
        imagery=request.choice("IMAGERY"),
        superpixel_size=request.number("SUPERPIXEL_SIZE"),
        units=request.choice("UNITS"),
        smoothness=request.number("SMOOTHNESS"),
        min_area=request.number("MIN_AREA"),
        seed=request.integer("SEED"),
        values=request.choice("VALUES"),
        balance_tiles=request.flag("BALANCE_TILES"),
        refine_borders=request.flag("REFINE_BORDERS"),
        superpixel_file=request.number("SUPERPIXEL_FILE"),
    )
