# SPDX-License-Identifier: GPL-2.0-or-later
"""Check a package as plugins.qgis.org does on upload: check_package.py ZIP."""

from __future__ import annotations

import sys
import zipfile
from configparser import ConfigParser, Error
from pathlib import Path, PurePosixPath

from tests.tools.qgis_process import PLUGIN

LARGEST = 25_000_000
NEEDED = ("__init__.py", "metadata.txt", "LICENSE", "icons/superseg.svg", "icons/superseg.png")
UNWANTED = {".pyc", ".pyo", ".so", ".dll", ".dylib", ".exe", ".pyd", ".sh", ".bat", ".cmd", ".ps1"}
KEYS = (
    *("name", "qgisMinimumVersion", "description", "about", "version", "author", "email"),
    *("homepage", "tracker", "repository", "icon", "hasProcessingProvider"),
)


def faults_of(package: Path) -> list[str]:
    """The reasons why the site would refuse a package; empty for a valid one."""
    faults = []
    if package.stat().st_size > LARGEST:
        faults.append(f"it is larger than {LARGEST} bytes")
    with zipfile.ZipFile(package) as opened:
        names = [name for name in opened.namelist() if not name.endswith("/")]
        if PLUGIN + "/metadata.txt" in names:
            metadata = opened.read(f"{PLUGIN}/metadata.txt").decode("utf-8")
            faults += _metadata_faults(metadata, names, package)
        for name in names:
            head = opened.read(name)[:4]
            if head[:4] == b"\x7fELF" or head[:2] == b"MZ":
                faults.append(f"{name} is a program")
    tops = {PurePosixPath(name).parts[0] for name in names}
    if tops != {PLUGIN}:
        faults.append(f"its top folders are {sorted(tops)}, not {PLUGIN} alone")
    faults += [f"{name} is missing" for name in NEEDED if f"{PLUGIN}/{name}" not in names]
    for name in names:
        path = PurePosixPath(name)
        if path.suffix in UNWANTED or "__pycache__" in path.parts:
            faults.append(f"{name} is no source file")
        if any(part.startswith(".") or part == "__MACOSX" for part in path.parts):
            faults.append(f"{name} is hidden")
    return faults


def _metadata_faults(text: str, names: list[str], package: Path) -> list[str]:
    parser = ConfigParser()
    parser.optionxform = str
    try:
        parser.read_string(text)
        general = dict(parser.items("general"))
    except Error as error:
        return [f"metadata.txt cannot be read: {error}"]
    faults = [f"metadata.txt has no {key}" for key in KEYS if not general.get(key)]
    if f"{PLUGIN}/{general.get('icon')}" not in names:
        faults.append(f"metadata.txt names an icon that is missing: {general.get('icon')}")
    if general.get("version") not in package.name:
        faults.append(f"version {general.get('version')} is not in the name of the package")
    return faults


def main(arguments: list[str]) -> int:
    """Check a package and print the faults."""
    package = Path(arguments[0])
    faults = faults_of(package)
    for fault in faults:
        print(f"{package}: {fault}", file=sys.stderr)
    if faults:
        return 1
    with zipfile.ZipFile(package) as opened:
        count = len(opened.namelist())
    print(
        f"{package}: {count} files, {package.stat().st_size // 1000} kB, accepted by these checks"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
