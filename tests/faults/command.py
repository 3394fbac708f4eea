# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs in a QGIS process of their own, which may be ended or starved, and its environment set."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.faults.bench import FOLDER, Attempt, Bench, Place, check_sentence, processes_of
from tests.tools.qgis_process import QgisProcess

LIMIT_SECONDS = 300


class Command:
    """One `qgis_process run superseg:segment`, with temporary files of its own.

    Args:
        qgis: the program and its environment.
        place: of the outputs.
        variables: what to change in the environment.
        prefix: what starts the program, such as nice.
        changed: parameters other than the usual ones.
    """

    def __init__(
        self,
        qgis: QgisProcess,
        place: Place,
        variables: Mapping[str, str] | None = None,
        prefix: Sequence[str] = (),
        **changed: object,
    ) -> None:
        place.temporary = FOLDER / f"tmp-{place.folder.name}"
        place.temporary.mkdir()
        # A QGIS that is killed leaves its own files.
        place.counted = "superseg"
        place.settle()
        self.place = place
        values = [f"{name}={value}" for name, value in place.parameters(**changed).items()]
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [*prefix, qgis.program, "run", "superseg:segment", "--", *values],
            env={**qgis.environment, "TMPDIR": str(place.temporary), **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        # Time of the last line, and all lines.
        self.heard_at = [self.started_at]
        self.heard = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            piece = os.read(self.process.stdout.fileno(), 4096)
            if not piece:
                return
            self.heard += piece
            self.heard_at.append(time.monotonic())

    def wait_for(self, text: str) -> None:
        """Wait until the program has printed something."""
        end = time.monotonic() + LIMIT_SECONDS
        while text.encode() not in self.heard:
            if self.process.poll() is not None or time.monotonic() > end:
                raise TimeoutError(f"waited in vain for “{text}”: {self.text}")
            time.sleep(0.01)

    def wait(self) -> int:
        """Wait for the end and return the exit code."""
        code = self.process.wait(LIMIT_SECONDS)
        self._reader.join()
        self.process.stdout.close()
        return code

    @property
    def text(self) -> str:
        """All that was printed."""
        return self.heard.decode(errors="replace")

    @property
    def workers(self) -> list[int]:
        """Process ids of its workers."""
        return processes_of(self.place.temporary)

    def errors(self) -> list[str]:
        """What was shown as an error."""
        said = "\n".join(self.text.splitlines())
        mark = "ERROR:\t"
        found = [line.split(mark, 1)[1] for line in said.splitlines() if mark in line]
        return found or [said]


def run_into(
    qgis: QgisProcess, bench: Bench, name: str, python: Path, wanted: str
) -> tuple[Attempt, Command]:
    """Run with an interpreter that fails; the error has to match a pattern."""
    place = bench.place(name)
    command = Command(qgis, place, {"SUPERSEG_PYTHON": str(python)})
    code = command.wait()
    attempt = Attempt(time.monotonic() - command.started_at)
    if code == 0:
        attempt.wrong.append("the run succeeded")
    check_sentence(attempt, command.errors(), wanted)
    place.check(attempt)
    return attempt, command
