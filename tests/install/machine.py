# SPDX-License-Identifier: GPL-2.0-or-later
"""A home folder with QGIS and the packaged plugin, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.tools.qgis_process import BUILD, PLUGIN

FOLDER = BUILD / "install-test"
# Kept between runs, so that repeated runs download nothing.
DOWNLOADS = FOLDER / "pip-cache"
LIMIT_SECONDS = 3600


@dataclass(frozen=True)
class Said:
    """How a command ended and what it wrote."""

    code: int
    text: str


class Machine:
    """A home folder with a QGIS profile, in which qgis_process finds the packaged plugin."""

    def __init__(self, plugins: Path) -> None:
        self.home = FOLDER / "home"
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        (self.home / "run").mkdir(mode=0o700)
        # Debian's wrapper of 3.22 passes an option that the program behind it does not know.
        self.program = shutil.which("qgis_process.bin") or shutil.which("qgis_process") or ""
        dropped = ("PYTHON", "XDG_", "SUPERSEG_", "QGIS_", "VIRTUAL_ENV", "CONDA_")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
        self.environment = {
            **kept,
            "HOME": str(self.home),
            "QGIS_PLUGINPATH": str(plugins),
            "QGIS_CUSTOM_CONFIG_PATH": str(self.home / "profile"),
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_RUNTIME_DIR": str(self.home / "run"),
            "PIP_CACHE_DIR": str(DOWNLOADS),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.qgis("plugins", "enable", PLUGIN)

    @property
    def data(self) -> Path:
        """SuperSeg's data folder."""
        return self.home / ".local" / "share" / "superseg"

    def qgis(
        self,
        *arguments: str,
        before: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
        on_line: Callable[[str, subprocess.Popen[str]], None] | None = None,
    ) -> Said:
        """Run qgis_process.

        Args:
            arguments: of it.
            before: a command that runs it, such as one that takes the network away.
            variables: beside those of the machine; an empty one is taken away.
            on_line: told every line and the process.
        """
        environment = {**self.environment, **(variables or {})}
        lines: list[str] = []
        with subprocess.Popen(
            [*before, self.program, *arguments],
            env={name: text for name, text in environment.items() if text},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process:
            for line in process.stdout or ():
                lines.append(line)
                if on_line:
                    on_line(line, process)
        return Said(process.returncode, "".join(lines))

    def run(
        self,
        algorithm: str,
        parameters: Mapping[str, object],
        before: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
        on_line: Callable[[str, subprocess.Popen[str]], None] | None = None,
    ) -> Said:
        """Run an algorithm of SuperSeg; the arguments beside the first two are those of `qgis`."""
        values = [f"{name}={value}" for name, value in parameters.items()]
        command = ("run", f"superseg:{algorithm}", "--", *values)
        return self.qgis(*command, before=before, variables=variables, on_line=on_line)

    def processes(self) -> list[str]:
        """Command lines of the processes that work in the home folder."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                line = (
                    (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
            except OSError:
                continue
            if str(self.home) in line:
                found.append(line.strip())
        return found

    def no_processes_after(self, seconds: float) -> list[str]:
        """Wait for the processes in the home folder to end; return those that did not."""
        end = time.monotonic() + seconds
        while self.processes() and time.monotonic() < end:
            time.sleep(0.1)
        return self.processes()

    def forget_runtime(self) -> None:
        """Remove the runtime."""
        shutil.rmtree(self.data, ignore_errors=True)
