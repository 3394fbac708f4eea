# SPDX-License-Identifier: GPL-2.0-or-later
"""The command lines of an installation, to be run or to be shown to the user.

They hold no credentials: those are passed by environment variables. PyTorch is installed first, by
itself, from PyTorch's own index, if the package index has another build of it. That index is used
for nothing else, because its copies of other packages are outdated.
"""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..worker.interpreter import environment_python
from ..worker.system import System
from .builders import DOWNLOADED, Builder
from .builds import REQUIREMENTS, Build, torch_requirement


@dataclass(frozen=True)
class Step:
    """A command of an installation.

    Attributes:
        text: description for the log.
        command: the program and its arguments.
        optional: whether the installation goes on if it fails.
    """

    text: str
    command: tuple[str, ...]
    optional: bool = False


def environment_step(builder: Builder, folder: Path) -> Step:
    """Create an empty environment."""
    text = "Creating an environment"
    if builder.uv is None:
        return Step(text, (builder.python, "-I", "-m", "venv", str(folder)))
    # With a version number uv would also take a Python of the system, such as QGIS's own, which may
    # change with QGIS or be inaccessible.
    only_own = ("--python-preference", "only-managed") if builder.python == DOWNLOADED else ()
    return Step(text, (builder.uv, "venv", "--python", builder.python, *only_own, str(folder)))


def package_steps(
    system: System, builder: Builder, build: Build, folder: Path, source: Path | None
) -> list[Step]:
    """Install the packages into an environment.

    Args:
        system: the operating system.
        builder: how the environment was created.
        build: CPU or CUDA.
        folder: the environment.
        source: folder of wheels to install from; None for the network.
    """
    python = str(environment_python(folder, system.platform))
    install: tuple[str, ...]
    if builder.uv is None:
        install = (python, "-I", "-m", "pip", "install", "--progress-bar", "off", "--no-input")
    else:
        install = (builder.uv, "pip", "install", "--python", python)
    text, requirements = "Installing the packages", ("-r", str(REQUIREMENTS))
    if source is not None:
        local = ("--no-index", "--find-links", str(source))
        return [Step(text, (*install, *local, *requirements))]
    steps = [Step(text, (*install, *requirements))]
    if build.torch_index:
        # If the index cannot be reached, the next step installs the package index's build.
        torch = Step("Installing PyTorch", (*install, *_torch_arguments(build)), optional=True)
        steps.insert(0, torch)
    return steps


def manual_commands(
    system: System, builder: Builder, build: Build, folder: Path, source: Path | None
) -> list[str]:
    """The command lines of an installation, for a terminal."""
    steps = [environment_step(builder, folder)]
    steps += package_steps(system, builder, build, folder, source)
    return [_line(system, step.command) for step in steps]


def download_commands(system: System, build: Build) -> list[str]:
    """The command lines that download all wheels to a folder `wheels`, beside requirements.txt."""
    python = "py" if system.platform == "win32" else "python3"
    download = (python, "-m", "pip", "download", "--dest", "wheels")
    requirements = ("-r", REQUIREMENTS.name)
    if not build.torch_index:
        return [_line(system, (*download, *requirements))]
    # The second command takes the wheel of PyTorch from the folder.
    local = ("--find-links", "wheels")
    return [
        _line(system, (*download, *_torch_arguments(build))),
        _line(system, (*download, *local, *requirements)),
    ]


def _torch_arguments(build: Build) -> tuple[str, ...]:
    return ("--no-deps", "--index-url", str(build.torch_index), torch_requirement())


def _line(system: System, command: tuple[str, ...]) -> str:
    return subprocess.list2cmdline(command) if system.platform == "win32" else shlex.join(command)
