# SPDX-License-Identifier: GPL-2.0-or-later
"""Smaller copies of a raster, from which viewers draw it at small scales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from osgeo import gdal

from ..errors import SuperSegError
from ..progress import Progress, stop_if_cancelled
from .gdal_calls import attempt, quiet
from .pixels import numpy_type, read_pixels, write_pixels
from .windows import Window, tiles

# The smallest copy fits into one block.
BLOCK = 256
TILE = 1024


def add_overviews(path: str | Path, resampling: str, progress: Progress) -> None:
    """Add copies of half the size, a quarter and so on, compressed as the raster is.

    A GeoTIFF keeps them inside, with few exceptions; any other file has them in an .ovr file.

    Args:
        path: the raster, closed.
        resampling: "nearest", or another of GDAL's words, such as "mode" or "average".
        progress: told how far it is.

    Raises:
        SuperSegError: they cannot be written.
        Cancelled: the user stopped it; the file is then only partly done.
    """
    inside = _takes_them_inside(path)
    mode = gdal.OF_RASTER | gdal.OF_VERBOSE_ERROR | (gdal.OF_UPDATE if inside else 0)
    dataset, error = attempt(gdal.OpenEx, str(path), mode)
    if dataset is not None:
        factors = _factors(max(dataset.RasterXSize, dataset.RasterYSize))
        if not factors:
            return
        with _settings_of_thread(_settings(dataset, inside)):
            if resampling == "nearest":
                error = _build_nearest(dataset, factors, progress)
            else:
                error = _build(dataset, resampling, factors, progress)
            error = error or attempt(dataset.FlushCache)[1]
            with quiet() as last:
                del dataset
        error = error or "".join(last[:1])
        stop_if_cancelled(progress)
    if error:
        raise SuperSegError(
            f"{path}: overviews cannot be written ({error}); check the free space on the disk, or"
            " choose a name that ends in .tif."
        )


def _takes_them_inside(path: str | Path) -> bool:
    if Path(path).suffix.lower() not in (".tif", ".tiff"):
        return False
    dataset, _ = attempt(gdal.OpenEx, str(path), gdal.OF_RASTER)
    if dataset is None:
        return True
    band = dataset.GetRasterBand(1)
    # GDAL 3.6 spoils such a file when it writes the overviews' own nodata values.
    long = (getattr(gdal, "GDT_Int64", None), getattr(gdal, "GDT_UInt64", None))
    return not (band.DataType in long and band.GetNoDataValue() is not None)


def _factors(side: int) -> list[int]:
    factors = [2]
    while side > factors[-1] * BLOCK:
        factors.append(factors[-1] * 2)
    return factors if side > BLOCK else []


def _settings(dataset: Any, inside: bool) -> dict[str, str]:
    settings = {
        "GDAL_TIFF_OVR_BLOCKSIZE": str(BLOCK),
        "ZLEVEL_OVERVIEW": "4",
        "BIGTIFF_OVERVIEW": "IF_SAFER",
    }
    if not inside:
        settings["COMPRESS_OVERVIEW"] = "DEFLATE"
    # Threads that read bands stored one by one fill the log of GDAL before 3.7.1 with errors that
    # are none.
    interleave = dataset.GetMetadataItem("INTERLEAVE", "IMAGE_STRUCTURE")
    if dataset.RasterCount == 1 or interleave == "PIXEL":
        settings["GDAL_NUM_THREADS"] = "ALL_CPUS"
    return settings


def _build(dataset: Any, resampling: str, factors: list[int], progress: Progress) -> str:
    """Let GDAL build them; returns its error, "" without one."""

    def report(fraction: float, _text: str, _data: object) -> int:
        progress.report(fraction, "Making overviews")
        return 0 if progress.cancelled() else 1

    code, error = attempt(dataset.BuildOverviews, resampling, factors, callback=report)
    return error or ("" if code == 0 else "unknown error")


def _build_nearest(dataset: Any, factors: list[int], progress: Progress) -> str:
    """Build them from every other pixel; returns GDAL's error, "" without one.

    GDAL 3.6 takes 32-bit numbers through float32 on this way, which breaks large superpixel ids.
    """
    larger = dataset.GetRasterBand(1)
    kind = numpy_type(larger.DataType)
    if kind is None:
        return f"{gdal.GetDataTypeName(larger.DataType)} has no overviews"
    _, error = attempt(dataset.BuildOverviews, "none", factors)
    for index in range(0 if error else len(factors)):
        smaller = dataset.GetRasterBand(1).GetOverview(index)
        for window in tiles(smaller.XSize, smaller.YSize, TILE):
            stop_if_cancelled(progress)
            twice = Window(
                2 * window.col_off, 2 * window.row_off, 2 * window.width, 2 * window.height
            )
            place = twice.intersection(Window(0, 0, larger.XSize, larger.YSize))
            values, error = read_pixels(larger, place, kind)
            if values is not None and not error:
                error = write_pixels(smaller, window, values[0, ::2, ::2])
            if error:
                return error
        larger = smaller
        # Each is a quarter of the one before.
        progress.report(1 - 0.25 ** (index + 1), "Making overviews")
    return error


@contextmanager
def _settings_of_thread(settings: Mapping[str, str]) -> Iterator[None]:
    """Set GDAL's options for what this thread does, and take them back."""
    before = {name: gdal.GetThreadLocalConfigOption(name) for name in settings}
    for name, value in settings.items():
        gdal.SetThreadLocalConfigOption(name, value)
    try:
        yield
    finally:
        for name, former in before.items():
            gdal.SetThreadLocalConfigOption(name, former)
