# SPDX-License-Identifier: GPL-2.0-or-later
"""The log of the last installation, kept for those who help; without credentials."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from types import TracebackType
from typing import IO

from ..errors import SuperSegError
from ..progress import Progress
from .network import Network
from .redaction import Redactor

NAME = "install.log"
INSTALLED = "Installed"


class InstallationLog:
    """Progress that strikes credentials from every line, passes it on, and keeps it in a file."""

    def __init__(self, folder: Path, progress: Progress, network: Network) -> None:
        self._path = folder / NAME
        self._progress = progress
        self._strike = Redactor(network.secrets, os.environ)
        self._file: IO[str] | None = None

    def __enter__(self) -> InstallationLog:
        # A data folder that cannot be written is named by the installation itself.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
        self._keep(time.strftime("%Y-%m-%d %H:%M"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._keep(f"{kind.__name__}: {error}" if kind else INSTALLED)
        if self._file:
            self._file.close()
        if isinstance(error, SuperSegError):
            raise SuperSegError(self._strike(str(error))) from None

    def report(self, fraction: float, text: str = "") -> None:
        """Pass it on."""
        self._progress.report(fraction, text)

    def log(self, text: str) -> None:
        """Keep the line and pass it on."""
        line = self._strike(text)
        self._keep(line)
        self._progress.log(line)

    def cancelled(self) -> bool:
        """Ask the user."""
        return self._progress.cancelled()

    def _keep(self, line: str) -> None:
        if self._file:
            with contextlib.suppress(OSError):
                self._file.write(self._strike(line) + "\n")
                self._file.flush()


def last_installation(folder: Path) -> list[str]:
    """The lines of the last installation; none where there was none."""
    try:
        return (folder / NAME).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
