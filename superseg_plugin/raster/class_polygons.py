# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons of the areas of a raster of numbers, written to a GeoPackage by GDAL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from osgeo import gdal, ogr, osr

from ..errors import SuperSegError
from ..progress import Progress, stop_if_cancelled
from .gdal_calls import attempt, closing_dataset
from .grid import UNREFERENCED, Grid
from .references import reference_of, wkt_of

LAYER = "classes"
NUMBER_FIELD = "class"
NAME_FIELD = "name"
NAMES = "names"
SEVERAL = "SELECT class, COUNT(*) FROM classes GROUP BY class HAVING COUNT(*) > 1"
NAMING = "UPDATE classes SET name=(SELECT names.name FROM names WHERE names.class=classes.class)"

# Value of pixels without class; 0 may be a class.
NO_CLASS = -1


def drawable(grid: Grid, name: str) -> Grid:
    """Return the grid on which outlines are drawn; without georeference, as QGIS displays it.

    Args:
        grid: of the class raster.
        name: of the class raster, for the message.

    Raises:
        SuperSegError: the raster has only ground control points or RPC.
    """
    if grid.geotransform is not None:
        return grid
    if grid.gcps or grid.rpc:
        what = "ground control points" if grid.gcps else "rational polynomial coefficients (RPC)"
        raise SuperSegError(
            f"CLASSIFICATION: {name} is georeferenced by {what}; warp it with"
            " Warp (reproject), nearest neighbor, and use the result."
        )
    return replace(grid, geotransform=UNREFERENCED)


def write_polygons(raster: Path, names: Mapping[int, str], path: Path, progress: Progress) -> int:
    """Write a GeoPackage with one polygon for each 4-connected area of a class.

    Args:
        raster: class numbers in band 1, `NO_CLASS` declared as nodata.
        names: name of each number.
        path: the file to create.
        progress: fraction of the rows that are done, and cancel.

    Returns:
        The number of polygons.

    Raises:
        SuperSegError: the file cannot be written.
        Cancelled: the user cancelled.
    """

    def name(made: Any) -> int:
        _add_names(made, names)
        attempt(made.ExecuteSQL, NAMING)
        return int(made.GetLayerByName(LAYER).GetFeatureCount())

    count: int = _polygonize(raster, path, [NUMBER_FIELD, NAME_FIELD], name, progress)
    return count


def write_outlines(raster: Path, path: Path, progress: Progress) -> dict[int, int]:
    """Write a GeoPackage with one polygon for each 4-connected area of one number.

    Args:
        raster: numbers from 1 in band 1, 0 declared as nodata.
        path: the file to create.
        progress: fraction of the rows that are done, and cancel.

    Returns:
        Number of polygons of the numbers that have more than one.

    Raises:
        SuperSegError: the file cannot be written.
        Cancelled: the user cancelled.
    """

    def count(made: Any) -> dict[int, int]:
        found, _ = attempt(made.ExecuteSQL, SEVERAL)
        several = {one.GetField(0): one.GetField(1) for one in found} if found else {}
        attempt(made.ReleaseResultSet, found)
        return several

    several: dict[int, int] = _polygonize(raster, path, [NUMBER_FIELD], count, progress)
    return several


def _polygonize(
    raster: Path,
    path: Path,
    fields: Sequence[str],
    finish: Callable[[Any], Any],
    progress: Progress,
) -> Any:
    """Write the outlines, call `finish` with the open file, and return its result."""
    opened, error = attempt(gdal.OpenEx, str(raster), gdal.OF_RASTER)
    made, other = attempt(gdal.GetDriverByName("GPKG").Create, str(path), 0, 0, 0)
    if opened is None or made is None:
        raise SuperSegError(f"{path.name} cannot be written ({error or other}).")

    def report(fraction: float, _text: str, _data: object) -> int:
        progress.report(fraction)
        return 0 if progress.cancelled() else 1

    # Closed before their folder is removed.
    with closing_dataset(opened), closing_dataset(made):
        band = opened.GetRasterBand(1)
        layer = made.CreateLayer(LAYER, _reference(wkt_of(opened.GetSpatialRef())), ogr.wkbPolygon)
        for field in fields:
            kind = ogr.OFTString if field == NAME_FIELD else ogr.OFTInteger64
            layer.CreateField(ogr.FieldDefn(field, kind))
        # Without a transaction each polygon is committed on its own, which is slow.
        attempt(made.StartTransaction)
        mask = band.GetMaskBand()
        code, error = attempt(gdal.Polygonize, band, mask, layer, 0, [], callback=report)
        stop_if_cancelled(progress)
        result = finish(made)
        _, failed = attempt(made.CommitTransaction)
        if NAME_FIELD in fields:
            attempt(made.DeleteLayer, NAMES)
        if code != 0 or failed:
            raise SuperSegError(
                f"The polygons cannot be written ({error or failed}); check the free space on the"
                " disk."
            )
        return result


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


def _reference(wkt: str) -> Any:
    srs = reference_of(wkt)
    if srs is not None:
        srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return srs
