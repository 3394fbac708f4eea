# SPDX-License-Identifier: GPL-2.0-or-later
"""Error messages for failures of the worker."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..errors import SuperSegError

ADVICE = "Run superseg:runtimereport to check the runtime."
# Some algorithms have none of these parameters; an operation does not know which one runs.
LESS_MEMORY = "choose a smaller TILE_SIZE or EXTENT or fewer BANDS where the algorithm has them"
# Longest part of a line of stderr that is quoted, in characters.
QUOTED_LENGTH = 300


def temporary_files_error(folder: str | Path, reason: str | None) -> SuperSegError:
    """The arrays of a request cannot be written to the folder of temporary files."""
    return SuperSegError(
        f"The folder of temporary files, {folder}, cannot be written ({reason}); free some space "
        "there, or set the variable TMPDIR (TEMP on Windows) to a folder on another disk."
    )


def memory_error(text: str) -> SuperSegError:
    """An operation ran out of memory; `text` is the error of the operation."""
    return SuperSegError(
        f"The worker ran out of memory: close other programs, or {LESS_MEMORY}. ({text})"
    )


def worker_failed(
    interpreter: Path, fault: str, op: str, stderr_lines: Iterable[str]
) -> SuperSegError:
    """The worker process has ended or cannot be understood.

    Args:
        interpreter: its Python.
        fault: what happened, as a predicate ("ended unexpectedly with exit code 1").
        op: operation that it was computing.
        stderr_lines: last lines of its stderr.
    """
    return SuperSegError(
        f"The worker process ({interpreter}) {fault} in its operation {op}: "
        f"{_quoted(stderr_lines)}. If memory ran out, {LESS_MEMORY}. {ADVICE}"
    )


def worker_silent(
    interpreter: Path, started: bool, seconds: float, stderr_lines: Iterable[str]
) -> SuperSegError:
    """The worker has sent no message for `seconds`; `started` if it had sent one before."""
    state = "no longer answers" if started else "does not start"
    return SuperSegError(
        f"The worker process ({interpreter}) {state}: no message for {seconds:.0f} s; "
        f"{_quoted(stderr_lines)}. {ADVICE}"
    )


def _quoted(lines: Iterable[str]) -> str:
    return " | ".join(line[:QUOTED_LENGTH] for line in lines) or "no error output"
