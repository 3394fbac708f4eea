# SPDX-License-Identifier: GPL-2.0-or-later
"""A real worker, and an image with structure at all scales."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.pipeline.planning import estimate
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.interpreter import find_interpreter
from tests.conftest import GEOTRANSFORM, write_raster


class Listener(Progress):
    """Progress that keeps what it is told and can cancel at a given report."""

    def __init__(self, stop_after=None):
        self.fractions = []
        self.lines = []
        self.stop_after = stop_after

    def report(self, fraction, text=""):
        self.fractions.append(fraction)

    def log(self, text):
        self.lines.append(text)

    def cancelled(self):
        return self.stop_after is not None and len(self.fractions) >= self.stop_after


@pytest.fixture(autouse=True)
def rasters_are_closed():
    """A raster that stays open keeps its share of GDAL's cache, whose size is the host's."""
    before = gdal.GetCacheMax()
    yield
    assert gdal.GetCacheMax() == before


@pytest.fixture(scope="session", autouse=True)
def short_training():
    """Networks learn in fewer steps than those of users, which is most of the time of a run.

    Maps of runs that also write a model are made from clusters, whatever the network has learned;
    what it learns in how many steps is tested in `tests/engine/test_training.py`.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate, "SMALL_STEPS", 4)
        yield


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture(scope="session")
def worker():
    with WorkerProcess(find_interpreter(), device="cpu") as process:
        yield process


def blurred(noise, passes):
    """Average each pixel with its neighbors, again and again; numpy alone."""
    for _ in range(passes):
        for axis in (-1, -2):
            noise = (np.roll(noise, 1, axis) + noise + np.roll(noise, -1, axis)) / 3
    return noise


def landscape_and_fields(rows=256, cols=320, bands=3, seed=0):
    """Five kinds of fields with fine texture and where they lie.

    Returns:
        `(bands, rows, cols)` uint8 pixels and `(rows, cols)` uint8 field numbers from 1.
    """
    generator = np.random.default_rng(seed)
    height = blurred(generator.normal(size=(rows, cols)), 100)
    fields = np.digitize(height, np.quantile(height, [0.2, 0.4, 0.6, 0.8]))
    colors = generator.uniform(30, 220, (5, bands))
    image = np.moveaxis(colors[fields], -1, 0)
    detail = blurred(generator.normal(size=(bands, rows, cols)), 2) * 25
    pixels = np.clip(np.rint(image + detail), 0, 255).astype(np.uint8)
    return pixels, (fields + 1).astype(np.uint8)


def landscape(rows=256, cols=320, bands=3, seed=0):
    """The pixels of `landscape_and_fields`."""
    return landscape_and_fields(rows, cols, bands, seed)[0]


def write_amid_nodata(path, image, top, left):
    """Write an image with nodata 0 around it, every pixel where `write_raster` puts it."""
    x, across, _, y, _, down = GEOTRANSFORM
    bands, rows, cols = image.shape
    around = np.zeros((bands, rows + top + 70, cols + left + 30), image.dtype)
    around[:, top : top + rows, left : left + cols] = image
    corner = (x - left * across, across, 0.0, y - top * down, 0.0, down)
    return write_raster(path, around, geotransform=corner, nodata=0)


def grid_of(folder, side, epsg, top=5200000.0, side_y=None):
    """The grid of a small raster with pixels of a side in units of its CRS."""
    place = (500000.0 if epsg != 4326 else 10.0, side, 0.0, top, 0.0, -(side_y or side))
    path = write_raster(
        folder / "grid.tif", np.zeros((20, 20), np.uint8), geotransform=place, epsg=epsg
    )
    with RasterSource(path) as source:
        return source.grid
