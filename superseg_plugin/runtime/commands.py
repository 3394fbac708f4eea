# SPDX-License-Identifier: GPL-2.0-or-later
"""The command lines of an installation, to be run or to be shown to the user.

They hold no credentials: those are passed by environment variables. PyTorch is installed first, by
itself, from PyTorch's own index, if the package index has another build of it. That index is used
for nothing else, because its copies of other packages are outdated.

Every file must have a SHA-256 sum of the locks, and only wheels are installed, since building a
package would run its code. Of PyTorch's own index there may be no lock; then the version of that
one wheel is checked.
"""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..worker.interpreter import environment_python
from ..worker.system import System
from .builders import DOWNLOADED, Builder
from .builds import (
    LOCKED,
    LOCKED_WITHOUT_TORCH,
    TORCH_INDEXES,
    Build,
    torch_lock,
    torch_requirement,
)


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
        # A package of an index is never replaced by one of the same name in a later index.
        install += ("--index-strategy", "first-index")
    text = "Installing the packages"
    local: tuple[str, ...] = ()
    if source is not None:
        local = ("--no-index", "--find-links", str(source))
    own_torch = build.torch_index if source is None else _index_of_torch(source)
    if own_torch is None:
        return [Step(text, (*install, *local, *_locked(LOCKED)))]
    torch = (*install, *(local or ("--index-url", own_torch)), *_torch_arguments(own_torch))
    return [
        # If the index cannot be reached, that of the packages has another build.
        Step("Installing PyTorch", torch, optional=source is None),
        Step(text, (*install, *local, *_locked(LOCKED_WITHOUT_TORCH))),
    ]


def manual_commands(
    system: System, builder: Builder, build: Build, folder: Path, source: Path | None
) -> list[str]:
    """The command lines of an installation, for a terminal."""
    steps = [environment_step(builder, folder)]
    steps += package_steps(system, builder, build, folder, source)
    return [_line(system, step.command) for step in steps]


def download_commands(system: System, build: Build) -> list[str]:
    """The command lines that download all wheels to a folder `wheels`, beside the locks."""
    python = "py" if system.platform == "win32" else "python3"
    download = (python, "-m", "pip", "download", "--dest", "wheels")
    index = build.torch_index
    if index is None:
        return [_line(system, (*download, *_locked(Path(LOCKED.name))))]
    torch = ("--index-url", index, *_torch_arguments(index, copied=True))
    return [
        _line(system, (*download, *torch)),
        _line(system, (*download, *_locked(Path(LOCKED_WITHOUT_TORCH.name)))),
    ]


def _locked(lock: Path) -> tuple[str, ...]:
    return ("--require-hashes", "--only-binary", ":all:", "-r", str(lock))


def _torch_arguments(index: str, copied: bool = False) -> tuple[str, ...]:
    """PyTorch alone, by its lock if there is one; `copied` if the lock is in the current folder."""
    lock = torch_lock(index)
    if lock.is_file():
        return ("--no-deps", *_locked(Path(lock.name) if copied else lock))
    return ("--no-deps", "--only-binary", ":all:", torch_requirement())


def _index_of_torch(source: Path) -> str | None:
    """The index that the PyTorch in a folder of wheels is from; None for the package index.

    Versions of PyTorch's own indexes end with the name of the index: torch-2.13.0+cpu-....whl.
    """
    for wheel in source.glob("torch-*.whl"):
        _, plus, name = wheel.name.split("-")[1].partition("+")
        if plus:
            return f"{TORCH_INDEXES}/{name}"
    return None


def _line(system: System, command: tuple[str, ...]) -> str:
    return subprocess.list2cmdline(command) if system.platform == "win32" else shlex.join(command)
