# SPDX-License-Identifier: GPL-2.0-or-later
"""What there is of a runtime, and what an installation would take, in words for a window."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..errors import SuperSegError
from ..progress import Progress
from ..worker.client import Worker, WorkerError
from ..worker.interpreter import CURE, environment_folder, find_interpreter, runtime_home
from ..worker.layouts import this_host
from .builds import REQUIREMENTS, builds_for, choose_build, megabytes
from .commands import wheels_by_hand
from .environment import PREVIOUS, commands_by_hand
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
    """What there is.

    Attributes:
        ready: whether runs are possible.
        status: one sentence.
        python: path of the interpreter and where it comes from; empty without one.
        packages: their versions; empty without an interpreter.
        removable: whether there is something that SuperSeg has installed.
        previous: whether there is an installation before the last.
    """

    ready: bool
    status: str
    python: str
    packages: str
    removable: bool
    previous: bool


@dataclass(frozen=True)
class Offer:
    """What an installation takes: whether the disk has room for it, and the figures."""

    fits: bool
    text: str


def runtime_state(chosen: str | None) -> RuntimeState:
    """Look for the runtime, without starting it."""
    installed = environment_folder()
    previous = installed.with_name(PREVIOUS).exists()
    removable = installed.exists() or previous
    try:
        found = find_interpreter(chosen)
    except SuperSegError as error:
        bad_choice = chosen or os.environ.get("SUPERSEG_PYTHON")
        # What to do about it is what the window is for.
        status = str(error).split(f" {CURE}")[0] if bad_choice else NOT_INSTALLED
        return RuntimeState(False, status, "", "", removable, previous)
    packages = ", ".join(f"{name} {version}" for name, version in found.versions.items())
    python = f"{found.path} ({ORIGINS[found.origin]})"
    return RuntimeState(True, "SuperSeg is ready.", python, packages, removable, previous)


def device_name(chosen: str | None, progress: Progress) -> str:
    """Start the runtime and ask what computes the network."""
    try:
        with Worker(find_interpreter(chosen)) as worker:
            asked = worker.submit("describe_device", {"network": "light"})
            name: str = worker.result(asked, progress).result["name"]
    except (SuperSegError, WorkerError) as error:
        return str(error).strip().splitlines()[-1]
    return name


def build_choices() -> list[tuple[str, str]]:
    """The builds for this computer: name, and what it is with its sizes."""
    kinds = {"cpu": "CPU", "cuda": "NVIDIA graphics processor (CUDA)"}
    if this_host().platform == "darwin":
        kinds["cpu"] = "CPU and Apple graphics processor"
    return [
        (build.name, f"{kinds[build.name]}: {build.sizes}") for build in builds_for(this_host())
    ]


def likely_build() -> str:
    """The build that fits this computer."""
    return choose_build(this_host(), "auto").name


def target_folder() -> str:
    """Where an installation goes unless another folder is given."""
    return str(runtime_home())


def offer(build: str, source: str | None, folder: str) -> Offer:
    """Compare what an installation needs with what the folder's disk has."""
    if source and not Path(source).exists():
        return Offer(False, f"{source} does not exist.")
    needed = space_needed(choose_build(this_host(), build), source)
    place = Path(folder or target_folder())
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        free = round(shutil.disk_usage(place).free / 1e6)
    except OSError as error:
        return Offer(False, f"{place}: {error.strerror}")
    words = f"{megabytes(needed)} needed while installing, {megabytes(free)} free."
    if not os.access(place, os.W_OK):
        return Offer(False, f"{place} cannot be written. {words}")
    return Offer(free >= needed, words)


def all_commands(build: str, source: str | None, folder: str | None, network: Network) -> str:
    """What to type in a terminal: to install, and to fill a folder of wheels."""
    lines = ["# Install by hand:", *commands_by_hand(build, source, network, folder)]
    version = ".".join(map(str, this_host().version))
    lines += [
        "",
        f"# Fill a folder of wheels, on a like computer with network and Python {version},",
        f"# beside a copy of {REQUIREMENTS}:",
        *wheels_by_hand(this_host(), choose_build(this_host(), build)),
    ]
    if network.proxy:
        lines += ["", "# Behind a proxy, set HTTPS_PROXY and HTTP_PROXY first."]
    return "\n".join(lines)
