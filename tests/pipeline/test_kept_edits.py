# SPDX-License-Identifier: GPL-2.0-or-later
"""The edits of the workbench in the files of the raster: all of them or none."""

from __future__ import annotations

import json
from pathlib import Path

from superseg_plugin.pipeline.classes.catalog import read_catalog
from superseg_plugin.pipeline.classes.edits import assigned, merged, renamed, with_count
from superseg_plugin.pipeline.classes.kept_edits import keep_edits, restored_map
from superseg_plugin.pipeline.classes.merge_tree import merged_classes
from superseg_plugin.pipeline.classes.state import first_state
from superseg_plugin.pipeline.classes.superpixel_edits import ClassMap
from superseg_plugin.raster.class_sidecar import read_edits
from tests.class_rasters import striped, write_classes


def no_tables():
    raise AssertionError("edits without superpixels need no tables of them")


def restored(catalog):
    """Return the state in the files of a raster, None for none."""
    found = restored_map(catalog, no_tables)
    return found and found.state


def edited(path):
    """Keep several edits in the files of a raster; return its classes and the state."""
    catalog = read_catalog(path)
    state = with_count(catalog, first_state(catalog), 5)
    state = merged(catalog, state, [1, 3])
    state = renamed(catalog, state, 2, "Übrige & 水")
    state = assigned(catalog, state, [4], "Wood", (1, 2, 3))
    assert keep_edits(catalog, ClassMap(catalog, state)) == ""
    return catalog, state


def test_another_reader_of_the_file_has_the_same_state(tmp_path):
    path = write_classes(tmp_path / "classes.tif", striped(7))
    before, state = edited(path)
    catalog = read_catalog(path)
    assert restored(catalog) == state
    groups = merged_classes(catalog, state)
    assert [(one.members, one.name, one.color) for one in groups] == [
        (one.members, one.name, one.color) for one in merged_classes(before, state)
    ]


def test_style_and_record_show_the_merged_classes(tmp_path):
    path = write_classes(tmp_path / "classes.tif", striped(7))
    edited(path)
    style = Path(path).with_suffix(".qml").read_text(encoding="utf-8")
    assert style.count("paletteEntry") == 7
    assert 'color="#010203" alpha="255" label="Wood (' in style
    assert Path(path).with_suffix(".clr").read_text().count("\n") == 7
    record = json.loads(Path(f"{path}.superseg.json").read_text(encoding="utf-8"))
    titles = [one["title"] for one in record["classification:classes"]]
    assert {"Wood", "Übrige & 水"} <= set(titles)
    assert record["merge_order"]


def test_undoing_all_leaves_no_edits(tmp_path):
    path = write_classes(tmp_path / "classes.tif", striped(7))
    catalog, _ = edited(path)
    state = first_state(catalog)
    assert keep_edits(catalog, ClassMap(catalog, state)) == ""
    assert read_edits(path) == ""
    assert restored(read_catalog(path)) is None


def test_edits_of_other_classes_are_not_applied(tmp_path):
    path = write_classes(tmp_path / "classes.tif", striped(7))
    _, state = edited(path)
    other = read_catalog(write_classes(tmp_path / "other.tif", striped(6)))
    assert keep_edits(other, ClassMap(other, state)) == ""
    assert read_edits(other.path)
    assert restored(other) is None


def test_a_folder_that_cannot_be_written_is_a_reason(tmp_path, monkeypatch):
    path = write_classes(tmp_path / "classes.tif", striped(3))
    catalog = read_catalog(path)
    state = renamed(catalog, first_state(catalog), 1, "Wood")

    def refuse(*_paths):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", refuse)
    before = {file.name for file in tmp_path.iterdir()}
    error = keep_edits(catalog, ClassMap(catalog, state))
    assert error == "classes.qml: Permission denied"
    assert {file.name for file in tmp_path.iterdir()} == before
