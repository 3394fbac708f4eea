# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether a class raster is the one that its superpixels were stored with, or that was read before.

Class numbers and pixel counts are compared first. They do not tell of pixels that another program
has changed in place, which leaves the attribute table as it was: where the class raster is newer
than its file of superpixels, all pixels are compared, once for each state of the files. Runs and
the workbench leave the file of superpixels as the newest, and copying keeps that order.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import SuperSegError
from .source import RasterSource
from .superpixel_tables import ENDING, superpixel_file_of
from .windows import tiles

# Size and time of the last change, in bytes and ns, of the class raster and of its superpixels.
FilesState = tuple[tuple[int, int], tuple[int, int]]
TILE = 1024

# The state of class rasters whose pixels were compared, by path.
_compared: dict[str, FilesState] = {}


def state_of_files(class_raster: str) -> FilesState:
    """Return the state of a class raster and its file of superpixels; zeros for a missing file."""
    return _state(Path(class_raster)), _state(superpixel_file_of(class_raster))


def require_same_pixels(
    class_raster: str, ids: RasterSource, classes: npt.NDArray[np.uint8]
) -> None:
    """Refuse a class raster that was changed after its superpixels were stored.

    Args:
        class_raster: path of it.
        ids: the superpixel of each pixel, 0 for none.
        classes: `(n,)` class of each superpixel.

    Raises:
        SuperSegError: a pixel has another class than its superpixel.
    """
    state = state_of_files(class_raster)
    raster, superpixels = state
    if raster[1] <= superpixels[1] or _compared.get(class_raster) == state:
        return
    former = np.append(0, classes)
    with RasterSource(class_raster, [1]) as source:
        for window in tiles(source.grid.width, source.grid.height, TILE):
            values, valid = source.read(window)
            numbers = np.where(valid, values[0], 0)
            require_same_classes(class_raster, numbers, ids.read(window)[0][0], former)
    _compared[class_raster] = state


def require_same_classes(
    class_raster: str,
    classes: npt.NDArray[np.integer[Any]],
    ids: npt.NDArray[np.integer[Any]],
    former: npt.NDArray[np.uint8],
) -> None:
    """Refuse a class raster of which a pixel has another class than its superpixel.

    Args:
        class_raster: path of it.
        classes: `(rows, cols)` class of each pixel of a window, 0 for none.
        ids: `(rows, cols)` superpixel of each pixel, 0 for none.
        former: `(n + 1,)` class of each superpixel by its id; 0 for id 0.

    Raises:
        SuperSegError: the class raster was changed since its superpixels were stored.
    """
    # Ids of another file may be higher.
    if not np.array_equal(former.take(ids, mode="clip"), classes):
        raise changed_since(class_raster)


def keep_newest(class_raster: str) -> None:
    """Make the file of superpixels newer than a class raster whose attribute table was written.

    From GDAL 3.11 on the attribute table of a GeoTIFF is stored in the raster itself.
    """
    raster, superpixels = state_of_files(class_raster)
    if superpixels[0] and raster[1] > superpixels[1]:
        # In a folder that cannot be written, pixels are compared later.
        with suppress(OSError):
            os.utime(superpixel_file_of(class_raster))


def changed_since(class_raster: str) -> SuperSegError:
    """Return the error that a class raster no longer belongs to its superpixels."""
    name = Path(class_raster).name
    return SuperSegError(
        f"{name} was changed since its superpixels were stored in {name}{ENDING}; run Segment"
        " or Classify again, or choose the unchanged class raster."
    )


def _state(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        # Also what lies in GDAL's virtual file systems.
        return 0, 0
    return status.st_size, status.st_mtime_ns
