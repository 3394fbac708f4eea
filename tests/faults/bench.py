# SPDX-License-Identifier: GPL-2.0-or-later
"""The test bench of faults: scene, folders, and the check that nothing else has changed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.conftest import quarters, read_raster, write_raster
from tests.tools.qgis_process import BUILD

FOLDER = BUILD / "faults"
# Four tiles of superpixels, so that there are seams; 5 to 10 seconds of work.
SHAPE = (1300, 1100)
CLASSES = 4
SHARED_MEMORY = Path("/dev/shm")
SETTLE_SECONDS = 3.0
OUTPUTS = {
    "OUTPUT": "classes.tif",
    "SUPERPIXELS": "superpixels.tif",
    "MODEL": "model.superseg",
    "REPORT": "report.html",
}


@dataclass
class Attempt:
    """The result of one attempt.

    Attributes:
        seconds: from the fault to the answer.
        wrong: what was not as it should be; empty where SuperSeg survived.
        left: files and processes that should not be there.
        note: a figure worth telling.
    """

    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    note: str = ""


class Bench:
    """The scene, and what a run without faults makes of it."""

    def __init__(self) -> None:
        self.temporary = FOLDER / "tmp"
        self.scene = FOLDER / "scene.tif"
        image, _ = quarters(*SHAPE)
        tiled = ("TILED=YES", "COMPRESS=DEFLATE")
        write_raster(self.scene, image, options=tiled)
        self.expected: dict[str, np.ndarray] = {}
        self._number = 0

    def place(self, name: str, scene: Path | None = None) -> Place:
        """Make a folder for the outputs of one try, with older outputs in it."""
        self._number += 1
        return Place(self, FOLDER / f"{self._number:03}-{name}", scene or self.scene)


class Place:
    """The outputs of one try.

    Args:
        bench: whose.
        folder: for the outputs, and nothing else.
        scene: the input.
    """

    def __init__(self, bench: Bench, folder: Path, scene: Path) -> None:
        self.bench = bench
        self.folder = folder
        self.scene = scene
        self.temporary = bench.temporary
        # Part of the names of files that count as left in the folder of temporary files.
        self.counted = ""
        folder.mkdir()

    def parameters(self, **changed: object) -> dict[str, object]:
        """Parameters of superseg:segment."""
        outputs = {name: str(self.folder / file) for name, file in OUTPUTS.items()}
        own = {"INPUT": str(self.scene), "CLASSES": CLASSES, "DEVICE": "cpu"}
        return {**own, **outputs, **changed}

    def settle(self) -> None:
        """Put older outputs into the folder, and record what must not change."""
        for file in (FOLDER / "older").iterdir():
            # Changed, to differ from what a run with the same options writes.
            (self.folder / file.name).write_bytes(file.read_bytes() + b"older")
        self.remember()

    def remember(self) -> None:
        """Record the state before the fault."""
        self._inputs = checksums([self.scene])
        self._outputs = checksums(self.folder.rglob("*"))
        self._temporary = set(self.temporary.iterdir())

    def forget_elsewhere(self) -> None:
        """Accept what is now in the folder of temporary files."""
        self._temporary = set(self.temporary.iterdir())

    def remember_scene(self) -> None:
        """Record the input as the fault has changed it."""
        self._inputs = checksums([self.scene])

    def check(self, attempt: Attempt, outputs: str = "older") -> None:
        """Add to an attempt what is not as it should be.

        Args:
            attempt: what came of it.
            outputs: what has to be there: the older ones, those of a preset, or any.
        """
        if checksums([self.scene]) != self._inputs:
            attempt.wrong.append("the input has changed")
        now = checksums(self.folder.rglob("*"))
        if outputs == "older":
            if {name: now.get(name) for name in self._outputs} != self._outputs:
                attempt.wrong.append("older outputs have changed")
        elif outputs != "any":
            classes = self.folder / OUTPUTS["OUTPUT"]
            if now.get(str(classes)) == self._outputs.get(str(classes)):
                attempt.wrong.append(f"{classes.name} was not replaced")
            elif not np.array_equal(read_raster(classes), self.bench.expected[outputs]):
                attempt.wrong.append("other classes")
        attempt.left += sorted(set(now) - set(self._outputs))
        attempt.left += self.left_elsewhere()

    def left_elsewhere(self) -> list[str]:
        """Processes and files outside the folder of outputs that should not exist."""
        end = time.monotonic() + SETTLE_SECONDS
        while True:
            found = [f"process {number}" for number in processes_of(self.temporary)]
            fresh = set(self.temporary.iterdir()) - self._temporary
            found += [str(path) for path in fresh if self.counted in path.name]
            found += [str(path) for path in SHARED_MEMORY.iterdir()]
            if not found or time.monotonic() > end:
                return found
            time.sleep(0.1)


def checksums(paths) -> Mapping[str, str]:
    """Return SHA-256 sums of files by path; folders count by their name."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in paths
    }


def processes_of(temporary: Path, parent: int | None = None) -> list[int]:
    """Find workers by the folder of temporary files that their command line names."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace")
            status = (entry / "status").read_text()
        except OSError:
            continue
        above = re.search(r"PPid:\t(\d+)", status)
        mine = parent is None or (above and int(above.group(1)) == parent)
        if f"{temporary}/" in words and "worker.server" in words and mine:
            found.append(int(entry.name))
    return found


def check_sentence(attempt: Attempt, errors: list[str], wanted: str) -> None:
    """Add to an attempt what is wrong with the sentence that the user has seen.

    Args:
        attempt: what came of it.
        errors: all that was shown as an error.
        wanted: a pattern that the sentence has to meet.
    """
    if len(errors) != 1:
        attempt.wrong.append(f"{len(errors)} errors shown: {errors}")
        return
    text = errors[0]
    if "Traceback" in text or "\n" in text.strip() or not re.search(wanted, text):
        attempt.wrong.append(f"an unhelpful sentence: {text}")


def fresh_folders() -> None:
    """Empty the bench's folder."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "tmp").mkdir(parents=True)
    (FOLDER / "older").mkdir()


def fill_disk(folder: Path) -> Path:
    """Fill the disk of a folder completely; return the file that fills it."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        size = 1 << 20
        while size:
            try:
                file.write(b"\0" * size)
            except OSError:
                size //= 2
    os.sync()
    return filler
