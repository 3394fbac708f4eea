# SPDX-License-Identifier: GPL-2.0-or-later
"""The live preview in a real QGIS window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal

from tests.conftest import write_raster
from tests.desktop.session import run_script
from tests.desktop.tile_server import SLOW_SECONDS, TileServer

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


def test_every_setting_changes_the_preview(session):
    assert session["classes"]["classes"] == 3 < session["first"]["classes"]
    assert session["classes"]["superpixels"] == session["first"]["superpixels"]
    assert session["size"]["superpixels"] < session["smoothness"]["superpixels"]


def test_classes_cover_the_map_and_the_swipe_uncovers_it(session):
    pixel, colors = session["opaque"]
    outline = [255, 235, 59]
    assert min(np.abs(np.array(pixel) - color).max() for color in [*colors, outline]) <= 2
    left, right = session["swipe"]
    assert left != right


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


def test_the_window_stays_usable_while_a_web_map_is_fetched(session):
    assert session["slow"]["status"] == "Computing…"
    assert session["slow"]["longest pause"] < 1.0


def test_an_outdated_fetch_is_cancelled(session):
    assert session["slow"]["superseded after"] < SLOW_SECONDS / 2


def test_a_web_map_without_answer_gives_a_message(session):
    (message,) = session["gone"]
    assert message.startswith("gone gave no valid pixel")
    assert message.endswith("that its server answers.")


def test_the_settings_are_passed_to_the_dialog(session):
    assert session["dialog"] == {
        "CLASSES": 11,
        "SMOOTHNESS": 0,
        # The default of Segment for so small an image.
        "SUPERPIXEL_SIZE": 3,
        "UNITS": "pixels",
    }


def test_switching_off_removes_the_preview(session):
    assert session["switched off"] == [True, ""]
    assert session["dialogs"] == []
