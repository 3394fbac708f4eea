# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks that are full or read-only, mounted in memory in a separate mount namespace."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.bench import Attempt, check_sentence, fill_disk
from tests.faults.session import Moment, Run, Session

SIZE = "64m"


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a small disk on a folder."""
    _mount("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder))
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def full(session: Session, moment: Moment, wanted: str) -> list[Attempt]:
    """Fill the disk of all outputs."""
    place = session.bench.place("full")
    with small_disk(place.folder):
        place.settle()
        fillers: list[Path] = []
        attempt = session.provoke(
            place,
            moment,
            lambda: fillers.append(fill_disk(place.folder)),
            wanted,
        )
        for filler in fillers:
            filler.unlink()
            attempt.left.remove(str(filler))
        session.check_next_run(place, attempt)
    return [attempt]


def full_for(session: Session, output: str, moment: Moment, wanted: str) -> list[Attempt]:
    """Fill the disk of one output, which the others are not on."""
    place = session.bench.place(f"full-{output}")
    disk = place.folder / "disk"
    disk.mkdir()
    with small_disk(disk):
        place.settle()
        older = disk / "older.superseg"
        older.write_bytes(b"older")
        place.remember()
        fillers: list[Path] = []
        attempt = session.provoke(
            place,
            moment,
            lambda: fillers.append(fill_disk(disk)),
            wanted,
            **{output: str(older)},
        )
        for filler in fillers:
            filler.unlink()
            attempt.left.remove(str(filler))
        session.check_next_run(place, attempt)
    return [attempt]


def full_temporary(session: Session) -> list[Attempt]:
    """Fill the disk of temporary files, through which arrays go to the worker."""
    place = session.bench.place("full-temporary")
    disk = session.bench.temporary / "disk"
    disk.mkdir()
    before = tempfile.tempdir
    try:
        with small_disk(disk):
            tempfile.tempdir = str(disk)
            place.settle()
            attempt = session.provoke(
                place,
                Moment("Description"),
                lambda: fill_disk(disk),
                "temporary files.*No space.*TMPDIR",
            )
            attempt.left += [str(path) for path in disk.iterdir() if path.name != "filler"]
            (disk / "filler").unlink()
            session.check_next_run(place, attempt)
    finally:
        tempfile.tempdir = before
        shutil.rmtree(disk)
    return [attempt]


def read_only(session: Session) -> list[Attempt]:
    """Ask for results in a folder on a disk that cannot be written."""
    place = session.bench.place("read-only")
    with small_disk(place.folder):
        place.settle()
        _mount("-o", "remount,ro", str(place.folder))
        run = Run(place.parameters())
        run.wait()
        attempt = Attempt(run.seconds)
        wanted = r"OUTPUT: nothing can be written into the folder .*choose another folder"
        check_sentence(attempt, run.feedback.errors, wanted)
        place.check(attempt)
        _mount("-o", "remount,rw", str(place.folder))
        session.check_next_run(place, attempt)
    return [attempt]


FAULTS = {
    "disk full: superpixels": lambda session: full(
        session, Moment("Superpixels"), "cannot be written.*space"
    ),
    "disk full: classes": lambda session: full(
        session, Moment("Rendering"), "cannot be written.*space"
    ),
    "disk full: model": lambda session: full_for(
        session, "MODEL", Moment("Rendering"), "cannot be written.*space"
    ),
    "disk full: temporary files": full_temporary,
    "folder of outputs read-only": read_only,
}
