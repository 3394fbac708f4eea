# SPDX-License-Identifier: GPL-2.0-or-later
"""Starting and ending other programs; the plugin starts none by any other way.

Each program is started in a process group of its own (a session), so that it can be ended with all
its children. On Windows, which has no such groups, taskkill walks the tree of children.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# Time that a program gets to end by itself, and again after SIGTERM.
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
    """Start a program with its output in a pipe, decoded as UTF-8.

    Args:
        command: the program and its arguments, which no shell interprets.
        environment: its environment variables; None for those of this process.
        folder: its working folder; None for that of this process.
        stdin: `subprocess.PIPE` to write to it; by default it is empty.
        stderr: a pipe, or `subprocess.STDOUT` to merge it with the output.

    Raises:
        OSError: the program cannot be started.
    """
    # The only exemption from the security checks: a list of arguments without a shell, so that text
    # from users or files remains one argument.
    return subprocess.Popen(  # nosec B603
        list(command),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        cwd=folder,
        env=None if environment is None else dict(environment),
        encoding="utf-8",
        errors="replace",
        # No console window on Windows.
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        # A process group of its own.
        start_new_session=True,
    )


def end(process: subprocess.Popen[str]) -> None:
    """End a program that was asked to end: wait, then terminate, then kill it."""
    for sign in ("SIGTERM", "SIGKILL"):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
            break
        _signal_group(process, sign)
    process.wait()
    # Children may outlive it, for example those of a shell script.
    _signal_group(process, "SIGKILL")


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a program and all its children."""
    _signal_group(process, "SIGKILL")
    process.wait()


def exit_reason(code: int | None) -> str:
    """How a program ended, as text; `code` is None if it still runs."""
    if code is None:
        return "without an exit code"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"with exit code {code} ({signal.Signals(-code).name})"
    return f"with exit code {code}"


def _signal_group(process: subprocess.Popen[str], sign: str) -> None:
    if sys.platform == "win32":
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
