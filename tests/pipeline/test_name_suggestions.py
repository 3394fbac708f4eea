# SPDX-License-Identifier: GPL-2.0-or-later
"""Names for classes from a map or polygons that share the ground with them."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal, ogr

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.assessment.name_suggestions import (
    NamedReference,
    run_name_suggestions,
)
from superseg_plugin.pipeline.classes.merge_table import read_merge_table
from superseg_plugin.pipeline.classes.merge_tree import MergedClass
from superseg_plugin.pipeline.classes.name_proposals import proposal_of_group, read_proposals
from superseg_plugin.pipeline.merging import MergingInputs, run_merging
from superseg_plugin.pipeline.options.merging import MergingOptions
from superseg_plugin.progress import Progress
from superseg_plugin.raster.class_legend import Legend, read_legend
from superseg_plugin.raster.layer_properties import BandNodata, LayerProperties
from superseg_plugin.raster.source import RasterSource
from tests.class_rasters import striped, write_classes
from tests.conftest import GEOTRANSFORM, write_raster

NAMES = Legend({1: "Wood", 2: "Water", 3: "wood"}, {1: (0, 90, 0), 2: (0, 0, 200), 3: (9, 9, 9)})


def columns(rows, cols, numbers):
    """Numbers in vertical strips of one width."""
    return np.repeat(np.array(numbers, np.uint8), cols // len(numbers))[np.newaxis].repeat(rows, 0)


def suggested(tmp_path, reference, purity=0.6, style=NAMES, layer=None, progress=None, classes=4):
    """Names for the stripes of class 1 to 4 from a reference raster."""
    path = write_classes(tmp_path / "classes.tif", columns(64, 64, range(1, classes + 1)))
    table = str(tmp_path / "names.csv")
    layer = {"layer": layer} if layer else {}
    with RasterSource(path) as source, RasterSource(reference, [1], **layer) as raster:
        given = NamedReference(raster, style)
        return run_name_suggestions(source, given, purity, table, progress or Progress())


def told(proposals):
    return [(one.number, one.target, one.name) for one in proposals]


def test_each_class_gets_the_name_of_most_of_its_pixels(tmp_path):
    numbers = columns(64, 64, [1, 2, 3, 2])
    numbers[:13, :16] = 2
    found = suggested(tmp_path, write_raster(tmp_path / "r.tif", numbers, nodata=0))
    # Wood and wood are one name: the first, with its color.
    assert told(found) == [(1, 1, "Wood"), (2, 2, "Water"), (3, 1, "Wood"), (4, 2, "Water")]
    assert found[0].purity == pytest.approx(51 / 64)
    assert [one.color for one in found] == ["#005a00", "#0000c8", "#005a00", "#0000c8"]
    assert read_proposals(tmp_path / "names.csv") == [
        type(one)(one.number, one.target, one.name, one.color, round(one.purity, 3), one.remark)
        for one in found
    ]


def test_a_class_below_the_purity_is_mixed_and_one_without_pixels_unknown(tmp_path):
    numbers = columns(64, 64, [1, 2, 1, 0])
    numbers[:32, :16] = 2
    found = suggested(tmp_path, write_raster(tmp_path / "r.tif", numbers, nodata=0), 0.51)
    assert told(found) == [(1, 1, ""), (2, 2, "Water"), (3, 3, "Wood"), (4, 4, "")]
    assert found[0].purity == 0.5
    assert found[0].remark.startswith("mixed")
    assert found[3].remark == "no labelled pixel"


def test_mergeclasses_makes_the_named_map_of_the_table(tmp_path):
    numbers = columns(64, 64, [1, 2, 3, 2])
    suggested(tmp_path, write_raster(tmp_path / "r.tif", numbers, nodata=0))
    assert read_merge_table(tmp_path / "names.csv").targets == {1: 1, 2: 2, 3: 1, 4: 2}
    output = str(tmp_path / "named.tif")
    with RasterSource(str(tmp_path / "classes.tif")) as classes:
        inputs = MergingInputs(classes, table=str(tmp_path / "names.csv"))
        assert run_merging(inputs, output, MergingOptions(), Progress()) == 2
    assert read_legend(output).names == {1: "Wood", 2: "Water"}
    colors = read_legend(output).colors
    assert (colors[1], colors[2]) == ((0, 90, 0), (0, 0, 200))


def test_a_map_of_another_grid_and_system_is_warped(tmp_path):
    fine = write_raster(tmp_path / "fine.tif", columns(256, 256, [1, 2, 3, 2]), nodata=0)
    gdal.Warp(str(tmp_path / "r.tif"), fine, dstSRS="EPSG:4326", outputBoundsSRS="EPSG:32632")
    # The map covers four times the width and height; the classes lie in its first strip.
    found = suggested(tmp_path, str(tmp_path / "r.tif"))
    assert {one.name for one in found} == {"Wood"}
    x, across, _, y, _, down = GEOTRANSFORM
    coarse = (x, across * 4, 0.0, y, 0.0, down * 4)
    numbers = columns(16, 16, [1, 2, 3, 2])
    path = write_raster(tmp_path / "coarse.tif", numbers, nodata=0, geotransform=coarse)
    assert [one.name for one in suggested(tmp_path, path)] == ["Wood", "Water", "Wood", "Water"]


@pytest.mark.parametrize("declared", [None, 9])
def test_nodata_of_file_and_layer_do_not_count_on_another_grid(tmp_path, declared):
    x, across, _, y, _, down = GEOTRANSFORM
    numbers = columns(128, 128, [1, 9, 2, 2])
    place = (x, across / 2, 0.0, y, 0.0, down / 2)
    path = write_raster(tmp_path / "r.tif", numbers, nodata=declared, geotransform=place)
    layer = None if declared else LayerProperties("", (BandNodata(True, ((9, 9),)),))
    found = suggested(tmp_path, path, layer=layer)
    assert [one.remark for one in found] == ["", "no labelled pixel", "", ""]


def test_zero_is_a_name_where_the_map_says_so(tmp_path):
    x, across, _, y, _, down = GEOTRANSFORM
    place = (x, across / 2, 0.0, y, 0.0, down / 2)
    numbers = columns(128, 128, [0, 1, 255, 0])
    path = write_raster(tmp_path / "r.tif", numbers, nodata=255, geotransform=place)
    names = Legend({0: "Bare", 1: "Wood"}, {})
    assert [one.name for one in suggested(tmp_path, path, style=names)] == [
        *("Bare", "Wood", "", "Bare")
    ]


def test_worldcover_is_known_by_its_colors(tmp_path, listener):
    path = write_raster(tmp_path / "r.tif", columns(64, 64, [10, 80, 95, 10]), nodata=0)
    plain = suggested(tmp_path, path, progress=listener)
    assert [one.name for one in plain] == ["10", "80", "95", "10"]
    assert any("no name for the values 10, 80, 95" in line for line in listener.lines)
    dataset = gdal.Open(path, gdal.GA_Update)
    colors = gdal.ColorTable()
    for value, color in ((10, (0, 100, 0)), (80, (0, 100, 200)), (95, (0, 207, 117))):
        colors.SetColorEntry(value, color)
    dataset.GetRasterBand(1).SetRasterColorTable(colors)
    del dataset
    found = suggested(tmp_path, path)
    assert [one.name for one in found][:3] == ["Tree cover", "Permanent water bodies", "Mangroves"]
    assert found[1].color == "#0064c8"


def square(left, right):
    """A polygon over columns of the raster, over all rows."""
    x, across, _, y, _, down = GEOTRANSFORM
    west, east, south = x + left * across, x + right * across, y + 64 * down
    ring = f"{west} {y},{east} {y},{east} {south},{west} {south},{west} {y}"
    return bytes(ogr.CreateGeometryFromWkt(f"POLYGON(({ring}))").ExportToWkb())


def test_polygons_with_labels_name_classes(tmp_path):
    path = write_classes(tmp_path / "classes.tif", columns(64, 64, [1, 2, 3, 4]))
    polygons = [
        (square(0, 12), "Wood"),
        (square(4, 8), "Wood"),
        (square(12, 30), "Water"),
        (square(30, 44), "Wood"),
        (square(44, 48), "Water"),
        (square(48, 56), "Water"),
        (square(48, 56), "Wood"),
    ]
    given = NamedReference(polygons=polygons, colors={"Water": (0, 0, 200)})
    with RasterSource(path) as source:
        table = str(tmp_path / "names.csv")
        found = run_name_suggestions(source, given, 0.6, table, Progress())
    # Pixels in polygons of two names do not count: columns 48 to 55.
    assert told(found) == [(1, 1, "Wood"), (2, 2, "Water"), (3, 1, "Wood"), (4, 4, "")]
    assert [round(one.purity, 3) for one in found] == [0.75, 0.875, 0.75, 0.0]
    assert found[1].color == "#0000c8"
    assert not list(tmp_path.glob(".superseg-*"))


def test_groups_get_a_name_that_none_of_their_classes_contradicts(tmp_path):
    found = suggested(
        tmp_path, write_raster(tmp_path / "r.tif", columns(64, 64, [1, 2, 3, 0]), nodata=0)
    )

    def named(*members):
        group = MergedClass(members[0], members, "", (0, 0, 0), 1, 1.0, 1.0, np.zeros(0))
        return proposal_of_group(group, found).name

    assert (named(1, 3), named(1, 2), named(4), named(1, 4)) == ("Wood", "", "", "")


def test_what_cannot_be_compared_is_a_sentence_and_leaves_the_table(tmp_path):
    (tmp_path / "names.csv").write_text("former")
    far = (100000.0, 2.0, 0.0, 100000.0, 0.0, -2.0)
    path = write_raster(tmp_path / "r.tif", striped(3), nodata=0, geotransform=far)
    with pytest.raises(
        SuperSegError, match=r"REFERENCE: r\.tif: no pixel has both a name and a class"
    ):
        suggested(tmp_path, path)
    path = write_raster(tmp_path / "r.tif", striped(3), nodata=0, geotransform=far, epsg=None)
    rotated = write_raster(
        tmp_path / "c.tif", striped(3), nodata=0, geotransform=(5e5, 1.0, 1.0, 5e6, 1.0, -1.0)
    )
    with RasterSource(rotated) as source, RasterSource(path, [1]) as raster:
        given = (source, NamedReference(raster, NAMES), 0.6, str(tmp_path / "names.csv"))
        with pytest.raises(SuperSegError, match=r"REFERENCE: .* warp both rasters to one grid"):
            run_name_suggestions(*given, Progress())
    assert (tmp_path / "names.csv").read_text() == "former"
