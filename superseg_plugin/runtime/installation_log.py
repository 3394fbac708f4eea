# SPDX-License-Identifier: GPL-2.0-or-later
"""The log of the last installation, kept in a file for bug reports; without credentials."""

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


class InstallationLog(Progress):
    """Progress that masks credentials in every line, forwards it, and writes it to a file.

    Args:
        folder: data folder, in which the log file is written.
        progress: progress to forward to.
        network: its credentials are masked.
    """

    def __init__(self, folder: Path, progress: Progress, network: Network) -> None:
        self._path = folder / NAME
        self._progress = progress
        self._mask = Redactor(network.secrets, os.environ)
        self._file: IO[str] | None = None

    def __enter__(self) -> InstallationLog:
        # If the data folder cannot be written, the installation fails with its own message.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
        self._write(time.strftime("%Y-%m-%d %H:%M"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._write(f"{kind.__name__}: {error}" if kind else INSTALLED)
        if self._file:
            self._file.close()
        if isinstance(error, SuperSegError):
            raise SuperSegError(self._mask(str(error))) from None

    def report(self, fraction: float, text: str = "") -> None:
        """Forward the fraction and the text."""
        self._progress.report(fraction, text)

    def log(self, text: str) -> None:
        """Write the line to the file and forward it."""
        line = self._mask(text)
        self._write(line)
        self._progress.log(line)

    def cancelled(self) -> bool:
        """Whether the user has cancelled."""
        return self._progress.cancelled()

    def _write(self, line: str) -> None:
        if self._file:
            with contextlib.suppress(OSError):
                self._file.write(self._mask(line) + "\n")
                self._file.flush()


def last_installation(folder: Path) -> list[str]:
    """The lines of the last installation's log; empty if there was none."""
    try:
        return (folder / NAME).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
