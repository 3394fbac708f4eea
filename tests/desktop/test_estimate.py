# SPDX-License-Identifier: GPL-2.0-or-later
"""The estimate in the dialog of superseg:segment, in a QGIS window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.class_rasters import striped, write_classes
from tests.conftest import write_raster
from tests.desktop.session import run_script

SCRIPT = Path(__file__).with_name("estimate_script.py")


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("estimate")
    values = np.zeros((3, 4000, 6000), np.uint8)
    write_raster(folder / "image.tif", values, geotransform=(5e5, 30.0, 0, 5.2e6, 0, -30.0))
    write_raster(folder / "bare.tif", values[:, :200, :300], geotransform=None, epsg=None)
    write_classes(folder / "classes.tif", striped(3, 60), [[1, 2, 0.1], [1, 3, 0.2]])
    environment = {"SUPERSEG_HOME": str(tmp_path_factory.mktemp("home"))}
    pictures = tmp_path_factory.mktemp("pictures") / "estimate"
    return run_script("estimate-test", SCRIPT, {"folder": str(folder)}, pictures, environment)


def said(seen, name):
    return seen[name][0]


def test_the_estimate_follows_each_parameter(seen):
    assert said(seen, "opened").startswith("About ")
    assert "24 million pixels in 24 tiles, about 83,000 superpixels" in said(seen, "opened")
    assert "smallest superpixels 240 m (8 x 8 pixels).\n" in said(seen, "opened")
    assert said(seen, "opened").endswith(
        "The first run finds out whether another device is faster."
    )
    times = [said(seen, name).split(" on ")[0] for name in ("opened", "preset", "preset again")]
    assert len(set(times)) == 3
    assert said(seen, "and back") == said(seen, "opened")
    assert "smallest superpixels 90 m (3 x 3 pixels)" in said(seen, "imagery")
    assert "6 million pixels in 6 tiles," in said(seen, "extent")
    assert said(seen, "no extent") == said(seen, "imagery")
    assert "24 million pixels in 384 tiles" in said(seen, "tiles")
    assert " on CUDA, " in said(seen, "device")
    assert said(seen, "no device") == said(seen, "tiles")
    assert said(seen, "bands") != said(seen, "no extent") == said(seen, "all bands")
    assert said(seen, "model") != said(seen, "fast")
    assert said(seen, "no model") == said(seen, "fast")
    assert "60,000 pixels in 2 tiles" in said(seen, "bare")
    assert "pixels of 30 m, as usual for IMAGERY landsat, are assumed." in said(seen, "bare")
    assert "24 million pixels" in said(seen, "by path")


def test_the_estimate_is_in_sight_at_the_default_size(seen):
    # A dialog that had grown would hide the fault on large screens.
    assert seen["at the default size"] == {"size": [688, 523], "in sight": True, "scroll bars": 1}


@pytest.mark.response_times
def test_the_estimate_follows_at_once(seen):
    names = ("preset", "imagery", "extent", "tiles", "model", "bare", "gone", "web", "web, nearer")
    assert np.median([seen[name][1] for name in names]) < 0.35
    assert max(seen[name][1] for name in names) < 1.5


def test_invalid_parameters_give_a_message(seen):
    assert said(seen, "off the image").startswith("EXTENT: 0,10,0,10 lies off the raster; ")
    assert said(seen, "meters").startswith("SUPERPIXEL_SIZE is in meters, but the image has no")
    assert said(seen, "gone").endswith("image.tif does not exist; choose another file.")
    assert said(seen, "back") == said(seen, "layer")


def test_the_estimate_of_a_web_map_follows_the_map_view(seen):
    assert seen["tiles are valid"]
    for name in ("web", "web, nearer"):
        assert "tiles has no resolution of its own: " in said(seen, name)
    assert said(seen, "web") != said(seen, "web, nearer")


def test_a_file_that_blocks_does_not_block_the_estimate(seen):
    assert seen["slow"][0] == "Reading the image…"
    assert said(seen, "after slow") == said(seen, "layer")


@pytest.mark.response_times
def test_a_file_that_blocks_does_not_block_the_window(seen):
    assert seen["slow"][1] < 0.5


def test_batch_and_modeler_have_the_plain_parameters(seen):
    assert seen["batch"] == [0, "any", 8.0]
    assert seen["modeler"] == [0, "any", 8.0]
    assert seen["dialogs"] == []


def test_choices_show_words_and_keep_their_values(seen):
    imagery, chosen = seen["words"]["IMAGERY"]
    assert imagery[3:5] == ["Satellite, 0.3 to 4 m", "Sentinel-2, 10 m"]
    assert chosen == "any"
    assert seen["words"]["PRESET"][1] == "balanced"
    assert seen["words"]["CLASSES"] == ["Automatic", 0]
    assert seen["words"]["TILE_SIZE"] == ["Automatic", 0]
    assert seen["no bands"] == "All bands"
    assert seen["units"] == ["12.50 pixels", "12.50 m²", 12.5]


def test_the_help_has_the_colors_of_the_theme(seen):
    assert seen["help color"] is False


def test_the_wheel_changes_only_a_box_with_focus(seen):
    (without, accepted), (with_focus, _) = seen["wheel"]
    assert (without, accepted) == (0, False)
    assert with_focus < 0


def test_no_class_raster_is_preselected_as_image(seen):
    assert set(seen["preselected"]) == {"segment", "superpixels"}
    assert "classes" not in seen["preselected"].values()


def test_numbers_have_few_decimals(seen):
    assert seen["decimals"] == {
        "SMOOTHNESS": "8.0",
        "MIN_AREA": "Keep all patches",
        "SUPERPIXEL_SIZE": "Automatic",
    }
    assert seen["batch text"] == "8.0"
    assert {name: texts for name, (lines, texts) in seen["others"].items() if not lines} == {
        "trainfcn": ["0.00200", "Automatic"],
        "superpixels": ["0.50", "25.00", "32.00", "Automatic"],
        "classpolygons": ["Off"],
    }
