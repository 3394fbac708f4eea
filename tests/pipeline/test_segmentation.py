# SPDX-License-Identifier: GPL-2.0-or-later
"""The chain in one run, and its parts by hand."""

from __future__ import annotations

import json
import math
import re
from contextlib import nullcontext

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.errors import Cancelled, SuperSegError
from superseg_plugin.pipeline.assessment.evaluation import evaluate
from superseg_plugin.pipeline.classes.catalog import read_catalog
from superseg_plugin.pipeline.classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from superseg_plugin.pipeline.formats.model_file import load_model, read_header
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.options.training import TrainingOptions
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.splitting import Splitting, run_splitting
from superseg_plugin.pipeline.superpixels import run_superpixels
from superseg_plugin.pipeline.training import TrainingInputs, TrainingOutputs, run_training
from superseg_plugin.raster.class_table import read_class_table
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.superpixel_file import SuperpixelFile
from superseg_plugin.raster.superpixel_tables import superpixel_file_of
from superseg_plugin.worker.client import WorkerProcess
from tests.benchmarks.measures import map_ami
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import (
    Listener,
    landscape,
    landscape_and_fields,
    write_amid_nodata,
)


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    return write_raster(tmp_path_factory.mktemp("scene") / "scene.tif", landscape(500, 620))


def segment(path, folder, worker, progress=None, outputs=(), name="classes.tif", **options):
    wanted = {
        "superpixels": "superpixels.tif",
        "average_color": "average.tif",
        "confidence": "confidence.tif",
        "model": "model.superseg",
        "report": "report.html",
    }
    chosen = {key: str(folder / wanted[key]) for key in outputs}
    with RasterSource(path) as source:
        return run_segmentation(
            source,
            SegmentationOutputs(str(folder / name), **chosen),
            SegmentationOptions(**{"classes": 6, **options}),
            worker,
            progress or Listener(),
        )


def classify(path, model, output, worker, superpixels=None, confidence=None, **options):
    """Classify; gives the lines of the log."""
    listener = Listener()
    given = RasterSource(superpixels) if superpixels else nullcontext()
    with RasterSource(path) as source, given as opened:
        run_classification(
            ClassificationInputs(source, model, opened),
            ClassificationOutputs(str(output), confidence),
            ClassificationOptions(**options), worker, listener,
        )  # fmt: skip
    return listener.lines


ALL = ("superpixels", "average_color", "confidence", "model", "report")
# What networks are trained on where only the steps of an algorithm are tested.
SMALL = {"patch_size": 64, "batch_size": 2}


@pytest.fixture(scope="module")
def result(image, tmp_path_factory, worker):
    folder = tmp_path_factory.mktemp("result")
    listener = Listener()
    return folder, segment(image, folder, worker, listener, ALL), listener


def test_every_output_falls_out_of_one_run(result):
    folder, _, listener = result
    names = {path.name for path in folder.iterdir()}
    assert {"superpixels.tif", "average.tif", "confidence.tif", "model.superseg"} <= names
    assert {"report.html", "classes.tif", "classes.tif.superseg.json"} <= names
    assert not [name for name in names if name.startswith(".")]
    assert listener.fractions == sorted(listener.fractions)
    assert any(re.search(r"^Times: reading .* training [\d.]+ s", line) for line in listener.lines)


def test_classes_are_numbered_by_area_and_described_in_the_file(result, image):
    folder, numbers, _ = result
    classes = read_raster(folder / "classes.tif")[0]
    counts = np.bincount(classes.ravel(), minlength=numbers.class_count + 1)
    assert counts[0] == 0
    assert (np.diff(counts[1:]) <= 0).all()
    table = read_class_table(folder / "classes.tif")
    assert table.counts.tolist() == counts[1:].tolist()
    pixels = read_raster(image).astype(float)
    for number in range(1, numbers.class_count + 1):
        mean = pixels[:, classes == number].mean(axis=1)
        np.testing.assert_allclose(table.means[number - 1], mean)
    assert gdal.Open(str(folder / "classes.tif")).GetRasterBand(1).GetNoDataValue() == 0


def test_average_color_is_the_mean_of_each_class(result, image):
    folder, numbers, _ = result
    classes, pixels = read_raster(folder / "classes.tif")[0], read_raster(image)
    painted = read_raster(folder / "average.tif")
    for number in range(1, numbers.class_count + 1):
        inside = classes == number
        expected = np.rint(pixels[:, inside].astype(float).mean(axis=1))
        assert (painted[:, inside] == expected[:, None]).all()


def test_the_map_finds_the_fields_of_the_image(tmp_path, worker):
    pixels, fields = landscape_and_fields(64, 80)
    path = write_raster(tmp_path / "image.tif", pixels)
    reference = write_raster(tmp_path / "fields.tif", fields)
    least = {"balanced": 0.65, "fast": 0.65, "published": 0.4}
    for preset, bound in least.items():
        segment(path, tmp_path, worker, name=f"{preset}.tif", classes=6, preset=preset)
        with RasterSource(str(tmp_path / f"{preset}.tif")) as found, RasterSource(reference) as t:
            ami = evaluate(found, t, None, Listener()).ami
            assert ami > bound, preset


def test_tile_size_cannot_be_seen(image, result, tmp_path, worker):
    folder, _, _ = result
    whole = read_raster(folder / "classes.tif")
    for tile in (64, 256):
        segment(image, tmp_path, worker, name=f"s{tile}.tif", tile_size=tile)
        assert (read_raster(tmp_path / f"s{tile}.tif") == whole).mean() >= 0.9999
    model = str(folder / "model.superseg")
    for smoothness in (0.0, 8.0):
        maps = []
        for tile in (64, 200, 1024):
            target = tmp_path / f"c{tile}-{smoothness}.tif"
            classify(image, model, target, worker, tile_size=tile, smoothness=smoothness)
            maps.append(read_raster(target))
        assert all((found == maps[0]).mean() >= 0.9999 for found in maps)


def test_the_same_seed_gives_the_same_bytes(image, result, tmp_path, worker):
    folder, _, _ = result
    segment(image, tmp_path, worker, outputs=ALL)
    for name in ("classes.tif", "classes.tif.aux.xml", "model.superseg", "confidence.tif"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_model_knows_the_classes_of_the_map(result, image, tmp_path, worker):
    folder, numbers, _ = result
    model = read_header(folder / "model.superseg")
    table = read_class_table(folder / "classes.tif")
    assert model.classes >= numbers.class_count
    assert model.class_colors[: numbers.class_count].tolist() == table.colors.tolist()
    classify(image, str(folder / "model.superseg"), tmp_path / "again.tif", worker)
    again = read_raster(tmp_path / "again.tif")
    assert (again == read_raster(folder / "classes.tif")).mean() > 0.999


def test_a_classified_scene_can_be_split(result, tmp_path, worker):
    folder, _, _ = result
    model = str(folder / "model.superseg")
    scene = write_raster(tmp_path / "b.tif", landscape(200, 240))
    path = tmp_path / "b_classes.tif"
    classify(scene, model, path, worker, min_area=300.0)
    with SuperpixelFile.open_beside(str(path)) as kept:
        ids = kept.read_ids(kept.grid.window)
        assert np.array_equal(np.append(0, kept.classes)[ids], read_raster(path)[0])
        largest = int(np.bincount(kept.classes, kept.pixels).argmax())
    before = len(read_catalog(str(path)).numbers)
    split = str(tmp_path / "split.tif")
    with RasterSource(str(path)) as source:
        count = run_splitting(source, Splitting((str(largest),), 2), split, Listener())
    assert count == before + 1
    lines = classify(scene, model, path, worker, smoothness=0.0)
    assert any("with SMOOTHNESS 0 each pixel is classified" in line for line in lines)
    assert not superpixel_file_of(path).exists()


def test_the_model_has_other_scenes_cut_like_its_own(tmp_path, worker):
    scene = write_raster(tmp_path / "scene.tif", landscape(128, 160))
    options = {"classes": 4, "imagery": "vhr", "superpixel_size": 5.0}
    segment(scene, tmp_path, worker, outputs=("model",), **options)
    classify(scene, str(tmp_path / "model.superseg"), tmp_path / "again.tif", worker)
    again, first = read_raster(tmp_path / "again.tif"), read_raster(tmp_path / "classes.tif")
    assert np.array_equal(again, first)


def test_confidence_is_percent_and_high_where_fields_are_plain(result):
    folder, _, _ = result
    confidence = read_raster(folder / "confidence.tif")
    assert confidence.max() <= 100
    assert np.median(confidence) > 50


def test_the_record_holds_what_a_second_run_needs(result):
    folder, _, _ = result
    record = json.loads((folder / "classes.tif.superseg.json").read_text())
    assert record["options"]["seed"] == 0
    assert record["options"]["preset"] == "balanced"
    assert record["input"]["bands"] == [1, 2, 3]
    assert "torch" in record["versions"]


@pytest.mark.parametrize("preset", ["balanced", "fast", "published"])
def test_two_by_three_pixels_are_a_scene(tmp_path, worker, preset):
    path = write_raster(tmp_path / "tiny.tif", np.arange(18, dtype=np.uint8).reshape(3, 2, 3))
    found = segment(path, tmp_path, worker, classes=2, preset=preset, outputs=ALL)
    assert read_raster(tmp_path / "classes.tif").shape == (1, 2, 3)
    assert found.class_count >= 1


@pytest.mark.parametrize("dtype", ["uint16", "int16", "float32", "float64"])
@pytest.mark.parametrize("bands", [1, 5])
def test_any_type_and_band_count_with_nodata(tmp_path, worker, dtype, bands):
    pixels = landscape(150, 170, bands).astype(np.float64) * 11.0 - 300
    hole = np.zeros((150, 170), bool)
    hole[30:80, 40:90] = True
    nodata = 9999 if dtype in ("uint16", "int16") else -3.4028234663852886e38
    pixels = np.where(hole, nodata, np.clip(pixels, 1, None)).astype(dtype)
    path = write_raster(tmp_path / "image.tif", pixels, nodata=nodata)
    segment(path, tmp_path, worker, outputs=ALL, classes=4)
    classes = read_raster(tmp_path / "classes.tif")[0]
    assert np.array_equal(classes == 0, hole)
    assert np.array_equal(read_raster(tmp_path / "superpixels.tif")[0] == 0, hole)
    assert np.array_equal(read_raster(tmp_path / "confidence.tif")[0] == 255, hole)


def test_224_bands_work(tmp_path, worker):
    path = write_raster(tmp_path / "cube.tif", landscape(80, 90, 224).astype(np.int16))
    assert segment(path, tmp_path, worker, classes=4).class_count >= 2


def test_small_areas_are_merged(image, tmp_path, worker):
    segment(image, tmp_path, worker, preset="fast", min_area=3000)
    classes = read_raster(tmp_path / "classes.tif")[0]
    sieved = gdal.GetDriverByName("MEM").Create("", 620, 500, 1)
    band = sieved.GetRasterBand(1)
    band.WriteArray(classes)
    gdal.SieveFilter(band, None, band, 3000, 4)
    assert np.array_equal(band.ReadAsArray(), classes)


def test_cancel_leaves_the_older_result_alone(image, result, tmp_path, worker):
    (tmp_path / "classes.tif").write_text("older")
    late = 3 * len(result[2].fractions) // 4
    with pytest.raises(Cancelled):
        segment(image, tmp_path, worker, Listener(stop_after=late), outputs=ALL)
    assert [path.name for path in tmp_path.iterdir()] == ["classes.tif"]
    assert (tmp_path / "classes.tif").read_text() == "older"


def test_a_damaged_block_is_named_and_leaves_nothing(tmp_path, worker):
    path = tmp_path / "damaged.tif"
    blocks = ["BLOCKXSIZE=128", "BLOCKYSIZE=128", "INTERLEAVE=BAND"]
    options = ["TILED=YES", "COMPRESS=DEFLATE", *blocks]
    write_raster(path, landscape(512, 512), options=options)
    dataset = gdal.Open(str(path))
    place = dataset.GetRasterBand(2).GetMetadataItem("BLOCK_OFFSET_2_1", "TIFF")
    del dataset
    data = bytearray(path.read_bytes())
    data[int(place) : int(place) + 400] = b"\xff" * 400
    path.write_bytes(data)
    words = r"damaged\.tif: band 2 cannot be read at rows 128 to 255, columns 256 to 383"
    with pytest.raises(SuperSegError, match=words):
        segment(str(path), tmp_path, worker, preset="fast")
    assert [found.name for found in tmp_path.iterdir()] == ["damaged.tif"]


def test_fewer_valid_pixels_than_classes_is_refused(tmp_path, worker):
    path = write_raster(tmp_path / "tiny.tif", np.zeros((1, 2, 3), np.uint8))
    with pytest.raises(SuperSegError, match=r"6 valid pixels, fewer than the 16 CLASSES"):
        segment(path, tmp_path, worker, classes=16)


def test_nothing_is_sent_twice(image, tmp_path, worker, monkeypatch):
    sent = {}

    def submit(self, op, options=None, arrays=None, keep=False):
        for name, array in (arrays or {}).items():
            if getattr(array, "described", None) is None:
                sent.setdefault(op, {}).setdefault(name, []).append(np.shape(array))
        sent.setdefault(op, {})
        return plain_submit(self, op, options, arrays, keep)

    plain_submit = WorkerProcess.submit
    monkeypatch.setattr(WorkerProcess, "submit", submit)
    segment(image, tmp_path, worker, outputs=("model",))
    asked = sent.pop("describe_device")
    assert asked == {}
    # What the worker has found or been given before stays in files that it maps.
    assert sent.pop("cluster") == {}
    assert sent.pop("train").keys() == {"images", "superpixels"}
    # Every pixel of this image is valid: no mask travels.
    assert sent.pop("superpixels").keys() == {"image"}
    assert sent.pop("describe_superpixels").keys() == {"image", "labels"}
    # The worker needs the finished map for the file of superpixels.
    tabulated = sent.pop("tabulate_superpixels")
    assert tabulated.keys() == {"ids", "classes", "area_rows", "area_columns"}
    # What is empty lies in no file.
    assert all(0 in shape for shapes in sent.pop("change_class_count").values() for shape in shapes)
    assert sent.pop("fit_refinement").keys() == {"images", "valid", "classes", "means", "areas"}
    assert sent.pop("refine_superpixels").keys() == {"image", "labels"}
    # Areas of pixels travel as a few numbers a row and a column.
    painted = sent.pop("paint_on_image")
    assert painted.keys() == {"image", "labels", "area_rows", "area_columns"}
    factors = painted["area_rows"] + painted["area_columns"]
    assert max(map(math.prod, factors)) < 500 * 620 / 50
    assert sent.keys() == {"measure_bands", "stitch"}


def test_the_device_is_asked_once_and_painting_reads_no_bands(image, tmp_path, worker, monkeypatch):
    asked, read = [], []
    plain_submit, plain_read = WorkerProcess.submit, RasterSource.read

    def submit(self, op, *others, **named):
        asked.append(op)
        return plain_submit(self, op, *others, **named)

    def counted(self, window, **how):
        if len(self.bands) == 3:
            read.append(window.width * window.height)
        return plain_read(self, window, **how)

    monkeypatch.setattr(WorkerProcess, "submit", submit)
    monkeypatch.setattr(RasterSource, "read", counted)
    segment(image, tmp_path, worker, preset="fast")
    assert asked.count("describe_device") == 1
    # Steps of a mosaic, sample, valid pixels, superpixels, description with its halo, refinement
    # with its sample, statistics and colors.
    assert sum(read) < 9 * 500 * 620


@pytest.mark.parametrize("guidance", ["clusters", "selftraining"])
def test_steps_by_hand(image, tmp_path, worker, guidance):
    superpixels, model = str(tmp_path / "s.tif"), str(tmp_path / "m.superseg")
    options = TrainingOptions(classes=5, guidance=guidance, steps=30, **SMALL)
    with RasterSource(image) as source:
        run_superpixels(source, superpixels, SuperpixelOptions(), worker, Listener())
        with RasterSource(superpixels) as given:
            trained = run_training(
                TrainingInputs(source, given), TrainingOutputs(model, str(tmp_path / "r.html")),
                options, worker, Listener(),
            )  # fmt: skip
    assert 2 <= trained.class_count <= 5
    assert np.isfinite(trained.final_loss)
    given = (superpixels, str(tmp_path / "p.tif"))
    lines = classify(image, model, tmp_path / "c.tif", worker, *given)
    assert superpixel_file_of(tmp_path / "c.tif").exists() == (guidance == "clusters")
    told = any("the model was trained without clusters" in line for line in lines)
    assert told == (guidance == "selftraining")
    ids, classes = read_raster(superpixels)[0], read_raster(tmp_path / "c.tif")[0]
    first = np.zeros(ids.max() + 1, np.uint8)
    first[ids] = classes
    assert np.array_equal(first[ids], classes)
    table = read_class_table(tmp_path / "c.tif")
    assert len(table.names) == 5
    assert table.colors.tolist() == load_model(model).class_colors.tolist()
    assert "<svg" in (tmp_path / "r.html").read_text()


def test_training_goes_on_from_a_model(image, tmp_path, worker):
    first, second = str(tmp_path / "1.superseg"), str(tmp_path / "2.superseg")
    options = TrainingOptions(classes=5, steps=20, **SMALL)
    with RasterSource(image) as source:
        again = TrainingInputs(source, initial_model=first)
        outputs = TrainingOutputs(second)
        run_training(TrainingInputs(source), TrainingOutputs(first), options, worker, Listener())
        run_training(again, outputs, options, worker, Listener())
        with pytest.raises(SuperSegError, match=r"INITIAL_MODEL .*light network of 5 classes"):
            run_training(again, outputs, TrainingOptions(classes=7), worker, Listener())
        plain = write_raster(tmp_path / "plain.tif", np.full((3, 90, 90), 70, np.uint8))
        with RasterSource(plain) as poor:
            again = TrainingInputs(poor, initial_model=first)
            with pytest.raises(SuperSegError, match="has 5 classes, but"):
                run_training(again, outputs, options, worker, Listener())
    assert load_model(first).weights.keys() == load_model(second).weights.keys()


def test_the_scene_decides_on_the_number_of_classes(image, tmp_path, worker):
    numbers = segment(image, tmp_path, worker, classes=0, preset="fast")
    assert 2 <= numbers.class_count < 24


def test_nodata_around_a_scene_changes_nothing(tmp_path, worker):
    image = np.maximum(landscape(310, 420), 1).astype(np.uint16) * 9
    alone = write_raster(tmp_path / "alone.tif", image, nodata=0)
    amid = write_amid_nodata(tmp_path / "amid.tif", image, 522, 131)
    for name, path in (("a.tif", alone), ("b.tif", amid)):
        segment(path, tmp_path, worker, name=name, preset="fast", classes=8)
    found = read_raster(tmp_path / "b.tif")[0]
    assert np.count_nonzero(found) == 310 * 420
    part = found[522 : 522 + 310, 131 : 131 + 420]
    # Sums over other tiles may differ in their last digit.
    assert (part == read_raster(tmp_path / "a.tif")[0]).mean() > 0.999


def test_another_seed_gives_nearly_the_same_map(image, tmp_path, worker):
    maps = []
    for seed in (0, 1):
        folder = tmp_path / str(seed)
        folder.mkdir()
        segment(image, folder, worker, classes=5, seed=seed)
        maps.append(read_raster(folder / "classes.tif")[0])
    # Fields of the same area may change numbers.
    assert map_ami(*maps) > 0.95


def test_a_model_of_other_bands_is_refused(result, tmp_path, worker):
    folder, _, _ = result
    path = write_raster(tmp_path / "five.tif", landscape(80, 80, 5))
    with pytest.raises(SuperSegError, match=r"trained on 3 bands .* has 5"):
        classify(path, str(folder / "model.superseg"), tmp_path / "c.tif", worker)
    assert not (tmp_path / "c.tif").exists()


def test_an_image_of_other_values_is_warned_of(result, tmp_path, worker):
    folder, _, _ = result
    path = write_raster(tmp_path / "bright.tif", np.full((3, 90, 90), 340, np.uint16))
    listener = Listener()
    with RasterSource(path) as source:
        run_classification(
            ClassificationInputs(source, str(folder / "model.superseg")),
            ClassificationOutputs(str(tmp_path / "c.tif")),
            ClassificationOptions(), worker, listener,
        )  # fmt: skip
    assert any("Warning" in line and "median" in line for line in listener.lines)


def test_superpixels_of_another_grid_are_refused(result, tmp_path, worker):
    folder, _, _ = result
    path = write_raster(tmp_path / "other.tif", landscape(90, 90))
    with pytest.raises(SuperSegError, match="SUPERPIXELS"):
        classify(
            path, str(folder / "model.superseg"), tmp_path / "c.tif", worker,
            str(folder / "superpixels.tif"),
        )  # fmt: skip
