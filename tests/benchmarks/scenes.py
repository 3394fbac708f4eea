# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes of any size, made from a real image."""

from __future__ import annotations

import math
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from osgeo import gdal

BLOCK = 256


def make_scene(image: Path, width: int, height: int, target: Path, bands: int = 0) -> None:
    """Mirror an image until it has a size; deflate, 256 px blocks.

    Args:
        image: the raster; it is read into memory as a whole.
        width: columns of the scene.
        height: rows of the scene.
        target: GeoTIFF to write; kept if it was made from the same image.
        bands: number of the image's bands, from the first; 0 for all.
    """
    origin = f"{image} {image.stat().st_mtime_ns} {bands}"
    if target.is_file():
        if gdal.Open(str(target)).GetMetadataItem("SUPERSEG_SCENE") == origin:
            return
        target.unlink()
    source = gdal.Open(str(image))
    values = source.ReadAsArray()
    values = values if values.ndim == 3 else values[None]
    values = values[: bands or None]
    # Before GDAL 3.7, signed bytes are bytes with a note.
    note = source.GetRasterBand(1).GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE")
    partial = target.with_name(f"partial_{target.name}")
    options = ["TILED=YES", f"BLOCKXSIZE={BLOCK}", f"BLOCKYSIZE={BLOCK}", "COMPRESS=DEFLATE"]
    options += [f"PIXELTYPE={note}"] if note else []
    scene = gdal.GetDriverByName("GTiff").Create(
        str(partial),
        width,
        height,
        len(values),
        source.GetRasterBand(1).DataType,
        options=[*options, "PREDICTOR=2", "BIGTIFF=IF_SAFER", "NUM_THREADS=ALL_CPUS"],
    )
    scene.SetGeoTransform(source.GetGeoTransform())
    scene.SetProjection(source.GetProjection())
    scene.SetMetadataItem("SUPERSEG_SCENE", origin)
    for number in range(1, len(values) + 1):
        band, model = scene.GetRasterBand(number), source.GetRasterBand(number)
        band.SetColorInterpretation(model.GetColorInterpretation())
        band.SetDescription(model.GetDescription())
        if model.GetNoDataValue() is not None:
            band.SetNoDataValue(model.GetNoDataValue())
    cols = _mirrored(np.arange(width), values.shape[2])
    for top in range(0, height, BLOCK):
        rows = _mirrored(np.arange(top, min(top + BLOCK, height)), values.shape[1])
        scene.WriteArray(values[:, rows][:, :, cols], 0, top)
    scene.FlushCache()
    del scene
    partial.rename(target)


def make_repeated(tile: Path, width: int, height: int, target: Path) -> None:
    """Repeat a raster beside and below itself in a virtual raster.

    Args:
        tile: the raster.
        width: columns of the virtual raster.
        height: rows of the virtual raster.
        target: VRT to write.
    """
    source = gdal.Open(str(tile))
    cols, rows = source.RasterXSize, source.RasterYSize
    transform = ", ".join(repr(value) for value in source.GetGeoTransform())
    lines = [
        f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}">',
        f"<SRS>{escape(source.GetProjection())}</SRS>",
        f"<GeoTransform>{transform}</GeoTransform>",
    ]
    for number in range(1, source.RasterCount + 1):
        band = source.GetRasterBand(number)
        kind = gdal.GetDataTypeName(band.DataType)
        color = gdal.GetColorInterpretationName(band.GetColorInterpretation())
        lines.append(f'<VRTRasterBand dataType="{kind}" band="{number}">')
        lines.append(f"<ColorInterp>{color}</ColorInterp>")
        if band.GetNoDataValue() is not None:
            lines.append(f"<NoDataValue>{band.GetNoDataValue()!r}</NoDataValue>")
        block = band.GetBlockSize()
        properties = (
            f"<SourceProperties RasterXSize={quoteattr(str(cols))} "
            f"RasterYSize={quoteattr(str(rows))} DataType={quoteattr(kind)} "
            f'BlockXSize="{block[0]}" BlockYSize="{block[1]}"/>'
        )
        for down in range(math.ceil(height / rows)):
            for across in range(math.ceil(width / cols)):
                left, top = across * cols, down * rows
                size = f'xSize="{min(cols, width - left)}" ySize="{min(rows, height - top)}"'
                lines.append(
                    f"<SimpleSource><SourceFilename>{escape(str(tile))}</SourceFilename>"
                    f"<SourceBand>{number}</SourceBand>{properties}"
                    f'<SrcRect xOff="0" yOff="0" {size}/>'
                    f'<DstRect xOff="{left}" yOff="{top}" {size}/></SimpleSource>'
                )
        lines.append("</VRTRasterBand>")
    target.write_text("\n".join([*lines, "</VRTDataset>", ""]), encoding="utf-8")


def _mirrored(places: np.ndarray, size: int) -> np.ndarray:
    inside = places % (2 * size)
    return np.where(inside < size, inside, 2 * size - 1 - inside)
