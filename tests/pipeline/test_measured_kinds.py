# SPDX-License-Identifier: GPL-2.0-or-later
"""What images measure: what is recognized and what is not, what is said, and models of one kind."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.steps.fill_values import prepare_values
from superseg_plugin.pipeline.steps.recorded_values import remarks_on_values
from superseg_plugin.raster.source import RasterSource
from tests.benchmarks.measured_scenes import backscatter
from tests.benchmarks.named import label_table, named_scores
from tests.benchmarks.plain_scenes import blurred
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener

SIDE = 64
RANDOM = np.random.default_rng(4)
SLOPE = np.add.outer(np.arange(SIDE), np.arange(SIDE)) / SIDE
HEIGHTS = (300 + 200 * SLOPE + RANDOM.normal(0, 2, SLOPE.shape)).astype(np.float32)[np.newaxis]
# Speckle of four looks around -8 and -15 dB.
POWER = (
    np.array([0.16, 0.03])[:, None, None]
    * (1 + SLOPE)
    * RANDOM.gamma(4, 0.25, (2, SIDE, SIDE)).astype(np.float32)
).astype(np.float32)
DECIBELS = (10 * np.log10(POWER)).astype(np.float32)
HOLE = np.zeros((SIDE, SIDE), bool)
HOLE[:8, :8] = True
COLORS = RANDOM.integers(200, 4000, (3, SIDE, SIDE)).astype(np.uint16)


def looked_at(path, values="automatic"):
    """Kind of an image, and what the log says first."""
    progress = Listener()
    with RasterSource(path) as source:
        prepare_values(source, values, progress)
        return source.kind, progress.lines[0] if progress.lines else ""


def holed(image, fill):
    return np.where(HOLE, np.asarray(fill, image.dtype), image)


@pytest.mark.parametrize(
    ("name", "image", "names", "kind", "said"),
    [
        ("a.tif", DECIBELS, ["VV", "VH"], "decibels", r"backscatter, by the names .*\(VV, VH\)"),
        ("a.tif", DECIBELS, [], "decibels", "by their values: negative in all bands"),
        ("a.tif", POWER, ["Gamma0_VV", "Gamma0_VH"], "decibels", "computed from power"),
        ("a.tif", (300 * POWER).astype(np.uint16) + 1, ["HH", "HV"], "decibels", "amplitude"),
        ("s1a-iw-grd-vv.tif", (300 * POWER[:1]).astype(np.uint16) + 1, [], "decibels", "the file"),
        ("dem_10m.tif", HEIGHTS, [], "elevation", "by the name of the file"),
        ("a.tif", HEIGHTS, ["elevation"], "elevation", r"of the band \(elevation\)"),
        ("a.tif", HEIGHTS / 20, ["CHM"], "elevation", r"\(CHM\)"),
        ("srtm.tif", holed(HEIGHTS, -9999).astype(np.int16), [], "elevation", "the file"),
        # Pictures, what is computed of heights, drawings, and numbers that may be anything.
        ("dem.tif", COLORS, [], "measured", ""),
        ("elevation.tif", COLORS.astype(np.uint8), ["elevation"] * 3, "measured", ""),
        ("dem_hillshade.tif", HEIGHTS, [], "measured", ""),
        ("dem.tif", HEIGHTS, ["slope"], "measured", ""),
        ("dem.tif", HEIGHTS.astype(np.uint8), [], "measured", ""),
        ("dem.tif", np.round(HEIGHTS / 100), [], "measured", ""),
        ("a.tif", HEIGHTS, [], "measured", ""),
        ("a.tif", DECIBELS[:1], [], "measured", ""),
        ("a.tif", DECIBELS, ["VV/VH ratio", "angle"], "measured", ""),
        ("a.tif", POWER, ["VV", "angle"], "measured", ""),
        ("a.tif", (255 * POWER).clip(0, 255).astype(np.uint8), ["VV", "VH"], "measured", ""),
        ("a.tif", COLORS, ["B04", "B03", "B02"], "measured", ""),
    ],
)
def test_what_is_recognized_and_what_is_not(name, image, names, kind, said, tmp_path):
    path = write_raster(tmp_path / name, image, names=names)
    found, first = looked_at(path)
    assert found == kind
    if said:
        assert re.search(said, first)
        assert first.startswith(f"Values of {name}: ")
        # The dialog says the same below the estimate.
        assert remarks_on_values("automatic", path)[0] == f"{first}."
    else:
        assert "Values of" not in first
    assert looked_at(path, "as they are") == ("measured", "")


@pytest.mark.parametrize(
    ("image", "unit", "kind", "said"),
    [
        (DECIBELS[:1], "dB", "decibels", "by the unit of the bands"),
        (HEIGHTS, "metre", "elevation", r"by the unit of the band \(metre\)"),
        (HEIGHTS, "K", "measured", ""),
    ],
)
def test_units_tell_what_is_measured(image, unit, kind, said, tmp_path):
    path = write_raster(tmp_path / "a.tif", image)
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetUnitType(unit)
    dataset = None
    found, first = looked_at(path)
    assert found == kind
    assert re.search(said, first)


def test_backscatter_is_read_in_decibels_and_0_is_nodata(tmp_path):
    path = write_raster(tmp_path / "a.tif", holed(POWER, 0), names=["VV", "VH"])
    with RasterSource(path) as source:
        prepare_values(source, "automatic", Listener())
        values, valid = source.read(source.grid.window)
    assert not valid[:8, :8].any()
    assert valid.sum() == SIDE**2 - 64
    assert np.abs(values - DECIBELS)[:, valid].max() < 1e-4


def test_the_user_has_the_last_word(tmp_path):
    path = write_raster(tmp_path / "a.tif", holed(COLORS, 0))
    kind, first = looked_at(path, "reflectance")
    assert kind == "reflectance"
    assert "as VALUES “reflectance” says" in first
    with RasterSource(path) as source:
        prepare_values(source, "reflectance", Listener())
        assert (source.read(source.grid.window)[1] == (COLORS > 0).all(axis=0) & ~HOLE).all()
    assert looked_at(write_raster(tmp_path / "b.tif", HEIGHTS), "elevation")[0] == "elevation"
    named = write_raster(tmp_path / "dem.tif", DECIBELS[:1], names=["elevation"])
    assert looked_at(named, "decibels")[0] == "decibels"
    empty = write_raster(tmp_path / "c.tif", np.zeros((2, SIDE, SIDE), np.float32))
    with pytest.raises(SuperSegError, match=r"c.tif has no pixel with .*VALUES than “decibels”"):
        looked_at(empty, "decibels")


def segmented(path, folder, worker, classes):
    with RasterSource(path) as source:
        options = SegmentationOptions(classes=classes, preset="fast")
        outputs = SegmentationOutputs(str(folder / "c.tif"))
        run_segmentation(source, outputs, options, worker, Listener())
    return read_raster(folder / "c.tif")[0]


def named_accuracy(found, kinds):
    return named_scores(label_table((kinds + 1).astype(np.uint8), found, found > 0))[0]


def test_landforms_of_one_level_differ_in_relief(worker, tmp_path):
    random = np.random.default_rng(0)
    kinds = np.zeros((128, 128), np.int64)
    kinds[:, 64:], kinds[64:] = 1, 2
    # A plain and hills around 200 m, and another plain at 300 m.
    height = np.array([200, 200, 300])[kinds] + 0.2 * random.normal(size=kinds.shape)
    hills = blurred(random.normal(size=kinds.shape), 2.0)
    height[kinds == 1] += (12 * hills / hills.std())[kinds == 1]
    path = write_raster(tmp_path / "a.tif", height.astype(np.float32), names=["DTM"])
    found = segmented(path, tmp_path, worker, 6)
    # .92 by levels alone.
    assert named_accuracy(found, kinds) > 0.97


def test_kinds_of_land_differ_in_decibels_despite_speckle(worker, tmp_path):
    power, kinds = backscatter(5, linear=True)
    power, kinds = power[:, :160, :160], kinds[:160, :160]
    path = write_raster(tmp_path / "a.tif", power, names=["VV", "VH"])
    found = segmented(path, tmp_path, worker, 12)
    # .71 with the features of light.
    assert named_accuracy(found, kinds) > 0.85


def test_record_report_and_model_say_it_and_the_model_refuses_other_kinds(worker, tmp_path):
    path = write_raster(tmp_path / "dem.tif", HEIGHTS)
    classes, model, report = (str(tmp_path / n) for n in ("c.tif", "m.superseg", "r.html"))
    outputs = SegmentationOutputs(classes, model=model, report=report)
    progress = Listener()
    with RasterSource(path) as source:
        options = SegmentationOptions(classes=3, preset="fast")
        run_segmentation(source, outputs, options, worker, progress)
    assert progress.lines[0].startswith("Values of dem.tif: elevation or height, by the name")
    record = json.loads((tmp_path / "c.tif.superseg.json").read_text())
    assert record["input"]["kind"] == "elevation"
    assert "elevations or heights" in (tmp_path / "r.html").read_text(encoding="utf-8")

    def classify(image, values="automatic"):
        outputs = ClassificationOutputs(str(tmp_path / "o.tif"))
        with RasterSource(image) as source:
            inputs = ClassificationInputs(source, model)
            chosen = ClassificationOptions(values=values)
            run_classification(inputs, outputs, chosen, worker, Listener())

    other = write_raster(tmp_path / "other.tif", HEIGHTS)
    message = r"m.superseg is for elevations or heights, but .* other.tif are measurements"
    with pytest.raises(SuperSegError, match=message):
        classify(other)
    assert not (tmp_path / "o.tif").exists()
    classify(other, "elevation")
    assert (read_raster(tmp_path / "o.tif")[0] > 0).all()
