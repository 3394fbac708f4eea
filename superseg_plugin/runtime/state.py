# SPDX-License-Identifier: GPL-2.0-or-later
"""State of the runtime and requirements of an installation, as texts for the runtime window."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..errors import SuperSegError
from ..progress import Progress
from ..worker.client import WorkerProcess
from ..worker.interface import WorkerError
from ..worker.interpreter import ADVICE, environment_folder, find_interpreter, runtime_home
from ..worker.system import this_system
from .builds import LOCKED, builds_for, choose_build, megabytes
from .commands import download_commands
from .environment import installation_commands
from .exclusion import PREVIOUS
from .installation import space_needed
from .network import Network

NOT_INSTALLED = (
    "Not installed yet: images cannot be segmented. Average color, merging and evaluation work."
)
ORIGINS = {
    "chosen": "chosen by you",
    "managed": "installed by SuperSeg",
    "qgis": "QGIS's own",
}


@dataclass(frozen=True)
class RuntimeState:
    """State of the runtime.

    Attributes:
        ready: whether runs are possible.
        status: the state in one sentence.
        python: path and origin of the interpreter; "" if there is none.
        packages: versions of the packages; "" if there is no interpreter.
        removable: whether SuperSeg has installed an environment.
        previous: whether there is a previous environment.
    """

    ready: bool
    status: str
    python: str
    packages: str
    removable: bool
    previous: bool


@dataclass(frozen=True)
class SpaceCheck:
    """Whether the disk has space for an installation, and the sizes as text."""

    fits: bool
    text: str


def runtime_state(chosen: str | None) -> RuntimeState:
    """Find the runtime without starting it."""
    installed = environment_folder()
    previous = installed.with_name(PREVIOUS).exists()
    removable = installed.exists() or previous
    try:
        found = find_interpreter(chosen)
    except SuperSegError as error:
        bad_choice = chosen or os.environ.get("SUPERSEG_PYTHON")
        # The advice is left out, since it leads to the runtime window.
        status = str(error).split(f" {ADVICE}")[0] if bad_choice else NOT_INSTALLED
        return RuntimeState(False, status, "", "", removable, previous)
    packages = ", ".join(f"{name} {version}" for name, version in found.versions.items())
    python = f"{found.path} ({ORIGINS[found.origin]})"
    return RuntimeState(True, "SuperSeg is ready.", python, packages, removable, previous)


def device_name(chosen: str | None, progress: Progress) -> str:
    """Start the runtime and return the device that the network runs on, or the error."""
    try:
        with WorkerProcess(find_interpreter(chosen)) as worker:
            asked = worker.submit("describe_device", {"network": "light"})
            name: str = worker.result(asked, progress).result["name"]
    except (SuperSegError, WorkerError) as error:
        return str(error).strip().splitlines()[-1]
    return name


def build_choices() -> list[tuple[str, str]]:
    """The builds for this computer: name, and description with sizes."""
    kinds = {"cpu": "CPU", "cuda": "NVIDIA graphics processor (CUDA)"}
    if this_system().platform == "darwin":
        kinds["cpu"] = "CPU and Apple graphics processor"
    return [
        (build.name, f"{kinds[build.name]}: {build.sizes}") for build in builds_for(this_system())
    ]


def default_build() -> str:
    """Name of the build that suits this computer."""
    return choose_build(this_system(), "auto").name


def target_folder() -> str:
    """The folder of an installation unless another is chosen."""
    return str(runtime_home())


def check_disk_space(build: str, source: str | None, folder: str) -> SpaceCheck:
    """Compare the space that an installation needs with the free space of the folder's disk."""
    if source and not Path(source).exists():
        return SpaceCheck(False, f"{source} does not exist.")
    needed = space_needed(choose_build(this_system(), build), source)
    existing = Path(folder or target_folder())
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    try:
        free = round(shutil.disk_usage(existing).free / 1e6)
    except OSError as error:
        return SpaceCheck(False, f"{existing}: {error.strerror}")
    text = f"{megabytes(needed)} needed while installing, {megabytes(free)} free."
    if not os.access(existing, os.W_OK):
        return SpaceCheck(False, f"{existing} cannot be written. {text}")
    return SpaceCheck(free >= needed, text)


def all_commands(build: str, source: str | None, folder: str | None, network: Network) -> str:
    """Commands for a terminal that install the runtime, and that fill a folder of wheels."""
    lines = ["# Install by hand:", *installation_commands(build, source, network, folder)]
    version = ".".join(map(str, this_system().version))
    lines += [
        "",
        f"# Fill a folder of wheels, on a similar computer with network and Python {version},",
        f"# beside copies of the locks in {LOCKED.parent}:",
        *download_commands(this_system(), choose_build(this_system(), build)),
    ]
    if network.proxy:
        lines += ["", "# Behind a proxy, set HTTPS_PROXY and HTTP_PROXY first."]
    return "\n".join(lines)
