# SPDX-License-Identifier: GPL-2.0-or-later
"""Make the Python environments of `make setup`: python -m tests.tools.environments NAME..."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from superseg_plugin.errors import SuperSegError
from superseg_plugin.progress import Progress
from superseg_plugin.runtime.environment import install_environment
from superseg_plugin.worker.interpreter import environment_python, find_interpreter

REPOSITORY = Path(__file__).resolve().parents[2]
ENVIRONMENTS = REPOSITORY / "build" / "env"
REQUIREMENTS = REPOSITORY / "tests" / "requirements"
PACKAGE_FOLDERS = (
    "import json, sys; "
    "print(json.dumps([p for p in sys.path if p.endswith(('site-packages', 'dist-packages'))]))"
)


class PrintedProgress(Progress):
    """Progress of the installer on the terminal."""

    def report(self, fraction: float, text: str = "") -> None:
        if text:
            print(f"[{fraction:4.0%}] {text}", flush=True)

    def log(self, text: str) -> None:
        print(f"       {text}", flush=True)

    def cancelled(self) -> bool:
        return False


def make_worker() -> None:
    """The worker environment, unless the plugin finds a suitable interpreter."""
    try:
        find_interpreter()
    except SuperSegError:
        install_environment("cpu", None, PrintedProgress())


def make_qgis() -> None:
    """QGIS's Python with pytest, and another numpy that a test puts before QGIS's own."""
    base = Path(sys.executable)
    _make("qgis", base, ["--system-site-packages"])
    other = ENVIRONMENTS / "qgis" / "other_numpy"
    if not other.exists():
        version = _output(base, "import numpy; print(numpy.__version__)").strip()
        partial = other.with_name("other_numpy.partial")
        python = environment_python(ENVIRONMENTS / "qgis")
        target = ["--upgrade", "--target", str(partial)]
        _install(python, ["--no-deps", *target, f"numpy!={version}"])
        partial.rename(other)


def make_fuzz() -> None:
    """QGIS's Python with the packages of the fuzz tests."""
    _make("fuzz", Path(sys.executable), ["--system-site-packages"])


def make_locks() -> None:
    """The tool that makes the locks."""
    _make("locks", Path(sys.executable), [])


def make_engine() -> None:
    """The worker's Python with test tools; uses the worker's packages without a copy."""
    _make("engine", find_interpreter().path, [], shared=True)


def make_peers() -> None:
    """Packages that the speed benchmark compares with, where they can be installed."""
    try:
        _make("peers", find_interpreter().path, [], shared=True)
    except subprocess.CalledProcessError:
        shutil.rmtree(ENVIRONMENTS / "peers", ignore_errors=True)
        print("OpenCV cannot be installed here: the benchmark leaves it out.", flush=True)


def _make(name: str, base: Path, options: list[str], shared: bool = False) -> None:
    folder = ENVIRONMENTS / name
    requirements = REQUIREMENTS / f"{name}.txt"
    folders = json.loads(_output(base, PACKAGE_FOLDERS)) if shared else []
    # The stamp is written last: an environment without it is incomplete, and one with another
    # stamp was made from other requirements.
    wanted = {
        "base": str(base),
        "made": _made(base) if shared else "",
        "folders": folders,
        "requirements": requirements.read_text(encoding="utf-8"),
    }
    stamp = folder / "stamp.json"
    if stamp.is_file() and json.loads(stamp.read_text(encoding="utf-8")) == wanted:
        return
    print(f"Making the {name} test environment in build/env/{name}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    _run([str(base), "-I", "-m", "venv", *options, str(folder)])
    python = environment_python(folder)
    if folders:
        own = json.loads(_output(python, PACKAGE_FOLDERS))[-1]
        (Path(own) / "worker_packages.pth").write_text("\n".join(folders) + "\n", encoding="utf-8")
    _install(python, ["-r", str(requirements)])
    stamp.write_text(json.dumps(wanted), encoding="utf-8")


def _install(python: Path, what: list[str]) -> None:
    pip = [str(python), "-I", "-m", "pip", "install", "-q", "--no-input"]
    for attempt in range(3):
        try:
            _run([*pip, "--disable-pip-version-check", *what])
            return
        except subprocess.CalledProcessError:
            if attempt == 2:
                raise
            time.sleep(5)


def _made(python: Path) -> str:
    """Time stamp of an environment: one rebuilt in the same place may have other packages."""
    settings = python.parent.parent / "pyvenv.cfg"
    return str(settings.stat().st_mtime_ns) if settings.is_file() else ""


def _output(python: Path, code: str) -> str:
    command = [str(python), "-I", "-c", code]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


MAKERS: dict[str, Callable[[], None]] = {
    "worker": make_worker,
    "qgis": make_qgis,
    "engine": make_engine,
    "fuzz": make_fuzz,
    "locks": make_locks,
    "peers": make_peers,
}


def main(names: list[str]) -> int:
    """Make the environments named."""
    for name in names:
        try:
            MAKERS[name]()
        except (SuperSegError, subprocess.CalledProcessError, OSError) as error:
            print(f"The {name} environment could not be made: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
