# SPDX-License-Identifier: GPL-2.0-or-later
"""The first steps as a guide with memory, in a QGIS window."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.class_rasters import striped, write_classes
from tests.desktop.session import run_script

SCRIPT = Path(__file__).with_name("guide_script.py")
DONE = "✓"


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guide")
    write_classes(folder / "classes.tif", striped(3, 60), [[1, 2, 0.1], [1, 3, 0.2]])
    job = {"classes": str(folder / "classes.tif"), "project": str(folder / "project.qgz")}
    job["window"] = [1280, 720]
    pictures = tmp_path_factory.mktemp("pictures") / "guide"
    return run_script("guide-test", SCRIPT, job, pictures, screen="-screen 0 1280x720x24")


def marks(steps):
    return [mark for mark, _, _ in steps]


def test_an_empty_project_lacks_an_image(seen):
    assert marks(seen["empty"]) == ["1", "2", "3", "4", "5", "6"]
    assert seen["empty"][0][1].startswith("Missing: an image")
    assert [enabled for _, _, enabled in seen["empty"]] == [True, *[False] * 5]
    assert seen["size"][0] <= 700
    assert seen["size"][1] <= 560


def test_the_image_leads_to_preview_and_run(seen):
    assert marks(seen["image"]) == [DONE, "2", "3", "4", "5", "6"]
    assert [enabled for _, _, enabled in seen["image"]] == [True, True, True, *[False] * 3]
    assert seen["previewed"] == ["Sample: Great Salt Lake", 1]


def test_settings_of_the_preview_are_kept_for_the_run(seen):
    assert seen["settings"][1][:2] == [DONE, "7 classes, smoothness 8.0, chosen in the preview"]
    assert seen["segment"] == 7


def test_classes_lead_to_names_check_and_results(seen):
    assert seen["edited"] == ["classes", 0]
    assert seen["classes"][2][:2] == [DONE, "classes"]
    assert seen["classes"][3][:2] == ["4", "0 of 3 classes have names"]
    assert seen["named"][3][:2] == [DONE, "3 of 3 classes have names"]
    assert seen["named"][4][1] == "1 of 3 points are labelled"
    assert seen["evaluate"] == ["points", "label", "classes"]
    assert seen["written"][5][:2] == [DONE, "Written"]


def test_the_guide_remembers_with_the_project(seen):
    assert marks(seen["new project"]) == ["1", "2", "3", "4", "5", "6"]
    # Points in memory are not saved.
    assert marks(seen["read again"]) == [DONE, DONE, DONE, DONE, "5", DONE]
