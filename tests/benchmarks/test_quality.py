# SPDX-License-Identifier: GPL-2.0-or-later
"""The quality benchmark, run on a small image and on one that cannot be scored."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.benchmarks import quality
from tests.conftest import write_raster
from tests.pipeline.conftest import landscape_and_fields


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two images; the reference of the second labels nothing."""
    folder = tmp_path_factory.mktemp("data")
    image, fields = landscape_and_fields(96, 128)
    write_raster(folder / "good_image.tif", image)
    write_raster(folder / "good_label.tif", fields)
    write_raster(folder / "void_image.tif", image)
    write_raster(folder / "void_label.tif", np.zeros_like(fields))
    return folder


@pytest.fixture(scope="module")
def measured(data, tmp_path_factory):
    """Exit status, and the folder of the results."""
    folder = tmp_path_factory.mktemp("results")
    return run(data, folder), folder


def run(data, folder, *more):
    command = [str(data), "--folder", str(folder), "--methods", "superpixel-kmeans"]
    return quality.main([*command, "--classes", "5", "--seeds", "0", "1", *more])


def record_of(folder):
    return json.loads((folder / "quality.json").read_text())


def test_a_fault_is_told_and_the_rest_is_measured(measured):
    status, folder = measured
    record = record_of(folder)
    assert status == 1
    assert [run["image"] for run in record["runs"]] == ["good", "good"]
    for run in record["runs"]:
        assert run["accuracy"] > 0.9
        assert run["mean_iou"] > 0.8
        assert run["explained"] > 0.8
        assert run["ami_joined"] != run["ami_joined"]
        assert run["given"] == 5
        assert run["on_nodata"] == 0
    assert {failure["image"] for failure in record["failures"]} == {"void"}
    assert 0 < record["agreements"][0]["agreement_named"] <= 1.0001
    assert record["oracles"][0]["mean_iou"] >= record["runs"][0]["mean_iou"] - 1e-9
    for name in ("quality.md", "quality.html"):
        text = (folder / name).read_text()
        assert "label" in text
        assert "Failures" in text
    assert (folder / "quality.html").read_text().count("<img") == 3


def test_a_run_broken_off_goes_on(measured, data):
    _, folder = measured
    before = record_of(folder)
    cut = {**before, "runs": before["runs"][:1]}
    (folder / "quality.json").write_text(json.dumps(cut))
    assert run(data, folder, "--keep", "all", "--images", "good") == 0
    after = record_of(folder)
    assert after["runs"][0] == before["runs"][0]
    assert after["runs"][1]["accuracy"] == pytest.approx(before["runs"][1]["accuracy"])
    assert after["runs"][1]["seconds"] != before["runs"][1]["seconds"]


def test_fast_is_measured_with_its_tree(data, tmp_path):
    command = [str(data), "--images", "good", "--classes", "8", "--seeds", "0"]
    folder = ["--folder", str(tmp_path)]
    assert quality.main([*command, *folder, "--methods", "fast", "superpixel-kmeans"]) == 0
    run, _ = sorted(record_of(tmp_path)["runs"], key=lambda run: run["method"])
    assert 0 < run["ami_joined"] <= 1.0001
    # The same maps, as another version's.
    more = ["--methods", "fast", "--maps", str(tmp_path), "--label", "old"]
    other = tmp_path / "other"
    assert quality.main([*command, "--folder", str(other), *more]) == 0
    (taken,) = record_of(other)["runs"]
    assert (taken["accuracy"], taken["seconds"]) == (run["accuracy"], run["seconds"])
    kept = ["--reference", str(other / "quality.json"), "--keep", "all", "--methods", "fast"]
    assert quality.main([*command, *folder, *kept]) == 0
    text = (tmp_path / "quality.md").read_text()
    assert "old fast" in text
    assert "Beside the others" in text


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["--images", "nowhere"], "nowhere_image.tif"), (["--methods", "nesting"], "balanced")],
)
def test_what_cannot_be_measured_is_refused(data, tmp_path, capsys, arguments, word):
    assert quality.main([str(data), "--folder", str(tmp_path), *arguments]) == 2
    assert word in capsys.readouterr().err
