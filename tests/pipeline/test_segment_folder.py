# SPDX-License-Identifier: GPL-2.0-or-later
"""Segmenting a folder: one legend, what does not fit, and going on after a cancel."""

from __future__ import annotations

import csv
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from superseg_plugin.errors import Cancelled, SuperSegError
from superseg_plugin.pipeline.folder_segmentation import (
    SAMPLE,
    FolderSegmentationOutputs,
    run_folder_segmentation,
)
from superseg_plugin.pipeline.formats.model_file import read_header
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions
from superseg_plugin.pipeline.steps import folder_sample
from superseg_plugin.pipeline.steps.folder_files import scenes_of
from superseg_plugin.pipeline.steps.folder_sample import candidates, layout, windows_wanted
from superseg_plugin.pipeline.steps.folder_scenes import FolderScenes
from superseg_plugin.raster.class_table import read_class_table
from superseg_plugin.raster.grid import Grid
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape_and_fields

OPTIONS = SegmentationOptions(classes=5, preset="fast")


@pytest.fixture
def parts(tmp_path):
    """An image in three parts, and where its fields lie."""
    folder = tmp_path / "parts"
    folder.mkdir()
    image, fields = landscape_and_fields(192, 384)
    for number in range(3):
        write_raster(folder / f"{number}.tif", image[:, :, 128 * number : 128 * (number + 1)])
    return folder, image, fields


def segment(folder, out, worker, listener=None, options=OPTIONS):
    scenes = scenes_of(str(folder), "*.tif")
    outputs = FolderSegmentationOutputs(
        str(out), str(out / "classes.superseg"), summary=str(out.parent / "classes.csv")
    )
    start = partial(nullcontext, worker)
    return run_folder_segmentation(
        FolderScenes(scenes, None, options), outputs, start, listener or Listener()
    )


def named_accuracy(classes, fields):
    """Share of the pixels that have the most frequent field of their class."""
    pairs = np.zeros((256, 6), np.int64)
    np.add.at(pairs, (classes.ravel(), fields.ravel()), 1)
    return pairs.max(axis=1).sum() / fields.size


def test_parts_of_an_image_get_one_legend_and_what_does_not_fit_is_named(parts, tmp_path, worker):
    folder, image, fields = parts
    write_raster(folder / "fewer.tif", image[:2, :, :100])
    write_raster(folder / "units.tif", image[:, :, :100].astype(np.float32) / 2550)
    (folder / "text.tif").write_text("no raster")
    write_raster(folder / "place.tif", image[:, :, :100], epsg=None)
    listener = Listener()
    in_meters = replace(OPTIONS, min_area=100, units="meters")
    found = segment(folder, tmp_path / "out", worker, listener, in_meters)
    assert [Path(path).name for path in found.written] == [f"{n}_classes.tif" for n in range(3)]
    fewer, place, text, units = sorted(found.failures)
    assert fewer.startswith("fewer.tif: the model of these scenes was trained on 3 bands")
    assert place.startswith("place.tif: MIN_AREA is in meters, but the image has no coordinate")
    assert text.startswith("text.tif is not a raster")
    assert units.startswith("units.tif: the model of these scenes was trained on other values")
    assert {f"Not classified: {each}" for each in found.failures} <= set(listener.lines)
    classes = np.concatenate([read_raster(path)[0] for path in found.written], axis=1)
    assert named_accuracy(classes, fields) > 0.9
    tables = [read_class_table(path) for path in found.written]
    assert len({table.names for table in tables}) == 1
    assert all(np.array_equal(table.colors, tables[0].colors) for table in tables)
    with (tmp_path / "classes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        part = read_raster(tmp_path / "out" / f"{row['scene'][0]}_classes.tif")
        assert int(row["pixels"]) == (part == int(row["class"])).sum()
    assert sum(int(row["pixels"]) for row in rows) == (classes > 0).sum()
    known = read_header(tmp_path / "out" / "classes.superseg").options[SAMPLE]
    assert (known["scenes"], known["windows"], known["share"]) == (3, 3, 1.0)
    assert known["pixels"] == fields.size


def test_a_cancelled_run_goes_on_where_it_ended(parts, tmp_path, worker):
    class Stopping(Listener):
        """Cancels when the first scene is classified."""

        def cancelled(self):
            return (tmp_path / "out" / "0_classes.tif").exists()

    folder, image, _ = parts
    write_raster(folder / "fewer.tif", image[:2, :, :100])
    with pytest.raises(Cancelled):
        segment(folder, tmp_path / "out", worker, Stopping())
    done = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    assert {".tif", ".superseg"} <= {path.suffix for path in done}
    assert not any(path.name.startswith(".superseg-") for path in done)
    listener = Listener()
    found = segment(folder, tmp_path / "out", worker, listener)
    assert len(found.written) == 3
    assert found.failures[0].startswith("fewer.tif: the model of these scenes was trained on 3")
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert "classes.superseg was trained on these scenes before; it is used" in listener.lines
    assert any("classified before with this model" in line for line in listener.lines)
    # Other settings: nothing is kept.
    other = SegmentationOptions(classes=3, preset="fast", smoothness=0)
    again = segment(folder, tmp_path / "out", worker, options=other)
    assert max(read_raster(path).max() for path in again.written) == 3
    # Without smoothness, superpixels are classified as well, not pixels by the network.
    assert all(Path(f"{path}.superseg.tif").exists() for path in again.written)


def test_large_folders_are_sampled(parts, tmp_path, worker, monkeypatch):
    folder, _, fields = parts
    monkeypatch.setattr(folder_sample, "SAMPLE_PIXELS", 3 * 64 * 64)
    monkeypatch.setattr(folder_sample, "SMALLEST_WINDOW", 64)
    found = segment(folder, tmp_path / "out", worker)
    known = read_header(tmp_path / "out" / "classes.superseg").options[SAMPLE]
    assert (known["scenes"], known["windows"], known["pixels"]) == (3, 3, 3 * 64 * 64)
    classes = np.concatenate([read_raster(path)[0] for path in found.written], axis=1)
    assert named_accuracy(classes, fields) > 0.75


def test_a_folder_without_a_scene_that_fits_is_refused_before_the_work(tmp_path, worker):
    folder = tmp_path / "empty"
    folder.mkdir()
    write_raster(folder / "nodata.tif", np.zeros((3, 40, 40), np.uint8), nodata=0)
    (folder / "text.tif").write_text("no raster")
    with pytest.raises(SuperSegError, match=r"^FOLDER: no scene can be segmented\. "):
        segment(folder, tmp_path / "new" / "out", worker)
    # Nothing is left of a run that failed, and what was there before stays.
    assert not (tmp_path / "new").exists()
    (tmp_path / "out").mkdir()
    with pytest.raises(SuperSegError, match="nodata"):
        segment(folder, tmp_path / "out", worker)
    assert (tmp_path / "out").is_dir()


def test_windows_lie_in_their_scenes_and_do_not_touch_in_the_sample():
    sizes = [(3000, 2000), (90, 4000), (5000, 5000), (40, 30)]
    wanted = windows_wanted(sizes, 3 * 40)
    assert all(each.count >= 1 for each in wanted)
    assert sum(each.size[0] * each.size[1] * each.count for each in wanted) <= 2**31 / 120
    for size, each in zip(sizes, wanted):
        windows = candidates(Grid(*size), each, seed=1)
        assert len(windows) >= each.count
        for window in windows:
            assert window.intersection(Grid(*size).window) == window
            assert (window.width, window.height) == each.size
    places, width, height = layout([each.size for each in wanted for _ in range(each.count)])
    covered = np.zeros((height, width), np.uint8)
    for place in places:
        inside = covered[place.expand(48, width, height).slices]
        assert not inside.any()
        covered[place.slices] = 1
