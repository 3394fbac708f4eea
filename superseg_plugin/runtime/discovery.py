# SPDX-License-Identifier: GPL-2.0-or-later
"""Where other Pythons, uv and the NVIDIA driver are on each operating system."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from ..worker.system import System, python_names

# Versions of Python that all packages of the runtime have wheels for.
OLDEST = (3, 11)
NEWEST = (3, 14)
# The same, in the order of preference.
VERSIONS = tuple((3, minor) for minor in (12, 13, 11, 14))
CONDA_FOLDERS = ("miniforge3", "miniconda3", "mambaforge", "anaconda3")


def sandbox(system: System) -> str:
    """Name of the sandbox that QGIS is packaged in, if no environment can be built on its Python.

    The Python of a Flatpak or Snap has no pip and cannot be extended; an AppImage is mounted in
    another folder at every start. The variables alone do not prove a sandbox: a QGIS that is
    started from the terminal of a sandboxed program inherits them.

    Returns:
        "Flatpak", "Snap", "AppImage", or "" for none.
    """
    if system.platform != "linux":
        return ""
    if system.is_file("/.flatpak-info"):
        return "Flatpak"
    for name, variable in (("Snap", "SNAP"), ("AppImage", "APPDIR")):
        folder = system.variables.get(variable, "")
        if folder and system.prefix.startswith(folder.rstrip("/") + "/"):
            return name
    return ""


def other_pythons(system: System) -> list[str]:
    """Python executables other than QGIS's, by preference; whether they work is not checked."""
    on_path = [system.which(python_names(version)[0]) for version in VERSIONS]
    return system.files(
        [*_default_locations(system), *(system.path(found) for found in on_path if found)]
    )


def _default_locations(system: System) -> Iterator[PurePath]:
    """Where installers put Python; the PATH of a QGIS that was started from a menu lacks them."""
    conda_folders = [system.path(system.home, name) for name in CONDA_FOLDERS]
    if system.platform == "win32":
        programs = system.variables.get("PROGRAMFILES", r"C:\Program Files")
        for major, minor in VERSIONS:
            name = f"Python{major}{minor}"
            yield _local_app_data(system) / "Programs" / "Python" / name / "python.exe"
            yield system.path(programs, name, "python.exe")
        for conda in conda_folders:
            yield conda / "python.exe"
        return
    for version in VERSIONS:
        name = python_names(version)[0]
        if system.platform == "darwin":
            yield system.path("/opt/homebrew/bin", name)
            framework = system.path("/Library/Frameworks/Python.framework/Versions")
            yield framework / name[len("python") :] / "bin" / name
        yield system.path("/usr/local/bin", name)
    for conda in conda_folders:
        yield conda / "bin" / "python3"


def find_uv(system: System) -> str | None:
    """The package installer uv: on the PATH, or where its own installers put it."""
    found = system.which("uv")
    if found:
        return found
    name = "uv.exe" if system.platform == "win32" else "uv"
    locations = [system.path(system.home, folder, "bin", name) for folder in (".local", ".cargo")]
    if system.platform == "darwin":
        locations.append(system.path("/opt/homebrew/bin/uv"))
    if system.platform == "win32":
        locations.append(_local_app_data(system) / "Microsoft" / "WinGet" / "Links" / name)
    files = system.files(locations)
    return files[0] if files else None


def has_nvidia(system: System) -> bool:
    """Whether a driver for NVIDIA graphics processors is installed."""
    return bool(system.which("nvidia-smi")) or system.is_file("/proc/driver/nvidia/version")


def _local_app_data(system: System) -> PurePath:
    default = str(system.path(system.home, "AppData", "Local"))
    return system.path(system.variables.get("LOCALAPPDATA", default))
