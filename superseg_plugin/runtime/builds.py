# SPDX-License-Identifier: GPL-2.0-or-later
"""The builds of the runtime: which there are for a host, what they weigh, which fits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import SuperSegError
from ..worker.layouts import Host, has_nvidia

BACKENDS = ("auto", "cpu", "cuda")
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
TORCH_INDEX = "https://download.pytorch.org/whl/"
CUDA_INDEX = "cu130"
# Drivers before it cannot run CUDA 13.
CUDA_DRIVER = 580


@dataclass(frozen=True)
class Build:
    """A build and its weight.

    Attributes:
        name: `cpu` or `cuda`.
        download: size of all its wheels in MB.
        disk: size of the environment in MB.
        measured: whether the sizes were measured with the pinned versions, or estimated.
    """

    name: str
    download: int
    disk: int
    measured: bool = True

    @property
    def sizes(self) -> str:
        """Its sizes for people."""
        about = "" if self.measured else "about "
        return f"{about}{megabytes(self.download)} to download, {megabytes(self.disk)} on disk"


# Measured with the versions in requirements.txt on Python 3.11 (Linux) and 3.12.
SIZES = {
    ("linux", "x86_64"): (Build("cpu", 340, 1380), Build("cuda", 2880, 5220)),
    ("linux", "arm"): (Build("cpu", 300, 1300, False), Build("cuda", 2500, 5000, False)),
    ("win32", "x86_64"): (Build("cpu", 247, 1100), Build("cuda", 2000, 5000, False)),
    ("darwin", "arm"): (Build("cpu", 210, 1050),),
}


def megabytes(size: int) -> str:
    """A size in MB for people."""
    return f"{size} MB" if size < 1000 else f"{size / 1000:.1f} GB"


def builds_for(host: Host) -> tuple[Build, ...]:
    """The builds that there are for a host, the smallest first."""
    kind = "arm" if host.machine.lower() in ("arm64", "aarch64") else "x86_64"
    return SIZES.get((host.platform, kind), SIZES["linux", "x86_64"])


def choose_build(host: Host, backend: str) -> Build:
    """Resolve `auto`, `cpu` or `cuda`: auto is cuda where there is an NVIDIA driver.

    Raises:
        SuperSegError: there is no such build here.
    """
    if backend not in BACKENDS:
        raise SuperSegError(f"BACKEND must be one of {', '.join(BACKENDS)}, not {backend}.")
    offered = {build.name: build for build in builds_for(host)}
    if backend == "auto":
        backend = "cuda" if "cuda" in offered and has_nvidia(host) else "cpu"
    if backend not in offered:
        raise SuperSegError(
            "BACKEND cuda does not exist for macOS; choose cpu, which uses Apple's graphics "
            "processor where there is one."
        )
    return offered[backend]


def needs_torch_index(host: Host, build: Build) -> bool:
    """Whether the package index has another build: it has CUDA for Linux and CPU for the rest."""
    return build.name != {"linux": "cuda"}.get(host.platform, "cpu")


def index_build(host: Host) -> Build:
    """The build that the package index has."""
    return next(build for build in builds_for(host) if not needs_torch_index(host, build))


def torch_requirement() -> str:
    """The line that pins PyTorch."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("torch="))
