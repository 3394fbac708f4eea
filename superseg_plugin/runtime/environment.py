# SPDX-License-Identifier: GPL-2.0-or-later
"""The managed environment: installing, replacing, restoring and removing it.

An installation is atomic for the user. The environment is built in a folder `partial-*` beside its
final place, tried out there with a training step and all compiled kernels, and then renamed to
`runtime`; the former environment becomes `runtime.previous`, one of which is kept and can be
restored. An installation that fails or is cancelled removes its partial folder and changes nothing
else. The partial folder of one that was killed is removed by the next installation, which
recognizes it by its lock (see `run_folder`). Changes exclude each other, and wait for workers that
run from the environment (see `exclusion`). All of this is renaming within one disk; only the
choice of another folder moves the environment to another disk.
"""

from __future__ import annotations

import json
import shutil
import threading
import zipfile
from contextlib import ExitStack
from pathlib import Path

from ..errors import Cancelled, SuperSegError
from ..progress import Progress, stop_if_cancelled
from ..run_folder import RunFolder
from ..worker.interpreter import (
    LOCATION,
    PROBES,
    data_folder,
    environment_folder,
    environment_python,
    probe,
    runtime_home,
    set_runtime_home,
)
from ..worker.system import System, this_system
from .builders import UV_SITE, Builder, find_builders
from .builds import choose_build
from .commands import manual_commands
from .exclusion import ASIDE, PREVIOUS, exclusive_change, wait_until_unused
from .installation import RECORD, Installation, check_space, space_needed
from .installation_log import InstallationLog
from .installer import size_of
from .network import Network

PARTIAL = "partial-"
SILENT = Progress()


def install_environment(
    backend: str,
    source: str | None,
    progress: Progress,
    network: Network | None = None,
    folder: str | None = None,
) -> Path:
    """Install the managed environment.

    Args:
        backend: `cpu`, `cuda`, or `auto`: CUDA if an NVIDIA driver is found.
        source: folder or zip file of wheels, to install without network; None for the package
            index.
        progress: progress, cancel, and the installer's output without credentials.
        network: proxy and certificates; None for those of this process.
        folder: parent folder of the environment; None for the present one, or the user's data
            folder.

    Returns:
        The folder of the environment.

    Raises:
        SuperSegError: what failed and what to do.
        Cancelled: the user cancelled.
    """
    network = network or Network()
    with InstallationLog(data_folder(), progress, network) as log, ExitStack() as locks:
        system = this_system()
        build = choose_build(system, backend)
        home = _home(folder)
        _check_source(source)
        _check_home(home)
        builders = usable_builders(system, network, source)
        try:
            home.mkdir(parents=True, exist_ok=True)
            locks.enter_context(exclusive_change(home))
            partial = RunFolder(PARTIAL, home)
        except OSError as error:
            raise SuperSegError(
                f"{home} cannot be written ({error.strerror}); choose another folder."
            ) from error
        try:
            check_space(home, space_needed(build, source))
            built = Installation(system, build, network, partial.path, log).run(builders, source)
            stop_if_cancelled(log)
            _replace_environment(built, home, log)
        except Cancelled:
            # In a thread: removing thousands of files takes seconds.
            threading.Thread(target=_remove_partial, args=(partial,)).start()
            raise
        except BaseException as error:
            _remove_partial(partial)
            if isinstance(error, OSError):
                raise SuperSegError(
                    f"The runtime cannot be written to {home} ({error.strerror}); check the free "
                    "space and the permissions of the folder."
                ) from error
            raise
        _remove_partial(partial)
        if probe(environment_python(environment_folder())) is None:
            raise SuperSegError(
                f"The runtime in {environment_folder()} cannot be started; install it again."
            )
        log.report(1.0, "The runtime is ready")
        return environment_folder()


def usable_builders(system: System, network: Network, source: str | None) -> list[Builder]:
    """The ways to build the environment that can also reach the packages, by preference.

    Raises:
        SuperSegError: there is none.
    """
    builders = find_builders(system)
    if source is None and network.proxy.startswith("socks"):
        builders = [builder for builder in builders if builder.uv]
        if not builders:
            raise SuperSegError(
                f"QGIS is set to a SOCKS proxy, which pip cannot use: install uv ({UV_SITE}), "
                "which can, or set an HTTP proxy in Settings > Options > Network."
            )
    return builders


def installation_commands(
    backend: str, source: str | None, network: Network | None = None, folder: str | None = None
) -> list[str]:
    """The command lines that install the same environment in a terminal.

    Raises:
        SuperSegError: no environment can be built here.
    """
    system = this_system()
    builder = usable_builders(system, network or Network(), source)[0]
    target = _home(folder) / "runtime"
    wheels = Path(source) if source else None
    return manual_commands(system, builder, choose_build(system, backend), target, wheels)


def remove_environment(progress: Progress = SILENT) -> int:
    """Remove the managed environment, the previous one, and abandoned partial ones.

    Args:
        progress: told of runs that are waited for, and asked for cancel.

    Returns:
        Size in MB of the two environments.

    Raises:
        SuperSegError: a file of them is in use.
    """
    home = runtime_home()
    freed = size_of(home / "runtime") + size_of(home / PREVIOUS)
    if home.is_dir():
        with exclusive_change(home):
            wait_until_unused(home / "runtime", progress)
            removed = RunFolder(PARTIAL, home)
            try:
                for name in ("runtime", PREVIOUS):
                    if (home / name).exists():
                        # Renamed first, since a partly removed environment would still be found.
                        (home / name).rename(removed.path / name)
            except OSError as error:
                raise SuperSegError(
                    f"{error.filename} is in use and cannot be removed: close other QGIS windows."
                ) from error
            finally:
                removed.remove()
    for file in (PROBES, LOCATION):
        (data_folder() / file).unlink(missing_ok=True)
    shutil.rmtree(data_folder() / "numba", ignore_errors=True)
    return freed


def restore_previous(progress: Progress = SILENT) -> Path:
    """Exchange the previous environment and the present one.

    Args:
        progress: told of runs that are waited for, and asked for cancel.

    Raises:
        SuperSegError: there is no previous one, or a file of one of them is in use.
    """
    home = runtime_home()
    previous, aside = home / PREVIOUS, home / ASIDE
    if not previous.exists() and not aside.exists():
        raise SuperSegError(f"There is no previous runtime in {home}.")
    with exclusive_change(home):
        wait_until_unused(home / "runtime", progress)
        if not previous.exists():
            raise SuperSegError(f"There is no previous runtime in {home}.")
        try:
            previous.rename(aside)
        except OSError as error:
            raise SuperSegError(
                f"{previous} is in use and cannot be renamed: close other QGIS windows."
            ) from error
        try:
            _replace_environment(aside, home, progress)
        except (SuperSegError, Cancelled):
            aside.rename(previous)
            raise
    return environment_folder()


def environment_record() -> dict[str, str]:
    """How the managed environment was built; empty if there is none."""
    try:
        found = json.loads((environment_folder() / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _remove_partial(partial: RunFolder) -> None:
    # The environment first and the lock last: if the removal is interrupted, the folder still has
    # its lock, and the next installation removes it.
    shutil.rmtree(partial.path / "runtime", ignore_errors=True)
    partial.remove()


def _home(folder: str | None) -> Path:
    return Path(folder).expanduser().resolve() if folder else runtime_home()


def _check_home(home: Path) -> None:
    """Refuse a folder in which a user's own folder would be replaced."""
    for found in (home / "runtime", home / PREVIOUS):
        if home != data_folder() and found.exists() and not (found / "pyvenv.cfg").is_file():
            raise SuperSegError(
                f"{found} was not created by SuperSeg and would be replaced; choose another folder."
            )


def _check_source(source: str | None) -> None:
    if source and not Path(source).is_dir() and not zipfile.is_zipfile(source):
        raise SuperSegError(
            f"SOURCE {source} is neither a folder nor a zip file; give one with wheels, or nothing."
        )


def _replace_environment(built: Path, home: Path, progress: Progress) -> None:
    """Rename a new environment to `runtime`; if that fails, restore the former one."""
    former = environment_folder()
    target, previous = home / "runtime", home / PREVIOUS
    wait_until_unused(target, progress)
    try:
        if target.exists():
            shutil.rmtree(previous, ignore_errors=True)
            target.rename(previous)
        try:
            built.rename(target)
            set_runtime_home(home)
        except OSError:
            if previous.exists():
                shutil.rmtree(target, ignore_errors=True)
                previous.rename(target)
            raise
    except OSError as error:
        raise SuperSegError(
            f"{target} cannot be replaced ({error.strerror}): close other QGIS windows."
        ) from error
    if former != target:
        # The user has chosen another folder; the environment in the first is no longer used.
        for folder in (former, former.with_name(PREVIOUS)):
            shutil.rmtree(folder, ignore_errors=True)
