# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons of classes."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

import numpy as np
import pytest

from superseg_plugin.errors import Cancelled
from superseg_plugin.raster.class_polygons import write_polygons
from tests.conftest import write_raster
from tests.progress import Stopping


def test_a_cancelled_run_has_closed_its_files_before_their_folder_goes(tmp_path, capfd):
    classes = np.random.default_rng(0).integers(1, 4, (200, 200)).astype(np.uint8)
    folder = tmp_path / "scratch"
    folder.mkdir()
    raster = write_raster(folder / "classes.tif", classes, nodata=0)
    names = {1: "One", 2: "Two", 3: "Three"}
    with pytest.raises(Cancelled) as caught:
        write_polygons(Path(raster), names, folder / "made.gpkg", Stopping())
    shutil.rmtree(folder)
    del caught
    gc.collect()
    assert capfd.readouterr().err == ""
