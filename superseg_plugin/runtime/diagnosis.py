# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person who helps needs to know about the runtime."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping

import numpy as np

from ..errors import SuperSegError
from ..progress import Progress
from ..worker.client import Worker, WorkerError
from ..worker.interpreter import Interpreter, data_folder, environment_folder, find_interpreter
from ..worker.layouts import find_uv, has_nvidia, own_python, sandbox, this_host
from .builders import find_builders
from .builds import REQUIREMENTS
from .environment import about_environment
from .installation_log import INSTALLED, last_installation
from .redaction import Redactor, strike_person
from .smoke_test import smoke_test

# Of the last installation, where it failed.
LAST_LINES = 12


def runtime_report(chosen: str | None, progress: Progress, facts: Mapping[str, str]) -> str:
    """Describe the worker's interpreter and try it out.

    Args:
        chosen: path of a Python that the user has set, or None.
        progress: told what is being tried.
        facts: what only QGIS knows: versions, and whether there is a proxy.

    Returns:
        Lines of text, ready to paste: the home folder is written as `~`, the user's name and
        credentials are struck out.
    """
    lines = [f"{name}: {value}" for name, value in facts.items()]
    lines += _about_host()
    lines += _about_runtime(chosen, progress)
    lines += _last_failure()
    return strike_person(Redactor((), os.environ)("\n".join(lines)))


def _about_host() -> list[str]:
    host = this_host()
    about = about_environment()
    made = ", ".join(f"{name} {value}" for name, value in about.items())
    try:
        builders = "; ".join(str(builder) for builder in find_builders(host))
    except SuperSegError as error:
        builders = str(error)
    return [
        f"System: {platform.platform()}, {os.cpu_count()} processors",
        f"Packed as: {sandbox(host) or 'an ordinary program'}",
        f"QGIS's Python: {sys.version.split()[0]} at {own_python(host)}, numpy {np.__version__}",
        f"uv: {find_uv(host) or 'not found'}",
        f"NVIDIA driver: {'found' if has_nvidia(host) else 'not found'}",
        f"Installing would use: {builders}",
        f"Data folder: {data_folder()}",
        f"Managed environment: {environment_folder()}"
        f" ({made or 'present' if environment_folder().exists() else 'not installed'})",
    ]


def _about_runtime(chosen: str | None, progress: Progress) -> list[str]:
    lines = []
    try:
        interpreter = find_interpreter(chosen)
        lines.append(f"Worker's Python: {interpreter.path} ({interpreter.origin})")
        lines += [f"  {name} {version}" for name, version in interpreter.versions.items()]
        lines += _other_versions(interpreter)
        progress.report(0.3, "Trying the runtime out")
        with Worker(interpreter) as worker:
            lines.append(f"Trial run: works, on {smoke_test(worker, progress)}")
    except SuperSegError as error:
        lines.append(f"Trial run: {error}")
    except WorkerError as error:
        lines.append(f"Trial run failed:\n{error}")
    return lines


def _other_versions(interpreter: Interpreter) -> list[str]:
    """What is not as the plugin was tested; a build may have a suffix of its own."""
    pins = dict(
        line.split(";")[0].strip().split("==")
        for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines()
        if "==" in line
    )
    found = interpreter.versions
    others = [n for n in found if n in pins and found[n].split("+")[0] != pins[n]]
    return [f"  tested with {', '.join(f'{n} {pins[n]}' for n in others)}"] if others else []


def _last_failure() -> list[str]:
    said = last_installation(data_folder())
    if not said or said[-1] == INSTALLED:
        return []
    return ["Last installation, which did not end well:", *(f"  {t}" for t in said[-LAST_LINES:])]
