# SPDX-License-Identifier: GPL-2.0-or-later
"""Style files beside class rasters: written with them, replaced with them, and never a user's."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.raster.class_styles import StyledClass, styles_to_write, update_styles
from superseg_plugin.raster.class_table import read_class_table
from superseg_plugin.raster.staging import Staging
from tests.class_rasters import striped, write_classes


def labels(path):
    """Value, color and label of each entry of a style of QGIS."""
    entries = ElementTree.parse(path).findall(".//paletteEntry")
    return [(one.get("value"), one.get("color"), one.get("label")) for one in entries]


def made(folder, count, name="classes.tif"):
    """Write a class raster as runs do: beside its path, and moved there."""
    with Staging() as staging:
        write_classes(staging.path(folder / name), striped(count), epsg=None)
        staging.commit()


def test_both_files_have_the_classes_of_the_table(tmp_path):
    made(tmp_path, 3)
    table = read_class_table(tmp_path / "classes.tif")
    colors = ["#{:02x}{:02x}{:02x}".format(*color) for color in table.colors.tolist()]
    assert labels(tmp_path / "classes.qml") == [
        (str(n), colors[n - 1], f"Class {n} ({share:.1f} %)")
        for n, share in zip((1, 2, 3), 100 * table.shares)
    ]
    lines = (tmp_path / "classes.clr").read_text().splitlines()
    assert [line.split() for line in lines] == [
        [str(n), *map(str, table.colors[n - 1])] for n in (1, 2, 3)
    ]


def test_they_are_replaced_and_removed_with_their_raster(tmp_path):
    made(tmp_path, 5)
    made(tmp_path, 2)
    assert len(labels(tmp_path / "classes.qml")) == 2
    with Staging() as staging:
        staging.path(tmp_path / "classes.tif").write_bytes(b"another raster")
        staging.commit()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["classes.tif"]


def test_a_style_of_the_user_stays_and_is_named(tmp_path):
    own = tmp_path / "classes.qml"
    own.write_text("<qgis/>")
    made(tmp_path, 3)
    assert own.read_text() == "<qgis/>"
    assert (tmp_path / "classes.clr").exists()
    written, reason = styles_to_write(tmp_path / "classes.tif")
    assert not written
    assert reason == "classes.qml and classes.clr: not written by SuperSeg, kept"
    made(tmp_path, 2)
    assert update_styles(tmp_path / "classes.tif", [StyledClass(1, "A", (1, 2, 3))]) == ""
    assert own.read_text() == "<qgis/>"


def test_a_style_that_another_raster_would_get_is_not_written(tmp_path):
    made(tmp_path, 2, "scene.img.tif")
    made(tmp_path, 2, "scene.tif")
    made(tmp_path, 3, "scene.vrt.tif")
    (tmp_path / "scene.tif").rename(tmp_path / "scene.tiff")
    (tmp_path / "scene.qml").unlink()
    made(tmp_path, 3, "scene.tif")
    assert not (tmp_path / "scene.qml").exists()
    assert "scene.tiff" in styles_to_write(tmp_path / "scene.tif")[1]
    # The stems of these are others.
    assert (tmp_path / "scene.img.qml").exists()
    assert (tmp_path / "scene.vrt.qml").exists()


def test_names_may_have_any_letter(tmp_path):
    made(tmp_path, 2, "a--b & 水.tif")
    classes = [StyledClass(1, "A \"<&>' 水", (1, 2, 3), 0.5), StyledClass(2, "B", (4, 5, 6))]
    assert update_styles(tmp_path / "a--b & 水.tif", classes) == ""
    assert labels(tmp_path / "a--b & 水.qml") == [
        ("1", "#010203", "A \"<&>' 水 (50.0 %)"),
        ("2", "#040506", "B"),
    ]


def test_a_commit_that_fails_leaves_the_former_styles(tmp_path, monkeypatch):
    made(tmp_path, 2)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    monkeypatch.setattr(
        "superseg_plugin.raster.staging.replace_all",
        lambda _all: (tmp_path / "classes.tif", "held"),
    )
    with pytest.raises(SuperSegError, match="cannot be replaced"):
        made(tmp_path, 3)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
