# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import json

import numpy as np
import pytest
from osgeo import gdal, ogr

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.assessment.assessed import AssessedMap, Outputs
from superseg_plugin.pipeline.assessment.evaluation import run_evaluation
from superseg_plugin.pipeline.assessment.truth import LabelledPolygons
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource
from tests.conftest import GEOTRANSFORM, quarters, write_raster
from tests.pipeline.conftest import Listener
from tests.pipeline.wellformed import Wellformed

SILENT = Progress()


def judged(tmp_path, classes, reference, unlabelled=None, report=None, nodata=(0, 0)):
    first = write_raster(tmp_path / "c.tif", classes, nodata=nodata[0])
    second = write_raster(tmp_path / "r.tif", reference, nodata=nodata[1])
    with RasterSource(first) as classification, RasterSource(second) as truth:
        outputs = Outputs(report)
        return run_evaluation(AssessedMap(classification), truth, unlabelled, outputs, SILENT)


def test_equal_divisions_score_full_marks_whatever_their_numbers(tmp_path):
    fields = quarters()[1].astype("int16")
    found = judged(tmp_path, fields, (5 - fields) * 1000 - 7, nodata=(0, -9999))
    for name in ("ami", "ari", "fmi", "v_measure"):
        assert getattr(found, name) == pytest.approx(1)
    assert found.accuracy == found.mean_iou == 1
    assert found.are == pytest.approx(0)
    assert found.reference_values.tolist() == [993, 1993, 2993, 3993]


def test_tiles_do_not_show(tmp_path, monkeypatch):
    generator = np.random.default_rng(0)
    classes = generator.integers(0, 9, (50, 70)).astype("uint8")
    reference = generator.integers(0, 5, (50, 70)).astype("uint8")
    whole = judged(tmp_path, classes, reference)
    monkeypatch.setattr("superseg_plugin.pipeline.assessment.evaluation.TILE", 9)
    tiled = judged(tmp_path, classes, reference)
    assert (tiled.table == whole.table).all()
    assert tiled.ami == whole.ami
    assert tiled.with_unlabelled == whole.with_unlabelled


def test_both_ways_of_counting_unlabelled_pixels(tmp_path):
    reference = np.array([[1, 1, 2, 2, 0, 0, 0, 0]], "uint8")
    classes = np.array([[5, 5, 6, 6, 5, 6, 5, 0]], "uint8")
    found = judged(tmp_path, classes, reference)
    assert (found.labelled, found.unlabelled, found.unclassified) == (4, 3, 1)
    assert found.ari == 1
    assert found.with_unlabelled.ari < 1
    assert found.with_unlabelled.are == found.are == 0
    assert found.with_unlabelled.accuracy == found.accuracy == 1


def test_what_means_unlabelled(tmp_path):
    reference = np.array([[0, 1, 1, 2, 9]], "uint8")
    classes = np.array([[1, 1, 1, 2, 2]], "uint8")
    assert judged(tmp_path, classes, reference, nodata=(None, 9)).labelled == 4
    assert judged(tmp_path, classes, reference, nodata=(None, None)).labelled == 4
    assert judged(tmp_path, classes, reference, 2, nodata=(None, 9)).labelled == 3
    named = judged(tmp_path, classes, reference, 9, nodata=(None, None))
    assert named.reference_values.tolist() == [0, 1, 2]


def test_more_classes_than_the_reference_has_cost_accuracy(tmp_path):
    reference = np.array([[1, 1, 1, 1, 2, 2]], "uint8")
    classes = np.array([[1, 1, 1, 3, 2, 2]], "uint8")
    found = judged(tmp_path, classes, reference)
    assert found.accuracy == pytest.approx(5 / 6)
    assert found.ious.tolist() == pytest.approx([0.75, 1.0])


def test_a_reference_without_a_pair_counts_as_missed(tmp_path):
    found = judged(tmp_path, np.ones((1, 4), "uint8"), np.array([[1, 1, 1, 2]], "uint8"))
    assert found.mean_iou == pytest.approx(0.75 / 2)
    assert found.pairs.tolist() == [0, -1]


def test_superpixels_against_classes(tmp_path):
    numbers = np.arange(5000, dtype="uint32").reshape(50, 100) + 1
    reference = np.repeat([1, 2], 25)[:, np.newaxis].repeat(100, axis=1).astype("uint8")
    found = judged(tmp_path, numbers, reference)
    assert found.homogeneity == pytest.approx(1)
    assert found.accuracy == pytest.approx(2 / 5000)


@pytest.mark.parametrize(
    ("classes", "reference", "said"),
    [
        (np.ones((4, 5), "uint8"), np.ones((4, 6), "uint8"), "6 x 4 pixels"),
        (np.ones((4, 5), "uint8"), np.zeros((4, 5), "uint8"), "REFERENCE: no pixel"),
        (np.zeros((4, 5), "uint8"), np.ones((4, 5), "uint8"), "REFERENCE: no pixel"),
        (np.ones((4, 5), "uint8"), np.full((4, 5), 0.5, "float32"), "REFERENCE: .* not whole"),
        (np.full((4, 5), 0.5, "float32"), np.ones((4, 5), "uint8"), "CLASSIFICATION: .* not whole"),
        (np.ones((4, 5), "uint8"), np.ones((3, 4, 5), "uint8"), "3 bands"),
        (
            np.ones((200, 100), "uint8"),
            np.arange(1, 20001, dtype="uint16").reshape(200, 100),
            "REFERENCE: .* looks like an image",
        ),
        (
            np.arange(1, 20001, dtype="int32").reshape(200, 100) * 60000,
            np.ones((200, 100), "uint8"),
            "CLASSIFICATION: .* looks like an image",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path, classes, reference, said):
    report = tmp_path / "report.html"
    with pytest.raises(SuperSegError, match=said):
        judged(tmp_path, classes, reference, report=str(report))
    assert not report.exists()


def test_the_report_holds_the_scores_and_the_matrix(tmp_path):
    generator = np.random.default_rng(0)
    fields = quarters()[1]
    noisy = np.where(generator.random(fields.shape) < 0.1, 3, fields).astype("uint8")
    report = tmp_path / "report.html"
    found = judged(tmp_path, noisy, fields, report=str(report))
    cells = Wellformed(report.read_text(encoding="utf-8")).cells
    assert f"{found.ami:.4f}" in cells
    assert f"{found.with_unlabelled.fmi:.4f}" in cells
    assert f"{100 * found.table[0, 0] / found.table[0].sum():.1f}" in cells


def test_numbers_beyond_63_bits_are_no_classes(tmp_path):
    path = str(tmp_path / "a.tif")
    dataset = gdal.GetDriverByName("GTiff").Create(path, 4, 3, 1, gdal.GDT_UInt64)
    dataset.GetRasterBand(1).WriteArray(np.full((3, 4), 2**64 - 1, np.uint64))
    dataset = None
    with RasterSource(path) as one, pytest.raises(SuperSegError, match="class numbers"):
        run_evaluation(AssessedMap(one), one, None, Outputs(), Progress())


def square(left, top, right, bottom):
    """WKB of a rectangle, in pixels of the rasters that `write_raster` makes."""
    x, across, _, y, _, down = GEOTRANSFORM
    west, east = x + left * across, x + right * across
    north, south = y + top * down, y + bottom * down
    ring = f"{west} {north},{east} {north},{east} {south},{west} {south},{west} {north}"
    return bytes(ogr.CreateGeometryFromWkt(f"POLYGON(({ring}))").ExportToWkb())


def with_polygons(tmp_path, classes, polygons, unlabelled=None, outputs=None):
    path = write_raster(tmp_path / "c.tif", classes, nodata=0)
    listener = Listener()
    with RasterSource(path) as source:
        reference = LabelledPolygons(polygons, "parcels")
        given = AssessedMap(source), reference, unlabelled, outputs or Outputs()
        return run_evaluation(*given, listener), listener.lines


def test_polygons_count_as_the_raster_of_them(tmp_path, monkeypatch):
    monkeypatch.setattr("superseg_plugin.pipeline.assessment.evaluation.TILE", 16)
    classes = np.random.default_rng(0).integers(0, 6, (60, 50)).astype("uint8")
    polygons = [
        (square(0, 0, 20, 60), "10"),
        (square(20, 0, 50, 30), "2"),
        (square(20, 30, 40, 60), ""),
        (square(45.4, 30, 50, 60), "9"),
    ]
    reference = np.zeros((60, 50), "int16")
    reference[:, :20], reference[:30, 20:], reference[30:, 45:] = 10, 2, 9
    found, _ = with_polygons(tmp_path, classes, polygons)
    expected = judged(tmp_path, classes, reference)
    # By number, not as text; and the center of a pixel decides.
    assert found.reference_names == ("2", "9", "10") == expected.reference_names
    assert (found.table == expected.table).all()
    assert (found.unlabelled, found.unclassified) == (expected.unlabelled, expected.unclassified)
    assert found.ami == expected.ami
    assert found.agreement.kappa == expected.agreement.kappa
    fewer, _ = with_polygons(tmp_path, classes, polygons, unlabelled=9)
    assert fewer.reference_names == ("2", "10")


def test_pixels_in_polygons_of_several_labels_are_left_out_and_counted(tmp_path):
    classes = np.ones((20, 20), "uint8")
    polygons = [
        (square(0, 0, 12, 20), "Wood"),
        (square(8, 0, 20, 20), "Field"),
        (square(0, 0, 5, 5), "Wood"),
    ]
    found, lines = with_polygons(tmp_path, classes, polygons)
    assert found.overlapping == found.unlabelled == 4 * 20
    assert found.table.tolist() == [[8 * 20], [8 * 20]]
    assert any("80 pixels in polygons of several labels are left out" in line for line in lines)


def test_polygons_elsewhere_are_refused(tmp_path):
    with pytest.raises(SuperSegError, match="POLYGONS: no polygon lies on the raster"):
        with_polygons(tmp_path, np.ones((9, 9), "uint8"), [(square(100, 0, 120, 9), "Wood")])


def test_classes_count_as_their_name_or_as_most_of_their_pixels(tmp_path):
    classes = np.repeat([1, 2, 3, 4], 10)[np.newaxis].repeat(10, axis=0).astype("uint8")
    table = tmp_path / "table.csv"
    table.write_text("from,to,name,color\n1,1,field,#00ff00\n3,2,Town,\n2,2,,\n", encoding="utf-8")
    polygons = [(square(0, 0, 8, 10), "Wood"), (square(8, 0, 40, 10), "Field")]
    outputs = Outputs(str(tmp_path / "report.html"), str(tmp_path / "figures.csv"))
    path = write_raster(tmp_path / "c.tif", classes, nodata=0)
    with RasterSource(path) as source:
        reference = LabelledPolygons(polygons, "parcels")
        assessed = AssessedMap(source, str(table))
        found = run_evaluation(assessed, reference, None, outputs, SILENT)
    assert found.predicted_names == ("field", "Town", "4")
    agreement = found.agreement
    # Class 1 is called Field, though most of it is wood; classes 2 and 3 are merged.
    assert agreement.by_name.tolist() == [True, False, False]
    assert agreement.names.tolist() == [0, 0, 0]
    assert agreement.shares.tolist() == pytest.approx([0.2, 1.0, 1.0])
    assert agreement.overall == pytest.approx(0.8)
    cells = Wellformed((tmp_path / "report.html").read_text(encoding="utf-8")).cells
    assert {"its name", "most of its pixels", "0.8000", "Wood"} <= set(cells)
    rows = (tmp_path / "figures.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "figure,map_class,reference_class,value,half_interval_95,unit"
    assert "overall accuracy,,,0.8,," in rows
    # No class of the map counts as wood.
    assert "user's accuracy,,Wood,,," in rows


def test_figures_as_json_have_the_areas_on_the_ellipsoid(tmp_path):
    outputs = Outputs(None, str(tmp_path / "figures.json"))
    found, _ = with_polygons(
        tmp_path, np.ones((20, 20), "uint8"), [(square(0, 0, 10, 20), "Wood")], outputs=outputs
    )
    content = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    areas = {row["figure"]: row for row in content["figures"] if row["unit"] == "m2"}
    pixel = abs(GEOTRANSFORM[1] * GEOTRANSFORM[5])
    assert areas["area in the reference"]["value"] == pytest.approx(200 * pixel, rel=2e-3)
    assert found.in_meters


def test_no_pair_that_covers_nothing_is_framed(tmp_path):
    """Class 3 shares most with reference class 2, of which it covers 0.0 percent."""
    reference = np.repeat([1, 2], 3000)[np.newaxis].astype("uint8")
    classes = np.repeat([1, 2], 3000)[np.newaxis].astype("uint8")
    classes[0, -1] = 3
    report = tmp_path / "report.html"
    found = judged(tmp_path, classes, reference, report=str(report))
    assert found.agreement.names.tolist() == [0, 1, 1]
    text = report.read_text(encoding="utf-8")
    assert text.count('class="pair"') == 2
