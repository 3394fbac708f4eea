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
    command = [str(data), "--folder", str(folder), "--methods", "clusters", "--classes", "5"]
    return quality.main([*command, "--seeds", "0", "1", *more])


def record_of(folder):
    return json.loads((folder / "quality.json").read_text())


def test_a_fault_is_told_and_the_rest_is_measured(measured):
    status, folder = measured
    record = record_of(folder)
    assert status == 1
    assert [run["image"] for run in record["runs"]] == ["good", "good"]
    assert all(run["ami"] > 0.3 and run["on_nodata"] == 0 for run in record["runs"])
    assert {failure["image"] for failure in record["failures"]} == {"void"}
    assert 0 < record["agreements"][0]["agreement"] <= 1.0001
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
    assert after["runs"][1]["ami"] == pytest.approx(before["runs"][1]["ami"])
    assert after["runs"][1]["seconds"] != before["runs"][1]["seconds"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["--images", "nowhere"], "nowhere_image.tif"), (["--methods", "network"], "balanced")],
)
def test_what_cannot_be_measured_is_refused(data, tmp_path, capsys, arguments, word):
    assert quality.main([str(data), "--folder", str(tmp_path), *arguments]) == 2
    assert word in capsys.readouterr().err
