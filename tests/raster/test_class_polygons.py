# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons of classes."""

from __future__ import annotations

import gc
import shutil

import numpy as np
import pytest

from superseg_plugin.errors import Cancelled
from superseg_plugin.progress import Progress
from superseg_plugin.raster.class_polygons import write_polygons
from superseg_plugin.raster.source import RasterSource
from tests.conftest import write_raster


class Stopping(Progress):
    """Progress that is cancelled."""

    def cancelled(self):
        return True


def test_a_cancelled_run_has_closed_its_files_before_their_folder_goes(tmp_path, capfd):
    classes = np.random.default_rng(0).integers(1, 4, (200, 200)).astype(np.uint8)
    source = RasterSource(str(write_raster(tmp_path / "classes.tif", classes, nodata=0)))
    folder = tmp_path / "scratch"
    folder.mkdir()
    names = {1: "One", 2: "Two", 3: "Three"}
    numbers = {number: number for number in names}
    with source, pytest.raises(Cancelled) as caught:
        write_polygons(source, numbers, names, folder / "made.gpkg", Stopping())
    shutil.rmtree(folder)
    del caught
    gc.collect()
    assert capfd.readouterr().err == ""
