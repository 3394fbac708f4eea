# SPDX-License-Identifier: GPL-2.0-or-later
"""Shared by the benchmarks: the test environments, the machine, tables."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.tools.qgis_process import BUILD, REPOSITORY

FOLDER = BUILD / "benchmark"
ENGINE_PYTHON = BUILD / "env" / "engine" / "bin" / "python"
# With OpenCV, where it can be installed.
PEERS_PYTHON = BUILD / "env" / "peers" / "bin" / "python"
# Numbers of clicks at the desk after which a map is scored.
CLICKS = (5, 10, 20, 50)
# Written where a table has no figure.
NONE = "-"


@dataclass(frozen=True)
class Table:
    """A table with its heading and an explanation."""

    title: str
    note: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def run_speed_packages(*arguments: object) -> str:
    """Run speed_packages.py, with OpenCV where it is installed, and return what it prints."""
    python = PEERS_PYTHON if PEERS_PYTHON.is_file() else ENGINE_PYTHON
    return _run(python, "tests.benchmarks.speed_packages", *arguments)


def _run(python: Path, module: str, *arguments: object) -> str:
    command = [str(python), "-m", module, *map(str, arguments)]
    done = subprocess.run(
        command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    return done.stdout


def machine() -> dict[str, object]:
    """Processor, cores and Python version that the figures depend on."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def markdown(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table with aligned columns: the first one left, the others right."""
    cells = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = [
        "| "
        + " | ".join(
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        )
        + " |"
        for row in cells
    ]
    rule = "|" + "|".join(
        "-" * (width + 2) if not column else "-" * (width + 1) + ":"
        for column, width in enumerate(widths)
    )
    return "\n".join([lines[0], rule + "|", *lines[1:]])
