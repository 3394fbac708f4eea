# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters of several kinds together: grids, fill values, classes, models, errors."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.blocks import ELEVATION, MEASURED
from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from superseg_plugin.pipeline.folder_classification import (
    FolderInputs,
    FolderOutputs,
    run_folder_classification,
)
from superseg_plugin.pipeline.folder_segmentation import (
    FolderSegmentationOutputs,
    run_folder_segmentation,
)
from superseg_plugin.pipeline.formats.model_file import load_model
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.preview import MapView, PreviewOptions
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.steps.additional_rasters import prepare_rasters
from superseg_plugin.pipeline.steps.band_statistics import measure_scene
from superseg_plugin.pipeline.steps.folder_files import scenes_of
from superseg_plugin.pipeline.steps.folder_scenes import FolderScenes
from superseg_plugin.pipeline.steps.preview import Previewer
from superseg_plugin.raster.class_table import read_class_table
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.stack import AdditionalRaster, RasterStack, stacked
from tests.conftest import GEOTRANSFORM, read_raster, write_raster
from tests.pipeline.conftest import Listener

SIDE = 96
LEFT, PIXEL, _, TOP, _, _ = GEOTRANSFORM


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Colors that tell west from east, and heights that tell north from south, in one folder."""
    folder = tmp_path_factory.mktemp("scene")
    random = np.random.default_rng(0)
    east = np.arange(SIDE) >= SIDE // 2
    south = east[:, np.newaxis]
    colors = np.stack([np.broadcast_to(np.where(east, b, a), (SIDE, SIDE)) for a, b in LEVELS])
    colors = colors + random.normal(0, 30, colors.shape)
    heights = np.where(south, 700.0, 300.0) + random.normal(0, 3, (SIDE, SIDE))
    write_raster(folder / "image.tif", np.clip(colors, 1, 65535).astype(np.uint16))
    write_raster(folder / "flat.tif", heights[np.newaxis].astype(np.float32))
    # Twice as wide pixels, another reference system, and a fill value that nobody declared.
    coarse = heights.reshape(SIDE // 2, 2, SIDE // 2, 2).mean(axis=(1, 3))
    coarse[:, -3:] = -9999
    place = (LEFT, 2 * PIXEL, 0.0, TOP, 0.0, -2 * PIXEL)
    dem = write_raster(
        folder / "half.tif", coarse[np.newaxis].astype(np.float32), geotransform=place
    )
    gdal.Warp(str(folder / "dem.tif"), str(dem), dstSRS="EPSG:4326", dstNodata="nan")
    return folder


LEVELS = ((400, 2000), (700, 900), (1500, 600))
QUARTERS = 2 * (np.arange(SIDE) >= SIDE // 2)[:, None] + (np.arange(SIDE) >= SIDE // 2)


def segment(folder, target, worker, *additional, **outputs):
    progress = Listener()
    written = SegmentationOutputs(str(target), **{k: str(v) for k, v in outputs.items()})
    options = SegmentationOptions(classes=4, preset="fast", superpixel_size=4.0)
    others = [AdditionalRaster(str(folder / name)) for name in additional]
    with (
        RasterSource(str(folder / "image.tif")) as first,
        stacked(first, others) as source,
    ):
        run_segmentation(source, written, options, worker, progress)
    return read_raster(target)[0], progress.lines


def classify(folder, model, target, worker, *additional):
    others = [AdditionalRaster(str(folder / name)) for name in additional]
    with (
        RasterSource(str(folder / "image.tif")) as first,
        stacked(first, others) as source,
    ):
        inputs, outputs = ClassificationInputs(source, str(model)), ClassificationOutputs(target)
        run_classification(inputs, outputs, ClassificationOptions(), worker, Listener())
    return read_raster(target)[0]


@pytest.fixture(scope="module")
def result(scene, worker, tmp_path_factory):
    """Folder of a run with elevation at another resolution and CRS, its classes and its log."""
    folder = tmp_path_factory.mktemp("result")
    outputs = {
        "model": folder / "a.superseg",
        "report": folder / "report.html",
        "average_color": folder / "average.tif",
    }
    return folder, *segment(scene, folder / "classes.tif", worker, "dem.tif", **outputs)


def test_both_rasters_tell_the_classes_that_neither_tells_alone(result):
    _, classes, _ = result
    inside = slice(6, -12)
    quarters, found = QUARTERS[inside, inside], classes[inside, inside]
    assert found.min() > 0
    agree = [np.bincount(found[quarters == n]).max() / (quarters == n).sum() for n in range(4)]
    assert min(agree) > 0.9
    assert len({int(np.bincount(found[quarters == n]).argmax()) for n in range(4)}) == 4


def test_the_log_says_what_each_raster_is_and_how_much_it_lacks(result):
    _, classes, lines = result
    assert "Block 1: image.tif, 3 bands, measurements" in lines
    assert "Block 2: dem.tif, 1 band, elevations or heights" in lines
    assert any("dem.tif: interpolated (bilinear)" in line for line in lines)
    assert any("exactly -9999" in line for line in lines)
    (lacking,) = (line for line in lines if "have no value in it" in line)
    share = float(lacking.split("about ")[1].split(" %")[0])
    # Of 96 columns the last six have the fill value.
    assert 4 <= share <= 10
    assert (classes[:, -4:] == 0).all()


def test_results_name_both_rasters(result, scene):
    folder, *_ = result
    record = json.loads((folder / "classes.tif.superseg.json").read_text(encoding="utf-8"))
    assert record["input"]["name"] == "image.tif"
    (other,) = record["additional_rasters"]
    assert other["path"] == str(scene / "dem.tif")
    assert other["kind"] == ELEVATION
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "dem.tif (elevations or heights)" in report
    table = read_class_table(str(folder / "classes.tif"))
    assert table.means.shape[1] == 4
    assert sorted(np.round(table.means[:, 3], -2)) == [300, 300, 700, 700]
    average = gdal.Open(str(folder / "average.tif"))
    assert average.RasterCount == 3


def test_a_model_gives_its_scene_the_same_classes_and_refuses_others(
    result, scene, worker, tmp_path
):
    folder, classes, _ = result
    model, target = folder / "a.superseg", str(tmp_path / "classes.tif")
    header = load_model(model)
    assert [raster.kind for raster in header.rasters] == [MEASURED, ELEVATION]
    assert (classify(scene, model, target, worker, "dem.tif") == classes).mean() > 0.99
    with pytest.raises(SuperSegError, match=r"trained with 1 \(of elevations.*none is given"):
        classify(scene, model, target, worker)
    with pytest.raises(SuperSegError, match="2 are given"):
        classify(scene, model, target, worker, "dem.tif", "half.tif")
    write_raster(tmp_path / "plain.tif", read_raster(scene / "flat.tif"))
    with pytest.raises(SuperSegError, match="must hold elevations or heights, but plain"):
        classify(scene, model, target, worker, tmp_path / "plain.tif")
    single = tmp_path / "single.superseg"
    segment(scene, tmp_path / "single.tif", worker, model=single)
    with pytest.raises(SuperSegError, match=r"trained without any.*1 is given\. Leave"):
        classify(scene, single, target, worker, "dem.tif")


def test_bands_of_one_sensor_in_two_files_give_the_classes_of_one_file(scene, worker, tmp_path):
    image = read_raster(scene / "image.tif")
    whole, _ = segment(scene, tmp_path / "whole.tif", worker)
    write_raster(tmp_path / "image.tif", image[:2])
    write_raster(tmp_path / "swir.tif", image[2:])
    parts, _ = segment(tmp_path, tmp_path / "parts.tif", worker, "swir.tif")
    # The discriminant adds up the bands in another order, and a tie can be broken otherwise.
    assert (parts == whole).mean() > 0.999


def test_scenes_of_a_folder_have_the_part_of_a_raster_that_they_cover(scene, worker, tmp_path):
    folder = tmp_path / "scenes"
    folder.mkdir()
    image = read_raster(scene / "image.tif")
    away = (LEFT + 1e5, PIXEL, 0.0, TOP, 0.0, -PIXEL)
    write_raster(folder / "away.tif", image[:, :48], geotransform=away)
    write_raster(folder / "north.tif", image[:, :48])
    south = (LEFT, PIXEL, 0.0, TOP - 48 * PIXEL, 0.0, -PIXEL)
    write_raster(folder / "south.tif", image[:, 48:], geotransform=south)
    dem = [AdditionalRaster(str(scene / "dem.tif"))]
    start, model = partial(nullcontext, worker), str(tmp_path / "classes.superseg")
    options = SegmentationOptions(classes=4, preset="fast", superpixel_size=4.0)
    scenes = scenes_of(str(folder), "*.tif")
    found = run_folder_segmentation(
        FolderScenes(scenes, None, options, dem),
        FolderSegmentationOutputs(str(tmp_path / "first"), model),
        start,
        Listener(),
    )
    (failure,) = found.failures
    assert failure.startswith("away.tif: ADDITIONAL_RASTERS: dem.tif does not overlap away")
    classes = np.concatenate([read_raster(path)[0] for path in found.written])
    inside = slice(6, -12)
    quarters, held = QUARTERS[inside, inside], classes[inside, inside]
    agree = [np.bincount(held[quarters == n]).max() / (quarters == n).sum() for n in range(4)]
    assert min(agree) > 0.9
    assert len({int(np.bincount(held[quarters == n]).argmax()) for n in range(4)}) == 4
    assert (classes[:, -4:] == 0).all()
    again = tmp_path / "again"

    def classify_folder(*additional):
        inputs, outputs = FolderInputs(scenes[1:], model, None, additional), FolderOutputs(again)
        listener = Listener()
        result = run_folder_classification(
            inputs, outputs, ClassificationOptions(), start, listener
        )
        kept = any("classified before" in line for line in listener.lines)
        return np.concatenate([read_raster(path)[0] for path in result.written]), kept

    by_model, _ = classify_folder(*dem)
    assert (by_model == classes).mean() > 0.95
    assert classify_folder(*dem)[1]
    copy = tmp_path / "other_dem.tif"
    gdal.Warp(str(copy), str(scene / "flat.tif"), width=SIDE // 2, height=SIDE // 2)
    other, kept = classify_folder(AdditionalRaster(str(copy)))
    assert not kept
    assert (other[:, -4:] > 0).all()
    with pytest.raises(SuperSegError, match=r"MODEL classes.superseg was trained with 1 \(of elev"):
        classify_folder()


def test_a_preview_of_a_whole_image_has_the_classes_of_its_run(scene, worker, result):
    _, classes, _ = result
    path = str(scene / "image.tif")
    extent = (LEFT, TOP - SIDE * PIXEL, LEFT + SIDE * PIXEL, TOP)
    with RasterSource(path) as source:
        crs = source.grid.crs
    options = PreviewOptions(superpixel_size=4.0, classes=4, preset="fast")
    dem = (AdditionalRaster(str(scene / "dem.tif")),)
    plain = MapView(path, extent, (SIDE, SIDE), crs, 1.0)
    previewer = Previewer(worker)
    try:
        found = previewer.preview(replace(plain, additional=dem), options, Listener())
        alone = previewer.preview(plain, options, Listener())
        flat = replace(plain, additional=(AdditionalRaster(str(scene / "flat.tif")),))
        north = replace(plain, extent=(extent[0], TOP - 96, extent[2], TOP), size=(SIDE, 48))
        of_part = previewer.preview(replace(north, additional=flat.additional), options, Listener())
        far = replace(flat, extent=(LEFT + 1e4, TOP - 96, LEFT + 1.1e4, TOP))
        with pytest.raises(SuperSegError, match=r"The map shows no valid pixel of image\.tif"):
            previewer.preview(far, options, Listener())
    finally:
        previewer.close()
    assert (found.classes == classes).mean() > 0.99
    assert (alone.classes == classes).mean() < 0.9
    assert (of_part.classes > 0).all()


def kinds(folder, *names):
    with (
        RasterSource(str(folder / "image.tif")) as first,
        RasterStack(first, [AdditionalRaster(str(folder / name)) for name in names]) as source,
    ):
        prepare_rasters(source, "automatic", Listener())
        return [raster.kind for raster in source.rasters]


def prepared(folder, *names):
    with (
        RasterSource(str(folder / "image.tif")) as first,
        RasterStack(first, [AdditionalRaster(str(folder / name)) for name in names]) as source,
    ):
        prepare_rasters(source, "automatic", Listener())
        return source.read(source.grid.window)


def test_values_of_another_grid_lie_where_they_belong(scene, tmp_path):
    write_raster(tmp_path / "image.tif", read_raster(scene / "image.tif"))
    rows = np.arange(SIDE * 4, dtype=np.float32)[:, None] + np.zeros(SIDE * 4, np.float32)
    fine = (LEFT, PIXEL / 4, 0.0, TOP, 0.0, -PIXEL / 4)
    write_raster(tmp_path / "fine_dem.tif", rows[np.newaxis], geotransform=fine)
    values, valid = prepared(tmp_path, "fine_dem.tif")
    assert valid.all()
    np.testing.assert_allclose(values[3], 4 * np.arange(SIDE)[:, None] + 1.5 + np.zeros(SIDE))
    # Rows from south to north.
    bottom_up = (LEFT, PIXEL, 0.0, TOP - SIDE * PIXEL, 0.0, PIXEL)
    write_raster(
        tmp_path / "image.tif", read_raster(scene / "image.tif")[:, ::-1], geotransform=bottom_up
    )
    turned, _ = prepared(tmp_path, "fine_dem.tif")
    np.testing.assert_allclose(turned[3], values[3, ::-1])


def test_a_flat_part_of_an_elevation_model_is_one(scene, tmp_path):
    write_raster(tmp_path / "image.tif", read_raster(scene / "image.tif"))
    heights = np.zeros((1, SIDE, 4 * SIDE), np.float32)
    heights[:, :, 2 * SIDE :] = np.arange(2 * SIDE)
    write_raster(tmp_path / "coast_dem.tif", heights)
    write_raster(tmp_path / "coast.tif", heights)
    assert kinds(tmp_path, "coast_dem.tif", "coast.tif") == [MEASURED, ELEVATION, MEASURED]


def test_bad_rasters_are_refused_with_their_name(scene, tmp_path):
    image = read_raster(scene / "image.tif")
    write_raster(tmp_path / "image.tif", image)
    here = read_raster(scene / "flat.tif")[:, :40]
    away = (LEFT + 1e5, PIXEL, 0.0, TOP, 0.0, -PIXEL)
    write_raster(tmp_path / "away.tif", here, geotransform=away)
    write_raster(tmp_path / "nowhere.tif", here, epsg=None)
    corners = [(0, 0, LEFT, TOP), (40, 0, LEFT + 80, TOP), (0, SIDE, LEFT, TOP - 192)]
    write_raster(tmp_path / "gcps.tif", here, gcps=corners)
    (tmp_path / "text.tif").write_text("no raster")
    gdal.GetDriverByName("GTiff").Create(str(tmp_path / "complex.tif"), 4, 4, 1, gdal.GDT_CFloat32)
    write_raster(tmp_path / "empty.tif", np.full((1, SIDE, SIDE), -1, np.float32), nodata=-1)
    for name, text in {
        "image.tif": "is given twice or is the image itself",
        "away.tif": "away.tif does not overlap image.tif",
        "nowhere.tif": "nowhere.tif has no coordinate reference system, so that it cannot",
        "gcps.tif": "gcps.tif is placed by ground control points",
        "text.tif": "text.tif",
        "none.tif": "none.tif does not exist",
        "complex.tif": "RASTERS: complex.tif has CFloat32 numbers in band 1",
        "empty.tif": "empty.tif has no values where image.tif has some",
    }.items():
        with pytest.raises(SuperSegError, match=text) as caught:
            prepared(tmp_path, name)
        assert str(caught.value).startswith("ADDITIONAL_RASTERS: ")


def test_too_little_ground_in_common_is_told_of_the_rasters_and_not_of_the_image(tmp_path):
    image, heights = np.ones((1, 24, 24), np.float32), np.ones((1, 24, 24), np.float32)
    image[0] += np.arange(24)
    write_raster(tmp_path / "image.tif", image)
    for name, rows in {
        "north": slice(0, 12),
        "south": slice(12, 24),
        "corner": slice(23, 24),
    }.items():
        part = np.full_like(heights, -1)
        part[:, rows, :2] = heights[:, rows, :2]
        write_raster(tmp_path / f"{name}.tif", part, nodata=-1)
    for names, text in {
        ("corner.tif",): "image.tif has 2 valid pixels in all rasters together, fewer than the 4",
        ("north.tif", "south.tif"): "ADDITIONAL_RASTERS: no pixel of image.tif has a value",
    }.items():
        progress = Listener()
        additional = [AdditionalRaster(str(tmp_path / name)) for name in names]
        with (
            RasterSource(str(tmp_path / "image.tif")) as first,
            stacked(first, additional) as stack,
        ):
            prepare_rasters(stack, "automatic", progress)
            with pytest.raises(SuperSegError, match=text):
                measure_scene(stack, 4, None, progress)
    write_raster(tmp_path / "dot.tif", np.full((1, 1, 1), 5, np.float32))
    dot = [AdditionalRaster(str(tmp_path / "dot.tif"))]
    with RasterSource(str(tmp_path / "image.tif")) as first, stacked(first, dot) as stack:
        prepare_rasters(stack, "automatic", progress)
    told = "about 99.83 % of the pixels of image.tif have no value in it"
    assert told in "\n".join(progress.lines)
