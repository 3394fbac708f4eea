# SPDX-License-Identifier: GPL-2.0-or-later
"""A cloud-optimised GeoTIFF behind an address: only what a run needs comes over the wire."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal

from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.superpixels import run_superpixels
from superseg_plugin.raster.source import RasterSource
from tests.conftest import GEOTRANSFORM, read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape
from tests.raster.http_server import FileServer

SIDE = 4096


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("remote")
    image = np.tile(landscape(512, 512, 1)[0], (SIDE // 512, SIDE // 512))
    # Noise, so that compression leaves something to count.
    image = image ^ np.random.default_rng(0).integers(0, 8, image.shape).astype(np.uint8)
    plain = write_raster(folder / "plain.tif", image)
    options = ["COMPRESS=DEFLATE", "BLOCKSIZE=512", "OVERVIEWS=IGNORE_EXISTING"]
    gdal.Translate(str(folder / "cog.tif"), plain, format="COG", creationOptions=options)
    (folder / "plain.tif").unlink()
    return folder


@pytest.fixture
def server(folder):
    with FileServer(folder) as server:
        yield server


def part(col, row, width, height):
    """The extent of some pixels."""
    x, pixel, _, y, _, _ = GEOTRANSFORM
    left, top = x + col * pixel, y - row * pixel
    return (left, top - height * pixel, left + width * pixel, top)


def cut(path, output, extent, worker):
    with RasterSource(path, extent=extent) as source:
        run_superpixels(source, str(output), SuperpixelOptions(), worker, Listener())
    return read_raster(output)[0]


def test_a_part_is_read_without_the_rest(folder, server):
    with RasterSource(server.address("cog.tif"), extent=part(1100, 2100, 300, 300)) as source:
        values, valid = source.read(source.grid.window)
    assert valid.all()
    assert (values[0] == read_raster(folder / "cog.tif")[0, 2100:2400, 1100:1400]).all()
    # One of 64 blocks, and the directory.
    assert server.sent < (folder / "cog.tif").stat().st_size / 30


def test_a_run_is_the_same_as_with_the_file_and_takes_only_its_part(
    folder, server, worker, tmp_path
):
    extent = part(900, 900, 700, 500)
    here = cut(str(folder / "cog.tif"), tmp_path / "here.tif", extent, worker)
    there = cut(server.address("cog.tif"), tmp_path / "there.tif", extent, worker)
    assert here.shape == (500, 700)
    assert here.max() > 20
    assert np.array_equal(here, there)
    # Six of 64 blocks hold the part; none is asked for twice.
    assert server.sent < (folder / "cog.tif").stat().st_size / 6
    assert [file.name for file in folder.iterdir()] == ["cog.tif"]
