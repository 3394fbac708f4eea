# SPDX-License-Identifier: GPL-2.0-or-later
"""Seeing classes on the map, coloring and naming them by clicks, in a real QGIS window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.class_rasters import write_classes, write_superpixels
from tests.conftest import quarters, write_raster
from tests.desktop.session import picture_size_and_colors, run_script

SCRIPT = Path(__file__).with_name("see_script.py")
# Column and row of a pixel of each class.
PLACES = {1: (20, 150), 2: (20, 20), 3: (120, 30), 4: (120, 120), 5: (60, 120), 6: (150, 80)}


def patches():
    """Six classes; class 3 has three patches."""
    values = np.full((168, 168), 1, np.uint8)
    values[:80, :80] = 2
    values[10:60, 100:160] = 3
    values[5:15, 5:25] = 3
    values[160:164, 4:12] = 3
    values[100:140, 100:168] = 4
    values[100:140, 40:80] = 5
    values[70:90, 130:168] = 6
    return values


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """The record of the script, and the folder of the pictures."""
    folder = tmp_path_factory.mktemp("see") / "data"
    folder.mkdir()
    write_classes(folder / "classes.tif", patches())
    write_superpixels(folder / "classes.tif")
    image, _ = quarters(168, 168)
    write_raster(folder / "image.tif", image)
    (folder / "mine.csv").write_text("name,color\nHouse,#ff0000\n", encoding="utf-8")
    (folder / "twice.csv").write_text("name\nA\na\n", encoding="utf-8")
    pictures = tmp_path_factory.mktemp("pictures") / "see"
    job = {"folder": str(folder), "places": PLACES}
    return run_script("see-test", SCRIPT, job, pictures), pictures


def test_the_workbench_opens_wide_enough(session):
    seen, _ = session
    width, scrolls = seen["first width"]
    assert not scrolls
    assert 350 <= width <= 0.4 * 1280


def test_selected_classes_are_seen_on_the_map(session):
    seen, _ = session
    assert seen["highlighted"] > 0.05
    assert seen["yellow"] > 100
    assert seen["beside the preview"] == 0
    assert seen["back from the preview"] == seen["yellow"]
    assert seen["switched off"] == seen["nothing selected"] == 0
    assert seen["from the tree"] > 0.05


def test_the_tree_scrolls_to_the_selected_leaf(session):
    seen, _ = session
    assert seen["leaf in sight"]


def test_keys_go_from_patch_to_patch_from_the_largest_to_the_smallest(session):
    seen, _ = session
    wanted = [(100, 10, 160, 60), (5, 5, 25, 15), (4, 160, 12, 164)]
    for (left, top, right, bottom), box in zip(seen["patches"], wanted):
        assert left <= box[0] + 1
        assert top <= box[1] + 1
        assert right >= box[2] - 1
        assert bottom >= box[3] - 1
        # The map shows not much more than the patch, but at least 60 pixels.
        assert bottom - top < max(3.5 * (box[3] - box[1]), 90)
    assert seen["told"].startswith("Patch 3 of 3")
    assert seen["flash"] > 100


def test_the_pointer_tells_name_share_and_confidence(session):
    seen, _ = session
    share = (patches() == 3).mean()
    assert seen["tip"] == f"Class 3: {100 * share:.1f} %\nConfidence: 75 %"
    # While places are corrected or taught, too.
    assert seen["tips of the edits"] == [seen["tip"]] * 2


def test_spread_and_separability_are_shown_for_few_selected_classes(session):
    seen, _ = session
    # The superpixels of a class are alike in this raster.
    assert seen["separability"] == [2, "Separability (Jeffries-Matusita): 2.00 of 2"]
    assert seen["separability of three"] == ""


def test_rows_are_copied_as_tables(session):
    seen, _ = session
    lines = [line.split("\t") for line in seen["copied"].splitlines()]
    assert [line[:2] for line in lines[1:]] == [["1", "Class 1"], ["3", "Class 3"]]
    assert lines[0][:5] == ["Class", "Name", "Color", "Area (m²)", "Share (%)"]
    assert lines[0][-1] == "Mean Blue"
    area = float(lines[2][3])
    assert area == pytest.approx((patches() == 3).sum() * 4 / 0.9996**2, rel=1e-4)
    assert seen["as CSV"].splitlines()[1].startswith("2,Class 2,#")
    for text in ("Merge the selected classes", "Split", "Rename", "Zoom to the largest patch"):
        assert text in seen["menu"]


def test_colors_are_switched_in_one_step_each(session):
    seen, _ = session
    first = seen["first colors"]
    assert seen["colors undone"] == first
    assert len({tuple(c) for c in seen["Distinct colors"]}) == len(first)
    assert seen["Distinct colors"] != first
    assert seen["Natural colors"] != seen["Distinct colors"]
    shown = sorted("#{:02x}{:02x}{:02x}".format(*c) for c in seen["Distinct colors"])
    assert sorted(seen["Distinct colors, renderer"]) == shown


def test_clicks_assign_names_and_colors_of_a_scheme(session):
    seen, _ = session
    assert seen["shown"]
    assert {"ESA WorldCover", "Anderson, level II", "IPCC land-use categories"} <= set(
        seen["schemes"]
    )
    named = {tuple(members): (name, color) for _, members, name, color in seen["assigned"]}
    assert named[2, 3] == ("Permanent water bodies", [0, 100, 200])
    assert named[(5,)] == ("Tree cover", [0, 100, 0])
    assert seen["steps"] == 3
    assert seen["assigned told"].startswith("Class 3 is Permanent water bodies now")
    on_image = {tuple(members): name for _, members, name, _ in seen["on the image"]}
    assert on_image[(1,)] == "Shrubland"
    assert seen["one undone"] == seen["assigned"]
    assert seen["outside"] == "There is no class at this position."
    assert seen["ended"] == [False, False]
    assert seen["selects again"] == [4]


def test_own_schemes_are_read_and_duplicates_refused(session):
    seen, _ = session
    assert seen["own is shown"]
    assert seen["own"] == ["mine", "1  House"]
    (message,) = seen["twice"]
    assert "line 3 gives the name a a second time" in message
    assert seen["still own"] == "mine"
    assert seen["messages"] == []


def test_dark_themes_are_readable(session):
    seen, _ = session
    background, bright = seen["help in the night"]
    assert background < 60
    assert bright > 0.01
    # The same color in the tree and in the table.
    assert min(seen["selection in the night"]) > 500


def test_the_window_fits_a_small_screen_with_a_second_dock(session):
    seen, _ = session
    assert seen["window"][1] <= 720
    assert seen["rows in sight"] >= seen["rows beside it"] >= 5
    assert seen["name width"] >= seen["letters"]


def test_nothing_is_left_on_the_map_while_the_workbench_is_closed(session):
    seen, _ = session
    assert not seen["left on the map"]
    assert seen["outline while closed"] == 0
    assert seen["outline when open again"] > 100


def test_every_picture_shows_something(session):
    _, pictures = session
    found = sorted(pictures.glob("*.png"))
    assert len(found) >= 12
    for path in found:
        assert picture_size_and_colors(path)[1] > 50, path.name
