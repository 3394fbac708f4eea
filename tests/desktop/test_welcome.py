# SPDX-License-Identifier: GPL-2.0-or-later
"""The first steps, a guide with memory, in a QGIS window of 1280x720."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.class_rasters import striped, write_classes
from tests.conftest import write_raster
from tests.desktop.session import run_script

SCRIPT = Path(__file__).with_name("welcome_script.py")
SAMPLE = "Sample: Great Salt Lake"
DONE = "✓"


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("welcome")
    image, classes = folder / "own.tif", folder / "classes.tif"
    write_raster(image, np.zeros((3, 60, 60), np.uint8))
    write_classes(classes, striped(3, 60), [[1, 2, 0.1], [1, 3, 0.2]])
    pictures = tmp_path_factory.mktemp("pictures") / "welcome"
    job = {"image": str(image), "classes": str(classes), "window": [1280, 720]}
    job["project"] = str(folder / "project.qgz")
    return run_script("welcome-test", SCRIPT, job, pictures, screen="-screen 0 1280x720x24")


def marks(steps):
    return [mark for mark, _, _ in steps]


def test_a_new_user_gets_a_message_and_the_sample(seen):
    # QGIS may have something of its own to say.
    assert len([text for text in seen["greeting"] if "New here?" in text]) == 1
    assert seen["sample"] == [SAMPLE, True]
    assert seen["count"] == 2
    assert seen["input of sample"] == SAMPLE


def test_an_empty_project_lacks_an_image(seen):
    assert marks(seen["empty"]) == ["1", "2", "3", "4", "5", "6"]
    assert seen["empty"][0][1].startswith("Missing: an image")
    assert [enabled for _, _, enabled in seen["empty"]] == [True, *[False] * 5]
    assert seen["size"][0] <= 760
    assert seen["size"][1] <= 560


def test_the_image_leads_to_preview_and_run(seen):
    assert marks(seen["image"]) == [DONE, "2", "3", "4", "5", "6"]
    assert [enabled for _, _, enabled in seen["image"]] == [True, True, True, *[False] * 3]
    assert seen["previewed"] == [SAMPLE, True]


def test_first_steps_segment_the_image_that_is_selected(seen):
    assert seen["input of own"] == "own"
    assert seen["input of sample again"] == SAMPLE
    # A class raster is no image.
    assert seen["input of classes"] == SAMPLE


def test_settings_of_the_preview_are_kept_for_the_run(seen):
    assert seen["settings"][1][:2] == [DONE, "Number of classes: 7, smoothness: 8.0"]
    assert seen["classes of sample"] == 16
    assert seen["classes of settings"] == 7


def test_the_preview_opens_with_the_settings_that_are_kept(seen):
    assert seen["preview again"] == 7
    assert seen["preview of a run"] == {
        "IMAGERY": "any",
        "CLASSES": 9,
        # The published method has no preview.
        "PRESET": "balanced",
        # 300 meters in an image with pixels of 30 x 23 meters, by the slider's steps.
        "SUPERPIXEL_SIZE": 11,
        "UNITS": "pixels",
        "SMOOTHNESS": 2,
    }


def test_classes_lead_to_names_check_and_results(seen):
    assert seen["edited"] == ["classes", True]
    assert seen["classes"][2][:2] == [DONE, "classes"]
    assert seen["classes"][3][:2] == ["4", "0 of 3 classes with names"]
    assert seen["named"][3][:2] == [DONE, "3 of 3 classes with names"]
    assert seen["points"][4][1] == "1 of 3 points labelled"
    assert seen["evaluate"] == ["points", "label", "classes"]
    # The names of the workbench are passed to the export.
    assert seen["polygons"] == ["Kind 1", "Kind 2", "Kind 3"]
    assert seen["written"][5][:2] == [DONE, "Written"]


def test_the_guide_remembers_with_the_project(seen):
    assert marks(seen["new project"]) == ["1", "2", "3", "4", "5", "6"]
    # Points in memory are not saved.
    assert marks(seen["read again"]) == [DONE, DONE, DONE, DONE, "5", DONE]


def test_the_menus_have_segment(seen):
    assert seen["menu"] == ["Segment with SuperSeg…"]
    assert seen["input of menu"] == SAMPLE
    assert seen["raster menu"] == ["Segment an image…"]


def test_a_copy_of_a_shipped_model_opens_in_the_designer(seen):
    titles, opened = seen["models"]
    assert len(titles) == 4
    assert titles[0] == "Compare two dates"
    # Saving it asks for a file.
    assert opened == [["Compare two dates", ""]]


def test_the_toolbar_has_both_buttons_and_no_window_remains(seen):
    assert seen["toolbar"] == ["Segment an image…", "Class workbench"]
    assert seen["dialogs"] == []


def test_every_entry_has_an_icon_of_its_own(seen):
    different, entries, menu = seen["icons"]
    assert different == entries
    assert menu
