# SPDX-License-Identifier: GPL-2.0-or-later
"""What the class workbench computes: groups, edits, templates, trees."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.classes.catalog import read_catalog
from superseg_plugin.pipeline.classes.edits import (
    applied,
    assigned,
    checked_name,
    merged,
    recolored,
    renamed,
    table_rows,
    with_count,
)
from superseg_plugin.pipeline.classes.merge_table import read_merge_table, write_merge_table
from superseg_plugin.pipeline.classes.merge_tree import (
    merged_classes,
    most_classes,
    partition,
    separated,
    tree_of,
)
from superseg_plugin.pipeline.classes.schemes import TEMPLATES, Template
from superseg_plugin.pipeline.classes.state import first_state, state_of_text
from superseg_plugin.pipeline.classes.templates import read_own
from tests.class_rasters import striped, write_classes
from tests.conftest import write_raster

# 5 and 6 are most alike, then 1 and 2, then 3 and 4; 1 and 3 join last but one.
ORDER = [[5, 6, 0.1], [1, 2, 0.2], [3, 4, 0.4], [1, 3, 0.9], [1, 5, 1.6]]


@pytest.fixture
def catalog(tmp_path):
    return read_catalog(write_classes(tmp_path / "classes.tif", striped(6), ORDER))


def names(catalog, state):
    return {group.number: group.name for group in merged_classes(catalog, state)}


def test_the_slider_follows_the_merge_order(catalog):
    state = first_state(catalog)
    assert len(partition(catalog, state)) == 6
    assert partition(catalog, with_count(catalog, state, 4)) == [(1, 2), (3,), (4,), (5, 6)]
    assert partition(catalog, with_count(catalog, state, 2)) == [(1, 2, 3, 4), (5, 6)]
    assert with_count(catalog, state, 1).count == 2
    assert with_count(catalog, state, 99).count == 6


def test_statistics_of_a_merged_class_are_those_of_its_classes(catalog):
    groups = merged_classes(catalog, with_count(catalog, first_state(catalog), 4))
    pair = groups[-1]
    assert pair.members == (5, 6)
    places = [catalog.numbers.index(number) for number in pair.members]
    assert pair.area == pytest.approx(catalog.areas[places].sum())
    counts = catalog.counts[places]
    assert pair.means == pytest.approx(
        (catalog.means[places].T * counts).sum(axis=1) / counts.sum()
    )
    assert sum(group.share for group in groups) == pytest.approx(1)


def test_a_merge_by_hand_stays_when_the_slider_moves(catalog):
    state = with_count(catalog, first_state(catalog), 4)
    state = merged(catalog, state, [3, 5])
    assert partition(catalog, state) == [(1, 2), (3, 5, 6), (4,)]
    assert most_classes(catalog, state) == 4
    up = with_count(catalog, state, 4)
    assert partition(catalog, up) == [(1,), (2,), (3, 5, 6), (4,)]
    assert partition(catalog, with_count(catalog, up, 3)) == [(1, 2), (3, 5, 6), (4,)]


def test_separating_undoes_manual_merges_and_not_the_slider(catalog):
    before = with_count(catalog, first_state(catalog), 4)
    after = merged(catalog, before, [3, 5])
    back = separated(catalog, after, (3, 5, 6))
    assert partition(catalog, back) == partition(catalog, before)
    assert back.count == 4


def test_names_belong_to_what_was_together_when_they_were_given(catalog):
    state = with_count(catalog, first_state(catalog), 4)
    state = renamed(catalog, state, 5, "Water")
    apart = with_count(catalog, state, 6)
    assert names(catalog, apart)[5] == "Class 5"
    assert names(catalog, with_count(catalog, apart, 4))[5] == "Water"
    # A name given to the largest part stays with what that grows into.
    state = renamed(catalog, first_state(catalog), 1, "Forest")
    assert names(catalog, with_count(catalog, state, 4))[1] == "Forest"


def test_merging_keeps_a_name_given_by_the_user(catalog):
    state = renamed(catalog, first_state(catalog), 4, "Roofs")
    assert names(catalog, merged(catalog, state, [1, 4]))[1] == "Roofs"
    assert names(catalog, merged(catalog, state, [1, 2]))[1] == "Class 1"


def test_equal_names_are_refused_by_hand_and_merged_by_template(catalog):
    state = renamed(catalog, first_state(catalog), 2, "Water")
    with pytest.raises(SuperSegError, match="Class 2 is called water already; merge the two"):
        renamed(catalog, state, 4, "water")
    for bad in ("", "  ", "x" * 101, "a\x07b"):
        with pytest.raises(SuperSegError):
            renamed(catalog, state, 4, bad)
    state = assigned(catalog, state, [4], "Water", (0, 0, 255))
    group = next(g for g in merged_classes(catalog, state) if g.name == "Water")
    assert group.members == (2, 4)
    assert group.color == (0, 0, 255)


def test_colors_follow_the_largest_class(catalog):
    state = recolored(catalog, first_state(catalog), [1], (1, 2, 3))
    groups = merged_classes(catalog, with_count(catalog, state, 4))
    assert groups[0].color == (1, 2, 3)
    assert groups[-1].color == catalog.colors[4]
    with pytest.raises(SuperSegError, match="Select a class"):
        recolored(catalog, state, [], (1, 2, 3))
    with pytest.raises(SuperSegError, match="two or more"):
        merged(catalog, state, [1])


def test_a_state_comes_back_from_its_text(catalog):
    state = merged(catalog, with_count(catalog, first_state(catalog), 4), [3, 5])
    state = renamed(catalog, state, 1, "Wald “ä”")
    assert state_of_text(state.text, catalog) == state


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "damaged"),
        ("[" * 100_000, "damaged"),
        ('{"version": 1}', "damaged"),
        ('{"version": 9, "fingerprint": "", "count": 2}', "damaged"),
        (
            '{"version":1,"fingerprint":"1:2","count":2,"joined":[],"names":[],"colors":[]}',
            "other classes",
        ),
    ],
)
def test_a_state_of_something_else_is_refused(catalog, text, sentence):
    with pytest.raises(SuperSegError, match=sentence):
        state_of_text(text, catalog)


def test_a_state_with_classes_that_there_are_not_is_refused(catalog):
    state = merged(catalog, first_state(catalog), [3, 5])
    text = state.text.replace("[[3, 5]]", "[[3, 55]]")
    assert text != state.text
    with pytest.raises(SuperSegError, match="does not have"):
        state_of_text(text, catalog)


def test_what_is_written_reads_back_as_the_same_merged_classes(catalog, tmp_path):
    state = merged(catalog, with_count(catalog, first_state(catalog), 4), [3, 5])
    state = renamed(catalog, state, 1, 'Wood, "old"')
    groups = merged_classes(catalog, state)
    path = tmp_path / "table.csv"
    write_merge_table(path, table_rows(groups))
    again = merged_classes(catalog, applied(catalog, first_state(catalog), read_merge_table(path)))
    assert [(g.members, g.name, g.color) for g in again] == [
        (g.members, g.name, g.color) for g in groups
    ]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("from,to\n9,9", "line 2 lists class 9, and the layer's classes are 1 to 6"),
        ("from,to,name\n1,1,Wood\n2,2,wood", "both class 1 and class 2"),
    ],
)
def test_tables_that_do_not_fit_are_refused(catalog, tmp_path, lines, sentence):
    path = tmp_path / "table.csv"
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(SuperSegError, match=sentence):
        applied(catalog, first_state(catalog), read_own(path))


def test_templates_have_names_and_colors_that_differ():
    counts = []
    for template in TEMPLATES:
        assert len({name.casefold() for name, _ in template.entries}) == len(template.entries)
        assert len({color for _, color in template.entries}) == len(template.entries)
        assert all(checked_name(name) == name for name, _ in template.entries)
        counts.append(len(template.entries))
    # As many as the schemes have classes.
    assert counts == [11, 5, 44, 9, 37, 6]


def test_own_names_are_read_from_a_file(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("name;color\nWald;#1b7837\nSee;\n", encoding="utf-8")
    assert read_own(path) == Template("mine", (("Wald", (0x1B, 0x78, 0x37)), ("See", None)))
    for lines, sentence in (
        ("name,color\nWald,\nwald,", "line 3 gives the name wald a second time"),
        ("title\nWald", "no column “name”"),
        ("name,color\nWald,green", "line 2 holds the color “green”"),
        ("name\n", "0 names"),
        ("", "header"),
    ):
        path.write_text(lines, encoding="utf-8")
        with pytest.raises(SuperSegError, match=sentence):
            read_own(path)
    with pytest.raises(SuperSegError, match=r"none\.csv cannot be opened"):
        read_own(tmp_path / "none.csv")


def test_a_tree_has_a_row_for_each_class_and_is_cut_where_the_slider_is(catalog):
    tree = tree_of(catalog, first_state(catalog))
    assert sorted(tree.leaves) == [(n,) for n in range(1, 7)]
    assert [joint.members for joint in tree.joints][:2] == [(5, 6), (1, 2)]
    heights = [joint.height for joint in tree.joints]
    assert heights == sorted(heights)
    assert heights[-1] == pytest.approx(1)
    for count in range(2, 7):
        assert tree.count_at(tree.cut(count)) == count
    # Branches do not cross: what joins lies side by side.
    for joint in tree.joints:
        rows = sorted(tree.leaves.index((number,)) for number in joint.members)
        assert rows == list(range(rows[0], rows[-1] + 1))


def test_manually_merged_classes_are_one_leaf_of_the_tree(catalog):
    state = merged(catalog, first_state(catalog), [2, 5])
    tree = tree_of(catalog, state)
    assert (2, 5) in tree.leaves
    assert len(tree.leaves) == 5
    assert len(tree.joints) == 4


def test_without_a_record_there_is_no_merge_order_but_a_reason(tmp_path):
    path = write_classes(tmp_path / "plain.tif", striped(3), order=False)
    catalog = read_catalog(path)
    assert catalog.steps == ()
    assert "plain.tif.superseg.json" in catalog.no_order
    assert tree_of(catalog, first_state(catalog)) is None


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (np.linspace(0, 1, 64).reshape(8, 8).astype(np.float32), "not whole numbers"),
        (np.arange(900).reshape(30, 30).astype(np.uint16), "more than 255 different values"),
        (np.ones((8, 8), np.uint8), "no table of its classes"),
    ],
)
def test_rasters_that_are_no_classes_are_refused(tmp_path, values, sentence):
    path = write_raster(tmp_path / "other.tif", values)
    with pytest.raises(SuperSegError, match=rf"other\.tif .*{sentence}"):
        read_catalog(path)


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(SuperSegError, match=r"gone\.tif is no longer at"):
        read_catalog(str(tmp_path / "gone.tif"))
