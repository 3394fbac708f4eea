# SPDX-License-Identifier: GPL-2.0-or-later
"""Teaching in the class workbench of a real QGIS window."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.class_rasters import striped, write_classes, write_superpixels
from tests.desktop.session import run_script

SCRIPT = Path(__file__).with_name("teach_script.py")
SIDE = 160
# Stripes of 80, 53 and 27 rows.
FIRST, OTHERS = 80 * SIDE, {"Class 2": 53 * SIDE, "Class 3": 27 * SIDE}


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("teach") / "data"
    folder.mkdir()
    write_classes(folder / "classes.tif", striped(3, SIDE))
    write_superpixels(folder / "classes.tif")
    pictures = tmp_path_factory.mktemp("pictures") / "teach"
    return run_script("teach-test", SCRIPT, {"folder": str(folder)}, pictures)


def test_the_bar_says_what_to_do(seen):
    assert "Choose a name and click on the map" in seen["on"]["note"]
    assert "Type or choose the name first" in seen["no name"]["note"]
    assert seen["no name"]["examples"] == []


def test_one_example_names_its_class_and_leaves_the_others(seen):
    assert seen["one example"]["groups"] == {"Forest": FIRST, **OTHERS}
    assert seen["one example"]["note"].startswith("Examples: Forest 1.")


def test_a_second_name_divides_the_class(seen):
    groups = seen["two examples"]["groups"]
    assert groups["Forest"] + groups["Water"] == FIRST
    assert min(groups["Forest"], groups["Water"]) > FIRST / 4
    assert {name: groups[name] for name in OTHERS} == OTHERS
    assert seen["two examples"]["messages"] == []


def test_asking_zooms_to_a_place_and_skipping_asks_for_another(seen):
    assert seen["zoomed"] < 0.9
    assert seen["skipped"] == [True, False]
    assert len(seen["answered"]["examples"]) == 3


def test_undo_takes_examples_back(seen):
    assert seen["answer undone"]["groups"] == seen["two examples"]["groups"]
    assert seen["answer undone"]["examples"] == ["Forest", "Water"]
    assert seen["undone"]["groups"] == {"Forest": FIRST, **OTHERS}
    assert seen["undone"]["examples"] == ["Forest"]


def test_examples_are_kept_in_the_project(seen):
    assert seen["kept examples"] == ["Forest"]


def test_closing_the_workbench_leaves_the_tool(seen):
    assert seen["closed"] == [False, False]


def test_a_click_off_the_raster_is_told(seen):
    told = seen["off the raster"]
    assert told["note"] == "There is no class at this position."
    assert told["examples"] == seen["undone"]["examples"]
    assert told["messages"] == []


def test_a_file_that_was_changed_on_disk_is_not_taught_further(seen):
    told = seen["changed on disk"]
    assert len(told["messages"]) == 1
    assert told["messages"][0].startswith("classes.tif was changed since its superpixels were")
    # The workbench has opened the file anew, which has no edits.
    assert seen["reopened"] == 0


def test_edits_come_back_with_the_file(seen):
    assert seen["restored"]["groups"] == seen["undone"]["groups"]


def test_a_layer_removed_while_it_is_taught_is_let_go(seen):
    assert seen["removed"] == {"messages": [], "session": False, "tool": False}
