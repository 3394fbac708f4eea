# SPDX-License-Identifier: GPL-2.0-or-later
"""What the properties of a layer in QGIS change of the file that it shows. Plain data."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .grid import Grid


@dataclass(frozen=True)
class BandNodata:
    """The nodata of a band as its layer has it.

    Attributes:
        use_declared: whether the nodata value that the file declares is nodata.
        ranges: lowest and highest value of each further range of nodata, both included; equal for
            a single value.
    """

    use_declared: bool = True
    ranges: tuple[tuple[float, float], ...] = ()


AS_DECLARED = BandNodata()


@dataclass(frozen=True)
class LayerProperties:
    """Reference system and nodata of a layer, where they differ from those of its file.

    Attributes:
        crs: WKT; "" for the reference system of the file.
        nodata: of each band of the file from 1; empty if none differs from the file.
    """

    crs: str = ""
    nodata: tuple[BandNodata, ...] = ()

    def nodata_of(self, band: int) -> BandNodata:
        """Return the nodata of a band by its number from 1."""
        return self.nodata[band - 1] if band <= len(self.nodata) else AS_DECLARED

    def placed(self, grid: Grid) -> Grid:
        """Return the grid of the file in the reference system of the layer."""
        if not self.crs:
            return grid
        if grid.geotransform is None and (grid.gcps or grid.rpc):
            return replace(grid, gcp_crs=self.crs) if grid.gcps else grid
        return replace(grid, crs=self.crs)


# A raster that is read as its file is, without a layer.
AS_THE_FILE = LayerProperties()
