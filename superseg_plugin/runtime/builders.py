# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways to build the runtime's environment on a system, and advice if there is none.

An environment is built by uv, with a Python that uv downloads or one of the system, or by the venv
and pip of a Python. The download is preferred where QGIS's own Python suits badly: on Windows it
brings C++ libraries too old for PyTorch, on macOS it is part of a signed bundle, and in a sandbox
it cannot be extended.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Callable

from ..errors import SuperSegError
from ..worker.processes import output_of
from ..worker.system import System, own_python
from .discovery import NEWEST, OLDEST, find_uv, other_pythons, sandbox

# The version of Python that uv downloads.
DOWNLOADED = "3.12"
UV_SITE = "https://docs.astral.sh/uv"
SUPPORTED = f"Python {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}"
OWN_ENVIRONMENT = (
    "or choose a Python that has torch, numba and scikit-image (Own Python in Plugins > SuperSeg > "
    "Runtime, or the variable SUPERSEG_PYTHON)"
)
INSPECTION_CODE = (
    "import importlib.util as u, json, sys; print(json.dumps({"
    "'version': sys.version_info[:2], 'is_64_bit': sys.maxsize > 2**32, "
    "'has_venv': all(u.find_spec(n) for n in ('venv', 'ensurepip'))}))"
)
INSPECTION_SECONDS = 30


@dataclass(frozen=True)
class PythonInfo:
    """What a Python reports about itself.

    Attributes:
        version: major and minor version.
        is_64_bit: whether it is a 64-bit program.
        has_venv: whether it can create environments with pip in them.
    """

    version: tuple[int, int]
    is_64_bit: bool
    has_venv: bool

    @property
    def is_supported(self) -> bool:
        """Whether the packages of the runtime exist for it."""
        return self.is_64_bit and OLDEST <= self.version <= NEWEST


@dataclass(frozen=True)
class Builder:
    """A way to build the environment.

    Attributes:
        python: executable of the Python to use, or the version that uv downloads.
        uv: executable of uv; None to use the venv and pip of the Python.
    """

    python: str
    uv: str | None = None

    def __str__(self) -> str:
        if self.uv is None:
            return self.python
        downloads = self.python == DOWNLOADED
        return f"{self.uv} and " + (
            f"Python {DOWNLOADED}, downloaded by it" if downloads else self.python
        )


def inspect_python(path: str) -> PythonInfo | None:
    """Run a Python to describe itself; None if it does not start or answer."""
    try:
        answer = json.loads(output_of([path, "-I", "-c", INSPECTION_CODE], INSPECTION_SECONDS))
        version = tuple(answer["version"])
        return PythonInfo(version, bool(answer["is_64_bit"]), bool(answer["has_venv"]))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None


def find_builders(
    system: System, inspect: Callable[[str], PythonInfo | None] = inspect_python
) -> list[Builder]:
    """List the ways to build the environment, by preference.

    Args:
        system: the operating system.
        inspect: describes a Python by its path.

    Raises:
        SuperSegError: there is none; the message says why and what to do.
    """
    if system.platform == "darwin" and system.machine == "x86_64":
        raise SuperSegError(
            "PyTorch is no longer published for Macs with Intel processors, so the runtime cannot "
            f"be installed here. Use another computer, {OWN_ENVIRONMENT}."
        )
    uv = find_uv(system)
    own, others = own_python(system), other_pythons(system)
    qgis_python = [own] if own else []
    if sandbox(system):
        # Only the home folder is the same inside and outside the sandbox.
        pythons = [path for path in others if path.startswith(system.home)]
    elif system.platform == "darwin":
        pythons = others + qgis_python
    else:
        pythons = qgis_python + others
    found = []
    for path in dict.fromkeys(pythons):
        info = inspect(path)
        if info is not None and info.is_supported and (uv or info.has_venv):
            found.append(Builder(path, uv))
    downloaded = [Builder(DOWNLOADED, uv)] if uv else []
    prefer_download = system.platform in ("win32", "darwin") or sandbox(system)
    found = downloaded + found if prefer_download else found + downloaded
    if not found:
        raise SuperSegError(_advice(system, own, inspect(own) if own else None))
    return found


def _advice(system: System, own: str | None, info: PythonInfo | None) -> str:
    """Why no environment can be built with QGIS's own Python, and what to do."""
    box = sandbox(system)
    if box:
        return (
            f"This QGIS is a {box}: no packages can be installed for its own Python, and the "
            f"system's Python does not work in it. Install uv into your home folder ({UV_SITE}), "
            "which needs no administrator, and install the runtime again; or choose the Python of "
            "a conda environment in your home folder (Own Python in Plugins > SuperSeg > Runtime, "
            "or the variable SUPERSEG_PYTHON); or use QGIS from qgis.org's package repositories."
        )
    if info is not None and not info.is_64_bit:
        return (
            "This QGIS is a 32-bit program; PyTorch needs a 64-bit one. Install QGIS for 64 bits."
        )
    version = f"{info.version[0]}.{info.version[1]}" if info else ""
    if info is None:
        reason = (
            f"QGIS's own Python was not found below {system.prefix} or does not start, and there "
            "is no other."
        )
    elif not info.is_supported:
        reason = f"The runtime needs {SUPPORTED}, and QGIS has {version}."
    elif system.is_file("/etc/debian_version"):
        return (
            f"{own} cannot create environments: the package python{version}-venv is missing. "
            f"Install it (sudo apt install python{version}-venv), or uv ({UV_SITE}), which needs "
            "no administrator, and install the runtime again."
        )
    else:
        reason = f"{own} cannot create environments: its module venv or ensurepip is missing."
    return (
        f"{reason} Install uv ({UV_SITE}), which downloads a Python and needs no administrator, or "
        f"{SUPPORTED} beside QGIS, {OWN_ENVIRONMENT}."
    )
