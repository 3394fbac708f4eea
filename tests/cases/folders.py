# SPDX-License-Identifier: GPL-2.0-or-later
"""F10 and scenes of two dates."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from osgeo import gdal

from tests.cases.inputs import PLACE, class_raster, numbers, put, reflectance, truth
from tests.cases.session import Outcome
from tests.cases.table import Bench, Case, refused, told
from tests.conftest import read_raster


def _model(bench: Bench) -> str:
    image = numbers(bench.path("train.tif"), names=False)
    files = {"OUTPUT": "classes.tif", "MODEL": "model.superseg"}
    return str(bench.segment(image, outputs=files).results["MODEL"])


def _folder(bench: Bench, *names: str) -> Path:
    folder = bench.folder / "scenes"
    folder.mkdir()
    for count, name in enumerate(names):
        values = (reflectance() * 10000).clip(1).astype(np.uint16)
        driver = "HFA" if name.endswith(".img") else "GTiff"
        put(folder / name, np.roll(values, 40 * count, axis=2), driver=driver)
    return folder


def _classify(bench: Bench, folder: Path, pattern: str) -> Outcome:
    given = {"FOLDER": str(folder), "PATTERN": pattern, "MODEL": _model(bench), "DEVICE": "cpu"}
    return bench.run("classifyfolder", {"OUTPUT": "results"}, **given)


def _twins(bench: Bench, names: tuple[str, ...], pattern: str) -> tuple[bool, str]:
    outcome = _classify(bench, _folder(bench, *names), pattern)
    if outcome.error:
        return False, told(outcome)
    layers = outcome.results["LAYERS"]
    maps = {read_raster(path).tobytes() for path in layers}
    count = outcome.results["IMAGE_COUNT"]
    fine = len(set(layers)) == len(maps) == count == len(names)
    return fine, f"{count} scenes: {', '.join(sorted(Path(path).name for path in layers))}"


def _grids(bench: Bench, shift: float) -> tuple[bool, str]:
    """`changes` of rasters that are shifted by whole or half pixels."""
    before = class_raster(bench.path("before.tif"), nodata=0)
    moved = (PLACE[0] + shift * PLACE[1], *PLACE[1:])
    after = class_raster(bench.path("after.tif"), nodata=0, geotransform=moved)
    given = {"CLASSIFICATION_BEFORE": before, "CLASSIFICATION_AFTER": after}
    outcome = bench.run("changes", {"OUTPUT": "changes.tif"}, **given)
    if shift % 1:
        return refused(outcome, r"half|lattice|grid|pixel")
    if outcome.error:
        return False, told(outcome)
    result = gdal.Open(str(outcome.results["OUTPUT"]))
    wanted = 400 - int(shift)
    line = outcome.line("common|overlap")
    return result.RasterXSize == wanted and bool(line), f"{result.RasterXSize} columns; {line}"


def _dates(bench: Bench) -> tuple[bool, str]:
    """The model *Compare two dates* with a scene that is half a pixel off."""
    before = numbers(bench.path("before.tif"), names=False)
    values = (reflectance() * 10000).clip(1).astype(np.uint16)
    moved = (PLACE[0] + PLACE[1] / 2, *PLACE[1:])
    after = put(bench.path("after.tif"), values, geotransform=moved)
    outputs = {
        "train:Model": "m.superseg",
        "before:Classes before": "b.tif",
        "after:Classes after": "a.tif",
        "change:Change": "c.tif",
        "change:Table of changes": "t.csv",
    }
    given = {"BEFORE": before, "AFTER": after, "CLASSES": 4, "STEPS": 5, "DEVICE": "cpu"}
    outcome = bench.run("Compare two dates", outputs, **given)
    trained = outcome.says("^Training")
    fine = bool(outcome.error) and not trained and "pixel" in outcome.error
    return fine, f"{'after' if trained else 'before'} the training: {told(outcome)}"


def _legends(bench: Bench) -> tuple[bool, str]:
    before = class_raster(bench.path("before.tif"), nodata=0)
    values = ((truth() % 4 + 1) * 10).astype(np.uint8)
    after = put(bench.path("after.tif"), values, nodata=0)
    given = {"CLASSIFICATION_BEFORE": before, "CLASSIFICATION_AFTER": after}
    outcome = bench.run("changes", {"OUTPUT": "changes.tif"}, **given)
    line = outcome.line("legend|number") or outcome.error
    return bool(line), line or "no remark"


def _same_crs(bench: Bench) -> tuple[bool, str]:
    before = class_raster(bench.path("before.tif"), nodata=0)
    after = class_raster(bench.path("after.tif"), nodata=0, epsg=25832)
    given = {"CLASSIFICATION_BEFORE": before, "CLASSIFICATION_AFTER": after}
    outcome = bench.run("changes", {"OUTPUT": "changes.tif"}, **given)
    return not outcome.error, told(outcome)


CASES = [
    Case(
        "F10a",
        "scene.tif and scene.img",
        "two results",
        partial(_twins, names=("scene.tif", "scene.img"), pattern="*.tif;*.img"),
    ),
    Case(
        "F10b",
        "LC08_B.TIF with the pattern *.tif",
        "one result",
        partial(_twins, names=("LC08_B.TIF",), pattern="*.tif"),
    ),
    Case(
        "F10c",
        "Scene.tif and scene.TIF",
        "two results",
        partial(_twins, names=("Scene.tif", "scene.TIF"), pattern="*.tif"),
    ),
    Case(
        "W8a",
        "changes, second raster moved by 7 pixels",
        "the common part, said",
        partial(_grids, shift=7.0),
    ),
    Case(
        "W8b",
        "changes, second raster half a pixel off",
        "refused before the work",
        partial(_grids, shift=0.5),
    ),
    Case("W8c", "Compare two dates, half a pixel off", "refused before the training", _dates),
    Case("W9", "legends without a common number", "a remark", _legends),
    Case("W15", "EPSG:25832 against 32632", "compared", _same_crs),
]
