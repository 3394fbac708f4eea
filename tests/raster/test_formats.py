# SPDX-License-Identifier: GPL-2.0-or-later
"""What a raster format cannot hold is found out before the work."""

from __future__ import annotations

import pytest
from osgeo import gdal, osr

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
    ("extension", "driver", "content", "said"),
    [
        ("gpkg", "GPKG", CLASSES, r"color table|SetColorTable|values|bands"),
        ("gpkg", "GPKG", SUPERPIXELS, "UInt16"),
        ("sdat", "SAGA", IMAGE, "1 band"),
        ("ppm", "PNM", CLASSES, "georeference"),
        ("ers", "ERS", CLASSES, "coordinate reference system"),
        ("grd", "GSBG", CONFIDENCE, "nodata"),
        ("grd", "GSBG", IMAGE, "1 of 3 bands"),
        ("bmp", "BMP", SUPERPIXELS, "Byte"),
        ("rst", "RST", SUPERPIXELS, "values"),
        ("nc", "netCDF", IMAGE, "3 rasters"),
    ],
)
def test_a_format_that_cannot_hold_the_result_is_refused(extension, driver, content, said):
    if gdal.GetDriverByName(driver) is None:
        pytest.skip(f"this GDAL has no {driver}")
    with pytest.raises(SuperSegError, match=rf"OUTPUT: x\.{extension} .*{said}.*\.tif") as error:
        check_format(f"/data/x.{extension}", "OUTPUT", content, grid())
    assert "/tmp" not in str(error.value)


@pytest.mark.parametrize("extension", ["tif", "img", "sdat", "bmp", "nc"])
def test_formats_that_hold_classes_are_taken(extension):
    remark = check_format(f"/data/x.{extension}", "OUTPUT", CLASSES, grid())
    assert ("netCDF" in remark or "Network" in remark) == (extension == "nc")


def test_without_a_georeference_none_is_asked_for():
    if gdal.GetDriverByName("PNM") is None:
        pytest.skip("this GDAL has no PNM")
    check_format("/data/x.pgm", "OUTPUT", CONFIDENCE, Grid(9, 9))
