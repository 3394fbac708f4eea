# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a command and ends it, with all that it started, as soon as stdin closes.

Stdin closes when whoever started this wants the end, and also when they are killed: nothing goes on
downloading for a QGIS that is no more.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from ..worker.processes import kill, start

START_CODE = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from superseg_plugin.runtime.supervisor import main; main(sys.argv[2:])"
)


def supervised(python: str, command: Sequence[str]) -> list[str]:
    """The command line that runs a command under supervision, by any Python from 3.9 on."""
    package = Path(__file__).resolve().parents[1]
    return [python, "-I", "-c", START_CODE, str(package.parent), *command]


def main(command: Sequence[str]) -> None:
    """Run a command, pass its lines on, and exit as it does."""
    child = start(command, stderr=subprocess.STDOUT)

    def watch() -> None:
        sys.stdin.buffer.read()
        kill(child)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    for line in child.stdout or ():
        # UTF-8 wherever this runs: that is how it is read.
        sys.stdout.buffer.write(line.encode("utf-8"))
        sys.stdout.buffer.flush()
    # Python's own way out would wait for the thread, and that for stdin.
    os._exit(child.wait() & 0xFF)
