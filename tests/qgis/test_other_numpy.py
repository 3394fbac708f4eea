# SPDX-License-Identifier: GPL-2.0-or-later
"""Another numpy before that of QGIS in the path, as PYTHONPATH and some plugins cause it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import REPOSITORY, read_raster

# `make setup-qgis` puts it there.
OTHER_NUMPY = Path(sys.prefix) / "other_numpy"

LOAD_AND_RUN = """
import json, os, sys
from qgis.core import QgsApplication
from osgeo import gdal

application = QgsApplication([], False)
application.initQgis()
sys.path[:0] = sys.argv[1:3]
from processing.core.Processing import Processing
Processing.initialize()
import processing

def state():
    return [sys.path, dict(os.environ), gdal.GetUseExceptions(), gdal.GetCacheMax()]

before = json.dumps(state())
from superseg_plugin import classFactory
plugin = classFactory(None)
plugin.initProcessing()
loaded = sorted({name.split(".")[0] for name in sys.modules})
parameters = {"INPUT": sys.argv[3], "CLASSIFICATION": sys.argv[4], "OUTPUT": sys.argv[5]}
processing.run("superseg:averagecolor", parameters)
print(json.dumps({"unchanged": json.dumps(state()) == before, "loaded": loaded}))
plugin.unload()
application.exitQgis()
"""


@pytest.fixture(scope="module")
def poisoned():
    """The variable that puts another numpy first, and proof that it does."""
    variables = {"PYTHONPATH": str(OTHER_NUMPY)}
    version = subprocess.run(
        [sys.executable, "-c", "import numpy; print(numpy.__version__)"],
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout.strip()
    assert version != np.__version__
    return variables


def test_segment_gives_the_same_map(run, qgis_process, poisoned, files, tmp_path):
    parameters = {"INPUT": files["scene"], "CLASSES": 4, "DEVICE": "cpu", "PRESET": "balanced"}
    plain, other = (str(tmp_path / name) for name in ("plain.tif", "poisoned.tif"))
    run("superseg:segment", {**parameters, "OUTPUT": plain})
    arguments = [f"{name}={value}" for name, value in {**parameters, "OUTPUT": other}.items()]
    done = qgis_process("run", "superseg:segment", "--", *arguments, **poisoned)
    assert done.returncode == 0, done.stdout + done.stderr
    np.testing.assert_array_equal(read_raster(plain), read_raster(other))


def test_a_run_does_not_change_path_variables_or_gdal(files, tmp_path):
    from qgis.core import QgsApplication

    places = [str(REPOSITORY), str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins")]
    paths = [files["scene"], files["fields"], str(tmp_path / "average.tif")]
    done = subprocess.run(
        [sys.executable, "-c", LOAD_AND_RUN, *places, *paths],
        env={**os.environ, "QGIS_CUSTOM_CONFIG_PATH": str(tmp_path / "profile")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["unchanged"]
    assert not {"torch", "numba", "skimage", "scipy", "sklearn"} & set(told["loaded"])
