# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.assessment.evaluation import run_evaluation
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource
from tests.conftest import quarters, write_raster
from tests.pipeline.wellformed import Wellformed

SILENT = Progress()


def judged(tmp_path, classes, reference, unlabelled=None, report=None, nodata=(0, 0)):
    first = write_raster(tmp_path / "c.tif", classes, nodata=nodata[0])
    second = write_raster(tmp_path / "r.tif", reference, nodata=nodata[1])
    with RasterSource(first) as classification, RasterSource(second) as truth:
        return run_evaluation(classification, truth, unlabelled, report, SILENT)


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
        run_evaluation(one, one, None, None, Progress())
