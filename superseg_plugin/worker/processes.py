# SPDX-License-Identifier: GPL-2.0-or-later
"""Starting other programs and ending them: all that this plugin starts is started here."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

GRACE_SECONDS = 0.5
TASKKILL_SECONDS = 10


def start(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    stdin: int = subprocess.DEVNULL,
    stderr: int = subprocess.PIPE,
) -> subprocess.Popen[str]:
    """Start a program whose output comes through a pipe, as UTF-8 lines.

    Args:
        command: the program and its arguments; no shell reads them.
        environment: its variables; None for this process's own.
        folder: where it runs; None for where this process does.
        stdin: nothing, unless it is to be written to.
        stderr: a pipe, or `subprocess.STDOUT` to have it among the output.

    Raises:
        OSError: it cannot be started.
    """
    # The plugin's one waiver. A list and no shell: text from users or files stays one argument.
    return subprocess.Popen(  # nosec B603
        list(command),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        cwd=folder,
        env=None if environment is None else dict(environment),
        encoding="utf-8",
        errors="replace",
        # No console window beside QGIS.
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        # A group of its own, to be ended with all that it starts.
        start_new_session=True,
    )


def end(process: subprocess.Popen[str]) -> None:
    """End a program that has been asked to: wait a little, then terminate, then kill it."""
    for sign in ("SIGTERM", "SIGKILL"):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
            break
        _signal_group(process, sign)
    process.wait()
    # A script that calls another program may be gone before that one.
    _signal_group(process, "SIGKILL")


def kill(process: subprocess.Popen[str]) -> None:
    """End a program that has nothing to save, with all that it started, at once."""
    _signal_group(process, "SIGKILL")
    process.wait()


def exit_reason(code: int | None) -> str:
    """Say how a program ended; None stands for one that still runs."""
    if code is None:
        return "without an exit code"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"with exit code {code} ({signal.Signals(-code).name})"
    return f"with exit code {code}"


def _signal_group(process: subprocess.Popen[str], sign: str) -> None:
    if sys.platform == "win32":
        # Windows has no groups: its own tool goes through the children.
        tool = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "taskkill.exe"
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            output_of([str(tool), "/T", "/F", "/PID", str(process.pid)], TASKKILL_SECONDS)
        process.terminate()
    else:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, getattr(signal, sign))


def output_of(
    command: Sequence[str], seconds: float, environment: Mapping[str, str] | None = None
) -> str:
    """Run a program to its end and return its standard output.

    Args:
        command: the program and its arguments.
        seconds: time limit, after which the program is killed.
        environment: its environment variables; None for those of this process.

    Raises:
        OSError: the program cannot be started.
        subprocess.SubprocessError: it failed or exceeded the time limit.
    """
    with start(command, environment=environment) as process:
        try:
            written, errors = process.communicate(timeout=seconds)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command), written, errors)
    return written
