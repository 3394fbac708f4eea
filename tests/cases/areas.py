# SPDX-License-Identifier: GPL-2.0-or-later
"""F3, F13: areas and ground sizes on the ellipsoid, minimum areas."""

from __future__ import annotations

import csv
import re
from functools import partial
from pathlib import Path

import numpy as np
from osgeo import gdal, ogr
from qgis.core import QgsVectorLayer

from tests.cases.inputs import bytes_of, class_raster
from tests.cases.table import Bench, Case, classes_of, ellipsoidal_area, table_area, within

# Pixels of about 10 m: web mercator at 60° N, polar stereographic, degrees, UTM.
PLACES = {
    3857: (1113194.0, 20.1, 0.0, 8399737.0, 0.0, -20.1),
    3413: (-300000.0, 10.0, 0.0, -2200000.0, 0.0, -10.0),
    4326: (10.0, 0.0001, 0.0, 60.0, 0.0, -0.0001),
    32632: (500000.0, 10.0, 0.0, 5200000.0, 0.0, -10.0),
}
NEAR = 1e-3


def _table(bench: Bench, epsg: int) -> tuple[bool, str]:
    image = bytes_of(bench.path("image.tif"), epsg=epsg, geotransform=PLACES[epsg])
    outcome = bench.segment(image, outputs={"OUTPUT": "classes.tif", "REPORT": "report.html"})
    classes = classes_of(outcome)
    path = outcome.results["OUTPUT"]
    wanted = ellipsoidal_area(path, classes > 0)
    return within(table_area(path), wanted, NEAR, "m²")


def _polygons(bench: Bench, epsg: int) -> tuple[bool, str]:
    path = class_raster(bench.path("c.tif"), epsg=epsg, geotransform=PLACES[epsg], nodata=0)
    outcome = bench.run("classpolygons", {"OUTPUT": "p.gpkg"}, CLASSIFICATION=path)
    layer = QgsVectorLayer(outcome.results["OUTPUT"], "polygons", "ogr")
    total = sum(feature["area"] for feature in layer.getFeatures())
    wanted = ellipsoidal_area(path, np.ones((300, 400), bool))
    return within(total, wanted, NEAR, "m²")


def _changes(bench: Bench, epsg: int) -> tuple[bool, str]:
    given = {"epsg": epsg, "geotransform": PLACES[epsg], "nodata": 0}
    before = class_raster(bench.path("before.tif"), **given)
    after = class_raster(bench.path("after.tif"), first=2, **given)
    outcome = bench.run(
        "changes",
        {"OUTPUT": "changes.tif", "TABLE": "changes.csv"},
        CLASSIFICATION_BEFORE=before,
        CLASSIFICATION_AFTER=after,
    )
    with Path(outcome.results["TABLE"]).open(encoding="utf-8-sig") as file:
        total = sum(float(row["area"]) for row in csv.DictReader(file))
    wanted = ellipsoidal_area(before, np.ones((300, 400), bool))
    return within(total, wanted, NEAR, "m²")


def _ground_size(bench: Bench) -> tuple[bool, str]:
    """Superpixels of Sentinel-2 have at least 3 x 3 pixels of 10 m, whatever the CRS."""
    image = bytes_of(bench.path("image.tif"), epsg=3857, geotransform=PLACES[3857])
    line = bench.segment(image, IMAGERY="sentinel2").line(r"superpixels.* m ")
    return bool(re.search(r"\b30 m\b", line)), line or "no line"


def _superpixel_meters(bench: Bench) -> tuple[bool, str]:
    """50 m are as many pixels in web mercator as in UTM."""
    lines = []
    for epsg in (3857, 32632):
        image = bytes_of(bench.path(f"{epsg}.tif"), epsg=epsg, geotransform=PLACES[epsg])
        outcome = bench.segment(image, SUPERPIXEL_SIZE=50, UNITS="meters")
        lines.append(outcome.results["SUPERPIXEL_COUNT"])
    # The pixels in 3857 have 10.09 m.
    return abs(
        lines[0] / lines[1] - 1
    ) < 0.02, f"{lines[0]} superpixels in 3857, {lines[1]} in 32632"


def _ladder(bench: Bench, algorithm: str) -> tuple[bool, str]:
    """Patches never become more with a larger MIN_AREA; beyond every patch a sentence says so."""
    image = bytes_of(bench.path("image.tif"))
    plain = bench.segment(image)
    counts, line = [], ""
    for area in (100, 1000, 20000, 1e5, 1e6, 1e9):
        if algorithm == "segment":
            outcome = bench.segment(image, MIN_AREA=area)
        else:
            given = {"CLASSIFICATION": plain.results["OUTPUT"], "MIN_AREA": area}
            outcome = bench.run("mergeclasses", **given)
        counts.append(_patches(classes_of(outcome)))
        line = outcome.line(r"MIN_AREA")
    fine = counts == sorted(counts, reverse=True) and counts[-1] < counts[0] and bool(line)
    return fine, f"patches {counts}; log of 1e9: {line or 'nothing'}"


def _patches(classes: np.ndarray) -> int:
    """Number of 4-connected patches of equal classes."""
    memory = gdal.GetDriverByName("MEM")
    source = memory.Create("", classes.shape[1], classes.shape[0], 1, gdal.GDT_Byte)
    source.GetRasterBand(1).WriteArray(classes)
    # The layer lives as long as its data source.
    vectors = ogr.GetDriverByName("Memory").CreateDataSource("")
    patches = vectors.CreateLayer("patches")
    gdal.Polygonize(source.GetRasterBand(1), None, patches, -1, [])
    return int(patches.GetFeatureCount())


def _same(bench: Bench) -> tuple[bool, str]:
    """MIN_AREA of `segment` and of `mergeclasses` on its classes give one map."""
    image = bytes_of(bench.path("image.tif"))
    plain = bench.segment(image)
    sieved = classes_of(bench.segment(image, MIN_AREA=500))
    given = {"CLASSIFICATION": plain.results["OUTPUT"], "MIN_AREA": 500}
    merged = classes_of(bench.run("mergeclasses", **given))
    share = float((_borders(sieved) == _borders(merged)).mean())
    return share == 1, f"borders of classes equal in {share:.2%} of the pixels"


def _borders(classes: np.ndarray) -> np.ndarray:
    found = np.zeros(classes.shape, bool)
    found[:, 1:] |= classes[:, 1:] != classes[:, :-1]
    found[1:] |= classes[1:] != classes[:-1]
    return found


CASES = [
    *(
        Case(
            f"F3a {epsg}",
            f"areas {of}, EPSG:{epsg}",
            "QgsDistanceArea within 1e-3",
            partial(check, epsg=epsg),
        )
        for epsg in PLACES
        for of, check in [
            ("of the attribute table", _table),
            ("of classpolygons", _polygons),
            ("of changes", _changes),
        ]
    ),
    Case("F3b1", "IMAGERY sentinel2 in EPSG:3857 at 60° N", "30 m", _ground_size),
    Case("F3b2", "superpixels of 50 m in 3857 and UTM", "as many within 2 %", _superpixel_meters),
    Case(
        "F13a",
        "segment with larger and larger MIN_AREA",
        "never more patches, a sentence",
        partial(_ladder, algorithm="segment"),
    ),
    Case(
        "F13b",
        "mergeclasses with the same",
        "never more patches, a sentence",
        partial(_ladder, algorithm="mergeclasses"),
    ),
    Case("F13c", "segment and mergeclasses with one MIN_AREA", "one map", _same),
]
