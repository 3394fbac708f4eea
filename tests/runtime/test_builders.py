# SPDX-License-Identifier: GPL-2.0-or-later
"""Python in the QGIS of each system, the builders found, and the advice if there is none."""

from __future__ import annotations

import sys

import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.runtime.builders import PythonInfo, find_builders, inspect_python
from superseg_plugin.runtime.discovery import find_uv, sandbox
from superseg_plugin.worker.system import System, own_python, this_system

GOOD = PythonInfo((3, 12), is_64_bit=True, has_venv=True)


def system(platform, prefix, files=(), version=(3, 12), which=None, home="/home/ana", **more):
    """A system with these files and programs."""
    return System(
        platform=platform,
        machine=more.pop("machine", "x86_64"),
        prefix=prefix,
        base_prefix=more.pop("base_prefix", prefix),
        version=version,
        variables=more,
        home=home,
        is_file=set(files).__contains__,
        which=(which or {}).get,
    )


def answers(**by_path):
    return lambda path: by_path.get(path, GOOD)


OSGEO4W = r"C:\OSGeo4W\apps\Python312"
MSI = r"C:\Program Files\QGIS 3.34.1\apps\Python39"
SHORT = r"C:\PROGRA~1\QGIS34~1.11\apps\Python312"
BUNDLE = "/Applications/QGIS.app/Contents"

LAYOUTS = {
    "Debian": (system("linux", "/usr", ["/usr/bin/python3.12"]), "/usr/bin/python3.12"),
    "conda": (
        system("linux", "/home/ana/miniforge3/envs/q", ["/home/ana/miniforge3/envs/q/bin/python3"]),
        "/home/ana/miniforge3/envs/q/bin/python3",
    ),
    "a virtual environment with QGIS": (
        system("linux", "/home/ana/env", ["/usr/bin/python3.12"], base_prefix="/usr"),
        "/usr/bin/python3.12",
    ),
    # The one in bin needs PYTHONHOME to find its library.
    "OSGeo4W": (
        system("win32", OSGEO4W, [OSGEO4W + r"\python.exe", r"C:\OSGeo4W\bin\python.exe"]),
        OSGEO4W + r"\python.exe",
    ),
    "Windows, MSI": (system("win32", MSI, [MSI + r"\python.exe"]), MSI + r"\python.exe"),
    "Windows, short names": (
        system("win32", SHORT, [SHORT + r"\python.exe"]),
        SHORT + r"\python.exe",
    ),
    "Windows, only QGIS": (system("win32", OSGEO4W, [r"C:\OSGeo4W\bin\qgis-bin.exe"]), None),
    "macOS, 3.22": (
        system("darwin", f"{BUNDLE}/MacOS", [f"{BUNDLE}/MacOS/bin/python3"], (3, 9)),
        f"{BUNDLE}/MacOS/bin/python3",
    ),
    "macOS, 3.44": (
        system("darwin", f"{BUNDLE}/Resources/python", [f"{BUNDLE}/MacOS/bin/python3.12"]),
        f"{BUNDLE}/MacOS/bin/python3.12",
    ),
    "macOS, 4.2": (
        system("darwin", f"{BUNDLE}/Frameworks", [f"{BUNDLE}/Frameworks/bin/python3.12"]),
        f"{BUNDLE}/Frameworks/bin/python3.12",
    ),
    "macOS, a framework in the bundle": (
        system(
            "darwin",
            f"{BUNDLE}/Frameworks/Python.framework/Versions/3.12",
            [f"{BUNDLE}/Frameworks/Python.framework/Versions/3.12/bin/python3.12"],
        ),
        f"{BUNDLE}/Frameworks/Python.framework/Versions/3.12/bin/python3.12",
    ),
    "macOS, only QGIS": (system("darwin", f"{BUNDLE}/MacOS", [f"{BUNDLE}/MacOS/QGIS"]), None),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_qgis_own_python_is_found_and_never_qgis_itself(name):
    where, expected = LAYOUTS[name]
    assert own_python(where) == expected


def test_the_python_of_this_machine_describes_itself():
    answer = inspect_python(own_python(this_system()))
    assert answer.version == sys.version_info[:2]
    assert answer.is_64_bit == (sys.maxsize > 2**32)


def test_a_program_that_is_not_python_is_not_described(tmp_path):
    program = tmp_path / "python3"
    program.write_text("#!/bin/sh\necho 3.12\n")
    program.chmod(0o755)
    assert inspect_python(str(program)) is None
    assert inspect_python(str(tmp_path / "missing")) is None


FLATPAK = system(
    "linux", "/usr", ["/.flatpak-info", "/usr/bin/python3.12"], FLATPAK_ID="org.qgis.qgis"
)
SNAP = system("linux", "/snap/qgis/7/usr", ["/snap/qgis/7/usr/bin/python3.12"], SNAP="/snap/qgis/7")
APPIMAGE = system("linux", "/tmp/.mount_QGIS/usr", [], APPDIR="/tmp/.mount_QGIS")


@pytest.mark.parametrize(
    ("where", "name"), [(FLATPAK, "Flatpak"), (SNAP, "Snap"), (APPIMAGE, "AppImage")]
)
def test_a_sandbox_is_refused_with_alternatives(where, name):
    assert sandbox(where) == name
    with pytest.raises(SuperSegError, match=rf"{name}.*uv.*home folder.*conda.*qgis\.org"):
        find_builders(where, answers())


def test_in_a_sandbox_only_builders_in_the_home_folder_are_used():
    uv = "/home/ana/.local/bin/uv"
    conda = "/home/ana/miniforge3/bin/python3"
    files = ["/.flatpak-info", "/usr/bin/python3.12", "/usr/local/bin/python3.12", uv, conda]
    found = find_builders(system("linux", "/usr", files), answers())
    assert [(b.uv, b.python) for b in found] == [(uv, "3.12"), (uv, conda)]


def test_a_sandboxed_terminal_does_not_make_qgis_sandboxed():
    where = system("linux", "/usr", ["/usr/bin/python3.12"], SNAP="/snap/code/9")
    assert sandbox(where) == ""
    assert find_builders(where, answers())[0].python == "/usr/bin/python3.12"


def test_debian_without_venv_is_told_which_package():
    where = system("linux", "/usr", ["/usr/bin/python3.11", "/etc/debian_version"], (3, 11))
    bare = PythonInfo((3, 11), is_64_bit=True, has_venv=False)
    with pytest.raises(SuperSegError, match=r"sudo apt install python3\.11-venv"):
        find_builders(where, lambda path: bare)


def test_uv_needs_no_venv_module():
    where = system("linux", "/usr", ["/usr/bin/python3.11"], (3, 11), which={"uv": "/usr/bin/uv"})
    bare = PythonInfo((3, 11), is_64_bit=True, has_venv=False)
    first = find_builders(where, lambda path: bare)[0]
    assert (first.uv, first.python) == ("/usr/bin/uv", "/usr/bin/python3.11")


def test_an_old_qgis_takes_a_newer_python_beside_it():
    old = PythonInfo((3, 9), is_64_bit=True, has_venv=True)
    newer = r"C:\Users\ana\AppData\Local\Programs\Python\Python312\python.exe"
    files = [MSI + r"\python.exe", newer]
    where = system("win32", MSI, files, (3, 9), home=r"C:\Users\ana")
    ask = answers(**{MSI + r"\python.exe": old})
    assert [b.python for b in find_builders(where, ask)] == [newer]
    alone = system("win32", MSI, files[:1], (3, 9), home=r"C:\Users\ana")
    with pytest.raises(SuperSegError, match=r"3\.11 to 3\.14.*QGIS has 3\.9.*uv"):
        find_builders(alone, ask)


def test_an_old_qgis_takes_the_python_that_uv_downloads():
    old = PythonInfo((3, 9), is_64_bit=True, has_venv=True)
    uv = r"C:\Users\ana\.local\bin\uv.exe"
    where = system("win32", MSI, [MSI + r"\python.exe", uv], (3, 9), home=r"C:\Users\ana")
    found = find_builders(where, answers(**{MSI + r"\python.exe": old}))
    assert [(b.uv, b.python) for b in found] == [(uv, "3.12")]


def test_a_python_newer_than_the_packages_is_not_taken():
    new = PythonInfo((3, 15), is_64_bit=True, has_venv=True)
    where = system("linux", "/usr", ["/usr/bin/python3.15"], (3, 15))
    with pytest.raises(SuperSegError, match=r"3\.11 to 3\.14.*QGIS has 3\.15"):
        find_builders(where, lambda path: new)


def test_a_mac_without_a_terminals_path_finds_what_is_installed():
    brew = "/opt/homebrew/bin/python3.12"
    files = [f"{BUNDLE}/MacOS/bin/python3.12", brew, "/opt/homebrew/bin/uv"]
    where = system("darwin", f"{BUNDLE}/MacOS", files, machine="arm64")
    assert find_uv(where) == "/opt/homebrew/bin/uv"
    # The bundle's own comes last: it is signed as a whole.
    assert [b.python for b in find_builders(where, answers())] == ["3.12", brew, files[0]]


def test_intel_macs_and_32_bits_are_refused():
    where = system("darwin", f"{BUNDLE}/MacOS", [f"{BUNDLE}/MacOS/bin/python3.12"])
    with pytest.raises(SuperSegError, match="Intel"):
        find_builders(where, answers())
    narrow = PythonInfo((3, 12), is_64_bit=False, has_venv=True)
    where = system("win32", OSGEO4W, [OSGEO4W + r"\python.exe"])
    with pytest.raises(SuperSegError, match="32-bit"):
        find_builders(where, lambda path: narrow)


def test_no_python_at_all_is_an_error():
    with pytest.raises(SuperSegError, match=r"not found below C:\\OSGeo4W.*uv"):
        find_builders(system("win32", OSGEO4W), answers())
