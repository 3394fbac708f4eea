# SPDX-License-Identifier: GPL-2.0-or-later
"""A raster that is described as plain values, and opened again, has the same pixels."""

from __future__ import annotations

import json

import numpy as np
import pytest

from superseg_plugin.blocks import EMBEDDING, MEASURED
from superseg_plugin.raster.decoding import AMPLITUDE, Backscatter, Reflectance
from superseg_plugin.raster.described_source import describe_source, opened_as_described
from superseg_plugin.raster.layer_properties import BandNodata, LayerProperties
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.stack import AdditionalRaster, stacked
from superseg_plugin.raster.tile_offsets import TileOffsets
from superseg_plugin.raster.vectors import Vectors
from superseg_plugin.raster.windows import Window
from tests.conftest import GEOTRANSFORM, write_raster

EXTENT = (500010.0, 5199900.0, 500100.0, 5199980.0)
LAYER = LayerProperties("", (BandNodata(False, ((3.0, 5.0),)),) * 3)


def polygon():
    from osgeo import ogr

    text = "POLYGON ((500015 5199990, 500095 5199970, 500050 5199895, 500015 5199990))"
    return bytes(ogr.CreateGeometryFromWkt(text).ExportToWkb())


def image(dtype="uint8", bands=3):
    return np.random.default_rng(0).integers(0, 9, (bands, 60, 70)).astype(dtype)


def check_same(source):
    described = json.loads(json.dumps(describe_source(source, str)))
    with opened_as_described(described) as again:
        assert again.grid == source.grid
        assert again.dtype == source.dtype
        for compact in (False, True):
            for window in (source.grid.window, Window(3, 5, 11, 7)):
                for found, wanted in zip(again.read(window, compact), source.read(window, compact)):
                    assert found.dtype == wanted.dtype
                    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"bands": [3, 1]},
        {"extent": EXTENT},
        {"extent": EXTENT, "mask": [polygon()]},
        {"layer": LAYER},
    ],
    ids=["whole", "bands", "extent", "mask", "layer"],
)
def test_what_the_user_chooses_is_described(tmp_path, given):
    path = write_raster(tmp_path / "image.tif", image(), nodata=7, mask=image()[0] > 0)
    with RasterSource(path, **given) as source:
        check_same(source)


@pytest.mark.parametrize(
    ("dtype", "bands", "kind", "decoding"),
    [
        ("int16", 64, EMBEDDING, Vectors(True, False, False)),
        ("float32", 3, MEASURED, Backscatter(AMPLITUDE)),
        ("uint16", 3, MEASURED, Reflectance()),
    ],
    ids=["vectors", "backscatter", "reflectance"],
)
def test_what_the_run_has_found_out_is_described(tmp_path, dtype, bands, kind, decoding):
    path = write_raster(tmp_path / "image.tif", image(dtype, bands))
    with RasterSource(path) as source:
        kept = range(1, bands)
        source.restrict(kept, [[2.0] if band % 2 else [] for band in kept])
        source.read_as(kind, decoding)
        check_same(source)
        source.tile_offsets = TileOffsets((20,), (31,), np.full((bands - 1, 2, 2), 0.75))
        check_same(source)


def test_additional_rasters_are_described(tmp_path):
    path = write_raster(tmp_path / "image.tif", image())
    coarse = (GEOTRANSFORM[0] - 4, 6.0, 0.0, GEOTRANSFORM[3] + 2, 0.0, -6.0)
    height = write_raster(
        tmp_path / "height.tif", image("float32", 1), geotransform=coarse, nodata=4
    )
    same = write_raster(tmp_path / "same.tif", image("uint16", 2))
    with (
        RasterSource(path, extent=EXTENT) as first,
        stacked(first, [AdditionalRaster(height), AdditionalRaster(same)]) as source,
    ):
        source.resampled[0].original.restrict([0], [[1.0]])
        source.align()
        check_same(source)
