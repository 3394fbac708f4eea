# SPDX-License-Identifier: GPL-2.0-or-later
"""Edits that give superpixels other classes, on tables without a raster."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from superseg_plugin.agglomeration import MergeStep
from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.classes.catalog import ClassCatalog
from superseg_plugin.pipeline.classes.corrections import corrected_again, corrections_of
from superseg_plugin.pipeline.classes.edits import merged, renamed, with_count
from superseg_plugin.pipeline.classes.labelled import Learned, labelled
from superseg_plugin.pipeline.classes.map_text import map_of_text, text_of_map
from superseg_plugin.pipeline.classes.state import first_state
from superseg_plugin.pipeline.classes.superpixel_edits import (
    ClassMap,
    reclassified,
    split_classes,
    split_off,
)
from superseg_plugin.raster.correction_file import read_corrections, write_corrections
from superseg_plugin.raster.grid import Grid
from superseg_plugin.raster.pictures import Picture
from superseg_plugin.raster.superpixel_tables import SuperpixelTables

# Four classes of 10 superpixels; the features of each lie on a line from 0 to 9.
CLASSES = np.repeat(np.arange(1, 5, dtype=np.uint8), 10)
LINE = np.tile(np.arange(10.0), 4)


@pytest.fixture
def tables():
    count = len(CLASSES)
    pixels = np.arange(count) + 100
    return SuperpixelTables(
        pixels=pixels,
        areas=pixels * 4.0,
        classes=CLASSES.copy(),
        confidence=np.ones(count, np.float32),
        leaf=np.arange(count),
        place=np.zeros((count, 2), np.int64),
        means=np.stack([LINE, LINE * 2], axis=1).astype(np.float32),
        features=np.stack([LINE, CLASSES * 100.0], axis=1).astype(np.float32),
        pairs=np.zeros((0, 2), np.int32),
        lengths=np.zeros(0, np.int32),
        tree={},
        band_names=("red", "green"),
    )


@pytest.fixture
def start(tables):
    counts = np.bincount(CLASSES, tables.pixels)[1:].astype(np.int64)
    catalog = ClassCatalog(
        path="classes.tif",
        numbers=(1, 2, 3, 4),
        names=tuple(f"Class {number}" for number in range(1, 5)),
        colors=((200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 0)),
        counts=counts,
        areas=counts * 4.0,
        means=np.full((4, 2), 4.5),
        band_names=("red", "green"),
        steps=(MergeStep(3, 4, 1.0), MergeStep(1, 2, 2.0), MergeStep(1, 3, 3.0)),
    )
    return ClassMap(catalog, first_state(catalog))


def sums_agree(now, tables):
    counts = np.bincount(now.classes, tables.pixels, 256)
    areas = np.bincount(now.classes, tables.areas, 256)
    numbers = list(now.catalog.numbers)
    assert now.catalog.counts.tolist() == counts[numbers].tolist()
    assert now.catalog.areas == pytest.approx(areas[numbers])


def test_split_parts_are_contiguous_in_features_and_the_largest_keeps_the_number(start, tables):
    after = split_classes(start, tables, [3], 3)
    sums_agree(after, tables)
    assert after.catalog.numbers == (1, 2, 3, 4, 5, 6)
    assert np.array_equal(after.classes[CLASSES != 3], CLASSES[CLASSES != 3])
    part = after.classes[CLASSES == 3]
    assert (np.diff(part.astype(int)) != 0).sum() == 2
    areas = [tables.areas[after.classes == number].sum() for number in (3, 5, 6)]
    assert areas == sorted(areas, reverse=True)
    assert len(after.shown) == 6
    row = after.catalog.numbers.index(5)
    inside = after.classes == 5
    expected = np.average(LINE[inside], weights=tables.pixels[inside])
    assert after.catalog.means[row, 0] == pytest.approx(expected)


def test_the_slider_merges_the_parts_first(start, tables):
    after = split_classes(start, tables, [4], 2)
    state = with_count(after.catalog, after.state, 4)
    members = {group.members for group in ClassMap(after.catalog, state, after.classes).shown}
    assert members == {(1,), (2,), (3,), (4, 5)}
    distances = [step.distance for step in after.catalog.steps]
    assert distances == sorted(distances)
    assert len(after.catalog.steps) == 4


def test_a_merged_and_named_class_is_split_as_one(start, tables):
    state = merged(start.catalog, start.state, [1, 2, 3])
    state = renamed(start.catalog, state, 3, "Built-up")
    after = split_classes(ClassMap(start.catalog, state), tables, [3], 2)
    sums_agree(after, tables)
    groups = {group.number: group for group in after.shown}
    assert len(groups) == 3
    assert groups[3].name == "Built-up"
    assert after.catalog.numbers == (1, 2, 3, 4)
    assert sum(group.count for group in groups.values()) == tables.pixels.sum()
    four = split_classes(ClassMap(start.catalog, state), tables, [3], 4)
    assert four.catalog.numbers == (1, 2, 3, 4, 5)
    assert len(four.shown) == 5


def test_superpixels_in_an_area_become_a_class(start, tables):
    inside = LINE < 3
    after = split_off(start, tables, [2], inside)
    sums_agree(after, tables)
    assert (after.classes != CLASSES).sum() == 3
    assert set(after.classes[(CLASSES == 2) & inside]) == {5}
    every = split_off(start, tables, [], inside)
    assert every.catalog.numbers == tuple(range(1, 9))


def test_corrections_go_to_the_class_of_a_name_or_make_one(start, tables):
    place = np.arange(40) == 7
    after = reclassified(start, tables, place, "class 3")
    assert after.classes[7] == 3
    assert (after.classes != CLASSES).sum() == 1
    sums_agree(after, tables)
    new = reclassified(after, tables, np.arange(40) >= 38, "Water", (1, 2, 3))
    sums_agree(new, tables)
    group = new.shown[-1]
    assert (group.number, group.name, group.color, group.count) == (
        5,
        "Water",
        (1, 2, 3),
        138 + 139,
    )
    again = reclassified(new, tables, place, "WATER")
    assert again.classes[7] == 5
    assert again.catalog.numbers == new.catalog.numbers


def test_edits_survive_as_text(start, tables):
    after = split_classes(start, tables, [1], 2)
    after = reclassified(after, tables, np.arange(40) == 39, "Water", (1, 2, 3))
    restored = map_of_text(text_of_map(after), start.catalog, lambda: tables)
    assert np.array_equal(restored.classes, after.classes)
    assert restored.catalog.fingerprint == after.catalog.fingerprint
    assert restored.catalog.steps == after.catalog.steps
    assert [(g.number, g.name, g.color) for g in restored.shown] == [
        (g.number, g.name, g.color) for g in after.shown
    ]


def test_examples_are_part_of_an_edit_and_survive_as_text(start, tables):
    """Superpixel 25 is of class 3; half of its superpixels are learned to be Water."""
    indices = (np.arange(40) >= 25).astype(np.int64)
    after = labelled(start, tables, Learned(["Meadow", "Water"], indices, np.array([29, 20])))
    assert after.examples == ((29, "Water"), (20, "Meadow"))
    renaming = replace(after, state=renamed(after.catalog, after.state, 1, "Forest"))
    assert renaming.examples == after.examples
    restored = map_of_text(text_of_map(after), start.catalog, lambda: tables)
    assert restored.examples == after.examples
    stored = json.loads(text_of_map(after))
    del stored["examples"]
    assert map_of_text(json.dumps(stored), start.catalog, lambda: tables).examples == ()


def test_examples_never_undo_corrections(start, tables):
    """Superpixels 3 and 24 were corrected to Rock; all others of their classes are learned."""
    places = np.isin(np.arange(40), [3, 24])
    now = reclassified(start, tables, places, "Rock", (9, 8, 7))
    names, halves = ["Meadow", "Water"], (np.arange(40) >= 20).astype(np.int64)

    def names_after(before, given, *rows):
        after = labelled(before, tables, Learned(given, halves, np.array(rows)))
        sums_agree(after, tables)
        named = {group.number: group.name for group in after.shown}
        return after, [named[number] for number in after.shown_of(tables)]

    after, found = names_after(now, names, 0, 29)
    assert [found[row] for row in (2, 3, 24, 25)] == ["Meadow", "Rock", "Rock", "Water"]
    # Rock is of examples, too, when one of its superpixels is called otherwise.
    _, found = names_after(after, names, 0, 29, 3)
    assert [found[row] for row in (2, 3, 24, 25)] == ["Meadow", "Meadow", "Rock", "Water"]


def test_a_corrected_superpixel_is_no_example_of_its_former_name(start, tables):
    learned = Learned(
        ["Meadow", "Water"], (np.arange(40) >= 20).astype(np.int64), np.array([0, 29])
    )
    taught = labelled(start, tables, learned)
    after = reclassified(taught, tables, np.arange(40) == 29, "Rock")
    assert after.examples == ((0, "Meadow"),)
    same = reclassified(taught, tables, np.arange(40) == 29, "water")
    assert same.examples == taught.examples


def test_corrections_are_made_again_on_another_map_of_the_place(start, tables, tmp_path):
    """Points in a file; the new map has other numbers, and the class of the name not at all."""
    grid = Grid(40, 1, (0.0, 2.0, 0.0, 0.0, 0.0, -2.0))
    place = np.stack([np.zeros(40, np.int64), np.arange(40)], axis=1)
    tables = replace(tables, place=place)
    now = reclassified(start, tables, np.isin(np.arange(40), [7, 9]), "Class 3")
    now = reclassified(now, tables, np.arange(40) == 12, "Class 4")
    now = replace(now, state=renamed(now.catalog, now.state, 3, "Meadow"))
    path = str(tmp_path / "classes.tif")
    assert write_corrections(path, corrections_of(now, tables, grid), grid) == ""
    kept = read_corrections(path)
    assert sorted(kept.names) == ["Class 4", "Meadow", "Meadow"]
    assert kept.points[:, 0].tolist() == [15.0, 19.0, 25.0]
    other, made, left = corrected_again(start, tables, kept, lambda x, _y: int(x // 2) + 1)
    assert (made, left) == (2, 1)
    group = other.shown[-1]
    assert (group.name, group.number, group.color) == ("Meadow", 5, (0, 0, 200))
    assert np.flatnonzero(other.classes == 5).tolist() == [7, 9]
    assert corrections_of(other, tables, grid).names == ["Meadow", "Meadow"]
    # Without corrections there is no file.
    assert write_corrections(path, corrections_of(start, tables, grid), grid) == ""
    assert read_corrections(path) is None
    assert list(tmp_path.iterdir()) == []


def test_another_file_is_not_taken_for_corrections(tmp_path):
    (tmp_path / "classes.tif.corrections.gpkg").write_bytes(b"something else")
    with pytest.raises(SuperSegError, match=r"classes\.tif\.corrections\.gpkg cannot be read"):
        read_corrections(str(tmp_path / "classes.tif"))


def test_edits_without_superpixels_are_stored_as_before(start):
    state = renamed(start.catalog, start.state, 2, "Water")
    text = text_of_map(ClassMap(start.catalog, state))
    assert text == state.text
    assert map_of_text(text, start.catalog, None).state == state


@pytest.mark.parametrize("change", ["cut", "other", "twice", "example", "version"])
def test_damaged_text_is_refused(start, tables, change):
    stored = json.loads(text_of_map(split_classes(start, tables, [1], 2)))
    if change == "cut":
        stored["classes"] = stored["classes"][: len(stored["classes"]) // 2]
    elif change == "other":
        stored["added"] = []
    elif change == "twice":
        stored["added"] *= 2
    elif change == "example":
        stored["examples"] = [[40, "Water"]]
    else:
        stored["version"] = 2
    with pytest.raises(SuperSegError, match=r"classes\.tif: the edits of its superpixels"):
        map_of_text(json.dumps(stored), start.catalog, lambda: tables)


def test_what_cannot_be_done_is_said(start, tables):
    with pytest.raises(SuperSegError, match="Select a class to split"):
        split_classes(start, tables, [], 2)
    with pytest.raises(SuperSegError, match="2 to 8 parts, not 9"):
        split_classes(start, tables, [1], 9)
    with pytest.raises(SuperSegError, match="All superpixels of Class 1 lie in this area"):
        split_off(start, tables, [1], np.ones(40, bool))
    with pytest.raises(SuperSegError, match="No superpixels of Class 1 lie in this area"):
        split_off(start, tables, [1], CLASSES == 2)
    with pytest.raises(SuperSegError, match="There is no superpixel at this place"):
        reclassified(start, tables, np.zeros(40, bool), "Water")
    one = ClassMap(start.catalog, start.state, np.where(np.arange(40) == 0, 1, 2).astype(np.uint8))
    with pytest.raises(SuperSegError, match="Class 1 has one superpixel"):
        split_classes(one, tables, [1], 2)


def test_more_than_255_classes_are_refused(start, tables):
    now, one = start, np.arange(40) == 0
    for number in range(5, 256):
        now = reclassified(now, tables, one, f"Name {number}")
    assert max(now.catalog.numbers) == 255
    with pytest.raises(SuperSegError, match="255 at most; write the merged classes"):
        reclassified(now, tables, one, "One more")


def test_a_new_class_has_the_color_of_the_picture_of_the_image(start, tables):
    # Green is the first band, blue the difference of both.
    picture = Picture("components", ((0, 0.1), (1, 0), (-1, 1)), (-9, 0, 0), (90, 9, 9))
    shown = ClassMap(replace(start.catalog, picture=picture), start.state)
    inside = (CLASSES == 2) & (LINE > 6)
    after = split_off(shown, tables, [2], inside)
    new = next(group for group in after.shown if group.number == 5)
    expected = picture.colors(new.means[np.newaxis])[0]
    assert new.color == tuple(expected.tolist())
    assert new.color[1] > 200
