# SPDX-License-Identifier: GPL-2.0-or-later
"""Images with undeclared fill values and empty bands, and class rasters with masks.

The measured values are known, so that what is nodata is known too.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from osgeo import gdal, osr

from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.classes.reading import CLASS_ZERO, read_classes
from superseg_plugin.pipeline.options.values import AUTOMATIC
from superseg_plugin.pipeline.steps.fill_values import prepare_values
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource

from .raster_files import gdal_exceptions
from .raster_reads import check_sentence

FILLS = (-9999.0, -32768.0, -3.4028234663852886e38, 1e20, -999.0)
# Web mercator, polar stereographic, degrees, feet, a world projection, a compound system.
SYSTEMS = (None, 32632, 3857, 3413, 4326, 2263, 6933, 54009, 7415)
PLACES = (
    (500000.0, 10.0, 5200000.0, -10.0),
    (0.0, 1.0, 0.0, 1.0),
    (-180.0, 9.0, 90.0, -4.5),
    (-2e7, 1e6, 2e7, -1e6),
    (1e12, 1e-3, -1e12, 1e-3),
)


@st.composite
def value_cases(draw: st.DrawFn) -> dict:
    """An image of measured values from 1 to 2 times a scale, with a value that marks no data."""
    count = draw(st.integers(1, 5))
    kinds = st.sampled_from(["measured"] * 5 + ["filled", "nan", "declared", "constant fill"])
    return {
        "bands": [draw(kinds) for _ in range(count)],
        "fill": draw(st.sampled_from(FILLS)),
        "share": draw(st.sampled_from([0.01, 0.3, 0.7])),
        "together": draw(st.booleans()),
        "scale": draw(st.sampled_from([1e-3, 1.0])),
        "type": draw(st.sampled_from(["float32", "float64"])),
        "side": draw(st.integers(48, 70)),
        "epsg": draw(st.sampled_from(SYSTEMS)),
        "place": draw(st.sampled_from(PLACES)),
        "seed": draw(st.integers(0, 2**16)),
        "exceptions": draw(st.booleans()),
    }


def check_values(case: dict) -> None:
    """Fill values are nodata, measured ones are not, empty bands are left out."""
    generator = np.random.default_rng(case["seed"])
    shape = (case["side"], case["side"])
    common = generator.random(shape) < case["share"]
    bands, valid = [], np.ones(shape, bool)
    kept = []
    for number, kind in enumerate(case["bands"], start=1):
        values = (generator.uniform(1, 2, shape) * case["scale"]).astype(case["type"])
        if kind == "filled":
            where = common if case["together"] else generator.random(shape) < case["share"]
            values[where] = case["fill"]
            valid &= ~where
        elif kind != "measured":
            # A band of one value is empty if programs are known to write that value.
            known = case["fill"] if case["fill"] != 1e20 else -9999.0
            values[:] = np.nan if kind == "nan" else known
            if kind == "declared":
                values[:] = 0
        if kind in ("measured", "filled"):
            kept.append(number)
        bands.append(values)
    with (
        tempfile.TemporaryDirectory(prefix="superseg-fuzz-") as folder,
        gdal_exceptions(case["exceptions"]),
    ):
        path = Path(folder) / "image.tif"
        nodata = 0.0 if "declared" in case["bands"] else None
        _write(path, np.stack(bands), case, nodata)
        with RasterSource(str(path)) as source:
            prepare_values(source, AUTOMATIC, Progress())
            window = source.grid.window
            areas = source.grid.pixel_areas(window)
            if not (np.isfinite(areas) & (areas >= 0)).all():
                raise AssertionError(f"areas {areas}")
            if not kept:
                return
            if list(source.bands) != kept:
                raise AssertionError(f"bands {source.bands}, not {kept}")
            found = source.read(window)[1]
    if not np.array_equal(found, valid):
        wrong = (found != valid).sum()
        raise AssertionError(f"{wrong} pixels wrongly (in)valid with {case['fill']}")


@st.composite
def mask_cases(draw: st.DrawFn) -> dict:
    """A class raster whose validity is told in one of the ways that there are."""
    return {
        "kind": draw(st.sampled_from(["mask", "alpha", "nodata", "zero", "nothing"])),
        "type": draw(st.sampled_from(["uint8", "uint16", "int16", "float32"])),
        "classes": draw(st.integers(1, 200)),
        "nodata": draw(st.sampled_from([0, 255, 201, -1])),
        "side": draw(st.integers(1, 40)),
        "epsg": draw(st.sampled_from(SYSTEMS)),
        "place": draw(st.sampled_from(PLACES)),
        "seed": draw(st.integers(0, 2**16)),
        "exceptions": draw(st.booleans()),
    }


def check_masks(case: dict) -> None:
    """Every algorithm that reads classes gets those of the valid pixels."""
    generator = np.random.default_rng(case["seed"])
    shape = (case["side"], case["side"])
    inside = generator.random(shape) < 0.7
    first = 0 if case["kind"] == "zero" else 1
    classes = generator.integers(first, case["classes"] + first, shape)
    nodata = None
    if case["kind"] in ("nodata", "zero"):
        nodata = 255 if case["kind"] == "zero" else case["nodata"]
        if nodata < 0 and case["type"].startswith("u"):
            nodata = 255
        inside &= classes != nodata
        values = np.where(inside, classes, nodata)
    else:
        values = classes
        if case["kind"] == "nothing":
            inside[:] = True
    bands = [values]
    if case["kind"] == "alpha":
        bands.append(np.where(inside, 255, 0))
    with (
        tempfile.TemporaryDirectory(prefix="superseg-fuzz-") as folder,
        gdal_exceptions(case["exceptions"]),
    ):
        path = Path(folder) / "classes.tif"
        mask = inside if case["kind"] == "mask" else None
        _write(path, np.stack(bands).astype(case["type"]), case, nodata, mask)
        try:
            with RasterSource(str(path), [1]) as source:
                found = read_classes(source, source.grid.window, "CLASSIFICATION")
        except SuperSegError as error:
            check_sentence(str(error))
            raise AssertionError(f"refused without reason: {error}") from error
    expected = np.where(inside, np.where(classes == 0, CLASS_ZERO, classes), 0)
    if not np.array_equal(found, expected):
        raise AssertionError(f"{(found != expected).sum()} pixels have another class")


def _write(
    path: Path,
    bands: np.ndarray,
    case: dict,
    nodata: float | None = None,
    mask: np.ndarray | None = None,
) -> None:
    kinds = {"uint8": gdal.GDT_Byte, "uint16": gdal.GDT_UInt16, "int16": gdal.GDT_Int16}
    kinds |= {"float32": gdal.GDT_Float32, "float64": gdal.GDT_Float64}
    count, rows, cols = bands.shape
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
    driver = gdal.GetDriverByName("GTiff")
    dataset = driver.Create(str(path), cols, rows, count, kinds[case["type"]])
    x, across, y, down = case["place"]
    dataset.SetGeoTransform((x, across, 0.0, y, 0.0, down))
    if case["epsg"] is not None:
        system = osr.SpatialReference()
        authority = "ESRI" if case["epsg"] == 54009 else "EPSG"
        system.SetFromUserInput(f"{authority}:{case['epsg']}")
        dataset.SetProjection(system.ExportToWkt())
    if mask is not None:
        dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
    for index, values in enumerate(bands, start=1):
        band = dataset.GetRasterBand(index)
        # Not after the pixels: GDAL fills blocks of zeros, which it leaves out, with this value.
        if nodata is not None:
            band.SetNoDataValue(nodata)
        band.WriteArray(values)
        if case.get("kind") == "alpha" and index == 2:
            band.SetColorInterpretation(gdal.GCI_AlphaBand)
    if mask is not None:
        dataset.GetRasterBand(1).GetMaskBand().WriteArray(mask.astype(np.uint8) * 255)
    dataset.FlushCache()
