# SPDX-License-Identifier: GPL-2.0-or-later
"""The input disappears or is damaged, during the run or before it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from osgeo import gdal

from tests.faults.bench import FOLDER, Attempt, Place
from tests.faults.session import Moment, Session


def _own_scene(session: Session, name: str) -> Place:
    scene = FOLDER / f"scene-{name}.tif"
    shutil.copy2(session.bench.scene, scene)
    place = session.bench.place(name, scene)
    place.settle()
    return place


def _mend_and_run(session: Session, place: Place, attempt: Attempt) -> list[Attempt]:
    shutil.copy2(session.bench.scene, place.scene)
    place.remember_scene()
    session.check_next_run(place, attempt)
    return [attempt]


def removed(session: Session) -> list[Attempt]:
    """Remove the input: an open file can still be read, but a report opens it again."""
    place = _own_scene(session, "removed")

    def remove():
        place.scene.unlink()
        place.remember_scene()

    moment, wanted = Moment("Superpixels"), r"scene-removed\.tif cannot be read"
    first = session.provoke(place, moment, remove, wanted)
    shutil.copy2(session.bench.scene, place.scene)
    second = session.provoke(place, moment, remove, "", REPORT=None)
    place.settle()
    return [first, *_mend_and_run(session, place, second)]


def truncated(session: Session) -> list[Attempt]:
    """Cut it to half its length while the superpixels are made."""
    place = _own_scene(session, "truncated")

    def truncate():
        os.truncate(place.scene, place.scene.stat().st_size // 2)
        place.remember_scene()

    attempt = session.provoke(
        place,
        Moment("Superpixels"),
        truncate,
        r"scene-truncated\.tif: band \d cannot be read at rows \d+.*EXTENT",
    )
    return _mend_and_run(session, place, attempt)


def corrupt(session: Session) -> list[Attempt]:
    """Overwrite a block in the middle of the input before the run."""
    place = _own_scene(session, "corrupt")
    spoil_block(place.scene, 2, 2)
    place.remember_scene()
    attempt = session.provoke(
        place,
        Moment("Reading"),
        lambda: None,
        r"scene-corrupt\.tif: band \d cannot be read at rows \d+ to 767, columns \d+ to 767",
    )
    return _mend_and_run(session, place, attempt)


def spoil_block(path: Path, row: int, col: int) -> None:
    """Overwrite a block of a tiled GeoTIFF with bytes that cannot be decompressed."""
    # A band must not be used after its dataset is closed.
    dataset = gdal.Open(str(path))
    band = dataset.GetRasterBand(1)
    offset = int(band.GetMetadataItem(f"BLOCK_OFFSET_{col}_{row}", "TIFF"))
    size = int(band.GetMetadataItem(f"BLOCK_SIZE_{col}_{row}", "TIFF"))
    del band, dataset
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(b"\xff" * size)


FAULTS = {
    "input removed under the run": removed,
    "input truncated under the run": truncated,
    "block of the input corrupt": corrupt,
}
