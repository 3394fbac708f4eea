# SPDX-License-Identifier: GPL-2.0-or-later
"""Algorithms of SuperSeg in a QGIS without a window, as the Python console runs them."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
)

from tests.qgis.helpers import Listener

# The log of a run before its first stage: reading headers, samples and masks.
EARLY_PERCENT = 3.0


@dataclass
class Outcome:
    """What came of a run.

    Attributes:
        results: outputs by name; empty after an error.
        error: the sentence of the error, or "".
        log: all lines of the log.
        percent: the highest progress that was reported.
        seconds: from start to end.
        folder: of the outputs.
    """

    results: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    log: list[str] = field(default_factory=list)
    percent: float = 0.0
    seconds: float = 0.0
    folder: Path = Path()

    def refused(self, pattern: str) -> bool:
        """Whether the run was refused before its work, in words that meet a pattern.

        Nothing may be left in the folder of the outputs, and the sentence may not name folders
        that SuperSeg made, nor an unforeseen failure.
        """
        hidden = ".superseg-" in self.error or "did not foresee" in self.error
        found = re.search(pattern, self.error, re.IGNORECASE | re.DOTALL)
        early = self.percent <= EARLY_PERCENT
        left = list(self.folder.iterdir()) if self.folder.is_dir() else []
        return bool(found) and not hidden and early and not left

    def says(self, pattern: str) -> bool:
        """Whether a line of the log meets a pattern."""
        return any(re.search(pattern, line, re.IGNORECASE) for line in self.log)

    def line(self, pattern: str) -> str:
        """The first line of the log that meets a pattern, or ""."""
        found = (line for line in self.log if re.search(pattern, line, re.IGNORECASE))
        return next(found, "")


class Session:
    """A QGIS without a window, with the plugin.

    Args:
        folder: for outputs; must exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._application = QgsApplication([], False)
        self._application.initQgis()
        sys.path.append(str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins"))
        from processing.core.Processing import Processing

        from superseg_plugin import classFactory

        Processing.initialize()
        self._plugin = classFactory(None)
        self._plugin.initProcessing()

    def run(
        self,
        algorithm: str,
        parameters: Mapping[str, Any],
        outputs: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Run an algorithm into a folder of its own.

        Args:
            algorithm: name without the provider.
            parameters: of the run; `{folder}` in texts stands for the folder of the outputs.
            outputs: file names by parameter; `classes.tif` as OUTPUT where None.
        """
        from qgis import processing

        self._number += 1
        folder = self._folder / f"{self._number:03}"
        folder.mkdir()
        files = {"OUTPUT": "classes.tif"} if outputs is None else outputs
        given = {
            name: value.replace("{folder}", str(folder)) if isinstance(value, str) else value
            for name, value in parameters.items()
        }
        given.update({name: str(folder / file) for name, file in files.items()})
        listener = Listener()
        # Results of `memory:` belong to the context, which has to live as long as they do.
        self.context = QgsProcessingContext()
        self.context.setProject(QgsProject.instance())
        outcome = Outcome(log=listener.lines, folder=folder)
        began = time.monotonic()
        try:
            outcome.results = processing.run(
                f"superseg:{algorithm}", given, feedback=listener, context=self.context
            )
        except QgsProcessingException as error:
            outcome.error = str(error)
        outcome.seconds = time.monotonic() - began
        outcome.percent = max(listener.fractions, default=0.0)
        return outcome

    def close(self) -> None:
        """End QGIS."""
        self._plugin.unload()
        self._application.exitQgis()
