# SPDX-License-Identifier: GPL-2.0-or-later
"""Which superpixels lie in polygons or at points: those of which half the pixels are inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...raster.layer_properties import LayerProperties
from ...raster.source import RasterSource
from ...raster.superpixel_file import SuperpixelFile
from ...raster.windows import tiles
from ..classes.reading import TILE

# Share of the pixels of a superpixel that have to lie in an area.
LEAST_SHARE = 0.5


@dataclass(frozen=True)
class Area:
    """Polygons on the map.

    Attributes:
        polygons: as WKB in coordinates of the raster.
        extent: xmin, ymin, xmax, ymax of all polygons.
        layer: reference system of the class raster in QGIS.
    """

    polygons: Sequence[bytes]
    extent: tuple[float, float, float, float]
    layer: LayerProperties


def superpixels_inside(superpixels: SuperpixelFile, area: Area) -> npt.NDArray[np.bool_]:
    """Find the superpixels of which at least half of the pixels lie in polygons.

    Only the extent of the polygons is read.

    Returns:
        `(n,)` bool.

    Raises:
        SuperSegError: the polygons lie off the raster, or contain no center of a pixel.
    """
    counts = np.zeros(superpixels.count + 1, np.int64)
    layer = LayerProperties(crs=area.layer.crs)
    path = str(superpixels.path)
    with RasterSource(path, extent=area.extent, mask=area.polygons, layer=layer) as ids:
        for window in tiles(ids.grid.width, ids.grid.height, TILE):
            values, valid = ids.read(window)
            inside, found = np.unique(values[0][valid], return_counts=True)
            counts[inside] += found
    inside_share = counts[1:] >= LEAST_SHARE * np.maximum(superpixels.pixels, 1)
    result: npt.NDArray[np.bool_] = inside_share & (counts[1:] > 0)
    return result
