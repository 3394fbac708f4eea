# SPDX-License-Identifier: GPL-2.0-or-later
"""What users read when the worker fails."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..errors import SuperSegError

ADVICE = "Run superseg:runtimereport to check the runtime."
QUOTED_LENGTH = 300


def no_room(folder: str | Path, reason: str | None) -> SuperSegError:
    """Arrays could not be written."""
    return SuperSegError(
        f"The folder of temporary files, {folder}, cannot be written ({reason}); make room "
        "there, or set the variable TMPDIR (TEMP on Windows) to a folder on another disk."
    )


def short_of_memory(text: str) -> SuperSegError:
    """An operation had too little memory; the text is its own."""
    return SuperSegError(
        "The worker ran out of memory. Choose a smaller TILE_SIZE, fewer BANDS or a "
        f"smaller EXTENT, or close other programs. ({text})"
    )


def lost(interpreter: Path, fault: str, op: str, last_words: Iterable[str]) -> SuperSegError:
    """Nothing can be asked of the worker any more, since what the fault says."""
    return SuperSegError(
        f"The worker process ({interpreter}) {fault} in its operation {op}: "
        f"{_quoted(last_words)}. If memory ran out, choose a smaller TILE_SIZE or EXTENT. {ADVICE}"
    )


def went_silent(
    interpreter: Path, started: bool, seconds: float, last_words: Iterable[str]
) -> SuperSegError:
    """The worker has given no sign of life for so long."""
    state = "no longer answers" if started else "does not start"
    return SuperSegError(
        f"The worker process ({interpreter}) {state}: not a sign of life for {seconds:.0f} s; "
        f"{_quoted(last_words)}. {ADVICE}"
    )


def _quoted(lines: Iterable[str]) -> str:
    return " | ".join(line[:QUOTED_LENGTH] for line in lines) or "it said nothing"
