# SPDX-License-Identifier: GPL-2.0-or-later
"""The labelling form in a real QGIS window of 1280x700, by keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.class_rasters import striped, write_classes
from tests.conftest import quarters, write_raster
from tests.desktop.session import picture_size_and_colors, run_script

SCRIPT = Path(__file__).with_name("sample_script.py")
NAMES = [f"{number}   Class {number}" for number in range(1, 5)]


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """The record of the script, and the folder of the pictures."""
    folder = tmp_path_factory.mktemp("sample") / "data"
    folder.mkdir()
    write_classes(folder / "classes.tif", striped(4, 168))
    image, _ = quarters(168, 168)
    write_raster(folder / "image.tif", image)
    pictures = tmp_path_factory.mktemp("pictures") / "sample"
    job = {"folder": str(folder), "window": [1280, 700]}
    screen = "-screen 0 1280x720x24"
    return run_script("sample-test", SCRIPT, job, pictures, screen=screen), pictures


def test_without_points_the_form_says_what_to_do(session):
    seen, _ = session
    assert "draw new ones" in seen["empty"]["place"]
    assert seen["empty"]["visible"]
    height, least = seen["height"]
    assert height <= 700
    assert least < 300


def test_new_points_are_taken_up_and_shown(session):
    seen, _ = session
    opened = seen["opened"]
    assert opened["progress"] == "0 of 8"
    assert opened["names"] == NAMES
    # The classes are hidden, and the place is shown with its surroundings.
    assert not opened["visible"]
    assert not seen["points shown"]
    assert opened["shown"] == pytest.approx(60, rel=0.02)
    assert opened["messages"] == []


def test_keys_label_and_go_on_and_every_label_is_saved_at_once(session):
    seen, _ = session
    first, second, unclear = (seen[name] for name in ("first", "second", "unclear"))
    place = str(seen["opened"]["point"])
    assert first["progress"] == "1 of 8"
    assert first["saved"] == {place: "Class 1"}
    assert second["saved"] == {**first["saved"], str(first["point"]): "Class 2"}
    assert unclear["saved"] == {**second["saved"], str(second["point"]): "?"}
    assert len({seen["opened"]["point"], first["point"], second["point"], unclear["point"]}) == 4
    assert seen["no such name"] == unclear


def test_back_clear_skip_and_another_name(session):
    seen, _ = session
    assert seen["back"]["point"] == seen["second"]["point"]
    assert "cannot tell" in seen["back"]["place"]
    assert seen["cleared"]["saved"] == seen["second"]["saved"]
    assert seen["cleared"]["point"] == seen["back"]["point"]
    assert seen["skipped"]["saved"] == seen["cleared"]["saved"]
    other = seen["another name"]
    assert other["saved"][str(seen["skipped"]["point"])] == "Salt pan"
    assert other["names"] == [*NAMES, "5   Salt pan"]


def test_keys_work_after_a_click_on_the_map(session):
    seen, _ = session
    saved = seen["on the map"]["saved"]
    assert saved[str(seen["another name"]["point"])] == "Class 3"


def test_the_map_class_is_told_only_on_wish(session):
    seen, _ = session
    assert all("in the map" not in seen[name]["place"] for name in ("opened", "first", "resumed"))
    told = seen["not blind"]
    assert told["visible"]
    assert "in the map: Class" in told["place"]
    assert told["shown"] == pytest.approx(20, rel=0.02)


def test_work_goes_on_after_the_form_was_closed(session):
    seen, _ = session
    assert seen["closed"]
    assert not seen["resumed"]["visible"]
    for part in ("progress", "saved", "point"):
        assert seen["resumed"][part] == seen["on the map"][part]


def test_a_project_that_was_saved_meanwhile_shows_its_layers_again(session):
    seen, _ = session
    assert seen["read"] == [True, True]
    again = seen["read again"]
    assert not again["visible"]
    assert again["messages"] == []
    for part in ("progress", "saved"):
        assert again[part] == seen["resumed"][part]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("read-only", "Accuracy points is read-only; save it as a new layer"),
        ("in edit mode", "Accuracy points is being edited; save or discard these edits"),
    ],
)
def test_what_cannot_be_labelled_is_a_sentence_and_changes_nothing(session, name, text):
    seen, _ = session
    (message,) = seen[name]["messages"]
    assert message.startswith(text)
    for part in ("progress", "saved", "point"):
        assert seen[name][part] == seen["read again"][part]


def test_another_layer_and_back_again(session):
    seen, _ = session
    (message,) = seen["no points"]["messages"]
    assert message.startswith("numbers is empty")
    # Classes are hidden only while something is labelled.
    assert seen["no points"]["visible"]
    assert seen["back again"]["progress"] == seen["resumed"]["progress"]
    assert not seen["back again"]["visible"]


def test_accuracy_opens_evaluate_with_everything_filled_in(session):
    seen, _ = session
    assert seen["all"]["progress"] == "8 of 8"
    assert "All points have a label" in seen["all"]["place"]
    table = seen["accuracy"].pop("TABLE")
    assert len(table.splitlines()) == 5
    assert seen["accuracy"] == {
        "CLASSIFICATION": "classes",
        "SAMPLES": "Accuracy points",
        "FIELD": "label",
    }


def test_a_layer_removed_in_the_middle_is_a_sentence(session):
    seen, _ = session
    assert seen["removed"]["messages"] == [
        "Accuracy points was removed. The labels of a layer in a file are saved."
    ]
    assert seen["removed"]["visible"]


@pytest.mark.parametrize("name", ["opened", "labelled", "not blind", "all", "accuracy"])
def test_every_picture_shows_something(session, name):
    _, pictures = session
    width, colors = picture_size_and_colors(pictures / f"{name}.png")
    assert width > 300
    assert colors > 50
