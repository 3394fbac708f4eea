# SPDX-License-Identifier: GPL-2.0-or-later
"""The quality benchmark's pictures and page, and its cuts of a scene."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.raster.windows import Window
from tests.benchmarks.pages import SIDE, picture_row, quality_page
from tests.benchmarks.painting import (
    NOTHING,
    PALETTE,
    colors_of,
    paint_classes,
    paint_reference,
    png,
    reference_colors,
    resized,
)
from tests.benchmarks.rasters import open_part, read_classes
from tests.conftest import quarters, write_raster

UTM = (500000.0, 2.0, 0.0, 4000000.0, 0.0, -2.0)
LEGEND = {1: (200, 0, 0), 2: (0, 200, 0)}


def test_a_class_has_the_color_of_what_it_is_mostly():
    labels = np.array([[1, 1, 2, 2, 0]], np.uint8)
    classes = np.array([[7, 7, 7, 9, 9]], np.uint8)
    painted = paint_classes(classes, labels, colors_of(LEGEND))
    assert painted[0, :3].tolist() == [[200, 0, 0]] * 3
    assert painted[0, 3].tolist() == [0, 200, 0]
    unlabelled = painted[0, 4].astype(int)
    assert unlabelled[1] > max(unlabelled[0], unlabelled[2])
    assert np.abs(unlabelled - np.array(NOTHING)).max() < 70


def test_nothing_is_gray():
    labels = np.array([[1, 0, 2]], np.uint8)
    classes = np.array([[0, 5, 3]], np.uint8)
    colors = colors_of(LEGEND)
    assert paint_classes(classes, labels, colors)[0, :2].tolist() == [list(NOTHING)] * 2
    assert paint_reference(labels, colors)[0, 1].tolist() == list(NOTHING)


@pytest.mark.parametrize("count", [2, 5, 40])
def test_every_reference_class_has_a_color_of_its_own(count):
    labels = np.repeat(np.arange(count + 1, dtype=np.uint8)[None], 4, axis=0)
    picture = np.random.default_rng(0).integers(0, 255, (*labels.shape, 3)).astype(np.uint8)
    colors = reference_colors(picture, labels)
    assert len(np.unique(colors[: count + 1], axis=0)) == count + 1


def test_green_fields_are_shown_green():
    labels = np.array([[1, 2]] * 4, np.uint8)
    picture = np.zeros((4, 2, 3), np.uint8)
    picture[:, 0], picture[:, 1] = (70, 90, 60), (120, 115, 110)
    red, green, blue = reference_colors(picture, labels)[1].astype(int)
    assert green > max(red, blue)
    assert len(PALETTE) > 16


def test_resizing_keeps_averages_and_sides():
    picture = np.zeros((30, 60, 3), np.uint8)
    picture[:, ::2] = 200
    small = resized(picture, 20, smooth=True)
    assert small.shape == (10, 20, 3)
    assert abs(small.mean() - 100) < 1
    assert set(np.unique(resized(picture, 20, smooth=False))) <= {0, 200}
    assert resized(picture, 90, smooth=True).shape == (45, 90, 3)


def test_a_png_is_what_was_painted():
    picture = np.random.default_rng(0).integers(0, 255, (9, 14, 3)).astype(np.uint8)
    gdal.FileFromMemBuffer("/vsimem/back.png", png(picture))
    read = gdal.Open("/vsimem/back.png").ReadAsArray().transpose(1, 2, 0)
    gdal.Unlink("/vsimem/back.png")
    assert np.array_equal(read, picture)


@pytest.mark.parametrize("geotransform", [UTM, None])
def test_a_part_is_cut_to_the_pixel(tmp_path, geotransform):
    image, _ = quarters()
    path = write_raster(tmp_path / "scene.tif", image, geotransform=geotransform)
    window = Window(17, 5, 31, 40)
    with open_part(path, window) as part:
        assert part.offset == (17, 5)
        assert np.array_equal(part.read(part.grid.window)[0], image[(..., *window.slices)])


def test_the_page_needs_nothing_else(tmp_path):
    image, fields = quarters()
    paths = [
        write_raster(tmp_path / f"{name}.tif", values)
        for name, values in (("image", image), ("label", fields), ("map", fields[::-1]))
    ]
    row = picture_row("scene", paths[0], paths[1], [("balanced", "balanced, AMI <1", paths[2])])
    record = {
        "machine": {"cores": 2, "processor": "a processor", "device": "cpu"},
        "images": [], "classes": [16], "seeds": [0], "methods": [], "runs": [], "sets": {},
        "against": [], "agreements": [], "oracles": [], "trials": [], "failures": [],
    }  # fmt: skip
    page = quality_page(record, {("scene", 16): row})
    assert "http" not in page.replace("http-equiv", "")
    assert "AMI &lt;1" in page
    assert "prefers-color-scheme: dark" in page
    found = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)"', page)
    assert [alternative for _, alternative in found] == [
        "scene: the image",
        "scene: the reference",
        "scene: classes by balanced",
    ]
    assert all(base64.b64decode(content).startswith(b"\x89PNG") for content, _ in found)
    assert page.count(f'width="{SIDE}"') == 3
    assert read_classes(paths[2]).tolist() == fields[::-1].tolist()
