# SPDX-License-Identifier: GPL-2.0-or-later
"""Running one command of an installation: its output to the log, ended if the user cancels.

The command runs under a supervisor (see `supervisor`), a Python process that ends it and all its
children when its own stdin closes. So a cancel ends downloads at once, and so does the death of
QGIS, by whatever cause. The progress follows the size of the folder that the command writes to,
since neither pip nor uv reports progress to a pipe.
"""

from __future__ import annotations

import os
import queue
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from ..errors import SuperSegError
from ..progress import Progress, stop_if_cancelled
from ..worker.processes import end, exit_reason, kill, start
from .commands import Step
from .supervisor import supervised

POLL_SECONDS = 0.1
MEASURE_SECONDS = 2.0
# The size is logged whenever it has grown by this part of the expected size.
LOGGED_PARTS = 20
# Texts by which pip and uv mark an error; their last line may be advice only.
ERROR_MARKS = ("error", "no space left", "failed", "denied")


# Texts by which pip and uv say that a file has another SHA-256 sum than the locks.
HASH_MARKS = ("do not match the hashes", "hash mismatch")
CHANGED_PACKAGE = re.compile(r"(?:^|`)([A-Za-z][\w.-]*==[\w.+]+)")


class InstallerError(SuperSegError):
    """An installer failed; the message quotes its error."""


class ChangedFileError(InstallerError):
    """A file of a package is not the one that was tested: its SHA-256 sum differs."""


def run_step(
    step: Step,
    supervisor: str,
    variables: Mapping[str, str],
    folder: Path,
    expected: int,
    progress: Progress,
) -> None:
    """Run a command to its end.

    Args:
        step: the command.
        supervisor: the Python that runs the supervisor.
        variables: environment variables of the command.
        folder: working folder, which the command writes to.
        expected: size in MB that the folder will have in the end.
        progress: receives the command's output as log lines, and the size of the folder relative
            to the expected size as fraction.

    Raises:
        Cancelled: the user cancelled; the command and all its children have ended.
        InstallerError: the command failed or cannot be started.
    """
    progress.report(0.0, step.text)
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    try:
        process = start(
            supervised(supervisor, step.command),
            environment=variables,
            folder=folder,
            stdin=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        raise InstallerError(f"{supervisor} cannot be started: {error.strerror}") from None
    with process:
        reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
        reader.start()
        try:
            output = list(_follow(lines, step.text, folder, expected, progress))
        except BaseException:
            # Closing its stdin makes the supervisor end the command.
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(1.0)
            except subprocess.TimeoutExpired:
                kill(process)
            raise
        end(process)
    if process.returncode:
        if any(mark in line.lower() for line in output for mark in HASH_MARKS):
            raise ChangedFileError(_changed_file(output))
        errors = [line for line in output if any(mark in line.lower() for mark in ERROR_MARKS)]
        reason = " ".join((errors or output or ["no output"])[-1:])
        raise InstallerError(f"{step.text} ended {exit_reason(process.returncode)}: {reason}")
    progress.report(1.0)


def _changed_file(output: Sequence[str]) -> str:
    """Return the message about a changed file; the installers name its package after the mark."""
    marks = [i for i, line in enumerate(output) if any(mark in line.lower() for mark in HASH_MARKS)]
    found = [CHANGED_PACKAGE.search(line) for line in output[marks[0] :]]
    package = next((match[1] for match in found if match), "a package")
    return (
        f"The file of {package} is not the one that SuperSeg was tested with: its SHA-256 sum "
        "differs, so it is damaged or was changed, and nothing was installed. Download it again; "
        "if it is from an index or a folder of your own, compare it with the file on PyPI."
    )


def _follow(
    lines: queue.SimpleQueue[str | None],
    text: str,
    folder: Path,
    expected: int,
    progress: Progress,
) -> Iterator[str]:
    """Yield the lines of a command's output until it ends; report progress in between."""
    measured = time.monotonic()
    logged = 0
    while True:
        stop_if_cancelled(progress)
        if time.monotonic() - measured > MEASURE_SECONDS:
            size = size_of(folder)
            # Not each time, since every text becomes a line of the log.
            if size > logged + expected / LOGGED_PARTS:
                logged = size
                progress.report(0.0, f"{text}: {size} of {expected} MB")
            progress.report(min(size / max(expected, 1), 1.0))
            measured = time.monotonic()
        try:
            line = lines.get(timeout=POLL_SECONDS)
        except queue.Empty:
            continue
        if line is None:
            return
        if line.strip():
            progress.log(line.rstrip())
            yield line.strip()


def _read(stream: IO[str] | None, lines: queue.SimpleQueue[str | None]) -> None:
    try:
        for line in stream or ():
            lines.put(line)
    except ValueError:
        # The stream was closed by the other thread after a cancel.
        pass
    lines.put(None)


def size_of(folder: Path) -> int:
    """Total size of the files in a folder in MB; files that disappear meanwhile are ignored."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(root, name)).st_size
            except OSError:
                continue
    return round(total / 1e6)
