# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person who helps needs to know about the runtime."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import numpy as np

from ..errors import SuperSegError
from ..progress import Progress
from .client import Worker, WorkerError
from .interpreter import data_folder, environment_folder, find_interpreter, own_python
from .smoke_test import smoke_test


def runtime_report(chosen: str | None, progress: Progress) -> str:
    """Describe the worker's interpreter and try it out.

    Args:
        chosen: path of a Python that the user has set, or None.
        progress: told what is being tried.

    Returns:
        Lines of text, ready to paste; the home folder is written as `~`.
    """
    lines = [
        f"System: {platform.platform()}",
        f"QGIS's Python: {sys.version.split()[0]} at {own_python()}, numpy {np.__version__}",
        f"Data folder: {data_folder()}",
        f"Managed environment: {environment_folder()}"
        f" ({'present' if environment_folder().exists() else 'not installed'})",
    ]
    try:
        interpreter = find_interpreter(chosen)
        lines.append(f"Worker's Python: {interpreter.path} ({interpreter.origin})")
        lines += [f"  {name} {version}" for name, version in interpreter.versions.items()]
        progress.report(0.3, "Trying the runtime out")
        with Worker(interpreter) as worker:
            lines.append(f"Trial run: works, on {smoke_test(worker, progress)}")
    except SuperSegError as error:
        lines.append(f"Trial run: {error}")
    except WorkerError as error:
        lines.append(f"Trial run failed:\n{error}")
    return "\n".join(lines).replace(str(Path.home()), "~")
