# SPDX-License-Identifier: GPL-2.0-or-later
"""Installing the runtime into a folder: create an environment, fill it, and try it out."""

from __future__ import annotations

import json
import os
import shutil
import time
import zipfile
from pathlib import Path

from ..errors import SuperSegError
from ..progress import Progress, stop_if_cancelled
from ..worker.client import WorkerProcess
from ..worker.interface import WorkerError
from ..worker.interpreter import Interpreter, environment_python
from ..worker.system import System, own_python
from .builders import Builder
from .builds import CUDA_DRIVER, Build, index_build, megabytes
from .commands import Step, environment_step, package_steps
from .installer import ChangedFileError, InstallerError, run_step
from .network import Network
from .smoke_test import smoke_test
from .variables import installer_variables

# File in the environment that records how it was built.
RECORD = "superseg.json"
NETWORK_ADVICE = (
    "Check the network, the proxy (Settings > Options > Network) and the permissions of the "
    "folder, or install from a folder of wheels (SOURCE)."
)
SOURCE_ADVICE = (
    "The folder must hold the wheels of all packages in the versions of locked.txt, for this "
    "system and Python; Show commands, in Plugins > SuperSeg > Runtime, says how to fill one."
)


def space_needed(build: Build, source: str | None) -> int:
    """Free space in MB that an installation needs.

    The wheels are on the disk twice until it ends, as downloads and in the installer's cache;
    those of a zip file once, and those of a folder are used where they are.
    """
    if source is None:
        return build.disk + 2 * build.download
    zipped = Path(source).is_file()
    return build.disk + (round(Path(source).stat().st_size / 1e6) if zipped else 0)


def check_space(folder: Path, needed: int) -> None:
    """Raise SuperSegError if the disk of a folder has less than `needed` MB free."""
    free = round(shutil.disk_usage(folder).free / 1e6)
    if free < needed:
        raise SuperSegError(
            f"{folder} has {megabytes(free)} free and the installation needs {megabytes(needed)}: "
            "free some space or choose another folder."
        )


class Installation:
    """One attempt to install the runtime.

    Args:
        system: the operating system.
        build: CPU or CUDA.
        network: proxy and certificates.
        partial: folder that the environment is built in, with all scratch files.
        log: progress and log.
    """

    def __init__(
        self, system: System, build: Build, network: Network, partial: Path, log: Progress
    ) -> None:
        self._system = system
        self._build = build
        self._partial = partial
        self._folder = partial / "runtime"
        self._network = network
        self._log = log
        self._scratch = partial / "tmp"

    def run(self, builders: list[Builder], source: str | None) -> Path:
        """Create, fill and try out an environment.

        Args:
            builders: ways to build it, by preference.
            source: folder or zip file of wheels; None for the network.

        Returns:
            The folder of the environment.

        Raises:
            SuperSegError: what failed and what to do.
            Cancelled: the user cancelled.
        """
        self._scratch.mkdir()
        wheels = self._wheels(source)
        if wheels is not None and not any(wheels.glob("torch-*.whl")):
            raise SuperSegError(f"SOURCE {source} holds no wheel of torch. {SOURCE_ADVICE}")
        self._variables = installer_variables(
            os.environ, self._network, self._scratch, offline=source is not None
        )
        if source is None:
            certificates = self._partial / "certificates.pem"
            self._variables.update(self._network.certificate_variables(certificates))
        builder = self._create_environment(builders)
        self._install_packages(builder, wheels, source)
        record = {"build": self._build.name, "made with": str(builder)}
        record["made"] = time.strftime("%Y-%m-%d")
        (self._folder / RECORD).write_text(json.dumps(record), encoding="utf-8")
        self._try_out()
        return self._folder

    def _wheels(self, source: str | None) -> Path | None:
        """The folder of wheels to install from; those of a zip file are unpacked first."""
        if source is None:
            return None
        if Path(source).is_dir():
            return Path(source).resolve()
        self._log.report(0.01, "Unpacking the wheels")
        folder = self._partial / "wheels"
        folder.mkdir()
        try:
            with zipfile.ZipFile(source) as archive:
                for member in archive.infolist():
                    # Only file names are used, so a path in the zip cannot lead out of the folder.
                    name = Path(member.filename).name
                    if name.endswith(".whl"):
                        stop_if_cancelled(self._log)
                        with archive.open(member) as read, (folder / name).open("wb") as written:
                            shutil.copyfileobj(read, written, 1 << 20)
        except (zipfile.BadZipFile, EOFError) as error:
            raise SuperSegError(f"SOURCE {source} is not a readable zip file.") from error
        return folder

    def _create_environment(self, builders: list[Builder]) -> Builder:
        """Create an empty environment with the first builder that succeeds; return that one."""
        part = self._log.part(0.02, 0.05)
        for builder in builders:
            self._log.log(f"Building the {self._build.name} runtime with {builder}")
            try:
                self._run(environment_step(builder, self._folder), builder.python, part)
                return builder
            except InstallerError as error:
                shutil.rmtree(self._folder, ignore_errors=True)
                if builder is builders[-1]:
                    raise SuperSegError(f"{error}. {NETWORK_ADVICE}") from error
                self._log.log(f"{error}. Trying another way")
        raise SuperSegError(NETWORK_ADVICE)

    def _install_packages(self, builder: Builder, wheels: Path | None, source: str | None) -> None:
        steps = package_steps(self._system, builder, self._build, self._folder, wheels)
        bounds = (0.05, 0.5, 0.8)[-len(steps) - 1 :]
        for step, start, end in zip(steps, bounds, bounds[1:]):
            if not self._install(step, self._log.part(start, end), source):
                # The build of the package index, with PyTorch in it.
                self._install_packages(builder, wheels, source)
                return

    def _install(self, step: Step, progress: Progress, source: str | None) -> bool:
        """Run a step; False if another build has been chosen, whose steps are to be run."""
        python = str(environment_python(self._folder))
        try:
            self._run(step, python, progress)
            return True
        except ChangedFileError:
            raise
        except InstallerError as error:
            if not step.optional:
                advice = NETWORK_ADVICE if source is None else SOURCE_ADVICE
                raise SuperSegError(f"{error}. {advice}") from error
            other = index_build(self._system)
            self._log.log(
                f"PyTorch's own index cannot be used ({error}). The package index has the "
                f"{other.name} build, which is installed instead: {other.sizes}."
            )
            check_space(self._partial, space_needed(other, None))
            self._build = other
            return False

    def _run(self, step: Step, python: str, progress: Progress) -> None:
        # `python` is a version number if uv is to download it; then QGIS's Python supervises.
        supervisor = python if Path(python).is_file() else own_python(self._system) or python
        expected = self._build.disk + self._build.download
        self._log.log("$ " + " ".join(step.command))
        run_step(step, supervisor, self._variables, self._partial, expected, progress)

    def _try_out(self) -> None:
        """Run the smoke test in a worker of the new environment."""
        self._log.report(0.8, "Testing the runtime")
        interpreter = Interpreter(environment_python(self._folder), "managed")
        try:
            with WorkerProcess(interpreter) as worker:
                device = smoke_test(worker, self._log.part(0.8, 1.0))
        except WorkerError as error:
            self._log.log(str(error))
            last = str(error).strip().splitlines()[-1:]
            advice = "Install the cpu build." if self._build.name == "cuda" else NETWORK_ADVICE
            raise SuperSegError(f"The runtime does not work: {' '.join(last)}. {advice}") from error
        self._log.log(f"The runtime works; the network runs on {device}")
        if self._build.name == "cuda" and device.startswith("cpu"):
            self._log.log(
                "No usable NVIDIA graphics processor was found, so the CPU is used. The CUDA build "
                f"needs driver version {CUDA_DRIVER} or later."
            )
