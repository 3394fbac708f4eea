# SPDX-License-Identifier: GPL-2.0-or-later
"""The average colors of an image and its classes; see `steps/average_color`."""

from __future__ import annotations

from ..progress import Progress
from ..raster.source import RasterSource
from ..raster.staging import Staging, check_output
from .steps.average_color import paint_average_color
from .steps.recorded_values import prepare_as_recorded


def run_average_color(
    source: RasterSource,
    classification: RasterSource,
    superpixels: RasterSource | None,
    output: str,
    progress: Progress,
) -> None:
    """Write the average-color raster of an image and its classes; needs no worker.

    Args:
        source: the image.
        classification: its classes.
        superpixels: if given, all pixels of each first get its most frequent class.
        output: path of the raster.
        progress: reports every tile.

    Raises:
        SuperSegError: the grids differ, or the output cannot be written.
    """
    used = [source.path, classification.path] + ([superpixels.path] if superpixels else [])
    check_output(output, "OUTPUT", used)
    prepare_as_recorded(source, classification.path, progress)
    with Staging() as staging:
        paint_average_color(
            source, classification, staging.path(output), progress, superpixels=superpixels
        )
        staging.commit()
