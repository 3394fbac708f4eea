# SPDX-License-Identifier: GPL-2.0-or-later
"""Choosing the Python that runs the worker.

The first of these that has all packages is used: the one in the variable SUPERSEG_PYTHON or chosen
by the user, the managed environment, and QGIS's own Python. A Python that the user has chosen is
never replaced by another: if it lacks a package, that is an error. To look for the packages, each
Python is started once; the versions found are stored by its path and modification time.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import SuperSegError
from .processes import output_of
from .system import own_python, this_system

NEEDED = ("torch", "numba", "scikit-image", "scipy", "numpy")
PROBE_CODE = (
    "import importlib.metadata as m, json, sys; "
    "print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
)
PROBE_SECONDS = 120
ADVICE = (
    "Install the runtime: Plugins > SuperSeg > Runtime, or the algorithm superseg:installruntime; "
    "or set SUPERSEG_PYTHON to a Python that has them."
)
# File that holds the folder of the managed environment, if it is not in the data folder.
LOCATION = "location.txt"
# File of the package versions that were found.
PROBES = "probes.json"


@dataclass(frozen=True)
class Interpreter:
    """A Python that can run the worker.

    Attributes:
        path: the executable.
        origin: where it comes from: `chosen`, `managed` or `qgis`.
        versions: version of each package in `NEEDED`.
    """

    path: Path
    origin: str
    versions: dict[str, str] = field(default_factory=dict)


def data_folder() -> Path:
    """Folder of the environment and of caches; the variable SUPERSEG_HOME overrides it."""
    override = os.environ.get("SUPERSEG_HOME")
    if override:
        return Path(override)
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "SuperSeg"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "SuperSeg"
    return Path(os.environ.get("XDG_DATA_HOME", home / ".local" / "share")) / "superseg"


def runtime_home() -> Path:
    """Parent folder of the managed environment and of partial ones.

    It is the data folder, unless the user has chosen another, for example on a larger disk.
    """
    try:
        chosen = (data_folder() / LOCATION).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError):
        chosen = ""
    return Path(chosen) if chosen else data_folder()


def set_runtime_home(folder: Path) -> None:
    """Store where the managed environment is, for all versions of QGIS of this user.

    Raises:
        OSError: the file cannot be written.
    """
    file = data_folder() / LOCATION
    if folder == data_folder():
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{folder}\n", encoding="utf-8")


def environment_folder() -> Path:
    """Folder of the managed environment."""
    return runtime_home() / "runtime"


def environment_python(folder: Path, platform: str = sys.platform) -> Path:
    """The interpreter of a virtual environment."""
    if platform == "win32":
        return folder / "Scripts" / "python.exe"
    return folder / "bin" / "python"


def find_interpreter(chosen: str | None = None) -> Interpreter:
    """Find the Python that runs the worker; see the module for the order.

    Args:
        chosen: path that the user has set, or None. The variable SUPERSEG_PYTHON precedes it.

    Raises:
        SuperSegError: there is none; the message says what is missing and how to install it.
    """
    for path, origin in _candidates(chosen):
        versions = probe(path)
        if versions is not None:
            return Interpreter(path, origin, versions)
        if origin == "chosen":
            raise _bad_choice(path)
    raise _nothing_found()


def interpreter_missing_reason(chosen: str | None = None) -> str:
    """Why no worker can be started, as a sentence; "" if one can, as far as files tell.

    No Python is started, which takes seconds where it lies on a network drive: one that was never
    tried counts as usable, and `find_interpreter` finds out at the start of a run.
    """
    for path, origin in _candidates(chosen):
        if _seems_usable(path, origin):
            return ""
        if origin == "chosen":
            return str(_bad_choice(path))
    return str(_nothing_found())


def probe(path: Path) -> dict[str, str] | None:
    """Versions of the needed packages in an interpreter; None if it lacks one of them.

    Successful results are stored; failed ones are not, since the user may install the packages.
    """
    if not path.is_file():
        return None
    key = f"{path}:{_time_stamp(path)}"
    stored = _stored_versions()
    if key in stored:
        return stored[key]
    try:
        output = output_of([str(path), "-I", "-c", PROBE_CODE, *NEEDED], PROBE_SECONDS)
        versions: dict[str, str] = json.loads(output)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    _store_versions(key, versions)
    return versions


def numba_cache_folder(interpreter: Interpreter, run_folder: Path) -> Path:
    """Folder of Numba's cache of compiled kernels.

    It is in the environment if that is the managed one, otherwise in the data folder. If that
    cannot be created, it is in the private folder of the run: Numba executes what is in its cache,
    so no other user may be able to write to it.
    """
    managed = interpreter.origin == "managed"
    folder = (interpreter.path.parent.parent if managed else data_folder()) / "numba"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return run_folder / "numba"
    return folder


def _bad_choice(path: Path) -> SuperSegError:
    return SuperSegError(
        f"The Python chosen for SuperSeg, {path}, is missing or lacks one of: "
        f"{', '.join(NEEDED)}. {ADVICE}"
    )


def _nothing_found() -> SuperSegError:
    return SuperSegError(
        f"One thing is missing: the runtime, a Python with {', '.join(NEEDED)}. {ADVICE}"
    )


def _seems_usable(path: Path, origin: str) -> bool:
    """Whether a Python has the packages, or was never asked; it is not started."""
    if not path.is_file():
        return False
    if f"{path}:{_time_stamp(path)}" in _stored_versions():
        return True
    if origin != "qgis":
        return True
    # This process runs on QGIS's own Python.
    try:
        for name in NEEDED:
            importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _candidates(chosen: str | None) -> Iterator[tuple[Path, str]]:
    wanted = os.environ.get("SUPERSEG_PYTHON") or chosen
    if wanted:
        yield Path(wanted), "chosen"
        return
    yield environment_python(environment_folder()), "managed"
    own = own_python(this_system())
    if own:
        yield Path(own), "qgis"


def _time_stamp(path: Path) -> int:
    # The executable of a virtual environment may be a link to one that does not change with it.
    configuration = path.parent.parent / "pyvenv.cfg"
    return (configuration if configuration.is_file() else path).stat().st_mtime_ns


def _probes_file() -> Path:
    return data_folder() / PROBES


def _stored_versions() -> dict[str, dict[str, str]]:
    try:
        found = json.loads(_probes_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _store_versions(key: str, versions: dict[str, str]) -> None:
    try:
        _probes_file().parent.mkdir(parents=True, exist_ok=True)
        _probes_file().write_text(
            json.dumps({**_stored_versions(), key: versions}), encoding="utf-8"
        )
    except OSError:
        # Without the file, the Python is started again next time.
        return
