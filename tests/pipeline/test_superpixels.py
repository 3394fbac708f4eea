# SPDX-License-Identifier: GPL-2.0-or-later
"""Superpixels of a scene: no tile line shows, no id is missing, nodata stays nodata."""

from __future__ import annotations

import json

import numpy as np
import pytest

from superseg_plugin.errors import Cancelled, SuperSegError
from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.steps.superpixel_scene import SuperpixelScene
from superseg_plugin.pipeline.superpixels import run_superpixels
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.windows import Window
from tests.conftest import GEOTRANSFORM, read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape, write_amid_nodata


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    return write_raster(tmp_path_factory.mktemp("big") / "big.tif", landscape(1000, 1100))


def cut(path, output, worker, progress=None, **options):
    with RasterSource(path) as source:
        run_superpixels(
            source, str(output), SuperpixelOptions(**options), worker, progress or Listener()
        )
    return read_raster(output)[0]


def density(labels, lines, axis):
    """Share of superpixel borders on lines between pixels, given by the index before each."""
    moved = np.moveaxis(labels, axis, 0)
    return float((moved[lines] != moved[lines + 1]).mean())


@pytest.fixture(scope="module")
def whole(big, tmp_path_factory, worker):
    return cut(big, tmp_path_factory.mktemp("whole") / "whole.tif", worker, tile_size=2048)


@pytest.mark.parametrize("tile", [160, 256])
def test_borders_are_as_frequent_on_tile_lines_as_without_tiles(big, whole, tmp_path, worker, tile):
    """On the lines between tiles, and where the zone ends that is cut again along each of them."""
    tiled = cut(big, tmp_path / "tiled.tif", worker, tile_size=tile)
    with RasterSource(big) as source:
        col, row = source.grid.tile_phase(tile)
        assert source.grid.tile_phase(2048) > (1100, 1000)
    for off in (-65, 0, 65):
        ratios = []
        for axis, first, length in ((0, row, 1000), (1, col, 1100)):
            lines = np.arange(first or tile, length - 65, tile) - 1 + off
            others = np.setdiff1d(np.arange(length - 1), lines)
            here = density(tiled, lines, axis) / density(tiled, others, axis)
            ratios.append(here / (density(whole, lines, axis) / density(whole, others, axis)))
        assert 0.95 <= np.mean(ratios) <= 1.05, off
    assert int(tiled.max()) == pytest.approx(int(whole.max()), rel=0.05)


@pytest.mark.parametrize("tile", [256, 300])
def test_a_plain_wider_than_tiles_is_one_superpixel(tile, tmp_path, worker):
    """Water with a little noise: neither the lines between tiles nor ends of zones divide it."""
    image = 100 + np.random.default_rng(0).normal(size=(3, 600, 600))
    image[:, :60, :60], image[:, :60, 60:120] = 0, 250
    path = write_raster(tmp_path / "plain.tif", np.rint(image).astype(np.uint8))
    labels = cut(path, tmp_path / "labels.tif", worker, tile_size=tile, scale=100.0)
    assert np.bincount(labels.ravel()).max() > 0.999 * (600 * 600 - 60 * 120)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_nodata_around_a_scene_changes_no_superpixel(dtype, tmp_path, worker):
    image = np.maximum(landscape(300, 400), 1).astype(dtype) * dtype(1 if dtype == np.uint8 else 9)
    alone = cut(write_raster(tmp_path / "alone.tif", image), tmp_path / "a.tif", worker)
    amid = write_amid_nodata(tmp_path / "amid.tif", image, 901, 333)
    found = cut(amid, tmp_path / "b.tif", worker)
    assert found.astype(bool).sum() == 300 * 400
    assert np.array_equal(found[901:1201, 333:733], alone)


def test_an_extent_is_cut_as_the_whole_is(big, tmp_path, worker):
    whole = cut(big, tmp_path / "whole.tif", worker, tile_size=256)
    part = Window(130, 75, 900, 900)
    x, side, _, y, _, _ = GEOTRANSFORM
    corner = (x + part.col_off * side, side, 0.0, y - part.row_off * side, 0.0, -side)
    values = read_raster(big)[(..., *part.slices)]
    cropped = write_raster(tmp_path / "part.tif", values, geotransform=corner)
    labels = cut(cropped, tmp_path / "p.tif", worker, tile_size=256)
    pairs = np.unique(np.stack([whole[part.slices].ravel(), labels.ravel()]), axis=1)
    _, there, times = np.unique(pairs[0], return_inverse=True, return_counts=True)
    _, here, times_here = np.unique(pairs[1], return_inverse=True, return_counts=True)
    same = pairs[1][(times[there] == 1) & (times_here[here] == 1)]
    inner = labels[150:-150, 150:-150]
    assert np.isin(inner, same).mean() > 0.98


@pytest.mark.parametrize("tile", [100, 256])
@pytest.mark.parametrize("method", ["felzenszwalb", "slic"])
def test_ids_have_no_gaps_across_tiles(big, tmp_path, worker, method, tile):
    labels = cut(big, tmp_path / "s.tif", worker, method=method, tile_size=tile)
    sizes = np.bincount(labels.ravel())
    assert sizes[0] == 0
    assert (sizes[1:] > 0).all()
    if method == "felzenszwalb":
        assert sizes[1:].min() >= 64


def test_a_region_larger_than_tiles_is_one_superpixel(tmp_path, worker):
    image = np.full((3, 600, 700), 80, np.uint8)
    image[:, 250:330, 300:420] = 200
    path = write_raster(tmp_path / "lake.tif", image)
    labels = cut(path, tmp_path / "s.tif", worker, tile_size=128, sigma=0.0)
    assert labels.max() == 2
    assert np.array_equal(labels == labels[0, 0], image[0] == 80)


def test_the_same_input_gives_the_same_bytes(big, tmp_path, worker):
    for name in ("one", "other"):
        cut(big, tmp_path / f"{name}.tif", worker, tile_size=256)
    assert (tmp_path / "one.tif").read_bytes() == (tmp_path / "other.tif").read_bytes()


def test_the_number_of_tiles_in_flight_changes_nothing(big, tmp_path, worker, monkeypatch):
    for ahead in (0, 3, 100):
        limit = "superseg_plugin.pipeline.steps.scene.items_ahead"
        monkeypatch.setattr(limit, lambda *_, ahead=ahead: ahead)
        cut(big, tmp_path / f"{ahead}.tif", worker, tile_size=128)
    found = [(tmp_path / f"{ahead}.tif").read_bytes() for ahead in (0, 3, 100)]
    assert found[0] == found[1] == found[2]


def test_the_rows_that_tiles_are_ahead_of_seams_change_nothing(big, tmp_path, worker, monkeypatch):
    for ahead in (1, 9):
        monkeypatch.setattr(SuperpixelScene, "rows_ahead", lambda *_, ahead=ahead: ahead)
        cut(big, tmp_path / f"{ahead}.tif", worker, tile_size=100)
    assert (tmp_path / "1.tif").read_bytes() == (tmp_path / "9.tif").read_bytes()


def test_four_neighbors_do_not_join_across_corners(tmp_path, worker):
    image = np.full((3, 200, 200), 40, np.uint8)
    image[:, :100, :100] = image[:, 100:, 100:] = 220
    path = write_raster(tmp_path / "corners.tif", image)
    counts = [
        cut(
            path, tmp_path / f"{count}.tif", worker, connectivity=count, sigma=0.0, tile_size=64
        ).max()
        for count in (8, 4)
    ]
    assert counts == [2, 4]


def test_nodata_gets_no_id_and_no_influence(tmp_path, worker):
    image = landscape(300, 300).astype(np.int16)
    hole = np.zeros((300, 300), bool)
    hole[100:160, 90:250] = True
    results = []
    for value in (-9999, 32000):
        image[:, hole] = value
        path = write_raster(tmp_path / f"{value}.tif", image, nodata=value)
        results.append(cut(path, tmp_path / f"s{value}.tif", worker, tile_size=128))
    assert np.array_equal(results[0] == 0, hole)
    assert np.array_equal(results[0], results[1])


@pytest.mark.parametrize("shape", [(2, 3), (1, 700), (65, 257)])
def test_small_and_narrow_rasters_are_cut(tmp_path, worker, shape):
    path = write_raster(tmp_path / "small.tif", landscape(*shape))
    labels = cut(path, tmp_path / "s.tif", worker, tile_size=256)
    assert labels.shape == shape
    assert labels.min() == 1


def test_all_nodata_is_refused_and_leaves_nothing(tmp_path, worker):
    path = write_raster(tmp_path / "void.tif", np.zeros((3, 50, 50), np.uint8), nodata=0)
    with pytest.raises(SuperSegError, match=r"^void\.tif has no valid pixel"):
        cut(path, tmp_path / "s.tif", worker)
    assert [p.name for p in tmp_path.iterdir()] == ["void.tif"]


def test_cancel_leaves_nothing(big, tmp_path, worker):
    with pytest.raises(Cancelled):
        cut(big, tmp_path / "s.tif", worker, Listener(stop_after=2), tile_size=128)
    assert list(tmp_path.iterdir()) == []


def test_progress_never_goes_back_and_the_record_tells_the_options(big, tmp_path, worker):
    listener = Listener()
    cut(big, tmp_path / "s.tif", worker, listener, tile_size=256, scale=50.0)
    assert listener.fractions == sorted(listener.fractions)
    record = json.loads((tmp_path / "s.tif.superseg.json").read_text())
    assert record["algorithm"] == "superseg:superpixels"
    assert record["options"]["scale"] == 50.0
    assert record["input"]["name"] == "big.tif"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "watershed"}, "METHOD"),
        ({"scale": 0}, "SCALE"),
        ({"sigma": -1}, "SIGMA"),
        ({"min_size": 0}, "MIN_SIZE"),
        ({"connectivity": 6}, "CONNECTIVITY"),
        ({"tile_size": 10}, "TILE_SIZE is 10: .*64 to 32768"),
        ({"tile_size": 32769}, "TILE_SIZE is 32769: .*64 to 32768"),
    ],
)
def test_options_out_of_range_are_named(options, words):
    with pytest.raises(SuperSegError, match=words):
        SuperpixelOptions(**options)
