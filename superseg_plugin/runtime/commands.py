# SPDX-License-Identifier: GPL-2.0-or-later
"""The installers' command lines. No credentials are on them: those go by variables."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..worker.interpreter import environment_python
from ..worker.layouts import Host
from .builders import MANAGED, Builder
from .builds import (
    CUDA_INDEX,
    REQUIREMENTS,
    TORCH_INDEX,
    Build,
    needs_torch_index,
    torch_requirement,
)


@dataclass(frozen=True)
class Step:
    """A command of an installation.

    Attributes:
        text: what it does.
        command: the program and its arguments.
        optional: whether the next step makes up for its failure.
    """

    text: str
    command: tuple[str, ...]
    optional: bool = False


def environment_step(builder: Builder, folder: Path) -> Step:
    """Make an empty environment."""
    text = "Making an environment"
    if builder.uv is None:
        return Step(text, (builder.python, "-I", "-m", "venv", str(folder)))
    # What lies outside may change with QGIS, or be closed to it.
    apart = ("--python-preference", "only-managed") if builder.python == MANAGED else ()
    return Step(text, (builder.uv, "venv", "--python", builder.python, *apart, str(folder)))


def package_steps(
    host: Host, builder: Builder, build: Build, folder: Path, source: Path | None
) -> list[Step]:
    """Install the packages into an environment, from the network or from a folder of wheels.

    PyTorch's own index is asked for PyTorch and nothing else: it has stale copies of other
    packages. Where it cannot be reached, the package index's build has to do.
    """
    install = _install(host, builder, folder)
    everything = ("-r", str(REQUIREMENTS))
    if source is not None:
        local = ("--no-index", "--find-links", str(source))
        return [Step("Installing the packages", (*install, *local, *everything))]
    steps = [Step("Installing the packages", (*install, *everything))]
    if needs_torch_index(host, build):
        index = TORCH_INDEX + {"cpu": "cpu", "cuda": CUDA_INDEX}[build.name]
        torch = ("--no-deps", "--index-url", index, torch_requirement())
        steps.insert(0, Step("Installing PyTorch", (*install, *torch), optional=True))
    return steps


def _install(host: Host, builder: Builder, folder: Path) -> tuple[str, ...]:
    python = str(environment_python(folder, host.platform))
    if builder.uv is None:
        return (python, "-I", "-m", "pip", "install", "--progress-bar", "off", "--no-input")
    return (builder.uv, "pip", "install", "--python", python)


def by_hand(
    host: Host, builder: Builder, build: Build, folder: Path, source: Path | None
) -> list[str]:
    """The command lines that do the same in a terminal."""
    steps = [environment_step(builder, folder)]
    steps += package_steps(host, builder, build, folder, source)
    return [_line(host, step.command) for step in steps]


def wheels_by_hand(host: Host, build: Build) -> list[str]:
    """The command lines that fill the folder `wheels` beside a copy of requirements.txt."""
    name = "py" if host.platform == "win32" else "python3"
    download = (name, "-m", "pip", "download", "--dest", "wheels")
    pinned: tuple[str, ...] = ("-r", REQUIREMENTS.name)
    if not needs_torch_index(host, build):
        return [_line(host, (*download, *pinned))]
    index = TORCH_INDEX + {"cpu": "cpu", "cuda": CUDA_INDEX}[build.name]
    torch = ("--no-deps", "--index-url", index, torch_requirement())
    # What is in the folder already is taken from there.
    pinned = ("--find-links", "wheels", *pinned)
    return [_line(host, (*download, *torch)), _line(host, (*download, *pinned))]


def _line(host: Host, command: tuple[str, ...]) -> str:
    return subprocess.list2cmdline(command) if host.platform == "win32" else shlex.join(command)
