# SPDX-License-Identifier: GPL-2.0-or-later
"""Merging patches of a class raster that are too small."""

from __future__ import annotations

from pathlib import Path

from osgeo import gdal

from ..errors import Cancelled, SuperSegError
from ..progress import Progress
from .gdal_calls import attempt, quiet

# A patch whose largest neighbor is as small goes with that one in the next round.
MOST_ROUNDS = 20


def sieve(path: str | Path, min_pixels: int, progress: Progress) -> None:
    """Give patches of fewer than `min_pixels` the class of their largest neighbor, in place.

    Pixels are neighbors along edges, not corners. Nodata pixels stay what they are and never
    take over a patch.

    Raises:
        SuperSegError: the raster cannot be read or written.
        Cancelled: the user stopped it; the file is then only partly done.
    """
    if min_pixels <= 1:
        return
    dataset, error = attempt(gdal.OpenEx, str(path), gdal.OF_RASTER | gdal.OF_UPDATE)
    if dataset is None:
        raise SuperSegError(f"{path} cannot be opened ({error}); choose a class raster.")

    before = None

    def report(fraction: float, _text: str, _data: object) -> int:
        progress.report(fraction if before is None else 1.0)
        return 0 if progress.cancelled() else 1

    band = dataset.GetRasterBand(1)
    for _ in range(MOST_ROUNDS):
        code, error = attempt(
            gdal.SieveFilter, band, band.GetMaskBand(), band, int(min_pixels), 4, callback=report
        )
        after, unread = attempt(band.Checksum)
        error = error or unread
        if code != 0 or error or after == before:
            break
        before = after
    error = error or attempt(dataset.FlushCache)[1]
    del band
    with quiet() as last:
        del dataset
    if progress.cancelled():
        raise Cancelled
    if code != 0 or error or last:
        raise SuperSegError(
            f"{path}: small areas cannot be merged ({error or 'unknown error'}); check the free"
            " space on the disk, or set MIN_AREA to 0."
        )
