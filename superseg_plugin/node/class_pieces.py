# SPDX-License-Identifier: GPL-2.0-or-later
"""Classes of superpixels, painted and measured by this node; see `steps/painting_on_nodes`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..pipeline.classes.rendering import renumbered, sums_of_classes
from ..pipeline.steps.tile_requests import given, read_superpixels
from ..raster.pieces import write_piece
from ..raster.source import RasterSource
from ..raster.windows import Window, tiles
from ..worker.call import Call
from ..worker.in_place import TileFiles
from ..worker.protocol import Array

# Pixels of no superpixel are masked by parts of this side.
PART = 1024


def paint(
    call: Call, files: TileFiles, source: RasterSource, superpixels: RasterSource | None
) -> dict[str, Array]:
    """Write the pieces of a window that are asked for, and count the pixels of its classes."""
    window = Window(*files.window)
    ids = read_superpixels(given(superpixels), window)
    if call.options["given"]:
        for part in tiles(window.width, window.height, PART):
            ids[part.slices][~source.read(part.within(window))[1]] = 0
    counts = np.zeros(256, np.int64)
    for name, table in call.arrays.items():
        painted = np.asarray(table)[ids]
        write_piece(Path(files.folder) / (name + files.write), painted)
        if name == "classes":
            counts = np.bincount(painted.ravel(), minlength=256)
    return {"counts": counts}


def measure(
    call: Call, files: TileFiles, source: RasterSource, classes: RasterSource | None
) -> dict[str, Array]:
    """Sum pixels, areas and values of a window by class."""
    window = Window(*files.window)
    numbers = renumbered(given(classes), window, np.asarray(call.arrays["numbers"]))
    values = np.empty((0, 0))
    if call.options["image"]:
        values, valid = source.read(window)
        numbers[~valid] = 0
    areas = np.asarray(call.arrays["areas"])
    found = sums_of_classes(numbers, values, areas, call.options["size"])
    return dict(zip(("counts", "areas", "sums"), found))
