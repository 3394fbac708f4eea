# SPDX-License-Identifier: GPL-2.0-or-later
"""A process that runs a command and ends it, with all its children, as soon as stdin closes.

Stdin closes if the process that started the supervisor closes it, and also if that one is killed.
So no download continues after QGIS has ended.
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
    """The command line that runs a command under the supervisor, in a Python from 3.9 on."""
    package = Path(__file__).resolve().parents[1]
    return [python, "-I", "-c", START_CODE, str(package.parent), *command]


def main(command: Sequence[str]) -> None:
    """Run a command, forward its output, and exit with its exit code."""
    child = start(command, stderr=subprocess.STDOUT)

    def watch() -> None:
        sys.stdin.buffer.read()
        kill(child)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    for line in child.stdout or ():
        # UTF-8 on every system, since the reader expects it.
        sys.stdout.buffer.write(line.encode("utf-8"))
        sys.stdout.buffer.flush()
    # A normal exit would wait for the thread, which waits for stdin.
    os._exit(child.wait() & 0xFF)
