# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs one command of an installation: its lines into the log, its end when the user cancels."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from ..errors import SuperSegError
from ..progress import Progress, stop_if_cancelled
from ..worker.processes import end, exit_reason, kill, start
from .commands import Step
from .supervisor import supervised

POLL_SECONDS = 0.1
MEASURE_SECONDS = 2.0
TOLD_PARTS = 20
# What pip and uv call a failure; the last line may only be advice.
FAILURE_WORDS = ("error", "no space left", "failed", "denied")


class InstallerError(SuperSegError):
    """An installer ended with an error; the text is what it said of it."""


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
        step: what to run.
        supervisor: the Python that ends it when this process is gone.
        variables: of its environment.
        folder: where all that it writes goes; it runs there.
        expected: size in MB that the folder is about to have, for the progress.
        progress: told the command's lines; its fraction follows the folder's size.

    Raises:
        Cancelled: the user asked to stop; the command and all that it started are gone.
        InstallerError: the command failed.
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
            said = list(_listen(lines, step.text, folder, expected, progress))
        except BaseException:
            # The supervisor's sign to end all that runs.
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(1.0)
            except subprocess.TimeoutExpired:
                kill(process)
            raise
        end(process)
    if process.returncode:
        telling = [line for line in said if any(word in line.lower() for word in FAILURE_WORDS)]
        reason = " ".join((telling or said or ["it said nothing"])[-1:])
        raise InstallerError(f"{step.text} ended {exit_reason(process.returncode)}: {reason}")
    progress.report(1.0)


def _listen(
    lines: queue.SimpleQueue[str | None],
    text: str,
    folder: Path,
    expected: int,
    progress: Progress,
) -> Iterator[str]:
    """Yield a command's lines until there are no more, whether it speaks or not."""
    measured = time.monotonic()
    told = 0
    while True:
        stop_if_cancelled(progress)
        if time.monotonic() - measured > MEASURE_SECONDS:
            size = size_of(folder)
            # Every text is a line of the log.
            if size > told + expected / TOLD_PARTS:
                told = size
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
        # Closed by the other thread, which no longer listens.
        pass
    lines.put(None)


def size_of(folder: Path) -> int:
    """Size of the files in a folder in MB; those that come and go meanwhile may be left out."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(root, name)).st_size
            except OSError:
                continue
    return round(total / 1e6)
