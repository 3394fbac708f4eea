# SPDX-License-Identifier: GPL-2.0-or-later
"""F4, F7, F8, F11, class 0: what QGIS and the file know of a raster."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import numpy as np
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsRasterLayer,
    QgsRasterRange,
    QgsVectorLayer,
)

from superseg_plugin.raster.class_table import read_class_table
from tests.cases.inputs import (
    PLACE,
    bytes_of,
    class_raster,
    hole,
    placed_by_rpc,
    put,
    reflectance,
    truth,
)
from tests.cases.table import Bench, Case, classes_of, told

PIXEL = PLACE[1] ** 2


def _marked(bench: Bench) -> QgsRasterLayer:
    """A layer with 77 as an additional nodata value of all bands."""
    values = np.where(hole(), 77, reflectance(3) * 60).astype(np.uint8)
    layer = QgsRasterLayer(put(bench.path("image.tif"), values), "image")
    for band in (1, 2, 3):
        layer.dataProvider().setUserNoDataValue(band, [QgsRasterRange(77, 77)])
    return layer


def _user_nodata(bench: Bench) -> tuple[bool, str]:
    classes = classes_of(bench.segment(_marked(bench)))
    left = int((classes[hole()] > 0).sum())
    lost = int((classes[~hole()] == 0).sum())
    return left == lost == 0, f"{left} of {hole().sum()} have a class; {lost} others have none"


def _user_nodata_superpixels(bench: Bench) -> tuple[bool, str]:
    outcome = bench.run("superpixels", INPUT=_marked(bench), DEVICE="cpu")
    from tests.conftest import read_raster

    left = int((read_raster(outcome.results["OUTPUT"])[0][hole()] > 0).sum())
    return left == 0, f"{left} of {hole().sum()} lie in superpixels"


def _switched_off(bench: Bench) -> tuple[bool, str]:
    values = np.where(hole(), 200, reflectance(3) * 60).astype(np.uint8)
    layer = QgsRasterLayer(put(bench.path("image.tif"), values, nodata=200), "image")
    for band in (1, 2, 3):
        layer.dataProvider().setUseSourceNoDataValue(band, False)
    classes = classes_of(bench.segment(layer, 7))
    share = float((classes[hole()] > 0).mean())
    return share == 1, f"{share:.0%} of the pixels have a class"


def _layer_crs(bench: Bench, written: int | None) -> tuple[bool, str]:
    layer = QgsRasterLayer(bytes_of(bench.path("image.tif"), epsg=written), "image")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32633"))
    outcome = bench.segment(layer)
    if outcome.error:
        return False, told(outcome)
    crs = QgsRasterLayer(outcome.results["OUTPUT"], "classes").crs().authid()
    return crs == "EPSG:32633", f"the result has {crs or 'no CRS'}"


def _rpc(bench: Bench) -> tuple[bool, str]:
    outcome = bench.segment(placed_by_rpc(bench.path("image.tif")))
    if outcome.error:
        return False, told(outcome)
    found = gdal.Open(outcome.results["OUTPUT"]).GetMetadata("RPC")
    return len(found) >= 10, f"{len(found)} items of RPC in the result"


def _class_inputs(bench: Bench, kind: str) -> tuple[str, np.ndarray]:
    """A class raster with a hole, or with a class 0; and where it is valid."""
    path = bench.path(f"{kind}.tif")
    if kind == "mask":
        return class_raster(path, mask=~hole()), ~hole()
    if kind == "alpha":
        return class_raster(path, alpha=np.where(hole(), 0, 255)), ~hole()
    if kind == "class 0":
        values = np.where(hole(), 255, truth() % 4).astype(np.uint8)
        return put(path, values, nodata=255), ~hole()
    layer_values = np.where(hole(), 77, truth() % 4 + 1).astype(np.uint8)
    return put(path, layer_values, nodata=77), ~hole()


def _class_polygons(bench: Bench, kind: str) -> tuple[bool, str]:
    path, valid = _class_inputs(bench, kind)
    outcome = bench.run("classpolygons", {"OUTPUT": "p.gpkg"}, CLASSIFICATION=path)
    if outcome.error:
        return False, told(outcome)
    layer = QgsVectorLayer(outcome.results["OUTPUT"], "polygons", "ogr")
    total = sum(feature.geometry().area() for feature in layer.getFeatures())
    return total == valid.sum() * PIXEL, f"{total:,.0f} of {valid.sum() * PIXEL:,.0f} m²"


def _merge(bench: Bench, kind: str) -> tuple[bool, str]:
    path, valid = _class_inputs(bench, kind)
    given = {"CLASSIFICATION": path, "INPUT": bytes_of(bench.path("image.tif"))}
    outcome = bench.run("mergeclasses", MIN_AREA=200, **given)
    if outcome.error:
        return False, told(outcome)
    table = read_class_table(outcome.results["OUTPUT"])
    counted = int(sum(table.counts)) if table else 0
    return counted == valid.sum(), f"{counted} of {valid.sum()} pixels in the table"


def _changes(bench: Bench, kind: str) -> tuple[bool, str]:
    path, valid = _class_inputs(bench, kind)
    outcome = bench.run(
        "changes",
        {"OUTPUT": "changes.tif", "TABLE": "changes.csv"},
        CLASSIFICATION_BEFORE=path,
        CLASSIFICATION_AFTER=path,
    )
    if outcome.error:
        return False, told(outcome)
    with Path(outcome.results["TABLE"]).open(encoding="utf-8-sig") as file:
        pixels = sum(int(row["pixels"]) for row in csv.DictReader(file))
    return pixels == valid.sum(), f"{pixels} of {valid.sum()} pixels compared"


def _evaluate(bench: Bench, kind: str) -> tuple[bool, str]:
    path, _ = _class_inputs(bench, kind)
    reference = class_raster(bench.path("reference.tif"), nodata=0)
    given = {"CLASSIFICATION": path, "REFERENCE": reference}
    outcome = bench.run("evaluate", {"REPORT": "report.html"}, **given)
    if outcome.error:
        return False, told(outcome)
    accuracy, iou = outcome.results["ACCURACY"], outcome.results["MEAN_IOU"]
    return accuracy == iou == 1, f"accuracy {accuracy:.3f}, mean IoU {iou:.3f}"


def _average(bench: Bench, kind: str) -> tuple[bool, str]:
    path, valid = _class_inputs(bench, kind)
    image = bytes_of(bench.path("image.tif"))
    outcome = bench.run("averagecolor", INPUT=image, CLASSIFICATION=path)
    if outcome.error:
        return False, told(outcome)
    dataset = gdal.Open(outcome.results["OUTPUT"])
    painted = dataset.GetRasterBand(1).GetMaskBand().ReadAsArray() > 0
    return np.array_equal(painted, valid), f"{painted.sum()} of {valid.sum()} pixels painted"


KINDS = ("mask", "alpha", "class 0", "nodata 77")
CHECKS = {
    "classpolygons": _class_polygons,
    "mergeclasses": _merge,
    "changes": _changes,
    "evaluate": _evaluate,
    "averagecolor": _average,
}
CASES = [
    *(
        Case(
            f"F4 {kind}",
            f"{algorithm} on a class raster with {kind}",
            "valid pixels alone",
            partial(check, kind=kind),
        )
        for kind in KINDS
        for algorithm, check in CHECKS.items()
    ),
    Case(
        "F7a", "additional nodata value 77 of the layer, segment", "0 in the result", _user_nodata
    ),
    Case("F7b", "the same, superpixels", "0 in the result", _user_nodata_superpixels),
    Case("F7c", "“no data value” of the layer switched off", "classed", _switched_off),
    Case(
        "F8a", "file without CRS, layer with one", "the layer's", partial(_layer_crs, written=None)
    ),
    Case(
        "F8b",
        "layer with another CRS than the file",
        "the layer's",
        partial(_layer_crs, written=32632),
    ),
    Case("F11", "image placed by RPC", "RPC in the result", _rpc),
]
