# SPDX-License-Identifier: GPL-2.0-or-later
"""Overviews: copies of a raster at a half, a quarter, ... of its resolution, for fast display.

Means and modes are computed by GDAL. Nearest-neighbor overviews, which keep superpixel ids, are
computed here from every other pixel: GDAL 3.6 converts 32-bit integers to float32 on the way, which
changes ids above 2^24. The cost is a third of the pixels, since each copy has a quarter of those of
the one before.

Overviews are written into a GeoTIFF, except if that would damage it, and to an .ovr file beside any
other raster; they are compressed if the raster is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from osgeo import gdal

from ..errors import SuperSegError
from ..progress import Progress, stop_if_cancelled
from .gdal_calls import attempt, close_dataset, closing_dataset, first_error
from .pixels import numpy_type, read_pixels, write_pixels
from .texts import visible_path
from .windows import Window, tiles

# Side of the blocks of an overview in pixels; the smallest overview fits into one.
BLOCK = 256
# Side of the windows that nearest-neighbor overviews are computed in, in pixels.
TILE = 1024


def add_overviews(path: str | Path, resampling: str, progress: Progress) -> None:
    """Add overviews to a raster.

    Args:
        path: the raster, which must not be open.
        resampling: resampling method of GDAL: "nearest" for ids, "mode" for classes, "average" for
            measurements.
        progress: fraction of the overviews that are done, and cancel.

    Raises:
        SuperSegError: the overviews cannot be written.
        Cancelled: the user cancelled; the overviews are then incomplete.
    """
    inside = _are_internal(path)
    mode = gdal.OF_RASTER | gdal.OF_VERBOSE_ERROR | (gdal.OF_UPDATE if inside else 0)
    dataset, error = attempt(gdal.OpenEx, str(path), mode)
    if dataset is not None:
        with _settings_of_thread(_settings(dataset, inside)), closing_dataset(dataset) as errors:
            errors.append(_make(dataset, resampling, progress))
        error = first_error(errors)
        stop_if_cancelled(progress)
    if error:
        raise SuperSegError(
            visible_path(
                f"{path}: overviews cannot be written ({error}); check the free space on the disk,"
                " or choose a name that ends in .tif."
            )
        )


def _are_internal(path: str | Path) -> bool:
    """Whether the overviews are written into the file itself."""
    if Path(path).suffix.lower() not in (".tif", ".tiff"):
        return False
    dataset, _ = attempt(gdal.OpenEx, str(path), gdal.OF_RASTER)
    if dataset is None:
        return True
    band = dataset.GetRasterBand(1)
    # GDAL 3.6 damages a file of 64-bit integers when it writes the nodata value of an overview.
    long = (getattr(gdal, "GDT_Int64", None), getattr(gdal, "GDT_UInt64", None))
    internal = not (band.DataType in long and band.GetNoDataValue() is not None)
    close_dataset(dataset)
    return internal


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
    # With bands that are stored one after another, threads make GDAL before 3.7.1 log spurious
    # errors.
    interleave = dataset.GetMetadataItem("INTERLEAVE", "IMAGE_STRUCTURE")
    if dataset.RasterCount == 1 or interleave == "PIXEL":
        settings["GDAL_NUM_THREADS"] = "ALL_CPUS"
    return settings


def _make(dataset: Any, resampling: str, progress: Progress) -> str:
    """Make the overviews of an open raster; return GDAL's error, or ""."""
    factors = _factors(max(dataset.RasterXSize, dataset.RasterYSize))
    if not factors:
        return ""
    if resampling == "nearest":
        return _build_nearest(dataset, factors, progress)
    return _build(dataset, resampling, factors, progress)


def _build(dataset: Any, resampling: str, factors: list[int], progress: Progress) -> str:
    """Build overviews by GDAL; return its error, or ""."""

    def report(fraction: float, _text: str, _data: object) -> int:
        progress.report(fraction, "Making overviews")
        return 0 if progress.cancelled() else 1

    code, error = attempt(dataset.BuildOverviews, resampling, factors, callback=report)
    return error or ("" if code == 0 else "unknown error")


def _build_nearest(dataset: Any, factors: list[int], progress: Progress) -> str:
    """Build overviews from every other pixel; return GDAL's error, or ""."""
    larger = dataset.GetRasterBand(1)
    kind = numpy_type(larger.DataType)
    if kind is None:
        return f"{gdal.GetDataTypeName(larger.DataType)} has no overviews"
    _, error = attempt(dataset.BuildOverviews, "none", factors)
    for index in range(0 if error else len(factors)):
        smaller = dataset.GetRasterBand(1).GetOverview(index)
        for window in tiles(smaller.XSize, smaller.YSize, TILE):
            stop_if_cancelled(progress)
            doubled = Window(
                2 * window.col_off, 2 * window.row_off, 2 * window.width, 2 * window.height
            )
            place = doubled.intersection(Window(0, 0, larger.XSize, larger.YSize))
            values, error = read_pixels(larger, place, kind)
            if values is not None and not error:
                error = write_pixels(smaller, window, values[0, ::2, ::2])
            if error:
                return error
        larger = smaller
        # Each overview has a quarter of the pixels of the one before.
        progress.report(1 - 0.25 ** (index + 1), "Making overviews")
    return error


@contextmanager
def _settings_of_thread(settings: Mapping[str, str]) -> Iterator[None]:
    """Set configuration options of GDAL in this thread, and restore them."""
    before = {name: gdal.GetThreadLocalConfigOption(name) for name in settings}
    for name, value in settings.items():
        gdal.SetThreadLocalConfigOption(name, value)
    try:
        yield
    finally:
        for name, former in before.items():
            gdal.SetThreadLocalConfigOption(name, former)
