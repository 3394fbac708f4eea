# SPDX-License-Identifier: GPL-2.0-or-later
"""What a raster format cannot hold is found out before the work."""

from __future__ import annotations

import pytest
from osgeo import osr

from superseg_plugin.errors import SuperSegError
from superseg_plugin.raster.format_check import (
    CLASSES,
    CONFIDENCE,
    SUPERPIXELS,
    Content,
    check_format,
)
from superseg_plugin.raster.grid import Grid

IMAGE = Content(3, "uint16", 0)


def grid():
    system = osr.SpatialReference()
    system.ImportFromEPSG(32632)
    return Grid(900, 800, (500000.0, 10.0, 0.0, 5200000.0, 0.0, -10.0), system.ExportToWkt())


@pytest.mark.parametrize(
    ("extension", "content", "said"),
    [
        ("gpkg", CLASSES, r"color table|SetColorTable|values|bands"),
        ("gpkg", SUPERPIXELS, "UInt16"),
        ("sdat", IMAGE, "1 band"),
        ("ppm", CLASSES, "georeference"),
        ("ers", CLASSES, "coordinate reference system"),
        ("grd", CONFIDENCE, "nodata"),
        ("grd", IMAGE, "1 of 3 bands"),
        ("bmp", SUPERPIXELS, "Byte"),
        ("rst", SUPERPIXELS, "values"),
        ("nc", IMAGE, "3 rasters"),
    ],
)
def test_a_format_that_cannot_hold_the_result_is_refused(extension, content, said):
    with pytest.raises(SuperSegError, match=rf"OUTPUT: x\.{extension} .*{said}.*\.tif") as error:
        check_format(f"/data/x.{extension}", "OUTPUT", content, grid())
    assert "/tmp" not in str(error.value)


@pytest.mark.parametrize("extension", ["tif", "img", "sdat", "bmp", "nc"])
def test_formats_that_hold_classes_are_taken(extension):
    remark = check_format(f"/data/x.{extension}", "OUTPUT", CLASSES, grid())
    assert ("netCDF" in remark or "Network" in remark) == (extension == "nc")


def test_without_a_georeference_none_is_asked_for():
    check_format("/data/x.pgm", "OUTPUT", CONFIDENCE, Grid(9, 9))
