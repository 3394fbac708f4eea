# SPDX-License-Identifier: GPL-2.0-or-later
"""The operating system that QGIS runs on, and where QGIS's own Python is.

Functions of a `System` start no program and only ask whether files exist. So the file layouts of
all operating systems can be tested on any of them.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Callable


@dataclass(frozen=True)
class System:
    """What the search for a Python needs to know of the operating system and of QGIS.

    Attributes:
        platform: as `sys.platform`.
        machine: as `platform.machine()`.
        prefix: as `sys.prefix`.
        base_prefix: as `sys.base_prefix`.
        version: major and minor version of QGIS's Python.
        variables: environment variables of the process.
        home: the user's home folder.
        is_file: whether a path is a file.
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
        """Join a path in the syntax of this system."""
        return PureWindowsPath(*parts) if self.platform == "win32" else PurePosixPath(*parts)

    def files(self, paths: Iterable[PurePath]) -> list[str]:
        """Those of the paths that are files, without duplicates."""
        return [path for path in dict.fromkeys(map(str, paths)) if self.is_file(path)]


def this_system() -> System:
    """The system that this process runs on."""
    return System(
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


def own_python(system: System) -> str | None:
    """The Python that QGIS itself runs on, or None if there is no executable of it.

    `sys.executable` cannot be used: on Windows and in macOS bundles it is QGIS, and starting it
    opens a second QGIS.
    """
    prefixes = dict.fromkeys((system.prefix, system.base_prefix))
    if system.platform == "win32":
        # OSGeo4W's bin/python.exe is left out: it needs PYTHONHOME to find its library.
        found = system.files(system.path(prefix, "python.exe") for prefix in prefixes)
    else:
        folders = [system.path(prefix, "bin") for prefix in prefixes]
        if system.platform == "darwin":
            folders += _bundle_folders(system, prefixes)
        names = python_names(system.version)
        found = system.files(folder / name for folder in folders for name in names)
    return found[0] if found else None


def python_names(version: tuple[int, int]) -> tuple[str, str]:
    """File names of a Python executable outside Windows."""
    return f"python{version[0]}.{version[1]}", "python3"


def _bundle_folders(system: System, prefixes: Iterable[str]) -> Iterator[PurePath]:
    """Folders of a macOS application bundle that releases of QGIS keep Python in."""
    version = f"{system.version[0]}.{system.version[1]}"
    for prefix in prefixes:
        parts = PurePosixPath(prefix).parts
        if "Contents" in parts:
            contents = system.path(*parts[: parts.index("Contents") + 1])
            yield contents / "MacOS" / "bin"
            yield contents / "MacOS"
            yield contents / "Frameworks" / "bin"
            yield contents / "Frameworks" / "Python.framework" / "Versions" / version / "bin"
            yield contents / "Resources" / "python" / "bin"
