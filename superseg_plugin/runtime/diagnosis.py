# SPDX-License-Identifier: GPL-2.0-or-later
"""The runtime report: facts about the system and the runtime, for bug reports."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping

import numpy as np

from ..errors import SuperSegError
from ..progress import Progress
from ..worker.client import WorkerProcess
from ..worker.interface import WorkerError
from ..worker.interpreter import Interpreter, data_folder, environment_folder, find_interpreter
from ..worker.system import own_python, this_system
from .builders import find_builders
from .builds import REQUIREMENTS
from .discovery import find_uv, has_nvidia, sandbox
from .environment import environment_record
from .installation_log import INSTALLED, last_installation
from .redaction import Redactor, mask_personal_data
from .smoke_test import smoke_test

# Lines of the installation log that are quoted if the last installation failed.
LAST_LINES = 12


def runtime_report(chosen: str | None, progress: Progress, facts: Mapping[str, str]) -> str:
    """Describe the system and the worker's interpreter, and run the smoke test.

    Args:
        chosen: path of a Python that the user has set, or None.
        progress: progress of the smoke test, and cancel.
        facts: facts that only QGIS knows, by name: versions, and whether there is a proxy.

    Returns:
        Lines of text without personal data: the home folder is `~`, the user's name and
        credentials are masked.
    """
    lines = [f"{name}: {value}" for name, value in facts.items()]
    lines += _system_facts()
    lines += _runtime_facts(chosen, progress)
    lines += _last_failure()
    return mask_personal_data(Redactor((), os.environ)("\n".join(lines)))


def _system_facts() -> list[str]:
    system = this_system()
    record = ", ".join(f"{name} {value}" for name, value in environment_record().items())
    try:
        builders = "; ".join(str(builder) for builder in find_builders(system))
    except SuperSegError as error:
        builders = str(error)
    return [
        f"System: {platform.platform()}, {os.cpu_count()} processors",
        f"Packaged as: {sandbox(system) or 'an ordinary program'}",
        f"QGIS's Python: {sys.version.split()[0]} at {own_python(system)}, numpy {np.__version__}",
        f"uv: {find_uv(system) or 'not found'}",
        f"NVIDIA driver: {'found' if has_nvidia(system) else 'not found'}",
        f"Installing would use: {builders}",
        f"Data folder: {data_folder()}",
        f"Managed environment: {environment_folder()}"
        f" ({record or 'present' if environment_folder().exists() else 'not installed'})",
    ]


def _runtime_facts(chosen: str | None, progress: Progress) -> list[str]:
    lines = []
    try:
        interpreter = find_interpreter(chosen)
        lines.append(f"Worker's Python: {interpreter.path} ({interpreter.origin})")
        lines += [f"  {name} {version}" for name, version in interpreter.versions.items()]
        lines += _untested_versions(interpreter)
        progress.report(0.3, "Testing the runtime")
        with WorkerProcess(interpreter) as worker:
            lines.append(f"Trial run: works, on {smoke_test(worker, progress)}")
    except SuperSegError as error:
        lines.append(f"Trial run: {error}")
    except WorkerError as error:
        lines.append(f"Trial run failed:\n{error}")
    return lines


def _untested_versions(interpreter: Interpreter) -> list[str]:
    """Names the tested versions of packages that differ; build suffixes (+cpu) are ignored."""
    pins = dict(
        line.split(";")[0].strip().split("==")
        for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines()
        if "==" in line
    )
    found = interpreter.versions
    differing = [n for n in found if n in pins and found[n].split("+")[0] != pins[n]]
    return [f"  tested with {', '.join(f'{n} {pins[n]}' for n in differing)}"] if differing else []


def _last_failure() -> list[str]:
    lines = last_installation(data_folder())
    if not lines or lines[-1] == INSTALLED:
        return []
    return ["Last installation, which failed:", *(f"  {line}" for line in lines[-LAST_LINES:])]
