# SPDX-License-Identifier: GPL-2.0-or-later
"""The class workbench in a real QGIS window, by keys and clicks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.raster.class_table import read_class_table
from tests.class_rasters import striped, write_classes
from tests.conftest import quarters, write_raster
from tests.desktop.session import picture_size_and_colors, run_script

SCRIPT = Path(__file__).with_name("workbench_script.py")
CLASSES = 7
# 6 and 7 are most alike, then 1 and 2, then 4 and 5, then 3 and 4.
ORDER = [[6, 7, 0.1], [1, 2, 0.2], [4, 5, 0.3], [3, 4, 0.6], [1, 3, 0.9], [1, 6, 1.6]]


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """The record of the script, and the folder of the pictures."""
    folder = tmp_path_factory.mktemp("workbench") / "data"
    folder.mkdir()
    values = striped(CLASSES, 168)
    write_classes(folder / "classes.tif", values, ORDER)
    image, _ = quarters(168, 168)
    write_raster(folder / "image.tif", image)
    write_raster(folder / "reference.tif", (values > 3).astype(np.uint8) + 1)
    write_raster(folder / "other.tif", striped(3, 100))
    write_raster(folder / "height.tif", np.random.default_rng(0).random((50, 50), np.float32))
    write_raster(folder / "many.tif", np.arange(2500).reshape(50, 50).astype(np.uint16))
    (folder / "classes.superseg").write_bytes(b"")
    (folder / "table.csv").write_text("from,to,name\n1,1,One\n2,1,\n3,1,\n", encoding="utf-8")
    (folder / "unknown.csv").write_text("from,to\n99,1\n", encoding="utf-8")
    (folder / "twice.csv").write_text("from,to,name\n1,1,A\n2,2,A\n", encoding="utf-8")
    (folder / "green.csv").write_text("name,color\nA,green\n", encoding="utf-8")
    pictures = tmp_path_factory.mktemp("pictures") / "workbench"
    return run_script("workbench-test", SCRIPT, {"folder": str(folder)}, pictures), pictures


def members(scene):
    return [group[1] for group in scene["groups"]]


def test_the_dock_opens_on_the_class_layer(session):
    seen, _ = session
    opened = seen["opened"]
    assert opened["layer"] == "classes"
    assert seen["focus on the table"]
    assert members(opened) == [[n] for n in range(1, CLASSES + 1)]
    assert [row[:2] for row in opened["rows"]] == [[str(n), f"Class {n}"] for n in range(1, 8)]
    assert opened["slider"] == [2, CLASSES, CLASSES]
    assert opened["messages"] == []
    assert "m²" in opened["header"]
    shares = [float(row[3].split()[0].replace(",", ".")) for row in opened["rows"]]
    assert sum(shares) == pytest.approx(100, abs=0.4)


def test_the_dock_fits_a_small_screen_beside_another_one(session):
    seen, _ = session
    assert seen["least height"] < 300


def test_the_dock_without_a_layer_leads_to_segment(session):
    seen, _ = session
    assert seen["shown without layers"] == [True, True, False]
    (title,) = seen["segment"]
    assert title.endswith("Segment")


def test_areas_are_ellipsoidal(session):
    seen, _ = session
    areas = [float(row[2].replace(",", "")) for row in seen["opened"]["rows"]]
    # Pixels of 4 m² at the central meridian of UTM, where the map is 0.9996 of the ground.
    assert sum(areas) == pytest.approx(168 * 168 * 4 / 0.9996**2, rel=1e-4)


def test_the_slider_recolors_map_and_legend(session):
    seen, _ = session
    keys = seen["keys"]
    assert members(keys) == [[1, 2], [3], [4], [5], [6, 7]]
    colors = {value: color for value, color, _ in keys["renderer"]}
    assert colors[1] == colors[2] != colors[3]
    assert colors[6] == colors[7]
    assert len(keys["legend"]) == keys["count"] == 5
    assert keys["legend"][0].startswith("Class 1 (")


def test_a_drag_of_the_slider_is_one_undo_step(session):
    seen, _ = session
    assert members(seen["dragged"]) == [[1, 2, 3, 4, 5], [6, 7]]
    assert members(seen["drag undone"]) == members(seen["keys"])
    assert members(seen["keys undone"]) == members(seen["opened"])


def test_a_click_on_the_map_selects_through_another_crs(session):
    seen, _ = session
    assert seen["clicked"]["selected"] == [2]
    assert seen["clicked another"]["selected"] == [2, 5]


def test_merging_undoing_redoing(session):
    seen, _ = session
    assert members(seen["merged"]) == [[1], [2, 5], [3], [4], [6], [7]]
    assert seen["merged"]["slider"] == [2, 6, 6]
    assert seen["merged"]["selected"] == [2]
    assert members(seen["undone"]) == members(seen["opened"])
    assert members(seen["redone"]) == members(seen["merged"])
    assert len(seen["picked in the tree"]["selected"]) == 1


def test_shortcuts_work_after_a_click_on_the_map(session):
    seen, _ = session
    assert seen["focus on the map"]
    assert members(seen["map merged"]) == [[1], [2, 5], [3, 4], [6], [7]]
    assert members(seen["map redone"]) == members(seen["map merged"])
    assert members(seen["map separated"]) == members(seen["redone"])
    assert members(seen["map undone"]) == members(seen["redone"])
    assert [g[1] for g in seen["map colored"]["groups"] if g[3] == [0, 0, 255]] == [[4]]
    assert [g[1] for g in seen["map renamed"]["groups"] if g[2] == "Pond"] == [[4]]
    assert seen["map name undone"]["groups"] == seen["redone"]["groups"]
    # QGIS has a map view, the locator bar and a measuring tool on the same keys.
    assert seen["tool on the map"]
    for name in seen:
        if name.startswith("map "):
            assert (seen[name]["dialogs"], seen[name]["messages"]) == ([], []), name


def test_names_and_colors_follow_in_the_legend(session):
    seen, _ = session
    assert seen["renamed"]["groups"][2][2] == "Meadow"
    assert any(line.startswith("Meadow (") for line in seen["renamed"]["legend"])
    assert seen["same name"]["messages"] == [
        "Class 3 is called meadow already; merge the two, or choose another name."
    ]
    assert seen["same name"]["groups"] == seen["renamed"]["groups"]
    blue = [group for group in seen["colored"]["groups"] if group[3] == [0, 0, 255]]
    assert [group[1] for group in blue] == [[4]]
    assert {value: color for value, color, _ in seen["colored"]["renderer"]}[4] == "#0000ff"


def test_a_template_names_and_merges(session):
    seen, _ = session
    assert [1, [1, 6], "Tree cover", [0, 100, 0]] in seen["named as"]["groups"]
    assert seen["table"]["groups"][0][:3] == [1, [1, 2, 3], "One"]


def test_the_written_classes_are_those_shown(session):
    seen, _ = session
    assert seen["written"] == seen["polygons"] == [True, True]
    table = read_class_table(Path(seen["source"]).with_name("merged.tif"))
    names = [name for name in table.names if name]
    assert sorted(names) == sorted(group[2] for group in seen["before saving"]["groups"])
    assert seen["polygons names"] == sorted(names)
    assert seen["polygons area"] == pytest.approx(168 * 168 * 4 / 0.9996**2, rel=1e-4)


def test_the_dock_follows_the_selected_class_layer(session):
    seen, _ = session
    assert seen["result in the dock"] == "merged.tif"
    assert seen["classes in front"]
    before = seen["followed back"]
    assert before["groups"] == seen["named"]["groups"]
    for name in ("followed back", "followed no other layer", "pinned"):
        assert seen[name]["layer"] == "classes"
        assert seen[name]["messages"] == []
        assert seen[name]["groups"] == before["groups"]
    first, again = seen["rows of the result"]
    assert first == again == len(before["groups"])
    # The undo history of a layer survives that another one was opened.
    assert members(seen["undone after all"]) != members(before)


def test_the_attribute_table_of_the_file_is_updated(session):
    seen, _ = session
    path = seen["source"]
    assert read_class_table(path).names[2] == "Meadow"
    dataset = gdal.Open(path)
    rat = dataset.GetRasterBand(1).GetDefaultRAT()
    columns = {rat.GetNameOfCol(index): index for index in range(rat.GetColumnCount())}
    merged = [rat.GetValueAsInt(row, columns["Merged"]) for row in range(rat.GetRowCount())]
    assert merged == [1, 2, 3, 4, 2, 1, 7]


def test_dialogs_open_with_parameters_filled_in(session):
    seen, _ = session
    assert seen["references"] == [
        *("Class polygons", "many", "other", "parcels", "reference", "visits"),
        *("Draw accuracy points…", "Label accuracy points…"),
    ]
    classes = {"CLASSIFICATION": "classes"}
    for name, expected in (
        ("reference", {"REFERENCE": "reference"}),
        ("parcels", {"POLYGONS": "parcels", "POLYGONS_FIELD": "Name"}),
        ("visits", {"SAMPLES": "visits", "FIELD": "Name"}),
    ):
        values, table = seen["compare"][name]
        assert values == {**classes, **expected}
        # The classes that are shown, merged and named.
        assert len(table) == 1 + CLASSES
        assert len({line.split(",")[1] for line in table[1:]}) < CLASSES
    assert seen["batch"] == seen["images"]
    assert seen["other images"] == []
    (message,), dialogs = seen["no model"]
    assert message.startswith("Choose a file for Model when you run Segment")
    assert dialogs == []
    assert seen["dialogs"] == []


@pytest.mark.parametrize(
    ("scene", "sentence"),
    [
        ("another grid", "REFERENCE: other.tif is 100 x 100 pixels where 168 x 168 are needed"),
        ("height", "height.tif is not a class raster"),
        ("many", "many.tif holds more than 255 different values"),
        ("image", "image.tif"),
        ("unknown.csv", "unknown.csv, line 2 lists class 99"),
        ("twice.csv", "twice.csv calls both class 1 and class 2 A"),
        ("green.csv", "green.csv, line 2 holds the color “green”"),
        ("none.csv", "none.csv cannot be opened"),
        ("file gone", "classes.tif is no longer at"),
        ("file gone, write", "classes.tif is no longer at"),
    ],
)
def test_invalid_actions_give_a_message_and_change_nothing(session, scene, sentence):
    seen, _ = session
    (message,) = seen[scene]["messages"]
    assert message.startswith(sentence)
    assert message.endswith(".")
    assert seen[scene]["groups"] == seen["before saving"]["groups"]
    assert seen[scene]["layer"] == "classes"
    assert seen[scene]["slider"] == seen["before saving"]["slider"]
    assert seen[scene]["dialogs"] == []


def test_a_project_opened_again_has_all_edits(session):
    seen, _ = session
    assert seen["without layers"] == [True, False]
    assert Path(seen["source"]).parent.name == "elsewhere"
    for what in ("groups", "renderer", "legend", "rows"):
        assert seen["reopened"][what] == seen["before saving"][what]
    assert seen["reopened"]["messages"] == []


def test_every_picture_shows_something(session):
    _, pictures = session
    found = sorted(pictures.glob("*.png"))
    assert len(found) >= 7
    for path in found:
        assert picture_size_and_colors(path)[1] > 50, path.name


def test_names_of_a_layer_are_accepted_in_one_step(session):
    seen, pictures = session
    assert [row[1] for row in seen["proposals"]] == [
        *["merged from classes with different proposals"] * 2,
        *("1", "2", "2"),
    ]
    assert seen["may accept"]
    assert members(seen["suggested"]) == [[1, 6], [2, 5], [3], [4, 7]]
    assert [group[2] for group in seen["suggested"]["groups"]][2:] == ["Meadow", "2"]
    assert seen["suggestions undone"]["groups"] == seen["named as"]["groups"]
    assert picture_size_and_colors(pictures / "suggestions.png")[1] > 20
    assert seen["suggesting"] == ["Suggest names from a layer"]
    assert seen["suggesting without layer"] == []


def test_the_edits_are_in_the_file_wherever_it_is_opened(session):
    seen, _ = session
    saved = seen["before saving"]
    assert any(len(group[1]) > 1 for group in saved["groups"])
    for place in ("added again", "in another project"):
        for what in ("groups", "rows", "renderer", "legend", "slider"):
            assert seen[place][what] == saved[what], (place, what)
        (message,) = seen[place]["messages"]
        assert "its edits are restored" in message
        # What a QGIS without the plugin shows.
        assert seen[f"plain {place}"] == [[value, text] for value, _, text in saved["renderer"]]
