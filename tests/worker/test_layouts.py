# SPDX-License-Identifier: GPL-2.0-or-later
"""Where Python lies in the QGIS of each system, and what is said where none can build a runtime."""

from __future__ import annotations

import sys

import pytest

from superseg_plugin.errors import SuperSegError
from superseg_plugin.runtime.builders import Survey, find_builders, survey
from superseg_plugin.worker.layouts import (
    Host,
    find_uv,
    own_python,
    sandbox,
    this_host,
)

GOOD = Survey((3, 12), wide=True, complete=True)


def host(platform, prefix, files=(), version=(3, 12), which=None, home="/home/ana", **more):
    """A host of these files and programs."""
    return Host(
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
    "Debian": (host("linux", "/usr", ["/usr/bin/python3.12"]), "/usr/bin/python3.12"),
    "conda": (
        host("linux", "/home/ana/miniforge3/envs/q", ["/home/ana/miniforge3/envs/q/bin/python3"]),
        "/home/ana/miniforge3/envs/q/bin/python3",
    ),
    "a virtual environment with QGIS": (
        host("linux", "/home/ana/env", ["/usr/bin/python3.12"], base_prefix="/usr"),
        "/usr/bin/python3.12",
    ),
    # The one in bin finds its library by PYTHONHOME only.
    "OSGeo4W": (
        host("win32", OSGEO4W, [OSGEO4W + r"\python.exe", r"C:\OSGeo4W\bin\python.exe"]),
        OSGEO4W + r"\python.exe",
    ),
    "Windows, MSI": (host("win32", MSI, [MSI + r"\python.exe"]), MSI + r"\python.exe"),
    "Windows, short names": (
        host("win32", SHORT, [SHORT + r"\python.exe"]),
        SHORT + r"\python.exe",
    ),
    "Windows, only QGIS": (host("win32", OSGEO4W, [r"C:\OSGeo4W\bin\qgis-bin.exe"]), None),
    "macOS, 3.22": (
        host("darwin", f"{BUNDLE}/MacOS", [f"{BUNDLE}/MacOS/bin/python3"], (3, 9)),
        f"{BUNDLE}/MacOS/bin/python3",
    ),
    "macOS, 3.44": (
        host("darwin", f"{BUNDLE}/Resources/python", [f"{BUNDLE}/MacOS/bin/python3.12"]),
        f"{BUNDLE}/MacOS/bin/python3.12",
    ),
    "macOS, 4.2": (
        host("darwin", f"{BUNDLE}/Frameworks", [f"{BUNDLE}/Frameworks/bin/python3.12"]),
        f"{BUNDLE}/Frameworks/bin/python3.12",
    ),
    "macOS, a framework in the bundle": (
        host(
            "darwin",
            f"{BUNDLE}/Frameworks/Python.framework/Versions/3.12",
            [f"{BUNDLE}/Frameworks/Python.framework/Versions/3.12/bin/python3.12"],
        ),
        f"{BUNDLE}/Frameworks/Python.framework/Versions/3.12/bin/python3.12",
    ),
    "macOS, only QGIS": (host("darwin", f"{BUNDLE}/MacOS", [f"{BUNDLE}/MacOS/QGIS"]), None),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_qgis_own_python_is_found_and_never_qgis_itself(name):
    where, expected = LAYOUTS[name]
    assert own_python(where) == expected


def test_this_machines_python_is_one():
    answer = survey(own_python(this_host()))
    assert answer.version == sys.version_info[:2]
    assert answer.wide == (sys.maxsize > 2**32)


def test_what_is_no_python_does_not_answer(tmp_path):
    program = tmp_path / "python3"
    program.write_text("#!/bin/sh\necho 3.12\n")
    program.chmod(0o755)
    assert survey(str(program)) is None
    assert survey(str(tmp_path / "missing")) is None


FLATPAK = host(
    "linux", "/usr", ["/.flatpak-info", "/usr/bin/python3.12"], FLATPAK_ID="org.qgis.qgis"
)
SNAP = host("linux", "/snap/qgis/7/usr", ["/snap/qgis/7/usr/bin/python3.12"], SNAP="/snap/qgis/7")
APPIMAGE = host("linux", "/tmp/.mount_QGIS/usr", [], APPDIR="/tmp/.mount_QGIS")


@pytest.mark.parametrize(
    ("where", "name"), [(FLATPAK, "Flatpak"), (SNAP, "Snap"), (APPIMAGE, "AppImage")]
)
def test_a_box_is_refused_with_what_works_instead(where, name):
    assert sandbox(where) == name
    with pytest.raises(SuperSegError, match=rf"{name}.*uv.*home folder.*conda.*qgis\.org"):
        find_builders(where, answers())


def test_in_a_box_only_what_lies_in_the_home_folder_builds():
    uv = "/home/ana/.local/bin/uv"
    conda = "/home/ana/miniforge3/bin/python3"
    files = ["/.flatpak-info", "/usr/bin/python3.12", "/usr/local/bin/python3.12", uv, conda]
    found = find_builders(host("linux", "/usr", files), answers())
    assert [(b.uv, b.python) for b in found] == [(uv, "3.12"), (uv, conda)]


def test_a_terminal_in_a_box_does_not_make_qgis_one():
    where = host("linux", "/usr", ["/usr/bin/python3.12"], SNAP="/snap/code/9")
    assert sandbox(where) == ""
    assert find_builders(where, answers())[0].python == "/usr/bin/python3.12"


def test_debian_without_venv_is_told_which_package():
    where = host("linux", "/usr", ["/usr/bin/python3.11", "/etc/debian_version"], (3, 11))
    bare = Survey((3, 11), wide=True, complete=False)
    with pytest.raises(SuperSegError, match=r"sudo apt install python3\.11-venv"):
        find_builders(where, lambda path: bare)


def test_uv_needs_no_venv_of_pythons_own():
    where = host("linux", "/usr", ["/usr/bin/python3.11"], (3, 11), which={"uv": "/usr/bin/uv"})
    bare = Survey((3, 11), wide=True, complete=False)
    first = find_builders(where, lambda path: bare)[0]
    assert (first.uv, first.python) == ("/usr/bin/uv", "/usr/bin/python3.11")


def test_an_old_qgis_takes_a_newer_python_beside_it():
    old = Survey((3, 9), wide=True, complete=True)
    newer = r"C:\Users\ana\AppData\Local\Programs\Python\Python312\python.exe"
    files = [MSI + r"\python.exe", newer]
    where = host("win32", MSI, files, (3, 9), home=r"C:\Users\ana")
    ask = answers(**{MSI + r"\python.exe": old})
    assert [b.python for b in find_builders(where, ask)] == [newer]
    alone = host("win32", MSI, files[:1], (3, 9), home=r"C:\Users\ana")
    with pytest.raises(SuperSegError, match=r"3\.11 to 3\.14.*QGIS has 3\.9.*uv"):
        find_builders(alone, ask)


def test_an_old_qgis_takes_the_python_that_uv_fetches():
    old = Survey((3, 9), wide=True, complete=True)
    uv = r"C:\Users\ana\.local\bin\uv.exe"
    where = host("win32", MSI, [MSI + r"\python.exe", uv], (3, 9), home=r"C:\Users\ana")
    found = find_builders(where, answers(**{MSI + r"\python.exe": old}))
    assert [(b.uv, b.python) for b in found] == [(uv, "3.12")]


def test_a_python_newer_than_the_packages_is_not_taken():
    new = Survey((3, 15), wide=True, complete=True)
    where = host("linux", "/usr", ["/usr/bin/python3.15"], (3, 15))
    with pytest.raises(SuperSegError, match=r"3\.11 to 3\.14.*QGIS has 3\.15"):
        find_builders(where, lambda path: new)


def test_a_mac_without_a_terminals_path_finds_what_is_installed():
    brew = "/opt/homebrew/bin/python3.12"
    files = [f"{BUNDLE}/MacOS/bin/python3.12", brew, "/opt/homebrew/bin/uv"]
    where = host("darwin", f"{BUNDLE}/MacOS", files, machine="arm64")
    assert find_uv(where) == "/opt/homebrew/bin/uv"
    # The bundle's own comes last: it is signed as a whole.
    assert [b.python for b in find_builders(where, answers())] == ["3.12", brew, files[0]]


def test_intel_macs_and_32_bits_are_told_plainly():
    where = host("darwin", f"{BUNDLE}/MacOS", [f"{BUNDLE}/MacOS/bin/python3.12"])
    with pytest.raises(SuperSegError, match="Intel"):
        find_builders(where, answers())
    narrow = Survey((3, 12), wide=False, complete=True)
    where = host("win32", OSGEO4W, [OSGEO4W + r"\python.exe"])
    with pytest.raises(SuperSegError, match="32-bit"):
        find_builders(where, lambda path: narrow)


def test_no_python_at_all_is_a_sentence_too():
    with pytest.raises(SuperSegError, match=r"not found below C:\\OSGeo4W.*uv"):
        find_builders(host("win32", OSGEO4W), answers())
