# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports as readers get them: every figure, readable without anything else, nothing let in."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import replace

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.pipeline.reports.charts import line_chart
from superseg_plugin.pipeline.reports.dendrogram import MOST_LEAVES, dendrogram
from superseg_plugin.pipeline.reports.maps import LONGEST, Maps, map_sections
from superseg_plugin.pipeline.reports.page import Html, page, table
from superseg_plugin.pipeline.reports.run import (
    Hierarchy,
    Provenance,
    RunSummary,
    segmentation_report,
)
from superseg_plugin.pipeline.reports.spectra import sparkline, spectra_chart
from superseg_plugin.raster.class_table import ClassTable
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.thumbnails import read_small
from superseg_plugin.raster.windows import Window
from superseg_plugin.translation import set_language
from tests.conftest import quarters, write_raster
from tests.pipeline.wellformed import Wellformed

EVIL = "<script>alert('x')</script> & co"


def table_of(names, bands=1, value=5.0):
    count = len(names)
    colors = np.arange(3 * count, dtype=np.uint8).reshape(count, 3)
    means = np.full((count, bands), value)
    sizes = np.arange(count, 0, -1)
    band_names = tuple(f"{EVIL} {band}" for band in range(bands))
    return ClassTable(tuple(names), colors, sizes, sizes.astype(float), means, band_names)


def run_of(source, **more):
    provenance = Provenance(f"run {EVIL}", {EVIL: EVIL}, {EVIL: EVIL})
    return RunSummary(provenance, source, {EVIL: EVIL}, EVIL, {EVIL: 1.5}, **more)


def picture_of(address):
    """Pixels of a data address, `(bands, rows, cols)`; palettes are resolved to RGBA."""
    name = "/vsimem/test-picture"
    gdal.FileFromMemBuffer(name, base64.b64decode(address.split(",", 1)[1]))
    dataset = gdal.Open(name)
    if dataset.GetRasterBand(1).GetColorTable():
        dataset = gdal.Translate("", dataset, format="MEM", rgbExpand="rgba")
    values = dataset.ReadAsArray()
    gdal.Unlink(name)
    return values


def test_a_report_escapes_what_it_did_not_write(tmp_path):
    path = write_raster(tmp_path / "a<b>&c.tif", quarters()[0], names=[EVIL] * 3)
    with RasterSource(path) as source:
        classes = table_of([EVIL, EVIL], bands=3)
        steps = [(1, 2, 0.5)]
        run = run_of(source, losses=[3.0, 2.0, 1.5], live=[2, 2, 2])
        text = segmentation_report(
            run, classes, 9, Hierarchy(steps, [0.0, 0.7, 1.0]), [(EVIL, Html("<p>x</p>"))]
        )
    read = Wellformed(text)
    assert "script" not in read.tags
    assert html.escape(EVIL) in text
    assert "a&lt;b&gt;&amp;c.tif" in text


def test_every_text_of_a_report_is_in_the_language_of_qgis(tmp_path):
    image, fields = quarters(400, 600)
    scene = write_raster(tmp_path / "1.tif", image, names=list("123"))
    classes = write_raster(tmp_path / "2.tif", fields, nodata=0)
    # A language whose words are the things that are filled in.
    set_language("zh-CN", lambda text: "".join(re.findall("{[^}]*}", text)))
    try:
        with RasterSource(scene) as source, RasterSource(classes) as numbers:
            found = replace(table_of("1234", bands=3), band_names=("1", "2", "3"))
            maps = map_sections(Maps(source, numbers, numbers, numbers, found))
            stages = {"reading": 1.0, "painting": 4000.0}
            run = RunSummary(
                Provenance("", {}, {"": "1"}), source, {}, "1", stages, [2.0, 1.0], [4, 3], ["1"]
            )
            steps = [(1, 2, 0.1), (3, 4, 0.2), (1, 3, 0.4)]
            tree = Hierarchy(steps, [0.0, 0.7, 1.0])
            text = segmentation_report(run, found, 4, tree, maps)
    finally:
        set_language()
    assert '<html lang="zh-CN">' in text
    body = re.sub(r"<style>.*?</style>", "", text, flags=re.S)
    shown = re.findall(r">([^<]+)<", body) + re.findall(r'(?:alt|title|aria-label)="([^"]+)"', body)
    left = {word for part in shown for word in re.findall("[A-Za-z]{3,}", part)}
    # Names of files, of the data type and of the coordinates.
    assert left <= {"tif", "uint"}, left


def test_classes_in_use_are_drawn_where_their_number_changes(tmp_path):
    path = write_raster(tmp_path / "a.tif", quarters()[0])
    for live, drawn in (([2, 2, 2], False), ([3, 3, 2], True)):
        with RasterSource(path) as source:
            run = run_of(source, losses=[3.0, 2.0, 1.5], live=live)
            text = segmentation_report(run, table_of("AB", bands=3), 9, Hierarchy(), [])
        assert ("<h3>Classes in use</h3>" in text) == drawn


def test_a_report_needs_nothing_from_outside_and_describes_its_pictures(tmp_path):
    image, fields = quarters(400, 600)
    scene = write_raster(tmp_path / "scene.tif", image)
    classes = write_raster(tmp_path / "classes.tif", fields, nodata=0)
    with RasterSource(scene) as source, RasterSource(classes) as numbers:
        found = table_of("ABCD", bands=3)
        maps = map_sections(Maps(source, numbers, numbers, numbers, found))
        run = run_of(source, losses=[2.0, 1.0], live=[4, 4])
        steps = [(1, 2, 0.1), (3, 4, 0.2), (1, 3, 0.4)]
        read = Wellformed(segmentation_report(run, found, 4, Hierarchy(steps), maps))
    addresses = [v for _, name, v in read.attributes if name in ("src", "href")]
    assert len(addresses) == 6
    assert all(address.startswith("data:image/") for address in addresses)
    assert len([v for tag, name, v in read.attributes if tag == "img" and name == "alt" and v]) == 6
    drawings = read.tags.count("svg")
    named = [
        n for tag, n, _ in read.attributes if tag == "svg" and n in ("aria-label", "aria-hidden")
    ]
    assert len(named) == drawings > 4
    assert "40.00 %" in read.cells


def test_pictures_of_a_large_scene_are_small_and_keep_nodata_out(tmp_path):
    image, fields = quarters(1600, 2400)
    fields[:800, :1200] = 0
    scene = write_raster(tmp_path / "scene.tif", image, options=["TILED=YES"])
    classes = write_raster(tmp_path / "classes.tif", fields, nodata=0)
    with RasterSource(scene) as source, RasterSource(classes) as numbers:
        found = table_of("ABCD", bands=3)
        maps = dict(map_sections(Maps(source, numbers, numbers, None, found)))
    pictures = re.findall(r'src="([^"]+)"', maps["Maps"])
    assert len(pictures) == 3
    for address in pictures:
        pixels = picture_of(address)
        assert pixels.shape == (4, LONGEST * 2 // 3, LONGEST)
        assert (pixels[3, :230, :350] == 0).all()
        assert (pixels[3, :, 370:] == 255).all()
    shown = picture_of(pictures[1])[:3, 10, 700]
    assert shown.tolist() == found.colors[1].tolist()
    # The colors of the table are nearly black; the distinct ones are not.
    apart = picture_of(pictures[2])[:3, [10, 470, 470], [700, 10, 700]].T
    assert len({tuple(color) for color in apart.tolist()}) == 3
    assert (apart.max(axis=1) > 60).all()
    # What shows most lies where the fields meet.
    left = float(re.search(r"left: ([0-9.]+)%", maps["Maps"]).group(1))
    assert 35 < left < 55


def test_a_small_copy_takes_the_extent_the_bands_and_the_alpha_along(tmp_path):
    values = np.arange(4 * 40 * 60, dtype=np.uint16).reshape(4, 40, 60)
    alpha = np.full((40, 60), 255, np.uint16)
    alpha[:, 30:] = 0
    path = write_raster(tmp_path / "a.tif", values, alpha=alpha)
    x, y = 500000.0, 5200000.0
    with RasterSource(path, [4, 2], (x + 20, y - 80, x + 120, y - 20)) as source:
        window = Window(2, 4, 40, 20)
        small, valid = read_small(source, window, 10, 5, (1,))
        whole, known = source.read(window)
    assert small.shape == (1, 5, 10)
    # Every fourth pixel, from the middle of each four.
    assert (small[0] == whole[1][2::4, 2::4]).all()
    assert (valid == known[2::4, 2::4]).all()
    assert valid.any()
    assert not valid.all()


def test_tables_and_charts_hold_every_number():
    text = page("t", [("s", table(["a"], [[1.5], [Html("<i>x</i>")], ["<"]]))])
    assert Wellformed(text).cells == ["1.5000", "<"]
    chart = line_chart([4.0, float("nan"), 1.0, 2.0], "Step", "Loss")
    points = re.search(r'points="([^"]*)"', chart).group(1).split()
    assert len(points) == 3
    heights = [float(point.split(",")[1]) for point in points]
    assert heights[1] > heights[2] > heights[0]
    assert "svg" in line_chart([1.0], "Step", "Loss")
    assert "svg" not in line_chart([], "Step", "Loss")
    assert line_chart(np.arange(100000.0), "x", "y").count(",") < 5000


@pytest.mark.parametrize("values", [[0, 0], [3, 3, 3], [1e-9, 2e-9], [-5, 7e8]])
def test_curves_stay_inside_their_frame(values):
    for whole in (False, True):
        if whole and min(values) < 0:
            continue
        chart = line_chart(values, "x", "y", whole_numbers=whole)
        for points in re.findall(r'points="([^"]*)"', chart):
            for x, y in (map(float, point.split(",")) for point in points.split()):
                assert 0 <= x <= 720
                assert 0 <= y <= 260


def test_spectra_show_each_class_once_and_no_band_that_is_unknown():
    means = np.array([[1.0, 2.0, 3.0], [3.0, np.nan, 1.0]])
    colors = np.array([[255, 0, 0], [0, 0, 255]], np.uint8)
    names, sizes = ("One", EVIL), np.ones(2)
    counts = sizes.astype(np.int64)
    chart = spectra_chart(ClassTable(names, colors, counts, sizes, means, ("a", "b", "c")))
    Wellformed(chart)
    assert chart.count("<g>") == 2
    assert (
        len(re.search(r'stroke="rgb\(0, 0, 255\)"[^>]*points="([^"]*)"', chart).group(1).split())
        == 2
    )
    assert spectra_chart(ClassTable(names, colors, counts, sizes, means[:, :1], ("a",))) == ""
    assert "nan" not in sparkline(means[1], means[0], means[0], colors[0])


def test_the_tree_joins_in_order_and_folds_what_is_too_much():
    steps = [(2, 3, 0.1), (1, 2, 0.5), (1, 4, 2.0)]
    colors = np.zeros((4, 3), np.uint8)
    tree = dendrogram(steps, ["a", "b", "c", "d"], colors)
    Wellformed(tree)
    assert re.findall(r'class="name"[^>]*>([^<]*)<', tree) == ["a", "b", "c", "d"]
    assert dendrogram([], ["a"], colors[:1]) == ""
    many = MOST_LEAVES + 10
    chain = [(1, number, float(number)) for number in range(2, many + 1)]
    names = [f"n{number}" for number in range(1, many + 1)]
    folded = dendrogram(chain, names, np.zeros((many, 3), np.uint8))
    labels = re.findall(r'class="name"[^>]*>([^<]*)<', folded)
    assert len(labels) == MOST_LEAVES
    assert labels[0] == "n1 + 10"
