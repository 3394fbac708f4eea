# SPDX-License-Identifier: GPL-2.0-or-later
"""Sieve: merging small areas of a class raster into their largest neighbors, by GDAL.

Segment and Classify apply their MIN_AREA this way: the sieve counts pixels, works on the raster in
place and needs no objects in memory. Merge classes uses `pipeline/classes/absorption.py` instead,
which measures areas and merges a small object into its most similar neighbor.
"""

from __future__ import annotations

from pathlib import Path

from osgeo import gdal

from ..errors import Cancelled, SuperSegError
from ..progress import Progress
from .gdal_calls import attempt, quiet

# One pass may leave areas below the limit whose largest neighbor is below it as well. The sieve is
# repeated until the raster no longer changes, at most this often.
MOST_ROUNDS = 20


def sieve(path: str | Path, min_pixels: int, progress: Progress) -> None:
    """Give areas of fewer than `min_pixels` pixels the class of their largest neighbor, in place.

    An area is a 4-connected set of pixels of one class. Nodata pixels do not change, and no area
    is merged into nodata.

    Args:
        path: class raster, with its nodata value declared.
        min_pixels: smallest area that is kept, in pixels; 1 or less changes nothing.
        progress: of the first pass.

    Raises:
        SuperSegError: the raster cannot be read or written.
        Cancelled: the user cancelled; the raster is then only partly sieved.
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
    with quiet() as late_errors:
        del dataset
    if progress.cancelled():
        raise Cancelled
    if code != 0 or error or late_errors:
        raise SuperSegError(
            f"{path}: small areas cannot be merged ({error or 'unknown error'}); check the free"
            " space on the disk, or set MIN_AREA to 0."
        )
