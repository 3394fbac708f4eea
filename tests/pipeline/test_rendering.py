# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from osgeo import osr

from superseg_plugin.errors import Cancelled, SuperSegError
from superseg_plugin.pipeline.average_color import run_average_color
from superseg_plugin.pipeline.classes.colors import (
    LEAST_COLOR_DISTANCE,
    distinct_colors,
    lab_of,
    rgb_of,
)
from superseg_plugin.pipeline.classes.rendering import (
    build_class_table,
    class_statistics,
    display_stretch,
)
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource
from tests.conftest import blocks, quarters, read_raster, write_raster
from tests.progress import Stopping

SILENT = Progress()


class Listener(Progress):
    def __init__(self):
        self.fractions = []

    def report(self, fraction, text=""):
        self.fractions.append(fraction)


def opened(tmp_path, name, values, **options):
    return RasterSource(write_raster(tmp_path / name, values, **options))


def closest(colors):
    lab = lab_of(colors)
    apart = np.sqrt(((lab[:, np.newaxis] - lab) ** 2).sum(axis=-1))
    return apart[~np.eye(len(colors), dtype=bool)].min()


def test_statistics_equal_those_of_each_class_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr("superseg_plugin.pipeline.classes.reading.TILE", 13)
    image, fields = quarters(50, 41, bands=5)
    fields[3:9, 4] = 0
    image[2, 20, 20] = 7
    image[image == 7] = 8
    image[2, 20, 20] = 7
    with (
        opened(tmp_path, "i.tif", image, nodata=7) as source,
        opened(tmp_path, "c.tif", fields, nodata=0) as classes,
    ):
        found = class_statistics(source, classes, SILENT)
    fields[20, 20] = 0
    for value in range(1, 5):
        here = fields == value
        assert found.counts[value - 1] == here.sum()
        assert found.means[value - 1] == pytest.approx(image[:, here].mean(axis=1))
        assert found.areas[value - 1] == pytest.approx(here.sum() * 4.0 / 0.9996**2)


def test_areas_of_degrees_shrink_towards_the_pole(tmp_path):
    system = osr.SpatialReference()
    system.ImportFromEPSG(4326)
    options = {"geotransform": (10.0, 0.5, 0.0, 80.0, 0.0, -0.5), "epsg": 4326}
    classes = np.repeat([[1], [2]], 20, axis=0).astype("uint8").repeat(5, axis=1)
    image = np.ones((1, 40, 5), "uint8")
    with (
        opened(tmp_path, "i.tif", image, **options) as source,
        opened(tmp_path, "c.tif", classes, nodata=0, **options) as found,
    ):
        north, south = class_statistics(source, found, SILENT).areas
    radius = system.GetSemiMajor()
    assert north < 0.7 * south
    band = np.radians(2.5) * radius**2 * (np.sin(np.radians(70)) - np.sin(np.radians(60)))
    assert south == pytest.approx(band, rel=0.01)


def test_a_class_without_pixels_keeps_its_place(tmp_path):
    fields = np.array([[1, 3, 3]], "uint8")
    with (
        opened(tmp_path, "i.tif", np.array([[10, 20, 30]], "uint16")) as source,
        opened(tmp_path, "c.tif", fields, nodata=0) as classes,
    ):
        table = build_class_table(source, classes, SILENT, names=["Water"])
    assert table.names == ("Water", "Class 2", "Class 3")
    assert table.counts.tolist() == [1, 0, 2]
    assert np.isnan(table.means[1]).all()
    assert closest(table.colors) >= LEAST_COLOR_DISTANCE


def test_byte_images_give_their_own_average_colors(tmp_path):
    image = np.array([[[200, 60]], [[100, 90]], [[50, 120]]], "uint8")
    with (
        opened(tmp_path, "i.tif", image) as source,
        opened(tmp_path, "c.tif", np.array([[1, 2]], "uint8")) as classes,
    ):
        table = build_class_table(source, classes, SILENT)
    assert table.colors.tolist() == [[200, 100, 50], [60, 90, 120]]


@pytest.mark.parametrize(("dtype", "scale"), [("uint16", 1), ("float32", 1e-4), ("float64", 1e24)])
def test_other_numbers_are_stretched_for_display(tmp_path, dtype, scale):
    image, fields = quarters(bands=4)
    image = (image * 40.0 * scale).astype(dtype)
    image[:, 0, 0] = 60000 * scale
    with (
        opened(tmp_path, "i.tif", image) as source,
        opened(tmp_path, "c.tif", fields, nodata=0) as classes,
    ):
        assert (display_stretch(source)[:, 1] < 10000 * scale).all()
        colors = build_class_table(source, classes, SILENT).colors
    lightness = lab_of(colors)[:, 0]
    assert lightness.max() - lightness.min() > 30


def test_an_image_of_one_value_still_gives_colors(tmp_path):
    with (
        opened(tmp_path, "i.tif", np.full((1, 4, 5), 7.5, "float32")) as source,
        opened(tmp_path, "c.tif", np.array([[1, 2, 3, 4, 5]] * 4, "uint8")) as classes,
    ):
        assert closest(build_class_table(source, classes, SILENT).colors) >= LEAST_COLOR_DISTANCE


@pytest.mark.parametrize("count", [2, 16, 64])
@pytest.mark.parametrize("level", [0, 90, 255])
def test_equal_colors_become_distinct_and_none_is_black(count, level):
    colors = distinct_colors(np.full((count, 3), level, np.uint8))
    assert closest(colors) >= LEAST_COLOR_DISTANCE
    assert lab_of(colors)[:, 0].min() > 8
    assert (colors == distinct_colors(np.full((count, 3), level, np.uint8))).all()


def test_255_classes_have_255_colors():
    colors = distinct_colors(np.random.default_rng(0).integers(90, 110, (255, 3)).astype(np.uint8))
    assert len({tuple(color) for color in colors.tolist()}) == 255


def test_colors_that_differ_stay_as_they_are():
    wanted = np.array([[200, 100, 50], [60, 90, 120], [240, 240, 240]], np.uint8)
    assert (distinct_colors(wanted) == wanted).all()


def test_lab_is_the_textbook_one_and_back():
    assert lab_of(np.array([255, 0, 0])) == pytest.approx([53.24, 80.09, 67.20], abs=0.01)
    every = np.stack(np.meshgrid(*[np.arange(0, 256, 15)] * 3), axis=-1)
    assert (rgb_of(lab_of(every)) == every).all()


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32", "float64"])
def test_every_pixel_gets_the_average_of_its_class(tmp_path, monkeypatch, dtype):
    monkeypatch.setattr("superseg_plugin.pipeline.steps.average_color.TILE", 17)
    image, fields = quarters(bands=5, dtype=dtype)
    fields[5:9, 5:9] = 0
    output = str(tmp_path / "o.tif")
    listener = Listener()
    with (
        opened(tmp_path, "i.tif", image) as source,
        opened(tmp_path, "c.tif", fields, nodata=0) as classes,
    ):
        run_average_color(source, classes, None, output, listener)
    with RasterSource(output) as painted:
        values, valid = painted.read(painted.grid.window)
        assert painted.dtype == dtype
        assert painted.bands == (1, 2, 3, 4, 5)
    assert (valid == (fields > 0)).all()
    for value in range(1, 5):
        mean = image[:, fields == value].mean(axis=1, dtype=np.float64)
        exact = mean if np.dtype(dtype).kind == "f" else np.rint(mean)
        painted_so = values[:, fields == value].T
        assert np.allclose(painted_so, exact, rtol=1e-6, atol=0)
    assert listener.fractions == sorted(listener.fractions)
    assert listener.fractions[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint32", "int64", "uint64"])
def test_the_ends_of_a_type_are_their_own_averages(tmp_path, dtype):
    limits = np.iinfo(dtype)
    image = np.array([[[limits.min, limits.max]]], dtype)
    output = str(tmp_path / "o.tif")
    with (
        opened(tmp_path, "i.tif", image) as source,
        opened(tmp_path, "c.tif", np.array([[1, 2]], np.uint8)) as classes,
    ):
        run_average_color(source, classes, None, output, SILENT)
    with RasterSource(output) as painted:
        values = painted.read(painted.grid.window)[0]
    assert values[0, 0].astype(float).tolist() == [float(limits.min), float(limits.max)]


def test_the_nodata_value_of_the_image_is_kept_and_never_an_average(tmp_path):
    image = np.array([[[0, 0, 255, 9, 11]]], "uint8")
    image[0, 0, :2] = 10  # nodata
    classes = np.array([[1, 1, 2, 3, 3]], "uint8")  # class 3 averages to 10
    output = str(tmp_path / "o.tif")
    with (
        opened(tmp_path, "i.tif", image, nodata=10) as source,
        opened(tmp_path, "c.tif", classes, nodata=0) as found,
    ):
        run_average_color(source, found, None, output, SILENT)
    with RasterSource(output) as painted:
        values, valid = painted.read(painted.grid.window)
        assert painted.nodata == (10,)
    assert valid.tolist() == [[False, False, True, True, True]]
    assert values[0, 0].tolist() == [10, 10, 255, 11, 11]


def test_four_byte_bands_stay_four_bands(tmp_path):
    image, fields = quarters(bands=4)
    output = str(tmp_path / "o.tif")
    with (
        opened(tmp_path, "i.tif", image, options=["PHOTOMETRIC=RGB", "ALPHA=NO"]) as source,
        opened(tmp_path, "c.tif", fields, nodata=0) as classes,
    ):
        run_average_color(source, classes, None, output, SILENT)
    with RasterSource(output) as painted:
        assert painted.bands == (1, 2, 3, 4)
        assert painted.band_colors[:3] == ("Red", "Green", "Blue")


def test_superpixels_vote_before_the_average(tmp_path, monkeypatch):
    monkeypatch.setattr("superseg_plugin.pipeline.steps.average_color.TILE", 11)
    monkeypatch.setattr("superseg_plugin.pipeline.steps.average_color.MOST_PENDING", 5)
    image, fields = quarters(bands=2)
    numbers = blocks(size=8)
    numbers[:, :3] = 0  # outside of all superpixels
    noisy = np.where(np.random.default_rng(1).random(fields.shape) < 0.2, 1, fields)
    noisy[30, 30] = 0
    output = str(tmp_path / "o.tif")
    with (
        opened(tmp_path, "i.tif", image) as source,
        opened(tmp_path, "c.tif", noisy.astype("uint8"), nodata=0) as classes,
        opened(tmp_path, "s.tif", numbers, nodata=0) as superpixels,
    ):
        run_average_color(source, classes, superpixels, output, SILENT)
    voted = np.where(numbers > 0, fields, noisy)
    voted[30, 30] = 0
    painted = read_raster(output)
    for value in range(1, 5):
        here = voted == value
        mean = np.rint(image[:, here].mean(axis=1))
        assert (mean == painted[:, here].T).all()


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        (np.ones((64, 63), "uint8"), "63 x 64"),
        (np.full((64, 64), -1, "int16"), "negative"),
        (np.full((64, 64), 1.5, "float32"), "not whole"),
        (np.full((64, 64), 70000, "uint32"), "70000"),
        (np.zeros((64, 64), "uint8"), "no pixel"),
    ],
)
def test_what_are_no_classes_of_the_image_is_refused_and_leaves_no_file(tmp_path, classes, said):
    with (
        opened(tmp_path, "i.tif", quarters()[0]) as source,
        opened(tmp_path, "c.tif", classes) as found,
        pytest.raises(SuperSegError, match=said) as error,
    ):
        run_average_color(source, found, None, str(tmp_path / "o.tif"), SILENT)
    assert "CLASSIFICATION: " in str(error.value)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["c.tif", "i.tif"]


def test_cancelling_leaves_no_file(tmp_path):
    image, fields = quarters()
    with (
        opened(tmp_path, "i.tif", image) as source,
        opened(tmp_path, "c.tif", fields) as classes,
        pytest.raises(Cancelled),
    ):
        run_average_color(source, classes, None, str(tmp_path / "o.tif"), Stopping())
    assert sorted(file.name for file in tmp_path.iterdir()) == ["c.tif", "i.tif"]
