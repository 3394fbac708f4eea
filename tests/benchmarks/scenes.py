# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes of any size, made of a real image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from osgeo import gdal

BLOCK = 256


def make_scene(image: Path, width: int, height: int, target: Path) -> None:
    """Mirror an image until it has a size; deflate, 256 px blocks.

    Args:
        image: the raster, held in memory whole.
        width: columns of the scene.
        height: rows of the scene.
        target: GeoTIFF to write; left as it is when it was made of the same image.
    """
    origin = f"{image} {image.stat().st_mtime_ns}"
    if target.is_file():
        if gdal.Open(str(target)).GetMetadataItem("SUPERSEG_SCENE") == origin:
            return
        target.unlink()
    source = gdal.Open(str(image))
    values = source.ReadAsArray()
    values = values if values.ndim == 3 else values[None]
    partial = target.with_name(f"partial_{target.name}")
    options = ["TILED=YES", f"BLOCKXSIZE={BLOCK}", f"BLOCKYSIZE={BLOCK}", "COMPRESS=DEFLATE"]
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
        if model.GetNoDataValue() is not None:
            band.SetNoDataValue(model.GetNoDataValue())
    cols = _mirrored(np.arange(width), values.shape[2])
    for top in range(0, height, BLOCK):
        rows = _mirrored(np.arange(top, min(top + BLOCK, height)), values.shape[1])
        scene.WriteArray(values[:, rows][:, :, cols], 0, top)
    scene.FlushCache()
    del scene
    partial.rename(target)


def _mirrored(places: np.ndarray, size: int) -> np.ndarray:
    inside = places % (2 * size)
    return np.where(inside < size, inside, 2 * size - 1 - inside)
