# SPDX-License-Identifier: GPL-2.0-or-later
"""Starting the worker: its command line and environment variables."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ..errors import SuperSegError
from ..file_lock import FileLock
from .cluster_address import ClusterChoice
from .interpreter import Interpreter, numba_cache_folder
from .processes import start

START_CODE = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from superseg_plugin.worker.server import main; main(*sys.argv[2:])"
)
# Lock file in a managed environment, which every worker that runs from it holds.
IN_USE = "in-use.lock"
# Beginnings of the variables that direct a program to QGIS's own Python and libraries.
OF_QGIS = ("PYTHON", "QGIS_", "GDAL_", "PROJ_", "LD_", "DYLD_")


def start_worker(
    interpreter: Interpreter, folder: Path, device: str, cluster: ClusterChoice
) -> subprocess.Popen[str]:
    """Start a worker process.

    Args:
        interpreter: its Python.
        folder: private folder of the run, for the slot files.
        device: device of the network: `auto`, `cpu`, `cuda` or `mps`.
        cluster: the Dask cluster to compute on.

    Raises:
        SuperSegError: the interpreter cannot be started.
    """
    package = Path(__file__).resolve().parents[1]
    arguments = [str(package.parent), str(folder), device, cluster.text, cluster.origin]
    try:
        return start(
            [str(interpreter.path), "-I", "-u", "-c", START_CODE, *arguments],
            environment=worker_environment(dict(os.environ), interpreter, folder),
            folder=folder,
            stdin=subprocess.PIPE,
        )
    except OSError as error:
        raise SuperSegError(
            f"The worker's Python, {interpreter.path}, cannot be started ({error.strerror}); run "
            "superseg:runtimereport to check the runtime."
        ) from None


def use_of(interpreter: Interpreter) -> FileLock | None:
    """Lock a managed environment against replacement; None for other interpreters."""
    if interpreter.origin != "managed":
        return None
    return FileLock(interpreter.path.parent.parent / IN_USE, shared=True)


def worker_environment(
    environment: dict[str, str], interpreter: Interpreter, run_folder: Path
) -> dict[str, str]:
    """Environment variables of the worker: without those of QGIS's Python, GDAL and libraries."""
    kept = without(OF_QGIS, environment)
    kept["NUMBA_CACHE_DIR"] = str(numba_cache_folder(interpreter, run_folder))
    # Threads of OpenMP that wait actively would slow down all others on a busy machine.
    kept.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # NumPy's products of matrices are parts of what several threads compute already. With threads
    # of its own, OpenBLAS takes a fifth longer for a clustering, several times as long on a busy
    # machine, and sums differ with their number. Dask starts its nodes with the same.
    kept.setdefault("OPENBLAS_NUM_THREADS", "1")
    # By default glibc gives threads heaps of their own. Each keeps freed arrays that no other
    # thread can use, and `malloc_trim` does not return their ends to the system: with one heap for
    # all threads, the worker's peak is 30 to 250 MB lower.
    kept.setdefault("MALLOC_ARENA_MAX", "1")
    if sys.platform == "win32":
        system = environment.get("SYSTEMROOT", r"C:\Windows")
        folder = interpreter.path.parent
        kept["PATH"] = ";".join(
            [str(folder), str(folder / "Library" / "bin"), rf"{system}\System32"]
        )
    return kept


def without(beginnings: tuple[str, ...], variables: Mapping[str, str]) -> dict[str, str]:
    """The variables whose names do not begin with any of `beginnings`."""
    return {
        name: text for name, text in variables.items() if not name.upper().startswith(beginnings)
    }
