# SPDX-License-Identifier: GPL-2.0-or-later
"""Areas of classes on the ellipsoid, from those in the map's projection and its area scale."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...raster.reduced_classes import count_in_blocks
from .catalog import ClassCatalog

# Rows and columns of blocks with one area scale each; it hardly changes within a block.
BLOCKS = 16

Floats = npt.NDArray[np.float64]


def ellipsoidal_areas(catalog: ClassCatalog, stretch: Floats) -> Floats:
    """Convert areas in map units to areas on the ellipsoid.

    Each class is corrected by the mean area scale of the blocks that its pixels lie in, counted on
    a reduced copy of the raster.

    Args:
        catalog: the classes, with areas in map units.
        stretch: `(BLOCKS, BLOCKS)` area on the ellipsoid divided by area in map units, from the top
            row down.

    Returns:
        `(k,)` areas on the ellipsoid.

    Raises:
        SuperSegError: the raster cannot be read.
    """
    if np.ptp(stretch) < 1e-9 * stretch.mean():
        return np.asarray(catalog.areas * stretch.mean())
    size = max(catalog.numbers) + 1
    counts = count_in_blocks(catalog.path, BLOCKS, size)[:, :, list(catalog.numbers)]
    blocks = counts.reshape(-1, counts.shape[2]).astype(float)
    # A class that is missing from the reduced copy gets the mean of all blocks.
    blocks[:, blocks.sum(axis=0) == 0] = 1.0
    factors = (blocks * stretch.reshape(-1, 1)).sum(axis=0) / blocks.sum(axis=0)
    return np.asarray(catalog.areas * factors)
