# SPDX-License-Identifier: GPL-2.0-or-later
"""What can make the runtime's environment on a host, and what to say where nothing can."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Callable

from ..errors import SuperSegError
from ..worker.layouts import NEWEST, OLDEST, Host, find_uv, other_pythons, own_python, sandbox
from ..worker.processes import output_of

# What uv fetches where no Python of the host will do.
MANAGED = "3.12"
UV_SITE = "https://docs.astral.sh/uv"
OWN_ENVIRONMENT = (
    "or choose a Python that has torch, numba and scikit-image (Own Python in Plugins > SuperSeg > "
    "Runtime, or the variable SUPERSEG_PYTHON)"
)
SURVEY_CODE = (
    "import importlib.util as u, json, sys; print(json.dumps({"
    "'version': sys.version_info[:2], 'wide': sys.maxsize > 2**32, "
    "'complete': all(u.find_spec(n) for n in ('venv', 'ensurepip'))}))"
)
SURVEY_SECONDS = 30


@dataclass(frozen=True)
class Survey:
    """What a Python says of itself.

    Attributes:
        version: major and minor.
        wide: whether it is a 64-bit one.
        complete: whether it can make environments with an installer in them.
    """

    version: tuple[int, int]
    wide: bool
    complete: bool

    @property
    def fits(self) -> bool:
        """Whether there are packages for it."""
        return self.wide and OLDEST <= self.version <= NEWEST


@dataclass(frozen=True)
class Builder:
    """A way to make the environment.

    Attributes:
        python: executable of the environment's Python, or the version that uv is to fetch.
        uv: executable of uv, or None to use that Python's own venv and pip.
    """

    python: str
    uv: str | None = None

    def __str__(self) -> str:
        if self.uv is None:
            return self.python
        fetched = self.python == MANAGED
        return f"{self.uv} and " + (f"Python {MANAGED}, fetched by it" if fetched else self.python)


def survey(path: str) -> Survey | None:
    """Ask a Python what it is; None where it does not answer."""
    try:
        said = json.loads(output_of([path, "-I", "-c", SURVEY_CODE], SURVEY_SECONDS))
        return Survey(tuple(said["version"]), bool(said["wide"]), bool(said["complete"]))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None


def find_builders(host: Host, ask: Callable[[str], Survey | None] = survey) -> list[Builder]:
    """List the ways to make the environment, best first.

    Args:
        host: where.
        ask: surveys a Python.

    Raises:
        SuperSegError: there is none; the sentence says why and what to do.
    """
    if host.platform == "darwin" and host.machine == "x86_64":
        raise SuperSegError(
            "PyTorch is no longer made for Macs with Intel processors, so the runtime cannot be "
            f"installed here. Use another computer, {OWN_ENVIRONMENT}."
        )
    uv = find_uv(host)
    found = list(_builders(host, uv, ask))
    if not found:
        raise SuperSegError(_why_none(host, ask))
    return found


def _builders(host: Host, uv: str | None, ask: Callable[[str], Survey | None]) -> Iterator[Builder]:
    managed = [Builder(MANAGED, uv)] if uv else []
    # A Windows QGIS brings C++ libraries too old for PyTorch, a macOS one is signed as a whole:
    # a Python that has nothing to do with QGIS comes first there. In a box there is no other.
    apart = host.platform in ("win32", "darwin") or bool(sandbox(host))
    if apart:
        yield from managed
    own = own_python(host)
    others = other_pythons(host)
    if sandbox(host):
        # What lies outside the home folder is not the same inside the box.
        pythons = [path for path in others if path.startswith(host.home)]
    elif host.platform == "darwin":
        pythons = [*others, *([own] if own else [])]
    else:
        pythons = [*([own] if own else []), *others]
    for path in dict.fromkeys(pythons):
        answer = ask(path)
        if answer is not None and answer.fits and (uv or answer.complete):
            yield Builder(path, uv)
    if not apart:
        yield from managed


def _why_none(host: Host, ask: Callable[[str], Survey | None]) -> str:
    box = sandbox(host)
    if box:
        return (
            f"This QGIS is a {box}, whose own Python cannot take packages and which the system's "
            f"Python does not work in. Install uv into your home folder ({UV_SITE}), which needs "
            "no administrator, and install the runtime again; or choose the Python of a conda "
            "environment in your home folder (Own Python in Plugins > SuperSeg > Runtime, or the "
            "variable SUPERSEG_PYTHON); or use QGIS from qgis.org's package repositories."
        )
    own = own_python(host)
    answer = ask(own) if own else None
    wanted = f"Python {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}"
    if own is None or answer is None:
        return (
            f"QGIS's own Python was not found below {host.prefix} or does not start, and there is "
            f"no other. Install uv ({UV_SITE}) or {wanted} beside QGIS, {OWN_ENVIRONMENT}."
        )
    version = f"{answer.version[0]}.{answer.version[1]}"
    if not answer.wide:
        return (
            "This QGIS is a 32-bit program; PyTorch needs a 64-bit one. Install QGIS for 64 bits."
        )
    if not answer.fits:
        return (
            f"The runtime needs {wanted}, and QGIS has {version}. Install uv ({UV_SITE}), which "
            f"brings one and needs no administrator, or {wanted} beside QGIS, {OWN_ENVIRONMENT}."
        )
    if host.is_file("/etc/debian_version"):
        return (
            f"{own} cannot make environments: the package python{version}-venv is missing. Install "
            f"it (sudo apt install python{version}-venv), or uv ({UV_SITE}), which needs no "
            "administrator, and install the runtime again."
        )
    return (
        f"{own} cannot make environments: its modules venv and ensurepip are not complete. Install "
        f"uv ({UV_SITE}), which needs no administrator, or {wanted} beside QGIS, {OWN_ENVIRONMENT}."
    )
