# SPDX-License-Identifier: GPL-2.0-or-later
"""The builds of the runtime (CPU or CUDA): which exist for a system, their sizes and indexes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import SuperSegError
from ..worker.system import System
from .discovery import has_nvidia

BACKENDS = ("auto", "cpu", "cuda")
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
# What requirements.txt stands for, with the SHA-256 sum of every file; made by `make locks`.
LOCKED = REQUIREMENTS.with_name("locked.txt")
LOCKED_WITHOUT_TORCH = REQUIREMENTS.with_name("locked-without-torch.txt")
TORCH_INDEXES = "https://download.pytorch.org/whl"
TORCH_CPU = f"{TORCH_INDEXES}/cpu"
TORCH_CUDA = f"{TORCH_INDEXES}/cu130"
# The oldest NVIDIA driver that runs CUDA 13.
CUDA_DRIVER = 580


@dataclass(frozen=True)
class Build:
    """A build of the runtime.

    Attributes:
        name: `cpu` or `cuda`.
        download: size of all its wheels in MB.
        disk: size of the environment in MB.
        torch_index: URL of PyTorch's own index, if the package index (PyPI) has another build of
            PyTorch for this system; None if it has this one.
        measured: whether the sizes were measured with the pinned versions, or estimated.
    """

    name: str
    download: int
    disk: int
    torch_index: str | None = None
    measured: bool = True

    @property
    def sizes(self) -> str:
        """The sizes as text."""
        about = "" if self.measured else "about "
        return f"{about}{megabytes(self.download)} to download, {megabytes(self.disk)} on disk"


# Smallest first. Measured with the versions in requirements.txt on Python 3.11 (Linux) and 3.12.
BUILDS = {
    "linux": (Build("cpu", 345, 1405, TORCH_CPU), Build("cuda", 2885, 5260)),
    "linux arm": (
        Build("cpu", 300, 1300, TORCH_CPU, measured=False),
        Build("cuda", 2500, 5000, measured=False),
    ),
    "win32": (Build("cpu", 252, 1140), Build("cuda", 2000, 5000, TORCH_CUDA, measured=False)),
    "darwin": (Build("cpu", 215, 1090),),
}


def megabytes(size: int) -> str:
    """A size in MB as text, in GB from 1000 MB on."""
    return f"{size} MB" if size < 1000 else f"{size / 1000:.1f} GB"


def builds_for(system: System) -> tuple[Build, ...]:
    """The builds that exist for a system, the smallest first."""
    is_arm = system.machine.lower() in ("arm64", "aarch64")
    key = "linux arm" if system.platform == "linux" and is_arm else system.platform
    return BUILDS.get(key, BUILDS["linux"])


def choose_build(system: System, backend: str) -> Build:
    """Resolve `auto`, `cpu` or `cuda`; auto is CUDA if there is an NVIDIA driver.

    Raises:
        SuperSegError: the build does not exist for this system.
    """
    if backend not in BACKENDS:
        raise SuperSegError(f"BACKEND must be one of {', '.join(BACKENDS)}, not {backend}.")
    offered = {build.name: build for build in builds_for(system)}
    if backend == "auto":
        backend = "cuda" if "cuda" in offered and has_nvidia(system) else "cpu"
    if backend not in offered:
        raise SuperSegError(
            "BACKEND cuda does not exist for macOS; choose cpu, which uses Apple's graphics "
            "processor where there is one."
        )
    return offered[backend]


def index_build(system: System) -> Build:
    """The build that the package index has: CUDA for Linux, CPU for other systems."""
    return next(build for build in builds_for(system) if build.torch_index is None)


def torch_lock(index: str) -> Path:
    """The lock of PyTorch in one of its own indexes; it may not exist."""
    return REQUIREMENTS.with_name(f"torch-{index.rsplit('/', 1)[-1]}.txt")


def torch_requirement() -> str:
    """The line of requirements.txt that pins PyTorch."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("torch="))
