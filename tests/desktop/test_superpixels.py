# SPDX-License-Identifier: GPL-2.0-or-later
"""Splitting and correcting in the class workbench of a real QGIS window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from superseg_plugin.raster.class_table import read_class_table
from superseg_plugin.raster.superpixel_file import SuperpixelFile
from tests.class_rasters import striped, write_classes, write_superpixels
from tests.conftest import read_raster
from tests.desktop.session import picture_size_and_colors, run_script

SCRIPT = Path(__file__).with_name("superpixels_script.py")
SIDE = 160


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """The record of the script, the folder of the data and that of the pictures."""
    folder = tmp_path_factory.mktemp("superpixels") / "data"
    folder.mkdir()
    # Stripes of 80, 53 and 27 rows.
    for name in ("classes", "plain"):
        write_classes(folder / f"{name}.tif", striped(3, SIDE))
    write_superpixels(folder / "classes.tif")
    write_classes(folder / "other.tif", np.where(striped(3, SIDE) == 1, 1, 2))
    write_superpixels(folder / "other.tif")
    pictures = tmp_path_factory.mktemp("pictures") / "superpixels"
    seen = run_script("superpixels-test", SCRIPT, {"folder": str(folder)}, pictures)
    return seen, folder, pictures


def counts(scene):
    return {group[0]: group[2] for group in scene["groups"]}


def color(scene, number):
    (found,) = [group[3] for group in scene["groups"] if group[0] == number]
    return "#" + "".join(f"{part:02x}" for part in found)


def test_a_class_is_split_by_a_key_and_seen_on_the_map(session):
    seen, _, pictures = session
    split = seen["split"]
    assert split["rows"] == 4
    assert split["chosen"] == [2, 4]
    shown = counts(split)
    assert shown[1] == 80 * SIDE
    assert shown[2] + shown[4] == 53 * SIDE
    assert min(shown[2], shown[4]) > 20 * SIDE
    assert split["messages"] == []
    undone = seen["undone"]
    assert counts(undone) == {1: 80 * SIDE, 2: 53 * SIDE, 3: 27 * SIDE}
    assert undone["left"] == undone["right"]
    assert picture_size_and_colors(pictures / "split.png")[0] >= 1200


def test_advice_names_the_broad_class_and_selects_it(session):
    seen, _, _ = session
    assert seen["advice"] == ["Class 1 covers 50 % of the area: split it, or ask for more classes."]
    assert seen["tab"].replace("&", "") == "Advice (1)"
    assert seen["picked by advice"] == [1]


def test_the_menu_splits_into_more(session):
    seen, _, _ = session
    four = counts(seen["in four"])
    assert sorted(four) == [1, 2, 3, 4, 5, 6]
    assert four[1] + four[4] + four[5] + four[6] == 80 * SIDE


def test_a_click_gives_one_superpixel_the_selected_class(session):
    seen, _, _ = session
    before, after = counts(seen["in four"]), counts(seen["corrected"])
    assert after[3] == before[3] + 64
    assert counts(seen["correction undone"]) == before
    assert counts(seen["no class selected"]) == before
    (message,) = seen["no class selected"]["messages"]
    assert "Select in the table the one class" in message


def test_a_polygon_corrects_the_superpixels_in_it(session):
    seen, _, _ = session
    assert seen["one mode"] == [False, True]
    before, after = counts(seen["corrected"]), counts(seen["corrected in a polygon"])
    # A quarter of the width and 0.18 of the height, to the nearest superpixels.
    assert after[3] - before[3] == pytest.approx(0.25 * 0.18 * SIDE**2, rel=0.3)
    assert seen["corrected in a polygon"]["corner"] == color(seen["corrected in a polygon"], 3)


def test_a_polygon_splits_a_class(session):
    seen, _, _ = session
    scene = seen["split by a polygon"]
    before, after = counts(seen["corrected in a polygon"]), counts(scene)
    assert set(after) - set(before) == {7}
    assert after[7] == pytest.approx(0.4 * 53 * SIDE, rel=0.1)
    assert scene["right"] == color(scene, 7)
    assert scene["left"] != scene["right"]
    assert seen["pointed at"] == 7


def test_more_like_this_selects_what_is_similar_and_names_it(session):
    seen, _, pictures = session
    assert 1 <= seen["equal"] < 20 < seen["similar"] < SIDE**2 / 64
    first, found, named, emptied = seen["notes"]
    (reed,) = [group for group in seen["named"]["groups"] if group[1] == "Reed"]
    assert f"Places: 1. Similar superpixels: {seen['similar']:,}, " in found
    share = float(found.split(", ")[1].split(" %")[0])
    assert share == pytest.approx(100 * reed[2] / SIDE**2, abs=0.05)
    assert f"Superpixels that are Reed now: {seen['similar']:,}." in named
    assert first == emptied != found
    assert seen["named"]["left"] == color(seen["named"], reed[0])
    assert picture_size_and_colors(pictures / "similar.png")[0] >= 1200


def test_edits_are_drawn_while_the_workbench_is_open(session):
    seen, _, _ = session
    scene = seen["split by a polygon"]
    assert seen["open"] == color(scene, 3)
    assert seen["closed"] == color(scene, 1)


def test_write_makes_a_raster_of_the_edits_that_can_be_edited_again(session):
    seen, folder, _ = session
    assert seen["written"] == [True]
    assert not seen["edits of the result"]
    written = read_raster(folder / "written.tif")[0]
    shown = counts(seen["split by a polygon"])
    assert sorted(np.bincount(written.ravel())[1:]) == sorted(shown.values())
    assert read_class_table(folder / "written.tif").counts.sum() == SIDE**2
    with SuperpixelFile.open_beside(str(folder / "written.tif")) as kept:
        ids = kept.read_ids(kept.grid.window)
        assert np.array_equal(np.append(0, kept.classes)[ids], written)


def test_edits_are_there_when_the_project_is_opened_again(session):
    seen, _, _ = session
    for what in ("groups", "rows", "left", "right", "corner"):
        assert seen["reopened"][what] == seen["before saving"][what], what
    assert seen["before saving"]["groups"] == seen["split by a polygon"]["groups"]


def test_corrections_survive_another_segmentation(session):
    seen, _, _ = session
    assert seen["corrections"]
    again = seen["segmented again"]
    assert again["rows"] == 3
    meadow = [group for group in again["groups"] if group[1] == "Meadow"]
    corrected = counts(seen["corrected in a polygon"])[3] - counts(seen["in four"])[3]
    assert [group[2] for group in meadow] == [corrected]
    (message,) = again["messages"]
    # One superpixel by a click, the others by the polygon.
    assert f"classes: {corrected // 64} corrections of an earlier map were made again" in message
    assert again["corner"] == color(again, meadow[0][0])


def test_a_raster_without_superpixels_says_what_to_do(session):
    seen, _, _ = session
    (message,) = seen["without superpixels"]["messages"]
    assert "no plain.tif.superseg.tif beside the class raster; run Segment" in message
    assert seen["without superpixels"]["rows"] == 3
