# SPDX-License-Identifier: GPL-2.0-or-later
"""The weak rows: extents, masks, tables of classes, bands."""

from __future__ import annotations

from functools import partial

import numpy as np
from osgeo import gdal

from superseg_plugin.raster.class_table import read_class_table
from tests.cases.inputs import box, bytes_of, class_raster, polygons, put, reflectance
from tests.cases.table import Bench, Case, classes_of, refused, told
from tests.conftest import write_raster


def _world(bench: Bench, west: float) -> str:
    """An image of 4 x 3 degrees from a longitude."""
    values = (reflectance(3) * 255).clip(1).astype(np.uint8)
    place = (west, 0.01, 0.0, 10.0, 0.0, -0.01)
    return write_raster(bench.path("image.tif"), values, geotransform=place, epsg=4326)


def _extent(bench: Bench, west: float, extent: str, columns: int, first: float) -> tuple[bool, str]:
    """An extent in degrees, across the antimeridian or with other turns of the globe."""
    outcome = bench.segment(_world(bench, west), EXTENT=extent)
    if outcome.error:
        return False, told(outcome)
    result = gdal.Open(str(outcome.results["OUTPUT"]))
    left = result.GetGeoTransform()[0]
    fine = result.RasterXSize == columns and abs(left - first) < 1e-6
    return fine, f"{result.RasterXSize} columns from {left:g}°"


def _unknown_crs(bench: Bench) -> tuple[bool, str]:
    extent = "500000,501000,5199000,5199500 [EPSG:99999]"
    return refused(bench.segment(bytes_of(bench.path("image.tif")), EXTENT=extent), "EXTENT.*99999")


def _world_mask(bench: Bench) -> tuple[bool, str]:
    mask = polygons(bench.path("world.gpkg"), [box(-180, -90, 360, 180)], 4326)
    classes = classes_of(bench.segment(bytes_of(bench.path("image.tif")), MASK=mask))
    share = float((classes > 0).mean())
    return share == 1, f"{share:.0%} of the pixels have a class"


def _mask_without_crs(bench: Bench) -> tuple[bool, str]:
    """Polygons without a CRS elsewhere: the sentence speaks of the CRS."""
    mask = polygons(bench.path("mask.gpkg"), [box(9, 46.9, 0.01, 0.01)], None)
    outcome = bench.segment(bytes_of(bench.path("image.tif")), MASK=mask)
    return refused(outcome, r"MASK.*(CRS|coordinate reference)")


def _table(bench: Bench, text: str, wanted: tuple[str, ...]) -> tuple[bool, str]:
    """Merge four classes by a table; names of the result."""
    path = class_raster(bench.path("c.tif"), nodata=0)
    table = bench.path("table.csv")
    table.write_text(text, encoding="utf-8")
    outcome = bench.run("mergeclasses", CLASSIFICATION=path, TABLE=str(table))
    if outcome.error:
        return False, told(outcome)
    found = read_class_table(outcome.results["OUTPUT"])
    # Numbers of the table that no class has any more are without a name.
    names = tuple(name for name in found.names if name) if found else ()
    return names == wanted, ", ".join(names)


def _encoding(bench: Bench) -> tuple[bool, str]:
    path = class_raster(bench.path("c.tif"), nodata=0)
    table = bench.path("table.csv")
    table.write_bytes("from,to,name\n1,1,Käse\n2,1,\n".encode("cp1252"))
    outcome = bench.run("mergeclasses", CLASSIFICATION=path, TABLE=str(table))
    return refused(outcome, r"table\.csv.*(UTF-8|encod)")


def _alpha(bench: Bench) -> tuple[bool, str]:
    """A fourth band of bytes that GDAL flags as alpha is left out, and that is said."""
    alpha = np.full((300, 400), 255, np.uint8)
    outcome = bench.segment(bytes_of(bench.path("image.tif"), alpha=alpha))
    line = outcome.line(r"band 4.*alpha|alpha.*band 4")
    return not outcome.error and bool(line), line or outcome.error or "no remark"


def _no_valid(bench: Bench) -> tuple[bool, str]:
    """The chosen band alone is empty: named."""
    values = np.concatenate([reflectance(3), np.full((1, 300, 400), np.nan)]).astype(np.float32)
    outcome = bench.segment(put(bench.path("image.tif"), values), BANDS=[4])
    return refused(outcome, r"band 4")


def _container(bench: Bench) -> tuple[bool, str]:
    """A file of subdatasets only."""
    path = bench.path("two.nc")
    source = gdal.Open(bytes_of(bench.path("image.tif")))
    gdal.GetDriverByName("netCDF").CreateCopy(str(path), source)
    if not gdal.Open(str(path)).GetSubDatasets():
        return True, "no subdatasets with this GDAL"
    outcome = bench.segment(str(path))
    if outcome.error:
        return refused(outcome, "subdataset|INPUT")
    return True, "classed"


def _reference(bench: Bench) -> tuple[bool, str]:
    """Polygons as reference, which are rasterized."""
    path = class_raster(bench.path("c.tif"), nodata=0)
    reference = polygons(bench.path("r.gpkg"), [box(500000, 5199000, 500, 500)], 32632, kind=[1])
    given = {"CLASSIFICATION": path, "POLYGONS": reference, "POLYGONS_FIELD": "kind"}
    outcome = bench.run("evaluate", {}, **given)
    return outcome.results.get("NAMED_ACCURACY") == 1.0, outcome.error or "compared"


def _band_text(bench: Bench, value: object) -> tuple[bool, str]:
    outcome = bench.segment(bytes_of(bench.path("image.tif")), BANDS=value)
    fine, text = refused(outcome, r"BANDS")
    return fine and "band 0" not in outcome.error, text


NAMED = ("Wood", "Field", "Water")
TABLES = {
    "sep=; line": ("sep=;\nfrom;to;name\n1;1;Wood\n2;1;\n3;3;Field\n4;4;Water\n", NAMED),
    "1.0 for 1": ("from,to,name\n1.0,1.0,Wood\n2.0,1.0,\n3.0,3.0,Field\n4.0,4.0,Water\n", NAMED),
    "1,0 for 1": ("from;to;name\n1,0;1,0;Wood\n2,0;1,0;\n3,0;3,0;Field\n4;4;Water\n", NAMED),
    "#FFF": (
        "from,to,name,color\n1,1,Wood,#0F0\n2,1,,\n3,3,Field,#FF0\n4,4,Water,#00F\n",
        NAMED,
    ),
    "further columns": (
        "from,to,name,area_ha\n1,1,Wood,2.5\n2,1,,\n3,3,Field,7\n4,4,Water,1\n",
        NAMED,
    ),
    "a line of empty cells": ("from,to,name\n1,1,Wood\n2,1,\n3,3,Field\n,,\n4,4,Water\n", NAMED),
    "a line break in a name": (
        'from,to,name\n1,1,"Wood\nland"\n2,1,\n3,3,Field\n4,4,Water\n',
        ("Wood land", "Field", "Water"),
    ),
}
CASES = [
    Case(
        "W2a",
        "EXTENT 179.5,-178.9 on 179..183",
        "the eastern part across the line",
        partial(
            _extent, west=179.0, extent="179.5,-178.9,8,9.5 [EPSG:4326]", columns=160, first=179.5
        ),
    ),
    Case(
        "W2b",
        "EXTENT 179.5,181 on 179..183",
        "as given",
        partial(
            _extent, west=179.0, extent="179.5,181,8,9.5 [EPSG:4326]", columns=150, first=179.5
        ),
    ),
    Case(
        "W2c",
        "EXTENT -150,-148 on 209..213",
        "the same place",
        partial(
            _extent, west=209.0, extent="-150,-148,8,9.5 [EPSG:4326]", columns=200, first=210.0
        ),
    ),
    Case("W3", "MASK of the whole world in 4326 over UTM", "all pixels", _world_mask),
    Case("W4", "EXTENT with [EPSG:99999]", "refused, the CRS named", _unknown_crs),
    Case("W4b", "MASK without CRS elsewhere", "refused, speaks of the CRS", _mask_without_crs),
    *(
        Case(
            "W6", f"TABLE with {name}", ", ".join(wanted), partial(_table, text=text, wanted=wanted)
        )
        for name, (text, wanted) in TABLES.items()
    ),
    Case("W6b", "TABLE in cp1252", "refused, encoding named", _encoding),
    Case("W10", "a fourth byte band flagged alpha", "a remark", _alpha),
    Case("W11", "the only band chosen is all NaN", "refused, band 4 named", _no_valid),
    Case("W12", "a NetCDF file of subdatasets", "classed, or refused with the way", _container),
    Case("W13", "polygons as reference", "compared", _reference),
    *(
        Case(
            "W14", f"BANDS {value!r}", "refused without “band 0”", partial(_band_text, value=value)
        )
        for value in ("red", ["red"])
    ),
]
