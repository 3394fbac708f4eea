# SPDX-License-Identifier: GPL-2.0-or-later
"""The managed environment: built beside its place, tried out, then put there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..errors import Cancelled, SuperSegError
from ..progress import Progress, stop_if_cancelled
from .client import Worker
from .interpreter import (
    Interpreter,
    data_folder,
    environment_folder,
    environment_python,
    own_python,
    probe,
)
from .processes import start

BACKENDS = ("auto", "cpu", "cuda")
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
OLDEST_PYTHON = (3, 11)
TORCH_INDEX = "https://download.pytorch.org/whl/"
CUDA_BUILD = "cu130"


def install_environment(backend: str, source: str | None, progress: Progress) -> Path:
    """Build the managed environment.

    It is built under another name, tried out with a training step and a compiled kernel, and only
    then takes the place of an older one; a failed or cancelled build changes nothing.

    Args:
        backend: `cpu`, `cuda`, or `auto`: CUDA where an NVIDIA driver is found.
        source: folder of wheels to install from without network, or None for the package index.
        progress: told the installer's own lines.

    Returns:
        The environment's folder.

    Raises:
        SuperSegError: what failed and what to do.
        Cancelled: the user asked to stop.
    """
    if backend not in BACKENDS:
        raise SuperSegError(f"BACKEND must be one of {', '.join(BACKENDS)}, not {backend}.")
    if source and not Path(source).is_dir():
        raise SuperSegError(f"SOURCE {source} is not a folder; give a folder of wheels or nothing.")
    if backend == "auto":
        backend = "cuda" if shutil.which("nvidia-smi") else "cpu"
    base = _base_python()
    data_folder().mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix="runtime.partial-", dir=data_folder()))
    try:
        progress.log(f"Building the {backend} runtime in {environment_folder()} with {base}")
        progress.report(0.02, "Making a virtual environment")
        _run([str(base), "-I", "-m", "venv", "--clear", str(partial)], progress, _VENV_CURE)
        python = environment_python(partial)
        progress.report(0.05, "Installing PyTorch")
        _install_torch(python, backend, source, progress)
        progress.report(0.6, "Installing the other packages")
        requirements = ["-r", str(REQUIREMENTS)]
        _run([*_pip(python, source), *requirements], progress, _PIP_CURE)
        progress.report(0.85, "Trying the runtime out")
        _try_out(Interpreter(python, "partial"), progress)
        stop_if_cancelled(progress)
        _take_place(partial)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    # The second trial fills the cache of compiled kernels where runs will look for it.
    installed = Interpreter(environment_python(environment_folder()), "managed")
    _try_out(installed, progress)
    if probe(installed.path) is None:
        raise SuperSegError(
            f"The runtime in {environment_folder()} cannot be started; install again."
        )
    progress.report(1.0, "The runtime is ready")
    return environment_folder()


_VENV_CURE = (
    "On Debian and Ubuntu install the package python3-venv; elsewhere point SUPERSEG_PYTHON to a "
    "Python that has torch, numba and scikit-image."
)
_PIP_CURE = "Check the network, the proxy and the free disk space (2 GB for CPU), or set SOURCE."


def _base_python() -> Path:
    """The Python to build with: QGIS's own where it is new enough, else the newest on the PATH."""
    names = [f"python3.{minor}" for minor in (14, 13, 12, 11)]
    found = [Path(path) for path in map(shutil.which, names) if path]
    candidates = [own_python(), *found] if sys.version_info >= OLDEST_PYTHON else found
    for path in candidates:
        if path.is_file():
            return path
    raise SuperSegError(
        f"The runtime needs Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer and QGIS has "
        f"{sys.version_info.major}.{sys.version_info.minor}: install a newer Python beside it, or "
        "point SUPERSEG_PYTHON to an environment with torch, numba and scikit-image."
    )


def _pip(python: Path, source: str | None) -> list[str]:
    command = [str(python), "-I", "-m", "pip", "install", "--progress-bar", "off", "--no-input"]
    if source:
        command += ["--no-index", "--find-links", source]
    return command


def _install_torch(python: Path, backend: str, source: str | None, progress: Progress) -> None:
    """Install torch alone from PyTorch's index where the package index has another build.

    The package index has the CPU build for Windows and macOS and the CUDA build for Linux.
    PyTorch's own is asked for torch and nothing else: it also has stale copies of other packages.
    """
    wanted = next(
        line for line in REQUIREMENTS.read_text().splitlines() if line.startswith("torch=")
    )
    build = {"cpu": "cpu", "cuda": CUDA_BUILD}[backend]
    native = {"linux": "cuda", "win32": "cpu"}.get(sys.platform, backend)
    if source is None and native != backend:
        command = [*_pip(python, source), "--no-deps", "--retries", "1", "--timeout", "30"]
        try:
            _run([*command, "--index-url", TORCH_INDEX + build, wanted], progress, _PIP_CURE)
            return
        except SuperSegError:
            progress.log("PyTorch's own index cannot be used: taking the package index's build")
    _run([*_pip(python, source), "--no-deps", wanted], progress, _PIP_CURE)


def _run(command: Sequence[str], progress: Progress, cure: str) -> None:
    """Run an installer step, its lines into the log, and end it when the user cancels."""
    # The installer needs the user's proxy and certificates, but nothing of QGIS's own Python.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    last = ""
    with start(command, environment=environment, stderr=subprocess.STDOUT) as process:
        try:
            for line in process.stdout or ():
                if line.strip():
                    last = line.strip()
                    progress.log(last)
                stop_if_cancelled(progress)
        except Cancelled:
            process.kill()
            raise
    if process.returncode:
        raise SuperSegError(
            f"Installing the runtime failed (exit code {process.returncode}): {last}. {cure}"
        )


def _try_out(interpreter: Interpreter, progress: Progress) -> None:
    """Train one step and compile the kernels, through the real worker."""
    from .smoke_test import smoke_test

    with Worker(interpreter) as worker:
        device = smoke_test(worker, progress)
    progress.log(f"The runtime works; the network runs on {device}")


def _take_place(partial: Path) -> None:
    """Put the new environment where the old one was; the old one comes back if that fails."""
    target = environment_folder()
    old = target.with_name("runtime.previous")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    try:
        partial.rename(target)
    except OSError as error:
        if old.exists():
            old.rename(target)
        raise SuperSegError(
            f"{target} cannot be written: {error}. Close other QGIS windows."
        ) from error
