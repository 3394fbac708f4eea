# SPDX-License-Identifier: GPL-2.0-or-later
"""Each algorithm run for real, as `processing.run` does in the Python console."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from qgis.core import QgsProcessingException, QgsRasterLayer

from superseg_plugin.pipeline.formats.merge_order import check_merge_order
from superseg_plugin.pipeline.formats.model_file import read_header
from tests.conftest import GEOTRANSFORM, blocks, quarters, read_raster, write_raster
from tests.qgis.helpers import QUICK


def test_segment_writes_all_requested_outputs(run, files, tmp_path, listener):
    wanted = {
        "OUTPUT": tmp_path / "classes.tif",
        "SUPERPIXELS": tmp_path / "superpixels.tif",
        "AVERAGE_COLOR": tmp_path / "average.tif",
        "CONFIDENCE": tmp_path / "confidence.tif",
        "MODEL": tmp_path / "model.superseg",
        "REPORT": tmp_path / "report.html",
    }
    parameters = {"INPUT": files["scene"], "CLASSES": 4, "DEVICE": "cpu"}
    result = run(
        "superseg:segment", {**parameters, **{k: str(v) for k, v in wanted.items()}}, listener
    )
    assert {name: result[name] for name in wanted} == {k: str(v) for k, v in wanted.items()}
    classes = read_raster(result["OUTPUT"])[0]
    assert classes.shape == (64, 64)
    assert classes.min() >= 1
    assert result["CLASS_COUNT"] == classes.max()
    assert result["SUPERPIXEL_COUNT"] == read_raster(result["SUPERPIXELS"]).max()
    # Every field is mostly of one class of its own.
    winners = {
        int(np.bincount(classes[files["numbers"] == field]).argmax()) for field in range(1, 5)
    }
    assert len(winners) == 4
    average = read_raster(result["AVERAGE_COLOR"])
    for number in range(1, classes.max() + 1):
        inside = classes == number
        mean = files["image"][:, inside].mean(axis=1)
        assert np.abs(average[:, inside] - mean[:, None]).max() <= 0.5 + 1e-6
    confidence = read_raster(result["CONFIDENCE"])[0]
    assert 0 <= confidence.min() <= confidence.max() <= 100
    assert "<svg" in Path(result["REPORT"]).read_text(encoding="utf-8")
    assert listener.fractions == sorted(listener.fractions)
    assert any("loss" in line.lower() for line in listener.lines)
    model = read_header(result["MODEL"])
    assert len(check_merge_order(model.merge_order, model.classes)) == model.classes - 1
    # The model alone is enough to merge its classes by.
    Path(f"{result['OUTPUT']}.superseg.json").unlink()
    parameters = {"CLASSIFICATION": result["OUTPUT"], "MODEL": result["MODEL"], "CLASSES": 2}
    merged = run("superseg:mergeclasses", {**parameters, "OUTPUT": str(tmp_path / "two.tif")})
    assert set(np.unique(read_raster(merged["OUTPUT"]))) == {1, 2}


@pytest.mark.parametrize(("preset", "fewest", "most"), [("fast", 2, 24), ("published", 1, 32)])
def test_segment_finds_the_number_of_classes(run, tmp_path, listener, preset, fewest, most):
    # A small scene, as the published preset takes 150 steps over all of it.
    scene = write_raster(tmp_path / "scene.tif", quarters(32, 32)[0])
    parameters = {"INPUT": scene, "CLASSES": 0, "PRESET": preset, "DEVICE": "cpu"}
    output = str(tmp_path / "classes.tif")
    found = run("superseg:segment", {**parameters, "OUTPUT": output}, listener)["CLASS_COUNT"]
    assert fewest <= found <= most
    assert set(np.unique(read_raster(output))) == set(range(1, found + 1))
    told = [line for line in listener.lines if line.startswith(f"CLASSES 0: {found} classes")]
    assert len(told) == (preset == "fast")


def test_superpixels_and_clusters_do_not_depend_on_the_seed(run, files, tmp_path):
    maps = {"OUTPUT": [], "SUPERPIXELS": []}
    for seed in (0, 7):
        parameters = {"INPUT": files["scene"], "CLASSES": 5, "PRESET": "fast", "SEED": seed}
        places = {name: str(tmp_path / f"{name}{seed}.tif") for name in maps}
        result = run("superseg:segment", {**parameters, "DEVICE": "cpu", **places})
        for name, found in maps.items():
            found.append(read_raster(result[name]))
    assert np.array_equal(*maps["SUPERPIXELS"])
    assert np.array_equal(*maps["OUTPUT"])


def test_segment_of_selected_bands_within_an_extent(run, files, tmp_path):
    west, _, _, north, _, _ = GEOTRANSFORM
    parameters = {
        "INPUT": files["scene"],
        "BANDS": [3, 1],
        "EXTENT": f"{west + 20},{west + 100},{north - 60},{north - 10} [EPSG:32632]",
        "CLASSES": 3,
        "PRESET": "fast",
        "DEVICE": "cpu",
        "OUTPUT": str(tmp_path / "classes.tif"),
        "AVERAGE_COLOR": str(tmp_path / "average.tif"),
    }
    result = run("superseg:segment", parameters)
    layer = QgsRasterLayer(result["OUTPUT"])
    assert (layer.width(), layer.height()) == (40, 25)
    assert layer.extent().xMinimum() == west + 20
    assert layer.extent().yMaximum() == north - 10
    assert layer.crs().authid() == "EPSG:32632"
    assert read_raster(result["AVERAGE_COLOR"]).shape == (2, 25, 40)


@pytest.mark.parametrize("method", ["felzenszwalb", "slic"])
def test_superpixels_follow_the_fields(run, files, tmp_path, method):
    parameters = {
        "INPUT": files["scene"],
        "METHOD": method,
        "MIN_SIZE": 20,
        "OUTPUT": str(tmp_path / "superpixels.tif"),
    }
    result = run("superseg:superpixels", parameters)
    labels = read_raster(result["OUTPUT"])[0]
    assert labels.dtype == np.uint32
    assert np.array_equal(np.unique(labels), np.arange(1, result["SUPERPIXEL_COUNT"] + 1))
    numbers = files["numbers"]
    pure = sum(np.bincount(numbers[labels == label]).max() for label in np.unique(labels))
    assert pure / numbers.size > 0.95


@pytest.mark.parametrize("method", ["felzenszwalb", "slic"])
def test_superpixels_have_a_size_on_the_ground(run, tmp_path, method):
    generator = np.random.default_rng(0)
    fields = generator.integers(30, 220, (3, 30, 30)).repeat(8, axis=1).repeat(8, axis=2)
    image = (fields + generator.normal(0, 3, fields.shape)).astype(np.uint8)
    scene = write_raster(tmp_path / "fields.tif", image)
    # Pixels are of 2 m: 30 m of sentinel2 are 15 of them, far more than the usual 8.
    sizes = []
    for choice in ({}, {"IMAGERY": "sentinel2"}, {"SUPERPIXEL_SIZE": 15.0}):
        parameters = {"INPUT": scene, "METHOD": method, **choice}
        result = run("superseg:superpixels", {**parameters, "OUTPUT": str(tmp_path / "s.tif")})
        sizes.append(np.bincount(read_raster(result["OUTPUT"]).ravel())[1:].mean())
    usual, by_imagery, by_size = sizes
    assert by_imagery > 1.5 * usual
    assert by_size == by_imagery


def test_a_model_contains_the_superpixel_options(run, files, tmp_path):
    parameters = {"INPUT": files["scene"], **QUICK, "IMAGERY": "sentinel2"}
    result = run("superseg:trainfcn", {**parameters, "MODEL": str(tmp_path / "m.superseg")})
    known = read_header(result["MODEL"]).options["superpixels"]
    assert known == {"min_size": 225, "scale": 112.5}


def test_parameters_keep_decimals_that_the_dialog_does_not_show(run, files, tmp_path):
    report = tmp_path / "r.html"
    parameters = {"INPUT": files["scene"], **QUICK, "LEARNING_RATE": 1.2345678e-4}
    outputs = {"MODEL": str(tmp_path / "m.superseg"), "REPORT": str(report)}
    result = run("superseg:trainfcn", {**parameters, **outputs})
    assert read_header(result["MODEL"]).options["learning_rate"] == 1.2345678e-4
    assert "LEARNING_RATE=0.00012345678" in report.read_text(encoding="utf-8")


def test_training_then_classification(run, files, tmp_path):
    model = run(
        "superseg:trainfcn",
        {
            "INPUT": files["scene"],
            **QUICK,
            "STEPS": 30,
            "MODEL": str(tmp_path / "m.superseg"),
            "REPORT": str(tmp_path / "r.html"),
        },
    )
    assert 1 < model["CLASS_COUNT"] <= 4
    assert np.isfinite(model["FINAL_LOSS"])
    assert Path(model["REPORT"]).stat().st_size > 0
    result = run(
        "superseg:classify",
        {
            "INPUT": files["scene"],
            "MODEL": model["MODEL"],
            "SUPERPIXELS": files["blocks"],
            "DEVICE": "cpu",
            "OUTPUT": str(tmp_path / "classes.tif"),
            "CONFIDENCE": str(tmp_path / "confidence.tif"),
        },
    )
    classes = read_raster(result["OUTPUT"])[0]
    for label in np.unique(blocks()):
        assert len(np.unique(classes[blocks() == label])) == 1
    confidence = read_raster(result["CONFIDENCE"])[0]
    assert 0 <= confidence.min() <= confidence.max() <= 100


def test_training_finds_the_number_of_classes(run, files, tmp_path):
    parameters = {"INPUT": files["scene"], **QUICK, "CLASSES": 0}
    result = run("superseg:trainfcn", {**parameters, "MODEL": str(tmp_path / "m.superseg")})
    model = read_header(result["MODEL"])
    assert 4 <= model.classes <= 24
    check_merge_order(model.merge_order, model.classes)


def test_training_starts_from_an_initial_model(run, files, model, tmp_path):
    parameters = {"INPUT": files["scene"], **QUICK, "MODEL": str(tmp_path / "next.superseg")}
    result = run("superseg:trainfcn", {**parameters, "INITIAL_MODEL": model})
    assert Path(result["MODEL"]).read_bytes() != Path(model).read_bytes()


def test_average_color_of_classes(run, files, tmp_path):
    parameters = {
        "INPUT": files["scene"],
        "CLASSIFICATION": files["fields"],
        "OUTPUT": str(tmp_path / "average.tif"),
    }
    average = read_raster(run("superseg:averagecolor", parameters)["OUTPUT"])
    assert average.dtype == np.uint8
    for field in range(1, 5):
        inside = files["numbers"] == field
        mean = files["image"][:, inside].mean(axis=1)
        assert np.array_equal(average[:, inside][:, 0], np.rint(mean))
        assert (np.ptp(average[:, inside], axis=1) == 0).all()


def test_average_color_of_majority_classes(run, files, tmp_path):
    speckled = files["numbers"].copy()
    speckled[::8, ::8] = 4
    classes = write_raster(tmp_path / "speckled.tif", speckled, nodata=0)
    parameters = {"INPUT": files["scene"], "SUPERPIXELS": files["blocks"]}
    voted = run(
        "superseg:averagecolor",
        {**parameters, "CLASSIFICATION": classes, "OUTPUT": str(tmp_path / "voted.tif")},
    )
    clean = run(
        "superseg:averagecolor",
        {**parameters, "CLASSIFICATION": files["fields"], "OUTPUT": str(tmp_path / "clean.tif")},
    )
    assert np.array_equal(read_raster(voted["OUTPUT"]), read_raster(clean["OUTPUT"]))


def test_average_color_of_classes_of_a_part(run, files, tmp_path):
    west, across, _, north, _, down = GEOTRANSFORM
    part = (west + 10 * across, across, 0.0, north + 20 * down, 0.0, down)
    classes = write_raster(
        tmp_path / "part.tif", files["numbers"][20:50, 10:60], geotransform=part, nodata=0
    )
    parameters = {
        "INPUT": files["scene"],
        "CLASSIFICATION": classes,
        "OUTPUT": str(tmp_path / "average.tif"),
    }
    average = read_raster(run("superseg:averagecolor", parameters)["OUTPUT"])
    assert average.shape == (3, 30, 50)
    inside = files["numbers"][20:50, 10:60] == 1
    mean = files["image"][:, 20:50, 10:60][:, inside].mean(axis=1)
    assert np.array_equal(average[:, inside][:, 0], np.rint(mean))


def test_evaluation_of_identical_partitions(run, files, tmp_path, listener):
    renamed = write_raster(tmp_path / "renamed.tif", 9 - files["numbers"], nodata=0)
    report = str(tmp_path / "report.html")
    parameters = {"CLASSIFICATION": renamed, "REFERENCE": files["fields"], "REPORT": report}
    result = run("superseg:evaluate", parameters, listener)
    for name in ("AMI", "ARI", "FMI", "V_MEASURE", "ACCURACY", "MEAN_IOU"):
        assert result[name] == pytest.approx(1.0)
    assert result["ARE"] == pytest.approx(0.0)
    assert "<table" in Path(report).read_text(encoding="utf-8")
    assert any("unlabelled as a class" in line for line in listener.lines)


def test_evaluation_ignores_the_unlabelled_value(run, files, tmp_path):
    wrong = np.where(files["numbers"] == 4, 1, files["numbers"]).astype(np.uint8)
    classes = write_raster(tmp_path / "wrong.tif", wrong, nodata=0)
    parameters = {"CLASSIFICATION": classes, "REFERENCE": files["fields"]}
    assert run("superseg:evaluate", parameters)["ACCURACY"] == pytest.approx(0.75)
    without = run("superseg:evaluate", {**parameters, "UNLABELLED": 4})
    assert without["ACCURACY"] == pytest.approx(1.0)


def test_the_runtime_report_lists_the_libraries(run, listener):
    text = run("superseg:runtimereport", {}, listener)["TEXT"]
    assert "torch" in text
    assert "numba" in text
    assert text.splitlines()[0] in listener.lines


def test_tiny_rasters_work(run, tmp_path):
    image = np.arange(18, dtype=np.uint8).reshape(3, 2, 3) * 10
    scene = write_raster(tmp_path / "tiny.tif", image)
    parameters = {"INPUT": scene, "CLASSES": 2, "DEVICE": "cpu"}
    result = run("superseg:segment", {**parameters, "OUTPUT": str(tmp_path / "classes.tif")})
    assert read_raster(result["OUTPUT"]).shape == (1, 2, 3)


def test_a_model_finds_its_bands_and_takes_bands_and_units_from_the_user(run, tmp_path):
    pixels, _ = quarters(64, 64)
    five = np.concatenate([pixels[:1] // 5, pixels, pixels[:1] // 5])
    path = write_raster(tmp_path / "five.tif", five)
    model, expected = str(tmp_path / "m.superseg"), str(tmp_path / "expected.tif")
    options = {"CLASSES": 4, "PRESET": "fast", "DEVICE": "cpu"}
    chosen = {"INPUT": path, "BANDS": [2, 3, 4], "MODEL": model, "OUTPUT": expected}
    run("superseg:segment", {**options, **chosen})
    images = tmp_path / "images"
    images.mkdir()
    other = write_raster(images / "other.tif", (five[::-1] / 255).astype(np.float32))
    target, results = str(tmp_path / "c.tif"), str(tmp_path / "results")
    classify = {"MODEL": model, "DEVICE": "cpu", "OUTPUT": target}
    run("superseg:classify", {**classify, "INPUT": path})
    assert np.array_equal(read_raster(target), read_raster(expected))
    with pytest.raises(QgsProcessingException, match="RESCALE"):
        run("superseg:classify", {**classify, "INPUT": other, "BANDS": [4, 3, 2]})
    again = {**classify, "BANDS": [4, 3, 2], "RESCALE": True}
    run("superseg:classify", {**again, "INPUT": other})
    assert np.array_equal(read_raster(target), read_raster(expected))
    for bands in ("4;3, 2", [4, 3, 2]):
        folder = {**again, "FOLDER": str(images), "BANDS": bands, "OUTPUT": results}
        run("superseg:classifyfolder", folder)
        found = read_raster(tmp_path / "results" / "other_classes.tif")
        assert np.array_equal(found, read_raster(expected))
    with pytest.raises(QgsProcessingException, match="BANDS is “red”: give band numbers"):
        run("superseg:classifyfolder", {**folder, "BANDS": "red"})


def test_a_folder_is_segmented_with_one_legend(run, tmp_path, listener):
    folder = tmp_path / "images"
    folder.mkdir()
    pixels, _ = quarters(64, 96)
    for name, part in (("east", pixels[:, :, 48:]), ("west", pixels[:, :, :48])):
        write_raster(folder / f"{name}.tif", part)
    heights = np.random.default_rng(0).normal(300, 20, pixels.shape[1:]).astype(np.float32)
    dem = write_raster(folder / "dem.tif", heights)
    options = {"CLASSES": 4, "PRESET": "fast", "DEVICE": "cpu", "BANDS": "1;2"}
    options["ADDITIONAL_RASTERS"] = [dem]
    outputs = {"OUTPUT": tmp_path / "results", "CLASS_TABLE": tmp_path / "classes.csv"}
    outputs = {name: str(path) for name, path in outputs.items()}
    found = run("superseg:segmentfolder", {"FOLDER": str(folder), **options, **outputs}, listener)
    assert [Path(path).name for path in found["LAYERS"]] == ["east_classes.tif", "west_classes.tif"]
    assert found["IMAGE_COUNT"] == 2
    assert found["MODEL"] == str(tmp_path / "results" / "classes.superseg")
    model = read_header(found["MODEL"])
    assert model.band_numbers == (1, 2, pixels.shape[0] + 1)
    assert [raster.kind for raster in model.rasters] == ["measured", "elevation"]
    layers = [QgsRasterLayer(path) for path in found["LAYERS"]]
    legends = [
        [(each.label.split(" (")[0], each.color.name()) for each in layer.renderer().classes()]
        for layer in layers
    ]
    assert [label for label, _ in legends[0]] == [f"Class {n}" for n in range(1, 5)]
    assert legends[0] == legends[1]
    rows = Path(found["CLASS_TABLE"]).read_text(encoding="utf-8").splitlines()
    assert rows[0] == "scene,class,name,pixels,area,percent"
    assert {row.split(",")[0] for row in rows[1:]} == {"east.tif", "west.tif"}
    assert listener.fractions == sorted(listener.fractions)
    with pytest.raises(QgsProcessingException, match="FOLDER: there is no folder"):
        run("superseg:segmentfolder", {"FOLDER": str(tmp_path / "none"), **options, **outputs})


def test_superpixels_and_networks_see_additional_rasters(run, files, tmp_path, listener):
    image = np.full((1, 64, 64), 100, np.uint8)
    image[0, ::7, ::5] = 103
    scene = write_raster(tmp_path / "plain.tif", image)
    height = np.full((64, 64), 200.0, np.float32)
    height[20:40, 20:40] = 260.0
    height += np.random.default_rng(0).normal(0, 0.5, height.shape).astype(np.float32)
    dem = write_raster(tmp_path / "dem.tif", height)
    given = {"INPUT": scene, "ADDITIONAL_RASTERS": [dem]}
    made = run("superseg:superpixels", {**given, "OUTPUT": str(tmp_path / "superpixels.tif")})
    numbers = read_raster(made["OUTPUT"])[0]
    inside = np.unique(numbers[20:40, 20:40])
    assert not set(inside) & set(np.unique(numbers[42:]))
    model = str(tmp_path / "model.superseg")
    wanted = {"CLASSES": 2, "STEPS": 5, "PATCH_SIZE": 32, "DEVICE": "cpu", "MODEL": model}
    run("superseg:trainfcn", {**given, **wanted}, listener)
    assert "Block 2: dem.tif, 1 band, elevations or heights" in listener.lines
    assert [raster.bands for raster in read_header(model).rasters] == [1, 1]
    with pytest.raises(QgsProcessingException, match=r"ADDITIONAL_RASTERS: .*none.tif"):
        run("superseg:superpixels", {**given, "ADDITIONAL_RASTERS": ["none.tif"]})
