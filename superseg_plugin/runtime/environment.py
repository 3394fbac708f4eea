# SPDX-License-Identifier: GPL-2.0-or-later
"""The managed environment: built beside its place, tried out, then put there; or removed."""

from __future__ import annotations

import json
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
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
from ..worker.layouts import Host, this_host
from .builders import Builder, find_builders
from .builds import choose_build
from .commands import by_hand
from .installation import ABOUT, Making, check_space, space_needed
from .installation_log import InstallationLog
from .installer import size_of
from .network import Network

PARTIAL = "partial-"
PREVIOUS = "runtime.previous"


def install_environment(
    backend: str,
    source: str | None,
    progress: Progress,
    network: Network | None = None,
    folder: str | None = None,
) -> Path:
    """Build the managed environment.

    It is built under another name, tried out with a training step and compiled kernels, and only
    then takes the place of an older one, which is kept as the previous one; a failed or cancelled
    build changes nothing.

    Args:
        backend: `cpu`, `cuda`, or `auto`: CUDA where an NVIDIA driver is found.
        source: folder of wheels, or a zip file of them, to install from without network; None for
            the package index.
        progress: told the installer's own lines, without credentials.
        network: proxy and certificates; None for those of this process.
        folder: where to put it; None for where it is, or the user's data folder.

    Returns:
        The environment's folder.

    Raises:
        SuperSegError: what failed and what to do.
        Cancelled: the user asked to stop.
    """
    network = network or Network()
    with InstallationLog(data_folder(), progress, network) as log:
        host = this_host()
        build = choose_build(host, backend)
        home = _home(folder)
        _check_source(source)
        _check_home(home)
        builders = usable_builders(host, network, source)
        try:
            home.mkdir(parents=True, exist_ok=True)
            partial = RunFolder(PARTIAL, home)
        except OSError as error:
            raise SuperSegError(
                f"{home} cannot be written ({error.strerror}); choose another folder."
            ) from error
        try:
            check_space(home, space_needed(build, source))
            made = Making(host, build, network, partial.path, log).make(builders, source)
            stop_if_cancelled(log)
            _take_place(made, home)
        except Cancelled:
            # Thousands of files: who cancels does not wait for them.
            threading.Thread(target=_remove, args=(partial,)).start()
            raise
        except OSError as error:
            _remove(partial)
            raise SuperSegError(
                f"The runtime cannot be written to {home} ({error.strerror}); check the free space "
                "and the rights on the folder."
            ) from error
        except BaseException:
            _remove(partial)
            raise
        _remove(partial)
        if probe(environment_python(environment_folder())) is None:
            raise SuperSegError(
                f"The runtime in {environment_folder()} cannot be started; install it again."
            )
        log.report(1.0, "The runtime is ready")
        return environment_folder()


def usable_builders(host: Host, network: Network, source: str | None) -> list[Builder]:
    """The ways to make the environment that can also reach the packages."""
    builders = find_builders(host)
    if source is None and network.proxy.startswith("socks"):
        builders = [builder for builder in builders if builder.uv]
        if not builders:
            raise SuperSegError(
                "QGIS is set to a SOCKS proxy, which pip cannot use: install uv "
                "(https://docs.astral.sh/uv), which can, or set an HTTP proxy in Settings > "
                "Options > Network."
            )
    return builders


def commands_by_hand(
    backend: str, source: str | None, network: Network | None = None, folder: str | None = None
) -> list[str]:
    """The command lines that make the same environment in a terminal.

    Raises:
        SuperSegError: there is no way to make one here.
    """
    host = this_host()
    builder = usable_builders(host, network or Network(), source)[0]
    target = _home(folder) / "runtime"
    wheels = Path(source) if source else None
    return by_hand(host, builder, choose_build(host, backend), target, wheels)


def remove_environment() -> int:
    """Remove the managed environment, the previous one, and what broken-off builds left.

    Returns:
        Size in MB of what was removed.

    Raises:
        SuperSegError: a file of it is in use.
    """
    home = runtime_home()
    freed = size_of(home / "runtime") + size_of(home / PREVIOUS)
    if home.is_dir():
        rubbish = RunFolder(PARTIAL, home)
        try:
            for name in ("runtime", PREVIOUS):
                if (home / name).exists():
                    # Whole or not at all: half an environment would be taken for one.
                    (home / name).rename(rubbish.path / name)
        except OSError as error:
            raise SuperSegError(
                f"{error.filename} is in use and cannot be removed: close other QGIS windows."
            ) from error
        finally:
            rubbish.remove()
    for file in (PROBES, LOCATION):
        (data_folder() / file).unlink(missing_ok=True)
    shutil.rmtree(data_folder() / "numba", ignore_errors=True)
    return freed


def restore_previous() -> Path:
    """Let the previous environment and the present one change places.

    Raises:
        SuperSegError: there is none, or a file of one of them is in use.
    """
    home = runtime_home()
    previous = home / PREVIOUS
    if not previous.exists():
        raise SuperSegError(f"There is no previous runtime in {home}.")
    aside = home / f"{PARTIAL}previous"
    previous.rename(aside)
    try:
        _take_place(aside, home)
    except SuperSegError:
        aside.rename(previous)
        raise
    return environment_folder()


def about_environment() -> dict[str, str]:
    """What is known of how the managed environment was made; empty where there is none."""
    try:
        found = json.loads((environment_folder() / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _remove(partial: RunFolder) -> None:
    # The folder's lock goes last: what is left of a removal that is broken off has one, and is
    # removed by the next installation.
    shutil.rmtree(partial.path / "runtime", ignore_errors=True)
    partial.remove()


def _home(folder: str | None) -> Path:
    return Path(folder).expanduser().resolve() if folder else runtime_home()


def _check_home(home: Path) -> None:
    """Refuse a folder where something of the user's would be taken for an old environment."""
    for found in (home / "runtime", home / PREVIOUS):
        if home != data_folder() and found.exists() and not (found / "pyvenv.cfg").is_file():
            raise SuperSegError(
                f"{found} is not of SuperSeg's making and would be replaced; choose another folder."
            )


def _check_source(source: str | None) -> None:
    if source and not Path(source).is_dir() and not zipfile.is_zipfile(source):
        raise SuperSegError(
            f"SOURCE {source} is neither a folder nor a zip file; give one with wheels, or nothing."
        )


def _take_place(made: Path, home: Path) -> None:
    """Put the new environment where the old one was; the old one comes back if that fails."""
    before = environment_folder()
    target = home / "runtime"
    previous = home / PREVIOUS
    with _old_one_comes_back(target, previous):
        made.rename(target)
        set_runtime_home(home)
    if before != target:
        # It has moved to another disk, to make room on the first.
        for folder in (before, before.with_name(PREVIOUS)):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _old_one_comes_back(target: Path, previous: Path) -> Iterator[None]:
    try:
        if target.exists():
            shutil.rmtree(previous, ignore_errors=True)
            target.rename(previous)
        try:
            yield
        except OSError:
            if previous.exists():
                shutil.rmtree(target, ignore_errors=True)
                previous.rename(target)
            raise
    except OSError as error:
        raise SuperSegError(
            f"{target} cannot be replaced ({error.strerror}): close other QGIS windows."
        ) from error
