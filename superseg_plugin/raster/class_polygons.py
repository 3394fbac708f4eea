# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons of the areas of a class raster, written to a GeoPackage by GDAL."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from osgeo import gdal, ogr, osr

from ..errors import SuperSegError
from ..progress import Progress, stop_if_cancelled
from .gdal_calls import attempt, quiet
from .grid import UNREFERENCED
from .source import RasterSource

LAYER = "classes"
NUMBER_FIELD = "class"
NAME_FIELD = "name"
NAMES = "names"
NAMING = "UPDATE classes SET name=(SELECT names.name FROM names WHERE names.class=classes.class)"

# A virtual raster that renumbers the classes by a lookup table. GDAL interpolates between entries
# of the table, so every number has an entry of its own.
VIRTUAL = """<VRTDataset rasterXSize="{width}" rasterYSize="{height}">
  {srs}<GeoTransform>{geotransform}</GeoTransform>
  <VRTRasterBand dataType="Byte" band="1"><NoDataValue>0</NoDataValue>
    <ComplexSource><SourceFilename relativeToVRT="0">{path}</SourceFilename>
      <SourceBand>1</SourceBand><LUT>{steps}</LUT></ComplexSource>
  </VRTRasterBand>
</VRTDataset>"""


def write_polygons(
    source: RasterSource,
    numbers: Mapping[int, int],
    names: Mapping[int, str],
    path: Path,
    progress: Progress,
) -> int:
    """Write a GeoPackage with one polygon for each 4-connected area of a class.

    Args:
        source: the class raster; its first band is read.
        numbers: number of each class in the result, 1 to 255; classes that are not keys are left
            out.
        names: name of each number in the result.
        path: the file to create, in a folder of its own: a scratch file is written beside it.
        progress: fraction of the rows that are done, and cancel.

    Returns:
        The number of polygons.

    Raises:
        SuperSegError: the file cannot be written, or the raster is georeferenced by ground control
            points only.
        Cancelled: the user cancelled.
    """
    grid = source.grid
    if grid.gcps and grid.geotransform is None:
        raise SuperSegError(
            f"CLASSIFICATION: {source.name} is georeferenced by ground control points; warp it with"
            " Warp (reproject), nearest neighbor, and use the result."
        )
    raster = path.with_name("classes.vrt")
    raster.write_text(_virtual(source, numbers), encoding="utf-8")
    opened, error = attempt(gdal.OpenEx, str(raster), gdal.OF_RASTER)
    made, other = attempt(gdal.GetDriverByName("GPKG").Create, str(path), 0, 0, 0)
    if opened is None or made is None:
        raise SuperSegError(f"{path.name} cannot be written ({error or other}).")

    def report(fraction: float, _text: str, _data: object) -> int:
        progress.report(fraction)
        return 0 if progress.cancelled() else 1

    try:
        band = opened.GetRasterBand(1)
        layer = made.CreateLayer(LAYER, _reference(grid.crs), ogr.wkbPolygon)
        layer.CreateField(ogr.FieldDefn(NUMBER_FIELD, ogr.OFTInteger))
        layer.CreateField(ogr.FieldDefn(NAME_FIELD, ogr.OFTString))
        # Without a transaction each polygon is committed on its own, which is slow.
        attempt(made.StartTransaction)
        mask = band.GetMaskBand()
        code, error = attempt(gdal.Polygonize, band, mask, layer, 0, [], callback=report)
        stop_if_cancelled(progress)
        _add_names(made, names)
        attempt(made.ExecuteSQL, NAMING)
        _, failed = attempt(made.CommitTransaction)
        attempt(made.DeleteLayer, NAMES)
        if code != 0 or failed:
            raise SuperSegError(
                f"The polygons of {source.name} cannot be written ({error or failed}); check the"
                " free space on the disk."
            )
        return int(layer.GetFeatureCount())
    finally:
        # An exception refers to these variables by its traceback, which would keep the files open
        # until after their folder is removed.
        with quiet():
            band = mask = layer = opened = made = None


def _add_names(made: Any, names: Mapping[int, str]) -> None:
    """Add a table of names by number; as features, since SQL would need quoting of names."""
    table = made.CreateLayer(NAMES, None, ogr.wkbNone)
    table.CreateField(ogr.FieldDefn(NUMBER_FIELD, ogr.OFTInteger))
    table.CreateField(ogr.FieldDefn(NAME_FIELD, ogr.OFTString))
    for number, name in names.items():
        feature = ogr.Feature(table.GetLayerDefn())
        feature.SetField(NUMBER_FIELD, number)
        feature.SetField(NAME_FIELD, name)
        attempt(table.CreateFeature, feature)


def _virtual(source: RasterSource, numbers: Mapping[int, int]) -> str:
    grid = source.grid
    highest = max(numbers) + 1
    steps = ",".join(f"{n}:{numbers.get(n, 0)}" for n in range(highest + 1))
    return VIRTUAL.format(
        width=grid.width,
        height=grid.height,
        srs=f"<SRS>{escape(grid.crs)}</SRS>\n  " if grid.crs else "",
        geotransform=",".join(f"{part:.17g}" for part in grid.geotransform or UNREFERENCED),
        path=escape(source.path),
        steps=steps,
    )


def _reference(wkt: str) -> Any:
    if not wkt:
        return None
    srs = osr.SpatialReference()
    code, _ = attempt(srs.ImportFromWkt, wkt)
    if code != 0:
        return None
    srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return srs
