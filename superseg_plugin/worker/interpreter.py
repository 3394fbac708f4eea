# SPDX-License-Identifier: GPL-2.0-or-later
"""Which Python runs the worker: the user's choice, the managed environment, QGIS's own."""

from __future__ import annotations

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
# Names the folder of the managed environment where that is not the data folder.
LOCATION = "location.txt"
PROBES = "probes.json"


@dataclass(frozen=True)
class Interpreter:
    """A Python that can run the worker.

    Attributes:
        path: the executable.
        origin: why it was taken: `chosen`, `managed` or `qgis`.
        versions: of the packages that the worker needs.
    """

    path: Path
    origin: str
    versions: dict[str, str] = field(default_factory=dict)


def data_folder() -> Path:
    """Folder of what outlives a run: environment and caches. SUPERSEG_HOME overrides it."""
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
    """Folder of the managed environment and of those that are being built.

    It is the data folder, unless the user has chosen another, on a larger disk for example.
    """
    try:
        chosen = (data_folder() / LOCATION).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError):
        chosen = ""
    return Path(chosen) if chosen else data_folder()


def set_runtime_home(folder: Path) -> None:
    """Remember where the managed environment is; all QGIS versions of this user look there.

    Raises:
        OSError: it cannot be written.
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
    """Climb the ladder of interpreters.

    Args:
        chosen: path that the user has set, or None. The variable SUPERSEG_PYTHON goes before it.

    Raises:
        SuperSegError: none will do; the sentence says what is missing and how to get it.
    """
    for path, origin in _candidates(chosen):
        versions = probe(path)
        if versions is not None:
            return Interpreter(path, origin, versions)
        if origin == "chosen":
            raise SuperSegError(
                f"The Python chosen for SuperSeg, {path}, is missing or lacks one of: "
                f"{', '.join(NEEDED)}. {ADVICE}"
            )
    raise SuperSegError(f"SuperSeg needs {', '.join(NEEDED)} in a Python of their own. {ADVICE}")


def interpreter_missing_reason(chosen: str | None = None) -> str:
    """Why no worker can be started, in one sentence; empty when one can."""
    try:
        find_interpreter(chosen)
    except SuperSegError as error:
        return str(error)
    return ""


def probe(path: Path) -> dict[str, str] | None:
    """Versions of the needed packages in an interpreter, or None if it lacks any.

    Good answers are remembered by path and time stamp; a bad one may be mended any moment.
    """
    if not path.is_file():
        return None
    key = f"{path}:{_time_stamp(path)}"
    remembered = _remembered()
    if key in remembered:
        return remembered[key]
    try:
        said = output_of([str(path), "-I", "-c", PROBE_CODE, *NEEDED], PROBE_SECONDS)
        versions: dict[str, str] = json.loads(said)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    _remember(key, versions)
    return versions


def numba_cache_folder(interpreter: Interpreter, run_folder: Path) -> Path:
    """Where compiled kernels are kept: in the environment if it is ours, else with our data.

    Where that cannot be made they go with the run, into its private folder: what lies in such a
    cache is run as it is, so nobody else may be able to put anything there.
    """
    managed = interpreter.origin == "managed"
    folder = (interpreter.path.parent.parent if managed else data_folder()) / "numba"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return run_folder / "numba"
    return folder


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
    packages = path.parent.parent / "pyvenv.cfg"
    return (packages if packages.is_file() else path).stat().st_mtime_ns


def _memory_file() -> Path:
    return data_folder() / PROBES


def _remembered() -> dict[str, dict[str, str]]:
    try:
        found = json.loads(_memory_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(key: str, versions: dict[str, str]) -> None:
    try:
        _memory_file().parent.mkdir(parents=True, exist_ok=True)
        _memory_file().write_text(json.dumps({**_remembered(), key: versions}), encoding="utf-8")
    except OSError:
        # A read-only home only costs the next probe.
        return
