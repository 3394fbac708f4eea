# SPDX-License-Identifier: GPL-2.0-or-later
"""Fill values that no metadata declare, and empty bands: the rest is segmented as without them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from superseg_plugin.pipeline.formats.model_file import read_header
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.steps.fill_values import find_fill_values, prepare_values
from superseg_plugin.pipeline.superpixels import run_superpixels
from superseg_plugin.raster.source import RasterSource
from tests.benchmarks.measures import map_ami
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape_and_fields

ROWS, COLS = 160, 200
BYTES, FIELDS = landscape_and_fields(ROWS, COLS, 4)
REFLECTANCE = (BYTES * 40.0 + np.random.default_rng(3).uniform(0, 39, BYTES.shape)).astype("int16")
FIRST = np.zeros((ROWS, COLS), bool)
FIRST.flat[: ROWS * COLS // 250] = True  # 0.4 %
MUCH = np.zeros((ROWS, COLS), bool)
MUCH[: 2 * ROWS // 5] = True  # 40 %
RAMP = np.linspace(0.0, 1.0, 5000)


def segment(image, folder, worker, **options):
    """Classes of an image, its log, and its record."""
    path = write_raster(folder / "image.tif", image)
    log = Listener()
    with RasterSource(path) as source:
        run_segmentation(
            source,
            SegmentationOutputs(str(folder / "classes.tif"), model=options.pop("model", None)),
            SegmentationOptions(**{"classes": 5, "preset": "fast", **options}),
            worker,
            log,
        )
    record = json.loads((folder / "classes.tif.superseg.json").read_text())
    return read_raster(folder / "classes.tif")[0], log.lines, record


def agreement(classes, where):
    """Agreement with the true fields in a part of the image."""
    return map_ami(np.where(where, classes, 0), np.where(where, FIELDS, 0))


def filled(value, dtype, where, bands=(0, 1, 2, 3)):
    image = REFLECTANCE.astype(dtype)
    if np.dtype(dtype).kind == "f":
        image = (image / 10000 + 0.0).astype(dtype)
    for band in bands:
        image[band][where] = value
    return image


@pytest.fixture(scope="module")
def usual(worker, tmp_path_factory):
    """Classes of the image without fill values."""
    return segment(REFLECTANCE, tmp_path_factory.mktemp("usual"), worker)[0]


@pytest.mark.parametrize(
    ("image", "where", "said"),
    [
        (filled(-9999, "float32", FIRST), FIRST, "0.4 % of the pixels have exactly -9999 in all"),
        (filled(-9999, "int16", MUCH), MUCH, "40 % of the pixels have exactly -9999 in all bands"),
        (filled(-32768, "int16", FIRST, [2]), FIRST, "have exactly -32768 in Band 3, far"),
        (filled(1e20, "float32", MUCH), MUCH, "have exactly 1e+20 in all bands"),
        (filled(65535, "uint16", MUCH, [0, 1]), MUCH, "exactly 65535 in Band 1, Band 2, far"),
        (filled(-1, "float32", MUCH), MUCH, "have exactly -1 in all bands"),
        (filled(0, "float32", MUCH), MUCH, "have exactly 0 in all bands"),
        (filled(-3.4028235e38, "float32", MUCH), MUCH, None),
    ],
)
def test_the_rest_is_segmented_as_without(image, where, said, usual, worker, tmp_path):
    classes, lines, record = segment(image, tmp_path, worker)
    assert (classes[where] == 0).all()
    assert (classes[~where] > 0).all()
    assert agreement(classes, ~where) > agreement(usual, ~where) - 0.03
    if said:
        assert any(said in line and "treated as nodata" in line for line in lines)
        assert any(record["input"]["fill_values"])
    assert record["options"]["values"] == "automatic"


def test_as_they_are_keeps_the_value(worker, tmp_path):
    image = filled(-9999, "int16", MUCH)
    classes, lines, record = segment(image, tmp_path, worker, values="as they are")
    assert (classes > 0).all()
    assert not [line for line in lines if "-9999" in line]
    assert record["options"]["values"] == "as they are"
    assert record["input"]["fill_values"] == [[], [], [], []]
    with pytest.raises(SuperSegError, match="VALUES must be one of automatic, as they are"):
        SegmentationOptions(values="cubed")


@pytest.mark.parametrize("share", [0.004, 0.03, 0.3])
@pytest.mark.parametrize("value", [0, 9999])
def test_plausible_extremes_are_kept_and_take_no_contrast(value, share, usual, worker, tmp_path):
    """Black shadow, and clouds that saturate not far above the rest."""
    image = REFLECTANCE.copy()
    where = np.zeros((ROWS, COLS), bool)
    where.flat[: int(share * ROWS * COLS)] = True
    # One pixel in five of shadow or cloud is not saturated.
    saturated = np.random.default_rng(5).uniform(size=where.sum()) < 0.8
    depth = np.random.default_rng(6).integers(0, 400, where.sum())
    image[:, where] = np.where(saturated, value, abs(value - depth))
    classes, lines, _ = segment(image, tmp_path, worker, classes=6)
    assert (classes > 0).all()
    assert not [line for line in lines if "nodata" in line]
    assert agreement(classes, ~where) > agreement(usual, ~where) - 0.1


def test_an_empty_band_is_left_out_and_named(usual, worker, tmp_path):
    nothing = np.full((1, ROWS, COLS), np.nan, np.float32)
    image = np.concatenate([REFLECTANCE[:2], nothing, REFLECTANCE[2:]]).astype("float32")
    model = str(tmp_path / "model.superseg")
    classes, lines, record = segment(image, tmp_path, worker, model=model)
    assert any("Band 3 has no valid pixel and is left out" in line for line in lines)
    assert record["input"]["bands"] == [1, 2, 4, 5]
    assert (classes > 0).all()
    assert agreement(classes, FIELDS > 0) > agreement(usual, FIELDS > 0) - 0.03
    assert read_header(model).band_names == ("Band 1", "Band 2", "Band 4", "Band 5")
    assert read_header(model).options["values"] == "automatic"
    with RasterSource(str(tmp_path / "image.tif")) as source:
        run_classification(
            ClassificationInputs(source, model),
            ClassificationOutputs(str(tmp_path / "again.tif")),
            ClassificationOptions(),
            worker,
            Listener(),
        )
    assert (read_raster(tmp_path / "again.tif")[0] == classes).mean() > 0.99


def test_all_bands_empty_is_an_error(worker, tmp_path):
    image = np.full((2, 40, 40), np.nan, np.float32)
    with pytest.raises(SuperSegError, match="no valid pixel"):
        segment(image, tmp_path, worker)


def test_superpixels_are_those_of_the_declared_nodata(worker, tmp_path):
    made = []
    for name, nodata in (("declared", -9999), ("undeclared", None)):
        path = write_raster(tmp_path / f"{name}.tif", filled(-9999, "int16", MUCH), nodata=nodata)
        output = tmp_path / f"{name}_superpixels.tif"
        with RasterSource(path) as source:
            run_superpixels(source, str(output), SuperpixelOptions(), worker, Listener())
        made.append(read_raster(output))
    assert (made[0] == made[1]).all()


def test_dark_bytes_are_as_good_as_the_same_in_16_bits(worker, tmp_path):
    dark = (BYTES // 11 + 1).astype(np.uint8)
    agreements = []
    for name, image in (("bytes", dark), ("words", dark.astype(np.uint16) * 257)):
        (tmp_path / name).mkdir()
        classes, _, _ = segment(image, tmp_path / name, worker)
        agreements.append(agreement(classes, FIELDS > 0))
    assert agreements[0] > agreements[1] - 0.02
    assert agreements[0] > 0.7


def test_a_run_with_fill_values_leaves_no_trace_in_the_next(tmp_path):
    path = write_raster(tmp_path / "image.tif", filled(-9999, "int16", MUCH))
    with RasterSource(path) as source:
        prepare_values(source, "automatic", Listener())
        assert not source.read(source.grid.window)[1][MUCH].any()
        prepare_values(source, "as they are", Listener())
        assert source.read(source.grid.window)[1].all()


def found(values, fill, share, dtype):
    """Fill values that are found where a share of one band has a value."""
    count = round(len(values) * share / (1 - share))
    band = np.append(values.astype(dtype), np.full(count, fill, dtype))[np.newaxis]
    return find_fill_values(band, np.ones(band.shape, bool))[0]


@pytest.mark.parametrize("share", [0.004, 0.4, 0.9])
@pytest.mark.parametrize(
    ("values", "fill", "dtype"),
    [
        (RAMP * 9000 + 100, -9999, "int16"),
        (RAMP * 3000 + 100, -32768, "int16"),
        (RAMP * 3000, 65535, "uint16"),
        (RAMP * 30 + 280, 0, "float32"),  # temperature in kelvins
        (RAMP * 2 - 1, -99, "float32"),
        (RAMP * 22 + 1, -9999, "int16"),
        (RAMP * 22 + 1, 255, "uint8"),
        (RAMP, -2147483648, "float64"),
        (RAMP * 60 - 20, 1e20, "float32"),
    ],
)
def test_values_far_from_all_others_are_found(values, fill, dtype, share):
    assert found(values, fill, share, dtype) == [float(np.dtype(dtype).type(fill))]


@pytest.mark.parametrize("share", [0.004, 0.4, 0.9])
@pytest.mark.parametrize(
    ("values", "extreme", "dtype"),
    [
        (RAMP * 90 + 30, 255, "uint8"),  # clouds above dark ground
        (RAMP * 170 + 30, 0, "uint8"),  # black roofs
        (np.tile([57.0, 60, 63], 1000), 0, "uint8"),  # a lake in dark land
        (RAMP * 20000 + 3000, 65535, "uint16"),  # saturated clouds
        (RAMP * 800 + 1, 0, "float32"),  # the sea in a terrain model
        (RAMP * 3000 + 1000, 0, "uint16"),  # one band that is dark somewhere
        (np.ones(5000), 0, "uint16"),  # a mask
        (np.tile([1.0, 2, 3], 1000), 9, "float32"),  # classes
        (np.full(5000, 200.0), 0, "int16"),
    ],
)
def test_plausible_values_are_not_found(values, extreme, dtype, share):
    assert found(values, extreme, share, dtype) == []


def test_two_fill_values_do_not_hide_each_other():
    band = np.concatenate([RAMP * 4000, np.full(900, -9999), np.full(500, 32767)])
    assert found(band, -32768, 0.1, "int16") == [-32768, -9999, 32767]


def test_a_trace_is_no_fill_value():
    assert found(RAMP * 3000, 65535, 0.0004, "uint16") == []


def test_zero_in_all_bands_is_a_fill_value_unless_values_come_near():
    radar = np.random.default_rng(0).gamma(5, 0.02, (2, 9000)).astype(np.float32)
    radar[:, :3000] = 0
    everywhere = np.ones(radar.shape, bool)
    assert find_fill_values(radar, everywhere) == [[0.0], [0.0]]
    radar[:, 3000:3100] = np.linspace(1e-4, 1e-2, 100)
    assert find_fill_values(radar, everywhere) == [[], []]
    one_band = radar[:, 3100:].copy()
    one_band[0, :2000] = 0
    assert find_fill_values(one_band, np.ones(one_band.shape, bool)) == [[], []]


def test_zeros_of_decibels_are_fill_values():
    decibels = np.stack([RAMP * 20 - 25, RAMP[::-1] * 15 - 30])
    decibels[:, :500] = 0
    assert find_fill_values(decibels, np.ones(decibels.shape, bool)) == [[0.0], [0.0]]


def test_a_named_value_near_the_range_is_one_where_many_pixels_have_it():
    index = np.round(RAMP * 10000 - 2000)[np.newaxis]
    valid = np.ones(index.shape, bool)
    assert find_fill_values(index, valid) == [[]]
    index[0, :500] = -3000
    assert find_fill_values(index, valid) == [[-3000.0]]
    # Not a name of nodata.
    index[0, :500] = -2900
    assert find_fill_values(index, valid) == [[]]
