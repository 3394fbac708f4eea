# SPDX-License-Identifier: GPL-2.0-or-later
"""What splitting, labelling, naming and checking do with input that cannot be used."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingException,
    QgsRasterLayer,
    QgsVectorLayer,
)

from superseg_plugin.errors import SuperSegError
from superseg_plugin.gui.class_session import PROPERTY, ClassSession
from superseg_plugin.pipeline.classes.edits import renamed
from superseg_plugin.pipeline.classes.kept_edits import keep_edits
from superseg_plugin.pipeline.classes.superpixel_edits import split_classes
from superseg_plugin.raster.changed_files import state_of_files
from superseg_plugin.raster.superpixel_tables import VERSION, superpixel_file_of
from tests.conftest import write_raster


@pytest.fixture(scope="module")
def segmented(plugin, files, tmp_path_factory):
    """Classes of the scene with nodata in a corner, and the files beside them."""
    from qgis import processing

    folder = tmp_path_factory.mktemp("segmented")
    image = files["image"].copy()
    image[:, :16, :16] = 0
    scene = write_raster(folder / "scene.tif", image, nodata=0)
    path = str(folder / "classes.tif")
    given = {"INPUT": scene, "CLASSES": 3, "PRESET": "fast", "OUTPUT": path}
    processing.run("superseg:segment", given)
    return folder


@pytest.fixture
def classes(segmented, tmp_path):
    """A copy of the classes and of all files beside them."""
    for file in sorted(segmented.glob("classes*")):
        shutil.copy(file, tmp_path / file.name)
    return str(tmp_path / "classes.tif")


def shapes(*given, kind="Point"):
    """Points, or squares of 4 pixels, at columns and rows of the classes, with names."""
    layer = QgsVectorLayer(f"{kind}?crs=EPSG:32632&field=name:string", "examples", "memory")
    features = []
    for col, row, name in given:
        feature = QgsFeature(layer.fields())
        x, y = 500_000 + 2 * (col + 0.5), 5_200_000 - 2 * (row + 0.5)
        point = QgsGeometry.fromWkt(f"POINT({x} {y})")
        feature.setGeometry(point if kind == "Point" else point.buffer(4, 3))
        feature.setAttributes([name])
        features.append(feature)
    assert layer.dataProvider().addFeatures(features)[0]
    return layer


def change_in_place(path):
    """Give some pixels another class, as other programs do: the table beside stays as it was.

    As many pixels of the other class change, so that the counts of the table still hold.
    """
    dataset = gdal.Open(path, gdal.GA_Update)
    values = dataset.ReadAsArray()
    (one, other) = values[40, 40], values[10, 40]
    assert one != other
    values[40, 40:44], values[10, 40:44] = other, one
    dataset.GetRasterBand(1).WriteArray(values)
    dataset.FlushCache()


def contents(folder):
    """Digest of every file of a folder."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in Path(folder).iterdir()
        if file.is_file()
    }


def refused(run, algorithm, given, text):
    """Run something that is refused with a text and leaves all files as they were."""
    folder = Path(given["CLASSIFICATION"]).parent
    before = contents(folder)
    with pytest.raises(QgsProcessingException, match=text):
        run(algorithm, given)
    assert contents(folder) == before


VERBS = {
    "splitclass": {"SPLIT": "1", "OUTPUT": "split.tif"},
    "labelbyexamples": {"FIELD": "name", "OUTPUT": "named.tif"},
    "similarity": {"OUTPUT": "similar.tif"},
    "objects": {"OBJECTS": "superpixels", "OUTPUT": "objects.gpkg"},
}


@pytest.fixture(params=VERBS)
def verb(request, classes, tmp_path):
    """An algorithm that needs superpixels, and its parameters."""
    given = {"CLASSIFICATION": classes, **VERBS[request.param]}
    given["OUTPUT"] = str(tmp_path / given["OUTPUT"])
    if request.param in ("labelbyexamples", "similarity"):
        given["EXAMPLES"] = shapes((40, 40, "A"), (10, 40, "B"))
    return f"superseg:{request.param}", given


def test_a_class_raster_that_was_changed_on_disk_is_refused(run, classes, verb):
    change_in_place(classes)
    refused(run, *verb, r"classes\.tif was changed since its superpixels were stored")


def test_superpixels_of_another_version_are_refused(run, classes, verb):
    beside = str(superpixel_file_of(classes))
    dataset = gdal.OpenEx(beside, gdal.OF_RASTER | gdal.OF_UPDATE)
    dataset.SetMetadataItem(VERSION, "99")
    dataset = None
    refused(run, *verb, r"not a file of superpixels of this version of SuperSeg; run Segment")


def test_a_class_raster_that_was_only_copied_or_touched_is_used(run, classes, tmp_path):
    Path(classes).touch()
    given = {"CLASSIFICATION": classes, "SPLIT": "1", "OUTPUT": str(tmp_path / "split.tif")}
    assert run("superseg:splitclass", given)["CLASS_COUNT"] == 4


@pytest.mark.parametrize("kind", ["Point", "Polygon"])
@pytest.mark.parametrize(
    ("given", "text"),
    [
        ([(500, 500, "A"), (600, 600, "B")], "EXAMPLES.*(lies on|over)"),
        ([(4, 4, "A"), (8, 8, "B")], "EXAMPLES: no example with a name lies on the classes"),
        ([(40, 40, ""), (10, 40, "")], "EXAMPLES: no .*has a label|EXAMPLES: no example with a"),
        ([(40, 40, "A"), (40, 40, "B")], "EXAMPLES: (every superpixel|all polygons)"),
    ],
    ids=["outside", "nodata", "no name", "two names"],
)
def test_examples_that_name_nothing_are_refused(run, classes, tmp_path, kind, given, text):
    given = {
        "CLASSIFICATION": classes,
        "EXAMPLES": shapes(*given, kind=kind),
        "FIELD": "name",
        "OUTPUT": str(tmp_path / "named.tif"),
    }
    refused(run, "superseg:labelbyexamples", given, text)


@pytest.mark.parametrize("kind", ["Point", "Polygon"])
@pytest.mark.parametrize("place", [(500, 500, ""), (4, 4, "")], ids=["outside", "nodata"])
def test_examples_that_lie_on_no_class_are_refused(run, classes, tmp_path, kind, place):
    given = {"CLASSIFICATION": classes, "EXAMPLES": shapes(place, kind=kind)}
    text = "EXAMPLES.*(none lies on the classes|over)"
    refused(run, "superseg:similarity", {**given, "OUTPUT": str(tmp_path / "s.tif")}, text)


def test_examples_that_cannot_be_used_are_counted_and_the_others_count(
    run, classes, tmp_path, listener
):
    layer = shapes(
        *((40, 40, "A"), (10, 40, "B"), (500, 500, "A"), (4, 4, "B"), (50, 50, "")),
        *((40, 40, "A"), (40, 40, "B")),
    )
    given = {"CLASSIFICATION": classes, "EXAMPLES": layer, "FIELD": "name"}
    run("superseg:labelbyexamples", {**given, "OUTPUT": str(tmp_path / "n.tif")}, listener)
    told = "\n".join(listener.lines)
    for text in ("off the class raster", "on pixels without a class", "without a name"):
        assert f"Warning: 1 example {text} is left out" in told
    assert "1 superpixel with examples of several names" in told


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"POLYGONS": "squares"}, "FIELD: choose the field of examples"),
        ({"POLYGONS": "squares", "FIELD": "zone"}, "FIELD: choose the field of examples"),
        ({"POLYGONS": "far", "FIELD": "name"}, "POLYGONS has no polygon over"),
        ({"POLYGONS": "blank", "FIELD": "name"}, "POLYGONS: no pixel has both a name and a class"),
        ({"REFERENCE": "moved"}, r"moved\.tif: no pixel has both a name and a class"),
        ({"REFERENCE": "image"}, r"image\.tif holds numbers that are not whole"),
    ],
    ids=["no field", "another field", "elsewhere", "nodata", "another system", "an image"],
)
def test_references_that_name_nothing_are_refused(run, classes, tmp_path, parameters, text):
    folder = tmp_path / "references"
    folder.mkdir()
    given = {
        "squares": lambda: shapes((40, 40, "A"), kind="Polygon"),
        "far": lambda: shapes((400, 400, "A"), kind="Polygon"),
        "blank": lambda: shapes((4, 4, "A"), kind="Polygon"),
        "moved": lambda: write_raster(folder / "moved.tif", np.ones((64, 64), np.uint8), epsg=3035),
        "image": lambda: write_raster(folder / "image.tif", np.full((64, 64), 1.5, np.float32)),
    }
    used = {name: given[value]() if value in given else value for name, value in parameters.items()}
    table = {"CLASSIFICATION": classes, "TABLE": str(tmp_path / "names.csv")}
    refused(run, "superseg:suggestnames", {**table, **used}, text)


@pytest.mark.parametrize(
    ("algorithm", "parameter", "more"),
    [
        ("splitclass", "OUTPUT", {"SPLIT": "1"}),
        ("objects", "OUTPUT", {}),
        ("suggestnames", "TABLE", {"REFERENCE": "fields"}),
        ("accuracypoints", "OUTPUT", {"COUNT": 9}),
        ("evaluate", "REPORT", {"REFERENCE": "fields"}),
        ("evaluate", "FIGURES", {"REFERENCE": "fields"}),
    ],
)
def test_a_folder_that_cannot_be_written_is_named(run, files, classes, algorithm, parameter, more):
    # Nobody can write there, whoever runs the tests.
    ending = {"REPORT": "html", "FIGURES": "csv", "TABLE": "csv"}.get(parameter, "tif")
    target = f"/proc/result.{'gpkg' if algorithm in ('objects', 'accuracypoints') else ending}"
    given = {name: files.get(value, value) if name == "REFERENCE" else value
             for name, value in more.items()}  # fmt: skip
    given = {"CLASSIFICATION": classes, parameter: target, **given}
    refused(run, f"superseg:{algorithm}", given, f"{parameter}: .*/proc")


# The session of the class workbench, without its window


@pytest.fixture
def session(plugin, classes):
    """A session with a named class, its messages, and how often it was outdated."""
    layer = QgsRasterLayer(classes, "classes")
    made = ClassSession(layer)
    made.messages, made.times = [], []
    made.failed.connect(made.messages.append)
    made.outdated.connect(lambda: made.times.append(1))
    assert made.edit("Rename", renamed, 3, "Water")
    made.write_attribute_table()
    yield made
    # Nothing is left to be written when the layer is gone.
    made.close()
    made.deleteLater()


EDITS = {
    "rename": lambda one: one.edit("Rename", renamed, 1, "Field"),
    "split": lambda one: one.edit_superpixels("Split", split_classes, [1], 2),
    "slider": lambda one: one.set_count(2, False),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("change", ["another run", "other pixels"])
def test_edits_of_a_file_that_was_changed_on_disk_are_refused(run, files, session, change, edit):
    """Neither the edits made before nor the new file are touched."""
    path = session.catalog.path
    _ = session.superpixels.tables
    if change == "another run":
        run("superseg:segment", {"INPUT": files["scene"], "CLASSES": 4, "PRESET": "fast",
                                 "OUTPUT": path})  # fmt: skip
        text = "classes was changed on disk by another program or run; nothing was edited"
    else:
        change_in_place(path)
        text = "classes.tif was changed since its superpixels were stored"
    before, state = contents(Path(path).parent), session.now
    kept = session.layer.customProperty(PROPERTY)
    EDITS[edit](session)
    session.write_attribute_table()
    assert session.messages[0].startswith(text)
    assert session.times == [1]
    assert session.now is state
    assert session.layer.customProperty(PROPERTY) == kept
    assert contents(Path(path).parent) == before
    with pytest.raises(SuperSegError):
        session.superpixels.at(QgsPointXY(500_081, 5_199_919))


def test_a_file_that_was_only_touched_is_edited_further(session):
    _ = session.superpixels.tables
    Path(session.catalog.path).touch()
    for edit in EDITS.values():
        edit(session)
    assert session.messages == session.times == []
    assert session.stack.count() == 4


def test_an_attribute_table_within_the_raster_is_no_change(session, monkeypatch):
    """GDAL 3.11 and later store the table of a GeoTIFF in the file itself."""
    path = session.catalog.path
    _ = session.superpixels.tables

    def keep(file, now):
        error = keep_edits(file, now)
        Path(path).touch()
        return error

    monkeypatch.setattr("superseg_plugin.gui.class_session.keep_edits", keep)
    EDITS["split"](session)
    session.write_attribute_table()
    raster, superpixels = state_of_files(path)
    assert superpixels[1] >= raster[1]
    EDITS["rename"](session)
    assert session.messages == []


def test_superpixels_of_another_version_leave_the_classes_to_be_named(session):
    beside = str(superpixel_file_of(session.catalog.path))
    dataset = gdal.OpenEx(beside, gdal.OF_RASTER | gdal.OF_UPDATE)
    dataset.SetMetadataItem(VERSION, "99")
    dataset = None
    state = session.now
    EDITS["split"](session)
    assert "not a file of superpixels of this version" in session.messages[0]
    assert session.now is state
    EDITS["rename"](session)
    assert session.stack.count() == 2
