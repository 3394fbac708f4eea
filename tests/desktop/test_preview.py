# SPDX-License-Identifier: GPL-2.0-or-later
"""The live preview in a real QGIS window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal

from tests.conftest import write_raster
from tests.desktop.session import run_script
from tests.desktop.tile_server import TileServer

SCRIPT = Path(__file__).with_name("preview_script.py")


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """The record of the script."""
    folder = tmp_path_factory.mktemp("preview")
    generator = np.random.default_rng(4)
    fields = generator.integers(30, 220, (3, 12, 12))
    image = fields.repeat(20, axis=1).repeat(20, axis=2) + generator.normal(0, 3, (3, 240, 240))
    image = image.astype(np.uint8)
    image[:, :60] = 0
    classes = (fields[:1].repeat(20, axis=1).repeat(20, axis=2) > 120).astype(np.uint8)
    write_raster(folder / "classes.tif", classes, nodata=0)
    dataset = gdal.Open(str(folder / "classes.tif"), gdal.GA_Update)
    colors = gdal.ColorTable()
    colors.SetColorEntry(1, (200, 200, 0))
    dataset.GetRasterBand(1).SetRasterColorTable(colors)
    dataset = None
    write_raster(folder / "image.tif", image, nodata=0)
    heights = np.where(np.arange(240) < 120, 200.0, 900.0) + generator.normal(0, 2, (240, 240))
    write_raster(folder / "dem.tif", heights.astype(np.float32))
    pictures = tmp_path_factory.mktemp("pictures") / "preview"
    with TileServer() as server:
        job = {"folder": str(folder), "web": server.origin, "window": [1280, 720]}
        return run_script("preview-test", SCRIPT, job, pictures)


def test_a_preview_is_drawn_over_the_image(session):
    first = session["first"]
    assert first["superpixels"] > 4
    assert first["counts"][0] / sum(first["counts"]) == pytest.approx(0.25, abs=0.02)
    assert 0 < first["outlines"] < 0.5
    assert max(first["shape"]) <= 1024
    assert "superpixels" in first["status"]
    assert first["messages"] == []


def test_the_panel_says_what_a_preview_is_and_what_a_run_takes(session):
    status = session["first"]["status"]
    assert status.startswith("Classes: 16, superpixels: ")
    assert "This is the whole image" in status
    assert "% of the image: its classes may differ" in session["compared"]["part"]
    assert session["estimate"].startswith("A run on the whole image: ")
    assert "on CPU" in session["estimate"]


def test_class_rasters_are_no_images(session):
    assert session["images"] == ["image"]


def test_the_image_lies_on_the_left_of_the_line_and_the_preview_on_its_right(session):
    left, right = session["sides"]
    assert left != right
    assert right == session["first"]["pixel"]


def test_shares_of_the_classes_are_listed(session):
    shares = session["shares"]
    assert [row[0] for row in shares] == [str(number) for number in range(1, 17)]
    assert sum(float(row[1].split()[0]) for row in shares) == pytest.approx(100, abs=1)
    # Pixels of 2 m.
    pixels = session["first"]["counts"][1]
    assert float(shares[0][2].replace(",", "")) == pytest.approx(4 * pixels, rel=0.01)


def test_every_setting_changes_the_preview(session):
    assert session["classes"]["classes"] == 3 < session["first"]["classes"]
    assert session["classes"]["superpixels"] == session["first"]["superpixels"]
    assert session["automatic"]["classes"] not in (3, 16)
    assert session["fast"]["counts"] != session["automatic"]["counts"]
    assert session["smoothness"]["counts"] != session["fast"]["counts"]
    assert session["by a key"]["superpixels"] < session["smoothness"]["superpixels"]
    assert session["size"]["superpixels"] < session["by a key"]["superpixels"]


def test_the_slider_tells_pixels_and_square_meters(session):
    assert session["classes"]["size"].startswith("At least 9 pixels (3 x 3), 36")
    assert session["by a key"]["size"].startswith("At least 12 pixels (3.5 x 3.5), 49")
    assert session["size"]["size"].startswith("At least 1600 pixels (40 x 40), 6,4")
    assert session["size"]["size"].endswith(" m²")


def test_classes_cover_the_map_when_the_line_is_at_its_edge(session):
    pixel, colors = session["opaque"]
    assert pixel in colors


def test_distinct_colors_replace_those_of_the_image(session):
    assert session["distinct"] == {"new": True, "listed": True, "back": True}


def test_the_line_is_dragged_and_the_map_beside_it(session):
    dragged = session["dragged"]
    assert dragged["line"] == pytest.approx(250, abs=5)
    assert dragged["map stays"]
    assert dragged["sides"][0] != dragged["sides"][1] in session["opaque"][1]
    assert dragged["map moves"]
    assert dragged["to the edge"] > 990
    assert dragged["back"] == pytest.approx(500, abs=5)


def test_two_settings_side_by_side(session):
    compared = session["compared"]
    first, second = compared["words"]
    assert first.startswith("A: Number of classes 12; Superpixel size 9 pixels")
    assert second.startswith("B: Number of classes 2; ")
    assert compared["classes"] == compared["elsewhere"] == [12, 2]
    assert compared["sides"] == [True, True]
    assert compared["A"] == [12, True]
    assert compared["B"] == [4, True]


def test_only_the_last_of_many_requests_is_computed(session):
    computed, classes = session["after many"]
    assert computed < 8
    assert classes > 9


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("away", "The map shows no part of image; zoom to that layer."),
        ("nodata", "The map shows no valid pixel of image.tif"),
    ],
)
def test_a_map_without_pixels_gives_a_message(session, where, sentence):
    (message,) = session[where]["messages"]
    assert message.startswith(sentence)
    assert message.endswith(".")
    assert session[where]["kept"]


def test_a_preview_on_a_map_in_another_crs(session):
    other = session["another crs"]
    assert other["messages"] == []
    assert other["superpixels"] > 4
    assert other["counts"][0] / sum(other["counts"]) == pytest.approx(0.25, abs=0.08)


def test_a_preview_of_a_web_map(session):
    found = session["web map"]
    assert found["messages"] == []
    assert found["superpixels"] > 4
    assert found["counts"][0] == 0
    assert max(found["shape"]) <= 1024


def test_a_web_map_without_answer_gives_a_message(session):
    (message,) = session["gone"]
    assert message.startswith("gone gave no valid pixel")
    assert message.endswith("that its server answers.")


def test_the_settings_are_passed_to_the_dialog(session):
    assert session["dialog"] == session["settings"]
    assert session["dialog"] == {
        "CLASSES": 11,
        "PRESET": "fast",
        "IMAGERY": "any",
        "SMOOTHNESS": 0,
        "SUPERPIXEL_SIZE": 5,
        "UNITS": "pixels",
    }


def test_a_preview_with_another_raster(session):
    assert session["listed"] == ["dem"]
    assert session["with dem"]["messages"] == []
    assert session["with dem"]["counts"] != session["without dem"]["counts"]
    assert session["given"] == [True]


def test_the_settings_begin_with_the_defaults_of_the_algorithm(session):
    assert session["defaults"]["panel"] == session["defaults"]["algorithm"]


def test_previewed_settings_are_kept_for_the_guide(session):
    kept, shown = session["kept"]
    assert kept == shown


def test_a_missing_runtime_is_told_beside_a_button_that_sets_it_up(session):
    found = session["no runtime"]
    assert found["said"] == "The runtime for segmentation is not installed yet."
    assert found["messages"] == []
    assert not found["on"]
    assert found["opened"] == ["SuperSeg: Runtime"]


def test_switching_off_removes_the_preview(session):
    assert session["switched off"] == [True, ""]
    assert session["dialogs"] == []


def test_removing_the_image_ends_its_preview(session):
    removed = session["removed"]
    assert removed["said"] == "image was removed, so the preview is switched off."
    assert not removed["on"]
    assert not removed["drawn"]
    assert removed["size"] == 0
    assert removed["layers"] == ["a class raster", "gone", "web"]
    assert removed["messages"] == []
