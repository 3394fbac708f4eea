# SPDX-License-Identifier: GPL-2.0-or-later
"""The file of superpixels beside a class raster."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.class_tree import ClassTree
from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.raster.class_table import read_class_table
from superseg_plugin.raster.confidence import ConfidenceMap
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.superpixel_file import SuperpixelFile
from superseg_plugin.raster.superpixel_tables import superpixel_file_of, write_classes
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape

SIDE = 300


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    pixels = landscape(SIDE, SIDE)
    pixels[:, :40, :50] = 0
    path = tmp_path_factory.mktemp("scene") / "scene.tif"
    return write_raster(path, pixels, nodata=0)


@pytest.fixture(scope="module")
def result(image, worker, tmp_path_factory):
    return segment(image, tmp_path_factory.mktemp("result") / "classes.tif", worker)


def segment(image, path, worker, listener=None, **options):
    with RasterSource(image) as source:
        run_segmentation(
            source,
            SegmentationOutputs(str(path)),
            SegmentationOptions(**{"preset": "fast", "classes": 5, **options}),
            worker,
            listener or Listener(),
        )
    return str(path)


def read_all(path):
    with SuperpixelFile(path) as kept:
        kept.tables()
        whole(kept)


def whole(kept):
    return kept.read_ids(kept.grid.window)


@pytest.mark.parametrize("min_area", [0.0, 400.0])
def test_every_pixel_has_the_class_of_its_superpixel(image, worker, tmp_path, min_area):
    path = segment(image, tmp_path / "classes.tif", worker, min_area=min_area)
    classes = read_raster(path)[0]
    with SuperpixelFile.open_beside(path) as kept:
        ids = whole(kept)
        assert np.array_equal(np.append(0, kept.classes)[ids], classes)
        assert np.array_equal(np.bincount(ids.ravel(), minlength=kept.count + 1)[1:], kept.pixels)
        rows, cols = kept.place.T
        present = kept.pixels > 0
        assert np.array_equal(ids[rows, cols][present], np.flatnonzero(present) + 1)


def test_the_tables_agree_with_image_and_class_table(image, result):
    pixels = read_raster(image).astype(float)
    table = read_class_table(result)
    with SuperpixelFile.open_beside(result) as kept:
        ids, means = whole(kept), kept.means
        areas = np.bincount(kept.classes, kept.areas)[1:]
        assert kept.band_names == table.band_names
    for band, values in enumerate(pixels):
        sums = np.bincount(ids.ravel(), values.ravel())[1:]
        assert means[:, band] == pytest.approx(sums / np.bincount(ids.ravel())[1:], abs=0.05)
    assert areas == pytest.approx(table.areas)


def test_neighbors_share_a_border_and_the_tree_has_the_classes(result):
    with SuperpixelFile.open_beside(result) as kept:
        ids, pairs, lengths = whole(kept).astype(np.int64), kept.pairs, kept.lengths
        tree, leaf, classes = ClassTree.from_arrays(kept.tree), kept.leaf, kept.classes
    across = np.stack([ids[:, :-1].ravel(), ids[:, 1:].ravel()])
    down = np.stack([ids[:-1].ravel(), ids[1:].ravel()])
    edges = np.sort(np.hstack([across, down]), axis=0)
    edges = edges[:, (edges[0] > 0) & (edges[0] != edges[1])]
    found, counts = np.unique(edges, axis=1, return_counts=True)
    known = {tuple(sorted(pair)): length for pair, length in zip((pairs + 1).tolist(), lengths)}
    assert all(
        known.get(pair) == count for pair, count in zip(map(tuple, found.T.tolist()), counts)
    )
    cut = tree.cut(5)[leaf]
    # The classes of the map are the cut of the tree, with numbers by area.
    assert len(np.unique(cut * 256 + classes)) == 5


def test_the_confidence_is_known_at_every_place(image, result, tmp_path):
    with SuperpixelFile.open_beside(result) as kept:
        ids, confidence, grid = whole(kept), kept.confidence, kept.grid
    known = ConfidenceMap(result)
    for col, row in ((120, 200), (299, 0), (60, 299)):
        ((x, y),) = grid.to_coordinates(np.array([[col + 0.5, row + 0.5]]))
        assert known.at(x, y) == confidence[ids[row, col] - 1]
    corners = grid.to_coordinates(np.array([[10.5, 10.5], [-1.0, 5.0], [301.0, 5.0]]))
    # Nodata, and places off the raster.
    assert [known.at(*place) for place in corners] == [None, None, None]
    assert ConfidenceMap(image).at(x, y) is None


def test_other_programs_read_the_tables(result):
    names = gdal.Open(str(superpixel_file_of(result))).GetSubDatasets()
    table = gdal.Open(names[1][0])
    assert [table.GetRasterBand(n + 1).GetDescription() for n in range(table.RasterCount)] == [
        "pixels", "area", "class", "confidence", "leaf", "row", "column",
    ]  # fmt: skip


def test_classes_can_be_replaced(result, tmp_path):
    copy = tmp_path / "copy.superseg.tif"
    copy.write_bytes(superpixel_file_of(result).read_bytes())
    with SuperpixelFile(copy) as kept:
        before = kept.tables()
    write_classes(copy, before.classes[::-1].copy())
    with SuperpixelFile(copy) as kept:
        assert np.array_equal(kept.classes, before.classes[::-1])
        assert np.array_equal(kept.leaf, before.leaf)
        assert np.array_equal(kept.features, before.features)


def test_a_file_above_the_limit_is_not_written_and_the_log_says_so(image, worker, tmp_path):
    listener = Listener()
    path = segment(image, tmp_path / "a.tif", worker, listener, superpixel_file=0.01)
    assert not superpixel_file_of(path).exists()
    assert any("more than SUPERPIXEL_FILE" in line for line in listener.lines)
    with pytest.raises(SuperSegError, match=r"no a\.tif\.superseg\.tif beside"):
        SuperpixelFile.open_beside(path)


def test_a_former_file_does_not_stay_beside_a_new_result(image, worker, tmp_path):
    path = segment(image, tmp_path / "a.tif", worker)
    assert superpixel_file_of(path).exists()
    segment(image, tmp_path / "a.tif", worker, superpixel_file=0.0)
    assert sorted(file.name for file in tmp_path.iterdir() if "superseg.tif" in file.name) == []


def test_a_damaged_or_foreign_file_is_named(result, tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(Path(result).read_bytes())
    beside = superpixel_file_of(path)
    write_raster(beside, np.ones((1, 5, 5), np.uint8))
    with pytest.raises(SuperSegError, match="not a file of superpixels of this version"):
        SuperpixelFile(beside)
    content = superpixel_file_of(result).read_bytes()
    beside.write_bytes(content[: len(content) // 2])
    with pytest.raises(SuperSegError, match=r"a\.tif\.superseg\.tif"):
        read_all(beside)


def test_another_class_raster_is_refused(image, result, worker, tmp_path):
    path = segment(image, tmp_path / "a.tif", worker, classes=4)
    superpixel_file_of(path).write_bytes(superpixel_file_of(result).read_bytes())
    with pytest.raises(SuperSegError, match="was changed since its superpixels were stored"):
        SuperpixelFile.open_beside(path)
