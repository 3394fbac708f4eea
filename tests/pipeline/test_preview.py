# SPDX-License-Identifier: GPL-2.0-or-later
"""Previews of what a map shows of an image."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from superseg_plugin.errors import Cancelled, SuperSegError
from superseg_plugin.pipeline.classes.colors import lab_of
from superseg_plugin.pipeline.classes.palettes import distinct_palette
from superseg_plugin.pipeline.classes.previewed import in_distinct_colors
from superseg_plugin.pipeline.options.ground_sizes import FEWEST_PIXELS, MOST_PIXELS
from superseg_plugin.pipeline.options.preview import (
    SIDES,
    MapView,
    PreviewOptions,
    nearest_side,
    usual_side,
    view_size,
)
from superseg_plugin.pipeline.steps.preview import Previewer
from superseg_plugin.progress import Progress
from superseg_plugin.raster.layer_properties import AS_THE_FILE, BandNodata, LayerProperties
from superseg_plugin.raster.source import RasterSource
from tests.benchmarks.value_scenes import EmbeddedScene
from tests.conftest import GEOTRANSFORM, write_raster
from tests.progress import Stopping

SILENT = Progress()


@pytest.fixture
def previewer(worker):
    made = Previewer(worker)
    yield made
    made.close()


def fields(side=120):
    """An image of 36 fields in three colors, and which color each pixel has."""
    kinds = (
        np.random.default_rng(0).integers(0, 3, (6, 6)).repeat(side // 6, 0).repeat(side // 6, 1)
    )
    colors = np.array([[200, 40, 40], [40, 200, 40], [40, 40, 200]])
    noise = np.random.default_rng(1).normal(0, 3, (3, side, side))
    return (colors[kinds].transpose(2, 0, 1) + noise).astype(np.uint8), kinds


def view_of(path, size=None, reduction=1.0):
    with RasterSource(path) as source:
        grid = source.grid
    x, across, _, y, _, down = grid.geotransform or (0, 1, 0, 0, 0, -1)
    extent = (x, y + down * grid.height, x + across * grid.width, y)
    return MapView(path, extent, size or (grid.width, grid.height), grid.crs, reduction)


def test_classes_are_those_of_the_image_in_its_colors(previewer, tmp_path):
    image, kinds = fields()
    path = write_raster(tmp_path / "image.tif", image)
    found = previewer.preview(view_of(path), PreviewOptions(classes=3), SILENT)
    assert found.classes.shape == kinds.shape
    assert len(found.colors) == 3
    for kind in range(3):
        inside = found.classes[kinds == kind]
        number = np.bincount(inside).argmax()
        assert (inside == number).mean() > 0.9
        assert int(found.colors[number - 1].argmax()) == kind
    assert found.outlines.any()
    assert not found.outlines.all()
    assert found.true_size


def test_another_number_of_classes_and_another_size(previewer, tmp_path):
    image, _ = fields()
    view = view_of(write_raster(tmp_path / "image.tif", image))
    first = previewer.preview(view, PreviewOptions(classes=3), SILENT)
    fewer = previewer.preview(view, PreviewOptions(classes=2), SILENT)
    assert len(fewer.colors) == 2
    assert (fewer.outlines == first.outlines).all()
    larger = previewer.preview(view, PreviewOptions(superpixel_size=30.0), SILENT)
    assert larger.superpixels < first.superpixels


@pytest.fixture
def asked(worker, monkeypatch):
    """Names of what the worker has been asked to do."""
    names = []
    submit = worker.submit

    def listen(name, *options):
        names.append(name)
        return submit(name, *options)

    monkeypatch.setattr(worker, "submit", listen)
    return names


REFINING = ["change_class_count", "fit_refinement", "refine_superpixels"]


def test_only_what_a_change_touches_is_done_again(previewer, asked, tmp_path):
    image, _ = fields()
    # No line between tiles crosses it here.
    corner = (2048.0, 2.0, 0.0, -2048.0, 0.0, -2.0)
    view = view_of(write_raster(tmp_path / "image.tif", image, geotransform=corner))
    previewer.preview(view, PreviewOptions(classes=5), SILENT)
    cut = ["measure_bands", "superpixels", "describe_superpixels", "cluster"]
    assert asked == [*cut, *REFINING]
    for change, done in (
        ({"classes": 5, "smoothness": 1.0}, ["change_smoothness", *REFINING]),
        ({"classes": 3, "smoothness": 1.0}, ["change_class_count"]),
        ({"classes": 3, "smoothness": 30.0}, ["change_smoothness", *REFINING]),
        ({"classes": 3, "smoothness": 30.0}, []),
        ({"classes": 30, "smoothness": 30.0}, ["change_class_count"]),
        ({"classes": 4, "smoothness": 2.0}, ["change_smoothness", *REFINING]),
    ):
        asked.clear()
        previewer.preview(view, PreviewOptions(**change), SILENT)
        assert asked == done, change


def test_an_image_that_has_changed_meanwhile_is_seen_anew(previewer, tmp_path):
    image, _ = fields()
    path = write_raster(tmp_path / "image.tif", image)
    view = view_of(path)
    options = PreviewOptions(classes=3)
    first = previewer.preview(view, options, SILENT)
    image[:, :60, :60] = 120
    write_raster(path, image)
    with pytest.raises(Cancelled):
        previewer.preview(view_of(path, (60, 60), 2.0), options, Stopping())
    again = previewer.preview(view, options, SILENT)
    assert again.superpixels != first.superpixels
    assert len(np.unique(again.classes[10:50, 10:50])) == 1


def test_smoothing_alone_gives_what_all_steps_give(previewer, worker, tmp_path):
    noise = np.random.default_rng(3).normal(0, 40, (3, 120, 120))
    image = np.clip(fields()[0] + noise, 0, 255).astype(np.uint8)
    view = view_of(write_raster(tmp_path / "image.tif", image))
    small = {"superpixel_size": 4.0, "classes": 6}
    before = previewer.preview(view, PreviewOptions(smoothness=0.0, **small), SILENT)
    again = previewer.preview(view, PreviewOptions(smoothness=20.0, **small), SILENT)
    other = Previewer(worker)
    fresh = other.preview(view, PreviewOptions(smoothness=20.0, **small), SILENT)
    other.close()
    assert (again.classes == fresh.classes).all()
    assert (again.classes != before.classes).any()


def test_a_preset_has_its_own_features_and_automatic_classes_are_those_of_the_view(
    previewer, asked, tmp_path
):
    image, _ = fields()
    view = view_of(write_raster(tmp_path / "image.tif", image))
    previewer.preview(view, PreviewOptions(preset="balanced"), SILENT)
    asked.clear()
    previewer.preview(view, PreviewOptions(preset="fast"), SILENT)
    assert list(dict.fromkeys(asked)) == ["cluster", *REFINING]
    found = previewer.preview(view, PreviewOptions(classes=0, preset="fast"), SILENT)
    assert len(found.colors) == 3


def test_two_settings_are_compared_without_computing_the_first_again(previewer, asked, tmp_path):
    image, _ = fields()
    view = view_of(write_raster(tmp_path / "image.tif", image))
    one = PreviewOptions(classes=3)
    first = previewer.preview(view, one, SILENT)
    for side in (20.0, 30.0, 40.0):
        asked.clear()
        assert previewer.preview(view, one, SILENT) is first
        assert asked == []
        previewer.preview(view, PreviewOptions(superpixel_size=side), SILENT)
        assert "superpixels" in asked


@pytest.mark.parametrize("epsg", [32632, None])
def test_areas_are_those_of_the_ground(previewer, tmp_path, epsg):
    image, _ = fields()
    image[:, :40] = 0
    path = write_raster(tmp_path / "image.tif", image, nodata=0, epsg=epsg)
    found = previewer.preview(view_of(path, (60, 60), 2.0), PreviewOptions(classes=3), SILENT)
    assert len(found.areas) == len(found.colors)
    # Pixels of 2 m, two by two; without a reference system, areas are pixels of the image.
    pixel = 16.0 if epsg else 4.0
    assert found.in_meters == bool(epsg)
    assert found.areas.sum() == pytest.approx(pixel * (found.classes > 0).sum(), rel=1e-3)


def test_distinct_colors_are_those_of_the_palette_on_both_sides(previewer, tmp_path):
    image, _ = fields()
    view = view_of(write_raster(tmp_path / "image.tif", image))
    beside = previewer.preview(view, PreviewOptions(classes=2), SILENT)
    found = replace(previewer.preview(view, PreviewOptions(classes=3), SILENT), beside=beside)
    shown = in_distinct_colors(found)
    assert sorted(shown.colors.tolist()) == sorted(distinct_palette(3).tolist())
    assert sorted(shown.beside.colors.tolist()) == sorted(distinct_palette(2).tolist())
    assert shown.classes is found.classes


def test_there_is_no_preview_of_the_published_method():
    with pytest.raises(SuperSegError, match="choose balanced or fast"):
        PreviewOptions(preset="published")


def test_sides_of_superpixels_cover_their_range_and_the_nearest_is_found():
    assert (SIDES[0] ** 2, SIDES[-1] ** 2) == (FEWEST_PIXELS, MOST_PIXELS)
    assert [SIDES[nearest_side(side)] for side in (1.0, 3.2, 8.4, 63.0, 99.0)] == [
        3.0,
        3.0,
        8.0,
        64.0,
        64.0,
    ]
    assert usual_side(5000, 5000) == 8.0
    assert usual_side(100, 100) == 3.0


def test_a_coarser_view_is_smaller_and_says_that_superpixels_are_not_as_wanted(previewer, tmp_path):
    image, _ = fields(240)
    view = view_of(write_raster(tmp_path / "image.tif", image), (60, 60), 4.0)
    found = previewer.preview(view, PreviewOptions(superpixel_size=4.0), SILENT)
    assert found.classes.shape == (60, 60)
    assert not found.true_size


def test_nodata_has_no_class(previewer, tmp_path):
    image, _ = fields()
    image[:, :40] = 0
    path = write_raster(tmp_path / "image.tif", image, nodata=0)
    found = previewer.preview(view_of(path), PreviewOptions(classes=3), SILENT)
    assert (found.classes[:40] == 0).all()
    assert (found.classes[41:] > 0).all()


def test_an_image_without_georeference_has_a_preview(previewer, tmp_path):
    image, _ = fields()
    path = write_raster(tmp_path / "image.tif", image, geotransform=None, epsg=None)
    found = previewer.preview(view_of(path), PreviewOptions(classes=3), SILENT)
    assert (found.classes > 0).all()


def test_nothing_but_nodata_is_a_sentence(previewer, tmp_path):
    path = write_raster(tmp_path / "image.tif", np.zeros((3, 64, 64), np.uint8), nodata=0)
    with pytest.raises(SuperSegError, match=r"no valid pixel of image\.tif; move it"):
        previewer.preview(view_of(path), PreviewOptions(), SILENT)


def test_a_place_beside_the_image_is_a_sentence(previewer, tmp_path):
    image, _ = fields()
    path = write_raster(tmp_path / "image.tif", image)
    x, y = GEOTRANSFORM[0] + 9000, GEOTRANSFORM[3]
    view = MapView(path, (x, y - 240, x + 240, y), (120, 120), view_of(path).crs, 1.0)
    with pytest.raises(SuperSegError, match="no valid pixel"):
        previewer.preview(view, PreviewOptions(), SILENT)


def test_what_nobody_wants_any_more_stops_and_the_next_one_comes(previewer, tmp_path):
    image, _ = fields()
    view = view_of(write_raster(tmp_path / "image.tif", image))
    with pytest.raises(Cancelled):
        previewer.preview(view, PreviewOptions(classes=3), Stopping())
    assert len(previewer.preview(view, PreviewOptions(classes=3), SILENT).colors) == 3


def test_views_are_at_most_so_large():
    assert view_size(500, 300) == (500, 300)
    assert view_size(2048, 1000) == (1024, 500)
    assert view_size(1e6, 1) == (1024, 1)


HOLE = (slice(20, 50), slice(60, 110))


@pytest.mark.parametrize("reduction", [1.0, 3.0])
@pytest.mark.parametrize("kind", ["fill value", "layer", "declared, not used"])
def test_nodata_of_the_layer_and_of_the_run_is_that_of_the_preview(
    previewer, tmp_path, kind, reduction
):
    image, _ = fields()
    values = image.astype(np.float32)
    mark = {"fill value": -9999.0, "layer": 120.0, "declared, not used": 120.0}[kind]
    values[(slice(None), *HOLE)] = mark
    nodata = mark if kind == "declared, not used" else None
    layer = {
        "fill value": AS_THE_FILE,
        "layer": LayerProperties(nodata=(BandNodata(ranges=((120.0, 120.0),)),) * 3),
        "declared, not used": LayerProperties(nodata=(BandNodata(use_declared=False),) * 3),
    }[kind]
    path = write_raster(tmp_path / "image.tif", values, nodata=nodata)
    size = (round(120 / reduction), round(120 / reduction))
    view = replace(view_of(path, size, reduction), layer=layer)
    found = previewer.preview(view, PreviewOptions(classes=3), SILENT).classes
    share = np.zeros((120, 120))
    share[HOLE] = 1
    step = round(reduction)
    share = share.reshape(size[1], step, size[0], step).mean(axis=(1, 3))
    if kind == "declared, not used":
        assert (found > 0).all()
    else:
        assert (found[share == 1] == 0).all()
        assert (found[share == 0] > 0).all()


def test_an_embedding_has_the_colors_of_the_whole_image_wherever_the_map_is(previewer, tmp_path):
    vectors, kinds = EmbeddedScene(kinds=4, parcels=40, side=96, seed=5).make()
    path = write_raster(tmp_path / "embedding.tif", vectors)
    whole = view_of(path)
    xmin, ymin, xmax, ymax = whole.extent
    left = replace(whole, extent=(xmin, ymin, (xmin + xmax) / 2, ymax), size=(48, 96))
    shown = []
    for view in (whole, left):
        found = previewer.preview(view, PreviewOptions(classes=4), SILENT)
        colors = np.append([[0, 0, 0]], found.colors, axis=0)[found.classes[:, :48]]
        shown.append([np.median(colors[kinds[:, :48] == kind], axis=0) for kind in range(4)])
    # Lightness is spread over the classes of a view; hue and saturation stay.
    one, other = (lab_of(np.array(colors))[:, 1:] for colors in shown)
    assert np.abs(one - other).max() < 15
    assert np.abs(one).max() > 40


def test_linear_radar_is_previewed_in_decibels(previewer, tmp_path):
    _, kinds = fields()
    speckle = np.random.default_rng(2).gamma(4, 0.25, (2, *kinds.shape))
    power = (np.array([0.004, 0.03, 0.2])[kinds] * speckle).astype(np.float32)
    linear = write_raster(tmp_path / "linear.tif", power, names=["HH", "HV"])
    decibels = write_raster(tmp_path / "db.tif", 10 * np.log10(power), names=["HH", "HV"])
    one, two = (
        previewer.preview(view_of(path), PreviewOptions(classes=3), SILENT)
        for path in (linear, decibels)
    )
    assert (one.classes == two.classes).mean() > 0.99
    assert np.abs(one.colors.astype(int) - two.colors).max() <= 2
