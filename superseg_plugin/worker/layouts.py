# SPDX-License-Identifier: GPL-2.0-or-later
"""Where QGIS's Python, other Pythons and uv lie on each system.

Everything here is a function of a `Host`: nothing is run, and only the existence of files is asked,
so that the layouts of all systems can be tried on any of them.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Callable

OLDEST = (3, 11)
NEWEST = (3, 14)
VERSIONS = tuple((3, minor) for minor in (12, 13, 11, 14))


@dataclass(frozen=True)
class Host:
    """What discovery may look at.

    Attributes:
        platform: as `sys.platform`.
        machine: as `platform.machine()`.
        prefix: as `sys.prefix`.
        base_prefix: as `sys.base_prefix`.
        version: major and minor version of QGIS's Python.
        variables: of the process.
        home: the user's home folder.
        is_file: tells whether a path is a file.
        which: finds a program on the PATH.
    """

    platform: str
    machine: str
    prefix: str
    base_prefix: str
    version: tuple[int, int]
    variables: Mapping[str, str]
    home: str
    is_file: Callable[[str], bool]
    which: Callable[[str], str | None]

    def path(self, *parts: str) -> PurePath:
        """A path of this host's kind."""
        return PureWindowsPath(*parts) if self.platform == "win32" else PurePosixPath(*parts)

    def files(self, paths: Iterable[PurePath]) -> list[str]:
        """Those of the paths that are files, each once."""
        return [path for path in dict.fromkeys(map(str, paths)) if self.is_file(path)]


def this_host() -> Host:
    """The host that this process runs on."""
    return Host(
        platform=sys.platform,
        machine=platform.machine(),
        prefix=sys.prefix,
        base_prefix=sys.base_prefix,
        version=sys.version_info[:2],
        variables=dict(os.environ),
        home=str(Path.home()),
        is_file=lambda path: Path(path).is_file(),
        which=shutil.which,
    )


def sandbox(host: Host) -> str:
    """The box that QGIS is packed in and whose Python can't be built upon, or an empty text.

    A Flatpak's or Snap's Python belongs to the box and has no installer; an AppImage lies in
    another folder at every start. The variables alone prove nothing: a terminal that is such a box
    hands them on to a QGIS that is none.
    """
    if host.platform != "linux":
        return ""
    if host.is_file("/.flatpak-info"):
        return "Flatpak"
    for name, variable in (("Snap", "SNAP"), ("AppImage", "APPDIR")):
        folder = host.variables.get(variable, "")
        if folder and host.prefix.startswith(folder.rstrip("/") + "/"):
            return name
    return ""


def own_python(host: Host) -> str | None:
    """The Python that QGIS itself runs on, or None where it has no executable.

    `sys.executable` is QGIS on Windows and in macOS bundles: starting it opens a second QGIS.
    """
    prefixes = dict.fromkeys((host.prefix, host.base_prefix))
    if host.platform == "win32":
        # Not OSGeo4W's bin/python.exe: it finds its library by PYTHONHOME only.
        found = host.files(host.path(prefix, "python.exe") for prefix in prefixes)
    else:
        found = host.files(_posix_places(host, prefixes))
    return found[0] if found else None


def _posix_places(host: Host, prefixes: Iterable[str]) -> Iterable[PurePath]:
    names = _names(host.version)
    for prefix in prefixes:
        for name in names:
            yield host.path(prefix, "bin", name)
    if host.platform != "darwin":
        return
    version = f"{host.version[0]}.{host.version[1]}"
    for prefix in prefixes:
        parts = PurePosixPath(prefix).parts
        if "Contents" not in parts:
            continue
        contents = host.path(*parts[: parts.index("Contents") + 1])
        framework = contents / "Frameworks" / "Python.framework" / "Versions" / version / "bin"
        for folder in (
            contents / "MacOS" / "bin",
            contents / "MacOS",
            contents / "Frameworks" / "bin",
            framework,
            contents / "Resources" / "python" / "bin",
        ):
            for name in names:
                yield folder / name


def _names(version: tuple[int, int]) -> tuple[str, str]:
    return f"python{version[0]}.{version[1]}", "python3"


def other_pythons(host: Host) -> list[str]:
    """Pythons beside QGIS's that may build the runtime, best first; they may not start."""
    places = list(_installed_places(host))
    for version in VERSIONS:
        found = host.which(_names(version)[0])
        if found:
            places.append(host.path(found))
    return host.files(places)


def _installed_places(host: Host) -> Iterable[PurePath]:
    """Where installers put Python; QGIS started from a menu often has a bare PATH."""
    condas = [
        host.path(host.home, name)
        for name in ("miniforge3", "miniconda3", "mambaforge", "anaconda3")
    ]
    if host.platform == "win32":
        programs = host.variables.get("PROGRAMFILES", r"C:\Program Files")
        local = host.variables.get("LOCALAPPDATA", str(host.path(host.home, "AppData", "Local")))
        for major, minor in VERSIONS:
            name = f"Python{major}{minor}"
            yield host.path(local, "Programs", "Python", name, "python.exe")
            yield host.path(programs, name, "python.exe")
        for conda in condas:
            yield conda / "python.exe"
        return
    for version in VERSIONS:
        name = _names(version)[0]
        if host.platform == "darwin":
            yield host.path("/opt/homebrew/bin", name)
            yield host.path("/Library/Frameworks/Python.framework/Versions", name[6:], "bin", name)
        yield host.path("/usr/local/bin", name)
    for conda in condas:
        yield conda / "bin" / "python3"


def find_uv(host: Host) -> str | None:
    """The package installer uv: on the PATH or where its own installers put it."""
    found = host.which("uv")
    if found:
        return found
    name = "uv.exe" if host.platform == "win32" else "uv"
    places = [
        host.path(host.home, ".local", "bin", name),
        host.path(host.home, ".cargo", "bin", name),
    ]
    if host.platform == "darwin":
        places.append(host.path("/opt/homebrew/bin/uv"))
    if host.platform == "win32":
        local = host.variables.get("LOCALAPPDATA", str(host.path(host.home, "AppData", "Local")))
        places.append(host.path(local, "Microsoft", "WinGet", "Links", name))
    files = host.files(places)
    return files[0] if files else None


def has_nvidia(host: Host) -> bool:
    """Whether there is a driver for NVIDIA graphics processors."""
    return bool(host.which("nvidia-smi")) or host.is_file("/proc/driver/nvidia/version")
