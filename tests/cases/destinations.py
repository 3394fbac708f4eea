# SPDX-License-Identifier: GPL-2.0-or-later
"""F9, F14: destinations of vectors and formats of rasters."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from osgeo import gdal, ogr
from qgis.core import QgsProcessingUtils, QgsVectorLayer

from tests.cases.inputs import box, bytes_of, class_raster, polygons
from tests.cases.table import Bench, Case, classes_of, refused, told


def _polygons(bench: Bench, target: str) -> tuple[bool, str]:
    path = class_raster(bench.path("c.tif"), nodata=0)
    target = target.replace("{inputs}", str(bench.folder))
    if "base.sqlite" in target:
        # A database has to exist, as for the algorithms of QGIS.
        database = ogr.GetDriverByName("SQLite")
        database.CreateDataSource(str(bench.folder / "base.sqlite"), ["SPATIALITE=YES"])
    if "kept" in target:
        polygons(bench.folder / "kept.gpkg", [box(500000, 5199000, 10, 10)], 32632)
    outcome = bench.run("classpolygons", {}, CLASSIFICATION=path, OUTPUT=target)
    if outcome.error:
        return False, told(outcome)
    found = outcome.results["OUTPUT"]
    layer = found if isinstance(found, QgsVectorLayer) else None
    layer = layer or QgsProcessingUtils.mapLayerFromString(str(found), bench.session.context)
    if layer is None:
        return False, f"{found} is no layer"
    count = layer.featureCount()
    kept = "kept" not in target or _tables(bench.folder / "kept.gpkg") >= {"polygons", "classes"}
    fine = count == outcome.results["POLYGON_COUNT"] > 0 and kept
    return fine, f"{count} polygons in {layer.providerType()}" + (
        "" if kept else "; a table is lost"
    )


def _tables(path: Path) -> set[str]:
    dataset = ogr.Open(str(path))
    return {dataset.GetLayer(index).GetName() for index in range(dataset.GetLayerCount())}


def _dxf(bench: Bench) -> tuple[bool, str]:
    path = class_raster(bench.path("c.tif"), nodata=0)
    outcome = bench.run("classpolygons", {"OUTPUT": "p.dxf"}, CLASSIFICATION=path)
    if outcome.error:
        return refused(outcome, r"OUTPUT.*dxf")
    layer = QgsVectorLayer(str(outcome.results["OUTPUT"]), "polygons", "ogr")
    return layer.featureCount() > 0, f"{layer.featureCount()} polygons"


def _format(bench: Bench, ending: str) -> tuple[bool, str]:
    """A result that holds all, or a refusal that names the parameter and the format."""
    image = bytes_of(bench.path("image.tif"), nodata=0)
    expected = classes_of(bench.segment(image))
    outcome = bench.segment(image, outputs={"OUTPUT": f"classes.{ending}"})
    if outcome.error:
        return refused(outcome, rf"OUTPUT.*{ending}")
    dataset = gdal.Open(str(outcome.results["OUTPUT"]))
    values = dataset.GetRasterBand(1).ReadAsArray()
    missing = [
        name
        for name, there in {
            "pixels": np.array_equal(values, expected),
            "georeference": dataset.GetGeoTransform(can_return_null=True) is not None,
            "CRS": bool(dataset.GetProjection()),
        }.items()
        if not there
    ]
    return not missing, f"written, without {', '.join(missing)}" if missing else "written, whole"


def _average(bench: Bench, ending: str) -> tuple[bool, str]:
    image = bytes_of(bench.path("image.tif"))
    outcome = bench.segment(
        image, outputs={"OUTPUT": "classes.tif", "AVERAGE_COLOR": f"average.{ending}"}
    )
    if outcome.error:
        return refused(outcome, rf"AVERAGE_COLOR.*{ending}")
    bands = gdal.Open(str(outcome.results["AVERAGE_COLOR"])).RasterCount
    return bands >= 3, f"written, {bands} bands"


def _netcdf(bench: Bench) -> tuple[bool, str]:
    image = bytes_of(bench.path("image.tif"))
    files = {"OUTPUT": "classes.nc", "AVERAGE_COLOR": "average.tif"}
    outcome = bench.segment(image, outputs=files)
    if outcome.error:
        return False, told(outcome)
    bands = gdal.Open(str(outcome.results["AVERAGE_COLOR"])).RasterCount
    classes = gdal.Open(str(outcome.results["OUTPUT"])).ReadAsArray()
    return bands >= 3 and int(classes.max()) == 6, f"{bands} bands, {classes.max()} classes"


CASES = [
    *(
        Case(
            f"F9{letter}",
            f"classpolygons to {target}",
            "a layer of all polygons",
            partial(_polygons, target=target),
        )
        for letter, target in [
            ("a1", "ogr:dbname='{folder}/x.gpkg' table=\"classes\" (geom)"),
            ("a2", "ogr:dbname='{inputs}/kept.gpkg' table=\"classes\" (geom)"),
            ("b1", "memory:"),
            ("b2", "TEMPORARY_OUTPUT"),
            ("b3", "spatialite://dbname='{inputs}/base.sqlite' table=\"classes\" (geom)"),
        ]
    ),
    Case("F9c", "classpolygons to .dxf", "written or refused before the work", _dxf),
    *(
        Case(
            f"F14 {ending}",
            f"segment to .{ending}",
            "whole, or refused before the work",
            partial(_format, ending=ending),
        )
        for ending in ("gpkg", "nc", "sdat", "ppm", "ers", "grd", "png", "img", "asc", "foo")
    ),
    *(
        Case(
            f"F14a {ending}",
            f"AVERAGE_COLOR to .{ending}",
            "whole, or refused before the work",
            partial(_average, ending=ending),
        )
        for ending in ("sdat", "gpkg", "asc")
    ),
    Case("F14c", "OUTPUT .nc beside AVERAGE_COLOR .tif", "both written", _netcdf),
]
