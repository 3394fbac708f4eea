# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters of every make, as `raster_cases` describes them: written, and known without the plugin.

A case is plain data, so that one which found something can be kept as a small JSON file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from osgeo import gdal, osr

REAL = ["uint8", "uint16", "int16", "uint32", "int32", "float32", "float64"]
GDAL_OF = {
    "uint8": gdal.GDT_Byte,
    "uint16": gdal.GDT_UInt16,
    "int16": gdal.GDT_Int16,
    "uint32": gdal.GDT_UInt32,
    "int32": gdal.GDT_Int32,
    "float32": gdal.GDT_Float32,
    "float64": gdal.GDT_Float64,
    "complex64": gdal.GDT_CFloat32,
    "complex128": gdal.GDT_CFloat64,
}
# Newer GDALs have more.
for _name in ("Int8", "Int64", "UInt64"):
    if hasattr(gdal, f"GDT_{_name}"):
        GDAL_OF[_name.lower()] = getattr(gdal, f"GDT_{_name}")
        REAL.append(_name.lower())
SIGNED_BYTE = "signed byte"


@contextmanager
def gdal_exceptions(wanted: bool) -> Iterator[None]:
    """Some releases of QGIS enable exceptions of GDAL, others do not."""
    before = gdal.GetUseExceptions()
    (gdal.UseExceptions if wanted else gdal.DontUseExceptions)()
    try:
        yield
    finally:
        (gdal.UseExceptions if before else gdal.DontUseExceptions)()


def number(value: object) -> float | None:
    """Convert a number of a case to a float; JSON has no infinity or NaN."""
    return None if value is None else float(value)


def numpy_type(name: str) -> np.dtype:
    return np.dtype("int8" if name == SIGNED_BYTE else name)


def pixels_of(case: dict) -> list[np.ndarray]:
    """Pixels of each band: noise with the limits of the type, nodata, and values near them."""
    generator = np.random.default_rng(case["seed"])
    shape = (case["rows"], case["cols"])
    found = []
    for band in case["bands"]:
        dtype = numpy_type(band["type"])
        nodata = number(band["nodata"])
        if dtype.kind in "iu":
            limits = np.iinfo(dtype)
            low, high = max(limits.min, -300), min(limits.max, 300)
            values = generator.integers(low, high, shape, endpoint=True).astype(dtype)
            strewn = [limits.min, limits.max, 0]
            if nodata is not None and np.isfinite(nodata) and nodata == int(nodata):
                strewn += [n for n in (int(nodata), int(nodata) + 1) if low <= n <= high]
        else:
            values = generator.normal(0, 100, shape).astype(dtype)
            strewn = [np.nan, np.inf, -np.inf, 0, -1e38]
            if nodata is not None:
                strewn += [nodata, nodata * 1.1 + 1]
        with np.errstate(all="ignore"):
            marks = np.array(strewn).astype(dtype)
        places = generator.random(shape) < 0.2
        values[places] = generator.choice(marks, int(places.sum()))
        if band["alpha"]:
            values = (generator.random(shape) < 0.8).astype(dtype) * np.array(127, dtype)
        found.append(values)
    return found


def masks_of(case: dict) -> dict[int, np.ndarray]:
    """Masks by band number from 1, True where valid; 0 stands for all bands."""
    generator = np.random.default_rng(case["seed"] + 1)
    shape = (case["rows"], case["cols"])
    whole = {number: generator.random(shape) < 0.8 for number in range(len(case["bands"]) + 1)}
    if case["format"] == "VRT":
        # A virtual raster has one mask, or one a band.
        if case["mask"] in ("inside", "beside"):
            return {0: whole[0]}
        return {n: whole[n] for n, band in enumerate(case["bands"], start=1) if band["mask"]}
    if case["mask"] == "each band":
        return {n: mask for n, mask in whole.items() if n}
    return {0: whole[0]} if case["mask"] else {}


def write(case: dict, folder: Path) -> str | None:
    """Write a case's raster; None where GDAL has no such raster."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        if case["format"] == "VRT":
            return _write_virtual(case, folder)
        path = folder / ("a.tif" if case["format"] == "GTiff" else "a.img")
        return _write_plain(case, path)
    except RuntimeError:
        return None
    finally:
        gdal.PopErrorHandler()


def _write_plain(case: dict, path: Path) -> str | None:
    name = case["bands"][0]["type"]
    options = []
    kind = GDAL_OF.get("int8" if name == SIGNED_BYTE and "int8" in GDAL_OF else name)
    if kind is None:
        kind, options = gdal.GDT_Byte, ["PIXELTYPE=SIGNEDBYTE"]
    if case["format"] == "GTiff" and case["block"]:
        width, height = case["block"]
        if width < 20:
            options += ["TILED=YES", f"BLOCKXSIZE={16 * width}", f"BLOCKYSIZE={16 * height}"]
        else:
            options += [f"BLOCKYSIZE={height}"]
    size = (case["cols"], case["rows"], len(case["bands"]))
    dataset = gdal.GetDriverByName(case["format"]).Create(str(path), *size, kind, options)
    if dataset is None or dataset.GetRasterBand(1).DataType != kind:
        return None
    _describe(dataset, case)
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES" if case["mask"] == "inside" else "NO")
    masks = masks_of(case)
    if 0 in masks:
        dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
    for index, values in enumerate(pixels_of(case)):
        band = dataset.GetRasterBand(index + 1)
        band.WriteArray(_writable(values, kind))
        mask = masks.get(index + 1, masks.get(0))
        if mask is not None:
            if 0 not in masks:
                band.CreateMaskBand(0)
            band.GetMaskBand().WriteArray(mask.astype(np.uint8) * 255)
    dataset.FlushCache()
    # GDAL 3.6 never finishes overviews with nodata that the pixels cannot represent, nor
    # with any nodata of 64-bit integers.
    nodata = number(case["bands"][0]["nodata"])
    held = nodata is None or (not name.endswith("int64") and abs(nodata) in (0, 1, 255, 9999))
    if case["overviews"] and held:
        dataset.BuildOverviews("NEAREST", [2, 4])
    return str(path)


def _write_virtual(case: dict, folder: Path) -> str | None:
    """A virtual raster over one GeoTIFF a band."""
    parts = []
    masks = masks_of(case)
    arrays = pixels_of(case)
    block = ""
    if case["block"]:
        block = ' blockXSize="{}" blockYSize="{}"'.format(*case["block"])
    for index, (band, values) in enumerate(zip(case["bands"], arrays), start=1):
        kind = GDAL_OF.get("int8" if band["type"] == SIGNED_BYTE else band["type"], gdal.GDT_Byte)
        _plain_band(folder / f"{index}.tif", values, kind)
        nodata = number(band["nodata"])
        parts.append(
            f'<VRTRasterBand dataType="{gdal.GetDataTypeName(kind)}" band="{index}"{block}>'
            + (f"<Description>{_xml(band['name'])}</Description>" if band["name"] else "")
            + ("" if nodata is None else f"<NoDataValue>{nodata!r}</NoDataValue>")
            + ("<ColorInterp>Alpha</ColorInterp>" if band["alpha"] else "")
            + _scale(case)
            + _source(f"{index}.tif")
            + (_mask(folder, index, masks[index]) if index in masks else "")
            + (
                '<Metadata domain="IMAGE_STRUCTURE"><MDI key="PIXELTYPE">SIGNEDBYTE</MDI>'
                "</Metadata>"
                if band["type"] == SIGNED_BYTE and kind == gdal.GDT_Byte
                else ""
            )
            + "</VRTRasterBand>"
        )
    place = case["place"] or {}
    text = f'<VRTDataset rasterXSize="{case["cols"]}" rasterYSize="{case["rows"]}">'
    if case["epsg"] and "gcps" not in place:
        text += f"<SRS>{_xml(_wkt(case['epsg']))}</SRS>"
    if "geotransform" in place:
        text += f"<GeoTransform>{', '.join(map(repr, place['geotransform']))}</GeoTransform>"
    if "gcps" in place:
        points = "".join(
            f'<GCP Id="{n}" Pixel="{c!r}" Line="{r!r}" X="{x!r}" Y="{y!r}"/>'
            for n, (c, r, x, y) in enumerate(place["gcps"])
        )
        system = _xml(_wkt(case["epsg"])) if case["epsg"] else ""
        text += f'<GCPList Projection="{system}">{points}</GCPList>'
    text += "".join(parts)
    if 0 in masks:
        text += _mask(folder, 0, masks[0])
    path = folder / "a.vrt"
    path.write_text(text + "</VRTDataset>", encoding="utf-8")
    return str(path)


def _plain_band(path: Path, values: np.ndarray, kind: int) -> None:
    rows, cols = values.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), cols, rows, 1, kind)
    dataset.GetRasterBand(1).WriteArray(_writable(values, kind))
    dataset.FlushCache()


def _writable(values: np.ndarray, kind: int) -> np.ndarray:
    # Before GDAL 3.7 there were signed bytes in files, but none in its arrays.
    return values.view(np.uint8) if values.dtype == np.int8 and kind == gdal.GDT_Byte else values


def _mask(folder: Path, index: int, mask: np.ndarray) -> str:
    _plain_band(folder / f"mask{index}.tif", mask.astype(np.uint8) * 255, gdal.GDT_Byte)
    return (
        '<MaskBand><VRTRasterBand dataType="Byte">'
        + _source(f"mask{index}.tif")
        + "</VRTRasterBand></MaskBand>"
    )


def _source(file: str) -> str:
    return (
        f'<SimpleSource><SourceFilename relativeToVRT="1">{file}</SourceFilename>'
        "<SourceBand>1</SourceBand></SimpleSource>"
    )


def _scale(case: dict) -> str:
    if not case["scale"]:
        return ""
    scale, offset = case["scale"]
    return f"<Offset>{offset!r}</Offset><Scale>{scale!r}</Scale>"


def _xml(text: str) -> str:
    # Characters that XML cannot represent.
    return escape("".join(c for c in text if c.isprintable()), {'"': "&quot;"})


def _describe(dataset: gdal.Dataset, case: dict) -> None:
    place = case["place"] or {}
    wkt = _wkt(case["epsg"]) if case["epsg"] else ""
    if "gcps" in place:
        points = [gdal.GCP(x, y, 0.0, c, r) for c, r, x, y in place["gcps"]]
        dataset.SetGCPs(points, wkt)
    else:
        if "geotransform" in place:
            dataset.SetGeoTransform(place["geotransform"])
        if wkt:
            dataset.SetProjection(wkt)
    for index, described in enumerate(case["bands"]):
        band = dataset.GetRasterBand(index + 1)
        nodata = number(described["nodata"])
        if nodata is not None and described["type"].endswith("int64"):
            limits = np.iinfo(described["type"])
            if nodata == nodata // 1 and limits.min <= nodata <= limits.max // 2:
                band.SetNoDataValue(int(nodata))
        elif nodata is not None:
            band.SetNoDataValue(nodata)
        if described["name"]:
            band.SetDescription(described["name"].replace("\0", ""))
        if described["alpha"]:
            band.SetColorInterpretation(gdal.GCI_AlphaBand)
        if case["scale"] and index < 6:
            band.SetScale(case["scale"][0])
            band.SetOffset(case["scale"][1])
    if case["color_table"] and [band["type"] for band in case["bands"]] == ["uint8"]:
        table = gdal.ColorTable()
        for value in range(0, 256, 5):
            table.SetColorEntry(value, (value, 255 - value, 7, 255))
        dataset.GetRasterBand(1).SetRasterColorTable(table)


def _wkt(code: int) -> str:
    system = osr.SpatialReference()
    system.ImportFromEPSG(code)
    return system.ExportToWkt()


def memory_raster(case: dict) -> gdal.Dataset:
    """A raster in memory with a case's size and georeference."""
    dataset = gdal.GetDriverByName("MEM").Create("", case["cols"], case["rows"], 1)
    _describe(dataset, {"bands": [], "color_table": False, **case})
    return dataset


def as_text(case: object) -> str:
    """A stored case as the target's check takes it."""
    return json.dumps(case, indent=1)
