# SPDX-License-Identifier: GPL-2.0-or-later
"""qgis_process with a profile of its own, as a batch script would call it."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from superseg_plugin.credentials import hide_credentials
from tests.conftest import read_raster, write_raster
from tests.qgis.test_public_names import MODEL_NAME


def test_the_toolbox_is_listed(qgis_process):
    listed = qgis_process("list").stdout
    steps = ("superpixels", "trainfcn", "classify", "averagecolor", "mergeclasses", "evaluate")
    for name in ("segment", *steps, "installruntime", "runtimereport"):
        assert f"superseg:{name}\t" in listed
    assert f"superseg:{MODEL_NAME}" in listed


def test_help_is_printed(qgis_process):
    text = qgis_process("help", "superseg:segment").stdout
    assert "Divides an image into classes" in text
    assert "balanced" in text


def test_segment_then_average_color_evaluate_and_merge(qgis_process, files, tmp_path):
    classes = tmp_path / "classes.tif"
    done = qgis_process(
        "run",
        "superseg:segment",
        "--json",
        "--",
        f"INPUT={files['scene']}",
        "CLASSES=4",
        "PRESET=fast",
        "DEVICE=cpu",
        f"OUTPUT={classes}",
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)["results"]
    assert results["CLASS_COUNT"] == read_raster(classes).max()

    average = tmp_path / "average.tif"
    done = qgis_process(
        "run",
        "superseg:averagecolor",
        "--",
        f"INPUT={files['scene']}",
        f"CLASSIFICATION={classes}",
        f"OUTPUT={average}",
    )
    assert done.returncode == 0, done.stderr
    assert read_raster(average).shape == (3, 64, 64)

    done = qgis_process(
        "run",
        "superseg:evaluate",
        "--json",
        "--",
        f"CLASSIFICATION={classes}",
        f"REFERENCE={files['fields']}",
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["results"]["AMI"] > 0.8

    done = qgis_process(
        "run",
        "superseg:mergeclasses",
        "--",
        f"CLASSIFICATION={classes}",
        "CLASSES=2",
        f"OUTPUT={tmp_path / 'two.tif'}",
    )
    assert done.returncode == 0, done.stderr
    assert set(np.unique(read_raster(tmp_path / "two.tif"))) == {1, 2}


def test_the_report_holds_the_command_that_repeats_the_run(qgis_process, files, tmp_path):
    folder = tmp_path / "it's here; $HOME"
    folder.mkdir()
    scene, first, report = folder / "my scene.tif", folder / "a b.tif", folder / "r.html"
    shutil.copy(files["scene"], scene)
    others = [folder / "dem; 1.tif", folder / "height.tif"]
    for number, other in enumerate(others):
        slope = np.linspace(200, 300 + number, 128 * 128, dtype=np.float32).reshape(1, 128, 128)
        # Larger than the scene.
        write_raster(other, slope, geotransform=(499990, 3, 0, 5200010, 0, -3))
    done = qgis_process(
        "run",
        "superseg:segment",
        "--",
        f"INPUT={scene}",
        "BANDS=3;1",
        *(f"ADDITIONAL_RASTERS={other}" for other in others),
        "EXTENT=500010,500110,5199880,5199990 [EPSG:32632]",
        "CLASSES=3",
        "SMOOTHNESS=2.5",
        "PRESET=fast",
        f"OUTPUT={first}",
        f"REPORT={report}",
    )
    assert done.returncode == 0, done.stderr
    page = report.read_text(encoding="utf-8")
    # Sizes as they were chosen, in place of 0.
    settings = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Superpixel size automatic" in settings
    assert "dem; 1.tif (elevations or heights), height.tif (elevations or heights)" in settings
    assert "Minimum area all patches are kept" in settings
    assert re.search(r"Smallest superpixels used \d[\d.]* m \(\d+ x \d+ pixels\)", settings)
    assert "Tiles used 1 of at most" in settings
    command = html.unescape(re.search(r"<pre><code>(.*?)</code></pre>", page, re.DOTALL).group(1))
    assert command.startswith("qgis_process run superseg:segment -- \\\n")
    # A shell takes it apart.
    spoken = command.replace("qgis_process", "printf '%s\\n'", 1)
    arguments = subprocess.run(
        ["sh", "-c", spoken], capture_output=True, encoding="utf-8", check=True
    ).stdout.splitlines()
    before = first.read_bytes()
    first.unlink()
    again = qgis_process(*arguments)
    assert again.returncode == 0, again.stderr
    assert first.read_bytes() == before
    assert read_raster(first).shape == (1, 55, 50)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/vsicurl/https://me:w0rd@x.org/a.tif", "/vsicurl/https://…@x.org/a.tif"),
        ("https://x.org/a.tif?sig=abc%2F&page=2", "https://x.org/a.tif?sig=…&page=2"),
        ("PG:host=x user=me password='my word' table=t", "PG:host=x user=me password=… table=t"),
        ("/data/keys=1/my images/a.tif", "/data/keys=1/my images/a.tif"),
    ],
)
def test_reports_contain_no_passwords(address, shown):
    assert hide_credentials(address) == shown


def test_merge_classes(qgis_process, files, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("from;to;name\n1;2;Meadow\n", encoding="utf-8")
    merged = tmp_path / "merged.tif"
    done = qgis_process(
        "run",
        "superseg:mergeclasses",
        "--json",
        "--",
        f"CLASSIFICATION={files['fields']}",
        f"INPUT={files['scene']}",
        f"TABLE={table}",
        "MIN_AREA=30.5",
        f"OUTPUT={merged}",
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["results"]["CLASS_COUNT"] == 3
    assert set(np.unique(read_raster(merged))) == {2, 3, 4}


def test_the_shipped_model_runs(qgis_process, files, tmp_path):
    places = {
        "superpixels:Superpixels": tmp_path / "superpixels.tif",
        "trainfcn:Model": tmp_path / "model.superseg",
        "classify:Classes": tmp_path / "classes.tif",
        "averagecolor:Average color": tmp_path / "average.tif",
    }
    done = qgis_process(
        "run",
        f"superseg:{MODEL_NAME}",
        "--",
        f"INPUT={files['scene']}",
        "CLASSES=4",
        "STEPS=2",
        "DEVICE=cpu",
        *(f"{name}={path}" for name, path in places.items()),
    )
    assert done.returncode == 0, done.stderr
    assert all(path.is_file() for path in places.values())
    assert read_raster(places["averagecolor:Average color"]).shape == (3, 64, 64)


def test_invalid_input_gives_a_message(qgis_process, files, tmp_path):
    done = qgis_process(
        "run",
        "superseg:segment",
        "--",
        f"INPUT={files['scene']}",
        "BANDS=7",
        f"OUTPUT={tmp_path / 'classes.tif'}",
    )
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "there is no band 7" in said
    assert "Traceback" not in said
    assert list(Path(tmp_path).iterdir()) == []
