# SPDX-License-Identifier: GPL-2.0-or-later
"""Merging classes by number, by table, and small objects into their neighbors."""

from __future__ import annotations

import json
import shutil
from contextlib import nullcontext

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.agglomeration import cut_merge_order
from superseg_plugin.contracts import BandScaling
from superseg_plugin.errors import Cancelled, SuperSegError
from superseg_plugin.pipeline.classes.merge_table import read_merge_table
from superseg_plugin.pipeline.classes.similarity import StoredSimilarity
from superseg_plugin.pipeline.formats.merge_order import check_merge_order
from superseg_plugin.pipeline.formats.model_file import Model, save_model
from superseg_plugin.pipeline.formats.stored_order import renumbered
from superseg_plugin.pipeline.merging import MergingInputs, run_merging
from superseg_plugin.pipeline.options.merging import MergingOptions
from superseg_plugin.raster.class_table import ClassTable, read_class_table, write_class_table
from superseg_plugin.raster.source import RasterSource
from tests.conftest import read_raster, write_raster
from tests.raster.test_objects import speckled, tabled, walked

GEOGRAPHIC = (10.0, 1e-3, 0.0, 60.0, 0.0, -1e-3)
# 1 and 4 are alike, then 2 and 3, then 5 and the former.
STEPS_OF_FOUR = [[1, 4, 0.5], [2, 3, 1.0], [1, 2, 4.0]]
STEPS = [[1, 4, 0.5], [2, 3, 1.0], [1, 5, 4.0], [1, 2, 9.0]]


@pytest.fixture
def merge(tmp_path, listener):
    """Merge the classes of an array or file; gives pixels, table and record of the result."""

    def merge_it(classes, image=None, steps=None, **wanted):
        units = wanted.pop("units", "meters")
        options = {k: wanted.pop(k) for k in ("classes_left", "min_area") if k in wanted}
        output = str(tmp_path / wanted.pop("output", "merged.tif"))
        given = {"geotransform": wanted.pop("geotransform")} if "geotransform" in wanted else {}
        if given:
            given["epsg"] = 4326
        if isinstance(classes, np.ndarray):
            classes = write_raster(tmp_path / "classes.tif", classes, nodata=0, **given)
        if isinstance(image, np.ndarray):
            image = write_raster(tmp_path / "image.tif", image, **given)
        if steps is not None:
            record = {"algorithm": "superseg:segment", "merge_order": steps}
            (tmp_path / "classes.tif.superseg.json").write_text(json.dumps(record))
        with (
            RasterSource(classes, [1]) as source,
            RasterSource(image) if image else nullcontext() as scene,
        ):
            count = run_merging(
                MergingInputs(source, scene, wanted.pop("table", None), wanted.pop("model", None)),
                output,
                MergingOptions(options.get("classes_left", 0), options.get("min_area", 0.0), units),
                wanted.pop("progress", listener),
            )
        values = read_raster(output)[0]
        assert count == len(np.unique(values[values > 0]))
        record = json.loads((tmp_path / (output + ".superseg.json")).read_text())
        table = read_class_table(output)
        if "merge_order" in record:
            check_merge_order(record["merge_order"], len(table.names))
        return values, table, record

    return merge_it


@pytest.fixture
def table_file(tmp_path):
    def write(text, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def stripes(widths, rows=6):
    """Columns of class 1, 2 and so on."""
    row = np.repeat(np.arange(1, len(widths) + 1), widths)
    return np.repeat(row[np.newaxis], rows, axis=0).astype(np.uint8)


def colored(classes, colors, noise=2.0, seed=0):
    """An image in which each class has a gray value of its own, in two bands."""
    generator = np.random.default_rng(seed)
    values = np.asarray(colors, float)[classes]
    return np.stack([values, 255 - values]) + generator.normal(0, noise, (2, *classes.shape))


def described(path, names, colors, means=None):
    """Give a class raster the table that SuperSeg leaves in it."""
    values = read_raster(path)[0]
    count = len(names)
    counts = np.bincount(values.ravel(), minlength=count + 1)[1 : count + 1]
    means = np.arange(count, dtype=float)[:, None] * 10 if means is None else means
    table = ClassTable(tuple(names), np.array(colors, np.uint8), counts, counts * 4.0, means)
    write_class_table(path, table)
    return path


# By number


def test_similar_classes_merge_and_are_numbered_by_area(merge):
    classes = stripes([4, 6, 5, 9, 3])
    values, table, record = merge(
        classes, colored(classes, [0, 10, 100, 104, 200, 16]), classes_left=3
    )
    expected = np.array([0, 3, 1, 1, 2, 3])[classes]
    assert np.array_equal(values, expected)
    assert table.names == ("Class 1", "Class 2", "Class 3")
    assert table.counts.tolist() == [66, 54, 42]
    # Pixels of 2 m near the central meridian of UTM, where a map is 0.9996 of the ground.
    assert table.areas * 0.9996**2 == pytest.approx([264.0, 216.0, 168.0], rel=1e-6)
    assert record["merged_from"] == {"1": [2, 3], "2": [4], "3": [1, 5]}
    assert record["algorithm"] == "superseg:mergeclasses"
    assert record["options"]["classes"] == 3


def test_spread_counts_as_well_as_color(merge):
    classes = stripes([20, 20, 20], rows=20)
    generator = np.random.default_rng(0)
    image = generator.normal(0, 1, (2, *classes.shape)) * np.array([0, 1, 30, 1])[classes]
    _, _, record = merge(classes, image, classes_left=2)
    assert [1, 3] in record["merged_from"].values()


def test_the_order_beside_the_classes_is_followed(merge):
    classes = stripes([1, 2, 3, 4, 5])
    values, _, record = merge(classes, steps=STEPS, classes_left=2)
    assert np.array_equal(values, np.array([0, 1, 2, 2, 1, 1])[classes])
    assert record["merge_order"] == [[1, 2, 9.0]]


def test_merging_in_two_steps_is_merging_in_one(merge, tmp_path):
    classes = stripes([1, 2, 3, 4, 5])
    at_once, _, _ = merge(classes, steps=STEPS, classes_left=2)
    _, _, record = merge(classes, steps=STEPS, classes_left=4, output="four.tif")
    assert len(record["merge_order"]) == 3
    in_two, _, _ = merge(str(tmp_path / "four.tif"), classes_left=2, output="two.tif")
    assert np.array_equal(at_once, in_two)


@pytest.mark.parametrize("left", range(2, 8))
def test_every_number_of_classes_by_image_and_again_without(merge, tmp_path, left):
    classes = speckled(40, 60, 8, 3)
    image = colored(classes, np.random.default_rng(1).permutation(9) * 20)
    first, _, _ = merge(classes, image, classes_left=8)
    assert first.max() == 8
    values, table, _ = merge(str(tmp_path / "merged.tif"), classes_left=left, output="less.tif")
    assert values.max() == len(table.names) == left
    assert (np.diff(table.counts) <= 0).all()
    by_image, _, _ = merge(classes, image, classes_left=left, output="direct.tif")
    assert np.array_equal(values, by_image)


def test_as_many_classes_as_there_are_only_changes_their_numbers(merge):
    classes = stripes([2, 5, 3])
    values, _, _ = merge(classes, steps=[[1, 2, 1.0], [1, 3, 2.0]], classes_left=3)
    assert np.array_equal(values, np.array([0, 3, 1, 2])[classes])


def test_names_colors_and_means(merge, tmp_path):
    path = write_raster(tmp_path / "classes.tif", stripes([1, 2, 3, 4, 5]), nodata=0)
    names = ["Lake", "Field", "Class 3", "Wood", "Class 5"]
    colors = [[10, 0, 0], [20, 0, 0], [30, 0, 0], [40, 0, 0], [50, 0, 0]]
    described(path, names, colors)
    _, table, _ = merge(path, steps=STEPS, classes_left=3)
    # 1 and 4, 2 and 3, 5 by itself; the name of the largest part counts, where it has one.
    assert table.names == ("Wood", "Class 2", "Class 3")
    assert table.colors[:, 0].tolist() == [34, 26, 50]
    assert table.means[:, 0].tolist() == [24.0, 16.0, 40.0]


SCALING = BandScaling((0.0,), (255.0,), (9.0,), (2.0,))


def test_a_model_gives_order_and_names(merge, tmp_path):
    model = Model(
        network="light",
        classes=5,
        band_count=1,
        band_names=("Band 1",),
        band_numbers=(1,),
        image_bands=1,
        scaling=SCALING,
        pixel_size=None,
        class_names=("Class 1", "Reed", "<b>Mud</b>\n", "Class 4", "Class 5"),
        class_colors=np.zeros((5, 3), np.uint8),
        merge_order=STEPS,
    )
    save_model(tmp_path / "m.superseg", model)
    _, table, record = merge(
        stripes([1, 2, 3, 4, 5]), model=str(tmp_path / "m.superseg"), classes_left=4
    )
    assert record["merged_from"] == {"1": [1, 4], "2": [5], "3": [3], "4": [2]}
    assert table.names == ("Class 1", "Class 2", "<b>Mud</b>", "Reed")


def test_classes_that_the_scene_lacks_do_not_count(merge):
    classes = stripes([1, 2, 3, 4, 5])
    classes[classes == 4] = 5
    values, _, record = merge(classes, steps=STEPS, classes_left=3)
    assert record["merged_from"] == {"1": [5], "2": [2, 3], "3": [1]}
    assert set(np.unique(values)) == {1, 2, 3}


def test_numbers_of_other_programs(merge, tmp_path):
    classes = np.array([0, 112, 311, 523, 524], np.uint16)[stripes([3, 5, 6, 4])]
    values, table, record = merge(
        classes, colored(stripes([3, 5, 6, 4]), [0, 90, 50, 200, 190]), classes_left=3
    )
    assert record["merged_from"] == {"1": [523, 524], "2": [311], "3": [112]}
    assert values.dtype == np.uint8
    assert table.means.shape == (3, 2)
    assert len({tuple(color) for color in table.colors.tolist()}) == 3


def test_colors_and_names_of_other_programs_are_kept(merge, tmp_path, table_file):
    path = write_raster(tmp_path / "classes.tif", stripes([3, 5, 6]), nodata=0)
    dataset = gdal.Open(path, gdal.GA_Update)
    colors = gdal.ColorTable()
    for value, color in enumerate([(0, 0, 0), (1, 2, 3), (40, 50, 60), (7, 8, 9)]):
        colors.SetColorEntry(value, color)
    dataset.GetRasterBand(1).SetRasterColorTable(colors)
    dataset.GetRasterBand(1).SetCategoryNames(["", "Rock", "Ice", ""])
    dataset = None
    _, table, _ = merge(path, table=table_file("from,to\n3,1\n"))
    assert table.names == ("Rock", "Ice")
    assert table.colors.tolist() == [[1, 2, 3], [40, 50, 60]]


def test_bands_of_a_spectrometer(merge):
    classes = stripes([4, 6, 5, 9, 3])
    generator = np.random.default_rng(0)
    spectra = generator.normal(0, 1, (6, 70)).cumsum(axis=1)
    spectra[5] = spectra[1] + 0.1
    image = np.moveaxis(spectra[classes], -1, 0) + generator.normal(0, 0.1, (70, *classes.shape))
    _, table, record = merge(classes, image.astype(np.float32), classes_left=4, min_area=8.0)
    assert [1, 5] in record["merged_from"].values()
    assert table.means.shape == (4, 70)


# By table


def test_a_table_renumbers_names_and_colors(merge, table_file, tmp_path):
    path = write_raster(tmp_path / "classes.tif", stripes([1, 2, 3, 4, 5]), nodata=0)
    described(path, ["A", "B", "Class 3", "D", "E"], np.arange(15).reshape(5, 3))
    text = '\ufeffFrom;To;Name;Color\r\n3;9;Fen;#0A0b0C\r\n1;9;;\r\n\r\n5;4;;\n2;2;"Bog; wet";\n'
    values, table, record = merge(path, steps=STEPS, table=table_file(text))
    assert np.array_equal(values, np.array([0, 9, 2, 9, 4, 4])[stripes([1, 2, 3, 4, 5])])
    assert table.names == ("", "Bog; wet", "", "D", "", "", "", "", "Fen")
    assert table.colors[[1, 3, 8]].tolist() == [[3, 4, 5], [9, 10, 11], [10, 11, 12]]
    assert table.counts.tolist() == [0, 12, 0, 54, 0, 0, 0, 0, 24]
    assert table.means[8, 0] == pytest.approx((0 * 1 + 20 * 3) / 4)
    assert record["merged_from"] == {"2": [2], "4": [4, 5], "9": [1, 3]}
    # Numbers that no class has come first, so that any wish for fewer classes works.
    steps = check_merge_order(record["merge_order"], 9)
    left = cut_merge_order(steps, 9, 2) + 1
    assert len({left[1], left[3], left[8]}) == 2


def test_a_table_needs_nothing_else(merge, table_file, listener):
    values, _, record = merge(stripes([1, 2]), table=table_file("from\tto\n2\t1\n"))
    assert (values == 1).all()
    assert "merge_order" not in record


def test_a_table_may_name_only(merge, table_file):
    classes = stripes([1, 2])
    name = "<script>alert(1)</script> & Möwe"
    values, table, _ = merge(classes, table=table_file(f"to,from,name\n2,2,{name}\n"))
    assert np.array_equal(values, classes)
    assert table.names == ("Class 1", name)


def test_a_table_brings_high_numbers_down(merge, table_file):
    classes = np.array([0, 112, 311, 523], np.uint16)[stripes([3, 5, 6])]
    text = "from,to,name\n112,1,Town\n311,2,Wood\n523,2,\n"
    values, table, _ = merge(classes, table=table_file(text))
    assert np.array_equal(values, np.array([0, 1, 2, 2])[stripes([3, 5, 6])])
    assert table.names == ("Town", "Wood")
    with pytest.raises(SuperSegError, match="has a class 523"):
        merge(classes, table=table_file(text.replace("523,2,\n", "")))


BAD_TABLES = [
    ("", "is empty"),
    ("from,to\n", "no lines"),
    ("a,b\n1,2\n", "line 1 has no column “from”"),
    ("from,to,colour\n1,2,#000000\n", "line 1.*“colour”.*color"),
    ("from,to,nmae\n1,2,x\n", "line 1.*“nmae”.*name"),
    ("from,name\n1,x\n", "no column “to”"),
    ("from,to,to\n1,2,3\n", "column to twice"),
    ("1,2\n3,4\n", "line 1 has no column “from”"),
    ("from,to\n1,2,3\n", "line 2 has 3 cells"),
    ("from,to\n1\n", "line 2 has nothing in the column “to”"),
    ("from,to\n\n1,x\n", "line 3 holds “x” in the column “to”"),
    ("from,to\n1,0\n", "“0”.*1 to 255"),
    ("from,to\n1,256\n", "“256”"),
    ("from,to\n1,-2\n", "“-2”"),
    ("from,to\n1,1e2\n", "“1e2”"),
    ("from,to\n1,2.5\n", "“2.5”"),
    ("sep=;\nfrom,to\n1,2\n", "line 2 has no column “from”"),
    ("from,to\n1,²\n", "“²”"),
    ("from,to\n" + "9" * 9000 + ",1\n", "line 2 holds “9+…”"),
    ("from,to\n1,2\n1,3\n", "line 3 lists class 1, as line 2"),
    ("from,to\n1,2\n2,3\n", "line 2 makes class 1 class 2, which line 3 makes class 3"),
    ("from,to\n1,2\n2,1\n", "line 2 makes class 1 class 2, which line 3"),
    ("from,to\n7,2\n", r"line 2 lists class 7.*classes are 1 to 3\)"),
    ("from,to,name\n1,2,A\n3,2,B\n", "line 3 gives class 2 another name than line 2"),
    ("from,to,color\n1,2,#000000\n3,2,#000001\n", "line 3 gives class 2 another color"),
    ("from,to,color\n1,2,red\n", "line 2 holds the color “red”"),
    ("from,to,name\n1,2," + "n" * 101 + "\n", "101 characters"),
    ("from,to,name\n1,2,a\u202eb\n", "invisible characters"),
    ("from,to,name\n1,2,a\x07b\n", "invisible characters"),
    ('from,to,name\n1,2,"a\n', "line 2.*quotation"),
    (b"from,to,name\n1,2,\xe4\n", "line 2 is not written in UTF-8"),
    ("from,to\n1,2\n".encode("utf-16"), "line 1 is not written in UTF-8"),
    (b"from,to\n" + b"1,2\n" * 10**6, "4.0 MB"),
    (b"\n" * 10**6, "is empty"),
    ("from,to\n" + "\n".join(f"{n},1" for n in range(1, 10**5)), "line 65537 holds “65536”"),
    (b"\x00" * 100, "line 1"),
    ("from,to\n1\x00,2\n", "line 2"),
]


@pytest.mark.parametrize(("text", "expected"), BAD_TABLES, ids=range(len(BAD_TABLES)))
def test_what_is_wrong_in_a_table_is_said(merge, table_file, tmp_path, text, expected):
    with pytest.raises(SuperSegError, match=f"TABLE: table.csv.*{expected}") as caught:
        merge(stripes([1, 2, 3]), table=table_file(text))
    assert len(str(caught.value)) < 400
    assert str(caught.value).endswith(".")
    assert not (tmp_path / "merged.tif").exists()


def written(table_file, text):
    """Targets, names and colors of a table."""
    table = read_merge_table(table_file(text))
    return table.targets, table.names, table.colors


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\nfrom;to;name;color\r\n1;1;Wood;#0f0\r\n2;1;;\r\n",
        "SEP=\t\nfrom\tto\tname\tcolor\n1\t1\tWood\t#0F0\n2\t1\t\t\n",
        "from,to,name,color\n1.0,1.0,Wood,#00ff00\n2.00,1,,\n",
        "from;to;name;color\n1,0;1,0;Wood;#00ff00\n2;1\n",
        "from,to,area_ha,name,color,note\n1,1,2.5,Wood,#00ff00,x\n2,1,7\n",
        ",,,\nfrom,to,name,color,\n,,,\n1,1,Wood,#00ff00\n, ,,\n2,1,,,\n,,,,,,\n",
        'from,to,name,color\n1,1,"Wood",#00ff00\n2,1,"",""\n',
    ],
)
def test_tables_as_spreadsheets_write_them(table_file, text):
    assert written(table_file, text) == ({1: 1, 2: 1}, {1: "Wood"}, {1: (0, 255, 0)})


def test_a_line_break_in_a_name_is_a_space_and_lines_are_counted_right(table_file):
    text = 'from,to,name\n1,1,"Wood\r\nland"\n2,2,Field\n'
    assert written(table_file, text)[1] == {1: "Wood land", 2: "Field"}
    with pytest.raises(SuperSegError, match="line 5 holds “x”"):
        written(table_file, text + "x,1,\n")


def test_columns_that_are_not_used_are_named(merge, table_file, listener):
    merge(stripes([1, 2]), table=table_file("from,to,area_ha,source\n2,1,3,x\n"))
    assert any("area_ha, source" in line for line in listener.lines)


def test_a_table_is_found_to_be_missing(tmp_path):
    with pytest.raises(SuperSegError, match=r"none.csv cannot be opened"):
        read_merge_table(tmp_path / "none.csv")


# Small objects


def field(rows=12, cols=12):
    """Class 1 on the left, 2 on the right."""
    classes = np.ones((rows, cols), np.uint8)
    classes[:, cols // 2 :] = 2
    return classes


def test_a_small_object_joins_the_similar_neighbor_not_the_longer_border(merge):
    classes = field()
    classes[4:7, 4:7] = 3
    # Two thirds of its border are to class 1, but it looks like class 2.
    image = colored(classes, [0, 10, 200, 190])
    values, _, record = merge(classes, image, min_area=9 * 4 + 1.0)
    expected = classes.copy()
    expected[classes == 3] = 2
    assert np.array_equal(values, expected)
    assert record["merged_from"] == {"1": [1], "2": [2]}


def test_of_equally_similar_neighbors_the_longer_border_counts(merge):
    classes = field()
    classes[4:7, 4:7] = 3
    values, _, _ = merge(classes, steps=[[1, 2, 1.0], [1, 3, 1.0]], min_area=50.0)
    assert (values[classes == 3] == 1).all()


def test_where_no_similarity_is_known_the_longer_border_counts(merge, listener):
    classes = field()
    classes[4:7, 4:7] = 3
    values, _, _ = merge(classes, min_area=10.0, units="pixels")
    assert (values[classes == 3] == 1).all()
    assert any("no merge order" in line for line in listener.lines)


def test_without_an_image_the_merge_order_tells_what_is_similar(merge):
    classes = field()
    classes[4:7, 4:7] = 3
    steps = [[2, 3, 1.0], [1, 2, 50.0]]
    values, _, _ = merge(classes, steps=steps, min_area=50.0)
    assert (values[classes == 3] == 2).all()
    steps = [[1, 3, 1.0], [1, 2, 1.0]]
    values, _, _ = merge(classes, steps=steps, min_area=50.0, output="other.tif")
    assert (values[classes == 3] == 1).all()


def test_the_area_is_of_the_ellipsoid_and_the_limit_itself_is_large_enough(merge):
    classes = field()
    classes[4:7, 2:4] = 3
    steps = [[1, 3, 1.0], [1, 2, 50.0]]
    # Six pixels of 2 m near the central meridian of UTM.
    ground = 24 / 0.9996**2
    assert 3 in merge(classes, steps=steps, min_area=ground - 1e-4)[0]
    assert 3 not in merge(classes, steps=steps, min_area=ground + 1e-3)[0]


def test_degrees_count_by_their_square_meters(merge):
    # At 60 degrees north a pixel of a thousandth of a degree has 55.8 m by 111.4 m.
    classes = field()
    classes[4, 3] = 3
    steps = [[1, 3, 1.0], [1, 2, 50.0]]
    where = {"geotransform": GEOGRAPHIC}
    assert 3 in merge(classes, steps=steps, min_area=6200.0, **where)[0]
    assert 3 not in merge(classes, steps=steps, min_area=6240.0, **where)[0]


def test_islands_in_nodata_stay(merge):
    classes = np.zeros((9, 9), np.uint8)
    classes[2, 2] = 1
    classes[6:8, 6:8] = 2
    classes[6, 5] = 3
    values, _, _ = merge(classes, steps=[[1, 2, 1.0], [1, 3, 2.0]], min_area=1e6)
    expected = classes.copy()
    expected[6, 5] = 2
    assert np.array_equal(values, expected)


def test_objects_that_touch_at_corners_are_two(merge):
    classes = field()
    classes[4, 2] = classes[5, 3] = 3
    steps = [[1, 3, 1.0], [1, 2, 50.0]]
    assert 3 not in merge(classes, steps=steps, min_area=8.0)[0]


def test_small_objects_grow_together_smallest_first(merge):
    classes = np.ones((12, 12), np.uint8)
    # Of two alike neighbors within class 1 the smaller joins the other, and both are large enough.
    classes[5:7, 3:6] = 3
    classes[5:7, 6:8] = 2
    values, _, _ = merge(classes, steps=[[2, 3, 1.0], [1, 2, 50.0]], min_area=10 * 4.0)
    assert set(np.unique(values)) == {1, 3}
    assert (values[5:7, 3:8] == 3).all()
    values, _, _ = merge(
        classes, steps=[[2, 3, 1.0], [1, 2, 50.0]], min_area=10 * 4 + 1.0, output="more.tif"
    )
    assert (values == 1).all()


def test_parts_that_a_joining_object_connects_are_one(merge):
    classes = np.ones((9, 14), np.uint8)
    classes[4, 2:6] = classes[4, 7:11] = 3
    classes[4, 6] = 2
    steps = [[2, 3, 1.0], [1, 2, 50.0]]
    values, _, _ = merge(classes, steps=steps, min_area=6 * 4.0)
    expected = classes.copy()
    expected[4, 6] = 3
    assert np.array_equal(values, expected)


@pytest.mark.parametrize("with_image", [False, True])
def test_nothing_but_small_objects_changes_and_none_is_left(merge, with_image):
    classes = speckled(90, 70, 5, 4)
    image = colored(classes, [0, 30, 60, 90, 120, 150], noise=20.0) if with_image else None
    values, _, _ = merge(classes, image, steps=STEPS, min_area=7 * 4.0)
    numbers, count = walked(classes)
    sizes = np.bincount(numbers.ravel(), minlength=count)
    large = (sizes >= 7)[numbers]
    assert np.array_equal(values[large], classes[large])
    assert np.array_equal(values == 0, classes == 0)
    # An object goes where one of its neighbors was or has gone, as a whole.
    for number in np.flatnonzero(sizes < 7):
        assert len(np.unique(values[numbers == number])) == 1
    after, count = walked(values)
    sizes = np.bincount(after.ravel(), minlength=count)
    _, objects = tabled(values, 100)
    lonely = np.setdiff1d(np.arange(count), np.append(objects.borders.one, objects.borders.other))
    assert set(np.flatnonzero((sizes < 7) & (objects.classes > 0))) <= set(lonely.tolist())


@pytest.mark.parametrize("geotransform", [None, GEOGRAPHIC])
@pytest.mark.parametrize("bands", [0, 2, 11])
def test_strips_cannot_be_seen(merge, monkeypatch, bands, geotransform):
    classes = speckled(120, 50, 6, 5)
    image = None
    if bands:
        generator = np.random.default_rng(0)
        image = generator.normal(0, 1, (bands, *classes.shape)) * 1e3
        image = image.astype(np.float32)
        image[0, 5:20, 10:30] = np.nan
    wanted = {"geotransform": geotransform} if geotransform else {}
    wanted["min_area"] = 6200.0 * 9 if geotransform else 36.0
    results = []
    for pixels in (50 * 1, 50 * 4, 50 * 16, 10**6):
        monkeypatch.setattr("superseg_plugin.pipeline.classes.strips.STRIP_PIXELS", pixels)
        results.append(merge(classes, image, steps=[*STEPS, [1, 6, 10.0]], **wanted))
    first = results[0]
    assert (first[0] != classes).any()
    for values, table, record in results[1:]:
        assert np.array_equal(values, first[0])
        assert table.names == first[1].names
        assert table.areas == pytest.approx(first[1].areas)
        assert record["merged_from"] == first[2]["merged_from"]


def test_merging_then_small_objects(merge, listener):
    classes = field()
    classes[4:7, 4:7] = 3
    classes[4, 4] = 4
    # Together with 4, class 3 is large enough.
    steps = [[3, 4, 0.5], [1, 3, 1.0], [1, 2, 2.0]]
    values, _, record = merge(classes, steps=steps, classes_left=3, min_area=9 * 4.0)
    assert record["merged_from"] == {"1": [2], "2": [1], "3": [3, 4]}
    values, table, record = merge(
        classes, steps=steps, classes_left=3, min_area=10 * 4.0, output="more.tif"
    )
    assert set(np.unique(values)) == {1, 2}
    assert table.names == ("Class 1", "Class 2")
    assert len(record["merge_order"]) == 1
    assert any(
        "without pixels in the result" in line and line.endswith(": 3 to 4")
        for line in listener.lines
    )


def test_names_stay_with_classes_that_are_gone(merge, tmp_path):
    classes = field()
    classes[4, 3] = 3
    path = write_raster(tmp_path / "classes.tif", classes, nodata=0)
    described(path, ["One", "Two", "Three", "Four"], np.zeros((4, 3)), np.zeros((4, 0)))
    steps = [[1, 3, 1.0], [1, 2, 2.0], [1, 4, 3.0]]
    _, table, _ = merge(path, steps=steps, min_area=20.0)
    assert table.names == ("One", "Two", "", "Four")
    assert table.counts.tolist() == [73, 71, 0, 0] or table.counts[2] == 0


# What cannot be done


def test_what_is_not_asked_for_or_twice(merge, table_file):
    classes = stripes([1, 2, 3])
    with pytest.raises(SuperSegError, match="CLASSES, TABLE and MIN_AREA are all empty"):
        merge(classes)
    with pytest.raises(SuperSegError, match="CLASSES and TABLE both"):
        merge(classes, classes_left=2, table=table_file("from,to\n1,2\n"))
    with pytest.raises(SuperSegError, match=r"CLASSES.*2 to 255"):
        merge(classes, classes_left=1)
    with pytest.raises(SuperSegError, match=r"MIN_AREA.*at least 0"):
        merge(classes, min_area=float("nan"))
    with pytest.raises(SuperSegError, match=r"9 classes are requested and classes.tif has 3"):
        merge(classes, classes_left=9)
    with pytest.raises(SuperSegError, match=r"CLASSIFICATION.*INPUT.*MODEL"):
        merge(classes, classes_left=2)


BAD_RECORDS = [
    "",
    "[" * 100000,
    "[1, 2]",
    '{"merge_order": 5}',
    '{"merge_order": {"1": 2}}',
    '{"merge_order": "12"}',
    '{"merge_order": [[1, 2, 1]]}',
    '{"merge_order": [[1, 2, 1], [1, 2, 2]]}',
    '{"merge_order": [[1, 2, 1], [2, 3, 2]]}',
    '{"merge_order": [[1, 2, NaN], [1, 3, NaN]]}',
    '{"merge_order": [[1, 2, 5], [1, 3, 4]]}',
    '{"merge_order": [[1, 2, 1], [1, 3, 1' + "0" * 400 + "]]}",
    '{"merge_order": [[1, 2], [1, 3]]}',
    '{"merge_order": [' + ",".join(f"[1, {n}, 1]" for n in range(2, 10**5)) + "]}",
]


@pytest.mark.parametrize("text", BAD_RECORDS, ids=range(len(BAD_RECORDS)))
def test_damaged_records_are_refused_by_name(merge, tmp_path, table_file, text):
    classes = stripes([1, 2, 3])
    (tmp_path / "classes.tif.superseg.json").write_text(text)
    with pytest.raises(SuperSegError, match=r"(classes.tif.superseg.json|CLASSIFICATION).*INPUT"):
        merge(classes, classes_left=2)
    # Where nobody needs the order, it is no obstacle.
    _, _, record = merge(classes, table=table_file("from,to\n1,2\n"))
    assert "merge_order" not in record
    merge(classes, colored(classes, [0, 10, 20, 90]), classes_left=2)


def test_a_model_of_other_classes_is_refused(merge, tmp_path):
    def save(steps, classes=5):
        model = Model(
            network="light",
            classes=classes,
            band_count=1,
            band_names=("Band 1",),
            band_numbers=(1,),
            image_bands=1,
            scaling=SCALING,
            pixel_size=None,
            class_names=("x",) * classes,
            class_colors=np.zeros((classes, 3), np.uint8),
            merge_order=steps,
        )
        save_model(tmp_path / "m.superseg", model)
        return str(tmp_path / "m.superseg")

    for steps, reason in (
        ([], "does not say"),
        (STEPS_OF_FOUR, "other classes"),
        ([3], "no usable"),
    ):
        with pytest.raises(SuperSegError, match=f"MODEL: m.superseg.*{reason}.*INPUT"):
            merge(stripes([1, 1]), model=save(steps), classes_left=2)
    with pytest.raises(SuperSegError, match=r"MODEL: m.superseg.*classes 1 to 5.*a class 6"):
        merge(stripes([1] * 6), model=save(STEPS), classes_left=2)
    merge(stripes([1, 2, 3, 4, 5]), steps=STEPS, classes_left=3)
    with pytest.raises(SuperSegError, match=r"MODEL.*have been merged"):
        merge(str(tmp_path / "merged.tif"), model=save(STEPS), classes_left=2, output="two.tif")


def test_rasters_that_are_no_classes(merge, tmp_path):
    with pytest.raises(SuperSegError, match=r"no pixel of classes.tif has a class"):
        merge(np.zeros((5, 5), np.uint8), classes_left=2)
    with pytest.raises(SuperSegError, match="300 different numbers"):
        merge(np.arange(1, 301, dtype=np.uint16).reshape(10, 30), classes_left=2)
    with pytest.raises(SuperSegError, match="negative, not whole"):
        merge(np.full((4, 4), 1.5, np.float32), classes_left=2)
    with pytest.raises(SuperSegError, match=r"class 311.*TABLE"):
        merge(np.full((4, 4), 311, np.uint16), min_area=9.0, image=np.ones((1, 4, 4), np.uint8))


def test_images_that_do_not_fit(merge, tmp_path):
    classes = stripes([1, 2])
    with pytest.raises(SuperSegError, match=r"INPUT: image.tif is 4 x 4 pixels"):
        merge(classes, np.ones((1, 4, 4), np.uint8), classes_left=2)
    void = write_raster(tmp_path / "void.tif", classes * 0, nodata=0)
    with pytest.raises(SuperSegError, match=r"INPUT: void.tif has no valid pixel"):
        merge(classes, void, classes_left=2)
    # Values beyond 1e30 are nodata.
    with pytest.raises(SuperSegError, match=r"INPUT: image.tif has no valid pixel"):
        merge(classes, np.full((1, *classes.shape), 1e300), classes_left=2)


@pytest.mark.parametrize("image", [np.ones((3, 6, 9)), np.zeros((1, 6, 9), np.uint8)])
def test_an_image_that_tells_nothing_still_gives_a_result(merge, image):
    values, _, _ = merge(stripes([2, 3, 4]), image, classes_left=2, min_area=9.0)
    assert values.max() == 2


def test_the_output_is_no_input_and_nothing_is_left_of_a_failed_run(merge, tmp_path, table_file):
    classes = stripes([1, 2, 3])
    with pytest.raises(SuperSegError, match=r"OUTPUT: classes.tif is an input"):
        merge(classes, steps=[[1, 2, 1], [1, 3, 2]], classes_left=2, output="classes.tif")
    shutil.copy(table_file("from,to\n1,2\n"), tmp_path / "table.tif")
    with pytest.raises(SuperSegError, match=r"OUTPUT: table.tif is an input"):
        merge(classes, table=str(tmp_path / "table.tif"), output="table.tif")


@pytest.mark.parametrize("stop_after", [1, 3, 5, 7, 9, 12, 15])
def test_cancelling_leaves_nothing(merge, tmp_path, monkeypatch, stop_after):
    from tests.pipeline.conftest import Listener

    monkeypatch.setattr("superseg_plugin.pipeline.classes.strips.STRIP_PIXELS", 500)
    classes = speckled(30, 50, 3, 6)
    image = colored(classes, [0, 10, 20, 90])
    with pytest.raises(Cancelled):
        merge(classes, image, classes_left=2, min_area=20.0, progress=Listener(stop_after))
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"classes.tif", "image.tif"}


def test_progress_only_goes_on(merge, listener):
    classes = speckled(30, 50, 3, 6)
    merge(classes, colored(classes, [0, 10, 20, 90]), classes_left=2, min_area=20.0)
    assert listener.fractions == sorted(listener.fractions)
    assert listener.fractions[-1] == 1.0
    assert any("smaller than MIN_AREA, 20 square meters" in line for line in listener.lines)


# Arithmetic of merge orders


def test_average_linkage_of_a_tree_gives_the_tree():
    steps = check_merge_order([[4, 5, 1.0], [1, 3, 1.0], [2, 4, 1.0], [1, 2, 7.0]], 5)
    members, areas = np.arange(5), np.array([5.0, 1.0, 1e-9, 3.0, 1e12])
    again = StoredSimilarity(steps, members + 1).order(members, areas)
    assert [step[:2] for step in again] == [step[:2] for step in steps]
    assert [step[2] for step in again] == pytest.approx([step[2] for step in steps])


def test_classes_that_a_table_has_joined_are_as_far_as_their_average():
    steps = check_merge_order([[1, 2, 1.0], [3, 4, 2.0], [1, 3, 10.0]], 4)
    # The large second and the small third class are one.
    order = StoredSimilarity(steps, np.arange(1, 5)).order(
        np.array([0, 1, 1, 2]), np.array([1.0, 8.0, 2.0, 1.0])
    )
    assert [step[:2] for step in order] == [(1, 2), (1, 3)]
    assert order[0][2] == pytest.approx((8 * 1.0 + 2 * 10.0) / 10)


def test_merge_orders_in_new_numbers():
    steps = check_merge_order(STEPS, 5)
    assert renumbered(steps, [2, 1, 3, 5, 4], 5) == [
        (2, 5, 0.5),
        (1, 3, 1.0),
        (2, 4, 4.0),
        (1, 2, 9.0),
    ]
    # Without the fourth, and with a number that no class has.
    found = renumbered(steps, [3, 4, 1, 0, 5], 5)
    assert found == [(1, 2, 0.0), (1, 4, 1.0), (3, 5, 4.0), (1, 3, 9.0)]
    check_merge_order(found, 5)
    for numbers in ([0, 0, 7, 0, 0], [7, 9, 8, 12, 20], [3, 0, 0, 2, 0]):
        check_merge_order(renumbered(steps, numbers, max(numbers)), max(numbers))


def test_class_zero_does_not_get_the_means_of_another_class(merge, tmp_path):
    classes = np.array([[1, 1, 3], [3, 0, 0], [0, 0, 0]], np.uint8)
    path = write_raster(tmp_path / "zero.tif", classes)
    described(path, ["One", "", "Three"], np.zeros((3, 3)))
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetNoDataValue(255)
    del dataset
    table = tmp_path / "table.csv"
    table.write_text("from,to\n1,1\n", encoding="utf-8")
    values, found, _ = merge(path, table=str(table))
    # 2 is the first number that no class has and that is not named.
    assert values.tolist() == [[1, 1, 3], [3, 2, 2], [2, 2, 2]]
    assert not found.means.size or np.isnan(found.means[1]).all()
