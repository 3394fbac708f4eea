# SPDX-License-Identifier: GPL-2.0-or-later
"""The shipped models, row by row as a batch runs them, and from the command line."""

from __future__ import annotations

import numpy as np
import pytest
from qgis.core import QgsProcessing, QgsProcessingContext, QgsVectorLayer

from superseg_plugin.raster.class_table import read_class_table
from tests.conftest import GEOTRANSFORM, quarters, read_raster, write_raster
from tests.qgis.helpers import Listener

POLYGONS = "Segment and polygonise with statistics"
FOLDER = "Train once, classify a folder of scenes"
DATES = "Compare two dates"


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """Two dates of four fields: the lower right one has become like the upper left one."""
    folder = tmp_path_factory.mktemp("scenes")
    before, fields = quarters(96, 96)
    after = before.copy()
    after[:, fields == 4] = before[:, fields == 1]
    return {
        "before": write_raster(folder / "before.tif", before),
        "after": write_raster(folder / "after.tif", after),
        "pixels": before,
        "fields": fields,
    }


@pytest.fixture
def batch(provider):
    """Run a model for several rows, as the batch window does."""

    def run_rows(title, rows):
        model = provider.algorithm(title)
        names = {d.description(): d.name() for d in model.destinationParameterDefinitions()}
        answers = []
        for row in rows:
            parameters = {names.get(key, key): value for key, value in row.items()}
            # From QGIS 3.38 on a context remembers the model that ran in it.
            context = QgsProcessingContext()
            fine, message = model.checkParameterValues(parameters, context)
            assert fine, message
            listener = Listener()
            _, done = model.run(parameters, context, listener)
            assert done, listener.lines
            answers.append(listener)
        return answers

    return run_rows


def test_polygons_have_the_statistics_of_their_pixels(batch, scenes, tmp_path):
    rows = [
        {
            "INPUT": scenes[date],
            "CLASSES": 4,
            "PRESET": "fast",
            "STATISTICS_BAND": 2,
            "DEVICE": "cpu",
            "Classes": str(tmp_path / f"{date}.tif"),
            "Polygons": str(tmp_path / f"{date}.gpkg"),
        }
        for date in ("before", "after")
    ]
    batch(POLYGONS, rows)
    for row in rows:
        classes = read_raster(row["Classes"])[0]
        layer = QgsVectorLayer(row["Polygons"], "polygons")
        found = {}
        for feature in layer.getFeatures():
            total, count, area = found.get(feature["class"], (0.0, 0.0, 0.0))
            number = feature["band_count"]
            total += number * feature["band_mean"]
            found[feature["class"]] = (total, count + number, area + feature["area"])
        assert set(found) == set(np.unique(classes)) - {0}
        pixels = read_raster(row["INPUT"])[1].astype(float)
        for number, (total, count, area) in found.items():
            inside = classes == number
            assert count == inside.sum()
            assert total / count == pytest.approx(pixels[inside].mean(), rel=1e-6)
            # Pixels of 2 m; areas are of the ellipsoid.
            assert area == pytest.approx(4 * inside.sum(), rel=0.01)


def of_folder(images, tmp_path):
    """Parameters of the folder model beside its training image."""
    return {
        "FOLDER": str(images),
        "CLASSES": 4,
        "STEPS": 5,
        "DEVICE": "cpu",
        "Model": str(tmp_path / "m.superseg"),
        "Folder of results": str(tmp_path / "results"),
    }


def test_a_folder_is_classified_with_one_model(batch, run, scenes, tmp_path):
    images = tmp_path / "images"
    images.mkdir()
    for date in ("before", "after"):
        write_raster(images / f"{date}.tif", read_raster(scenes[date]))
    write_raster(images / "gray.tif", scenes["pixels"][0])
    (images / "broken.tif").write_text("no image", encoding="utf-8")
    (images / "notes.txt").write_text("no image", encoding="utf-8")
    row = {"INPUT": scenes["before"], **of_folder(images, tmp_path)}
    (listener,) = batch(FOLDER, [row])
    results = {path.name for path in (tmp_path / "results").glob("*_classes.tif")}
    assert results == {"before_classes.tif", "after_classes.tif"}
    assert any("gray.tif" in line and "band" in line for line in listener.lines)
    assert any("broken.tif" in line for line in listener.lines)
    alone = str(tmp_path / "alone.tif")
    parameters = {"INPUT": scenes["after"], "MODEL": row["Model"], "DEVICE": "cpu"}
    run("superseg:classify", {**parameters, "OUTPUT": alone})
    together = read_raster(tmp_path / "results" / "after_classes.tif")
    assert np.array_equal(together, read_raster(alone))


def test_change_is_where_the_classes_of_two_dates_differ(batch, scenes, tmp_path):
    row = {
        "BEFORE": scenes["before"],
        "AFTER": scenes["after"],
        "CLASSES": 4,
        "STEPS": 5,
        "MIN_AREA": 4,
        "DEVICE": "cpu",
        "Model": str(tmp_path / "m.superseg"),
        "Classes before": str(tmp_path / "before.tif"),
        "Classes after": str(tmp_path / "after.tif"),
        "Change": str(tmp_path / "change.tif"),
        "Table of changes": str(tmp_path / "changes.csv"),
    }
    batch(DATES, [row])
    before = read_raster(row["Classes before"])[0].astype(int)
    after = read_raster(row["Classes after"])[0].astype(int)
    change = read_raster(row["Change"])[0]
    table = read_class_table(row["Change"])
    assert len(table.names) > 1
    for name, value in zip(table.names[1:], range(2, 256)):
        old, new = (int(part.split()[1]) for part in name.split(" > "))
        assert np.array_equal(change == value, (before == old) & (after == new)), name
    assert np.array_equal(change == 1, before == after)
    changed = scenes["fields"] == 4
    assert (change[changed] > 1).mean() > 0.9
    assert (change[~changed] > 1).mean() < 0.1
    text = (tmp_path / "changes.csv").read_text(encoding="utf-8")
    assert text.startswith("value,from,from_name,to,to_name,pixels,area,percent\n")
    assert len(text.splitlines()) > len(table.names)


def test_models_run_from_the_command_line(qgis_process, scenes, tmp_path):
    images = tmp_path / "images"
    images.mkdir()
    write_raster(images / "one.tif", scenes["pixels"])
    common = ["CLASSES=3", "DEVICE=cpu"]
    results = tmp_path / "results"
    calls = {
        POLYGONS: [
            f"INPUT={scenes['before']}",
            "PRESET=fast",
            "STATISTICS_BAND=1",
            f"segment:Classes={tmp_path / 'c.tif'}",
            f"statistics:Polygons={tmp_path / 'p.gpkg'}",
        ],
        FOLDER: [
            f"INPUT={scenes['before']}",
            f"FOLDER={images}",
            "STEPS=2",
            f"train:Model={tmp_path / 'm.superseg'}",
            f"classify:Folder of results={results}",
        ],
        DATES: [
            f"BEFORE={scenes['before']}",
            f"AFTER={scenes['after']}",
            "STEPS=2",
            f"train:Model={tmp_path / 'm2.superseg'}",
            f"before:Classes before={tmp_path / 'b.tif'}",
            f"after:Classes after={tmp_path / 'a.tif'}",
            f"change:Change={tmp_path / 'change.tif'}",
            f"change:Table of changes={tmp_path / 'changes.csv'}",
        ],
    }
    for title, arguments in calls.items():
        done = qgis_process("run", f"superseg:{title}", "--", *common, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    assert QgsVectorLayer(str(tmp_path / "p.gpkg"), "p").featureCount() >= 3
    assert (results / "one_classes.tif").is_file()
    assert read_raster(tmp_path / "change.tif").shape == (1, 96, 96)
    assert read_class_table(tmp_path / "change.tif").names[0] == "No change"
    assert (tmp_path / "changes.csv").is_file()


def test_a_folder_takes_the_bands_of_its_training_image(batch, scenes, tmp_path):
    images = tmp_path / "images"
    images.mkdir()
    five = np.concatenate([scenes["pixels"][:1] // 5, scenes["pixels"], scenes["pixels"][:1] // 5])
    path = write_raster(images / "scene.tif", five)
    row = {"INPUT": path, "BANDS": [2, 3, 4], **of_folder(images, tmp_path)}
    batch(FOLDER, [row])
    found = read_raster(tmp_path / "results" / "scene_classes.tif")[0]
    fields = scenes["fields"]
    assert [len(np.unique(found[fields == number])) for number in (1, 2, 3, 4)] == [1] * 4


def test_dates_whose_pixels_do_not_coincide_are_refused_before_the_training(
    provider, scenes, tmp_path
):
    left, across, _, top, _, down = GEOTRANSFORM
    half = (left + across / 2, across, 0, top, 0, down)
    off = write_raster(tmp_path / "off.tif", scenes["pixels"], geotransform=half)
    model = provider.algorithm(DATES)
    given = {d.name(): d.defaultValue() for d in model.parameterDefinitions()}
    for output in model.destinationParameterDefinitions():
        given[output.name()] = QgsProcessing.TEMPORARY_OUTPUT
    given["BEFORE"] = scenes["before"]
    fine, message = model.checkParameterValues({**given, "AFTER": off}, QgsProcessingContext())
    assert not fine
    assert "AFTER: off.tif has pixels that lie 0.5 x 0 pixels beside" in message
    given["AFTER"] = scenes["after"]
    assert model.checkParameterValues(given, QgsProcessingContext())[0]
