# SPDX-License-Identifier: GPL-2.0-or-later
"""Areas of classes on the ellipsoid, from those on the map and how much the map stretches where."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...raster.class_peek import count_in_blocks
from .catalog import ClassCatalog

# The stretch of a map hardly changes within a sixteenth of a scene.
BLOCKS = 16

Floats = npt.NDArray[np.float64]


def ellipsoidal_areas(catalog: ClassCatalog, stretch: Floats) -> Floats:
    """Correct the areas of classes.

    Args:
        catalog: the classes, with areas on the map.
        stretch: `(BLOCKS, BLOCKS)` area on the ellipsoid over that on the map, from the top row
            down.

    Returns:
        `(k,)` areas on the ellipsoid: each class is corrected where its pixels lie.

    Raises:
        SuperSegError: the raster cannot be read.
    """
    if np.ptp(stretch) < 1e-9 * stretch.mean():
        return np.asarray(catalog.areas * stretch.mean())
    size = max(catalog.numbers) + 1
    counts = count_in_blocks(catalog.path, BLOCKS, size)[:, :, list(catalog.numbers)]
    where = counts.reshape(-1, counts.shape[2]).astype(float)
    # A class too small for the reduced copy is taken to lie everywhere.
    where[:, where.sum(axis=0) == 0] = 1.0
    factors = (where * stretch.reshape(-1, 1)).sum(axis=0) / where.sum(axis=0)
    return np.asarray(catalog.areas * factors)
