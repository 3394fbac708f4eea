# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs in the background of one QGIS, as the toolbox starts them."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingFeedback,
)
from qgis.PyQt.QtCore import QCoreApplication, Qt

from tests.conftest import read_raster
from tests.faults.bench import FOLDER, OUTPUTS, Attempt, Bench, Place, check_sentence

LIMIT_SECONDS = 300


class Moment:
    """When a fault is made: at a log line, or some time or progress reports after it."""

    def __init__(self, line: str, after: float = 0.0, reports: int = 0) -> None:
        self.line = line
        self.after = after
        self.reports = reports


class Feedback(QgsProcessingFeedback):
    """Progress that records its input and makes the fault in the run's thread."""

    def __init__(self, moment: Moment | None, action: Callable[[], None]) -> None:
        super().__init__(False)
        self.lines: list[str] = []
        self.errors: list[str] = []
        self.made_at = 0.0
        self._moment = moment
        # Progress reports until the fault; 0 for none to wait for.
        self._reports = 0
        self._action = action
        self.progressChanged.connect(self._progress, Qt.ConnectionType.DirectConnection)

    def _progress(self, _percent):
        if self._reports:
            self._reports -= 1
            if not self._reports:
                self._make()

    def _note(self, line):
        self.lines.append(line)
        moment = self._moment
        if moment and line.startswith(moment.line) and not self._reports:
            self._reports = moment.reports
            if not moment.reports:
                self._make()

    def _make(self):
        moment, self._moment = self._moment, None
        if moment.after:
            threading.Timer(moment.after, self._act).start()
        else:
            self._act()

    def _act(self):
        self._action()
        self.made_at = time.monotonic()

    def setProgressText(self, text):
        self._note(text)

    def pushInfo(self, info):
        self._note(info)

    def pushDebugInfo(self, info):
        self._note(info)

    def reportError(self, error, fatalError=False):  # noqa: N803 - QGIS's own name
        self.errors.append(error)


class Run:
    """One run of an algorithm in the background."""

    def __init__(self, parameters, moment=None, action=lambda: None, algorithm="segment") -> None:
        self.feedback = Feedback(moment, action)
        self._context = QgsProcessingContext()
        found = QgsApplication.processingRegistry().algorithmById(f"superseg:{algorithm}")
        self._task = QgsProcessingAlgRunnerTask(found, parameters, self._context, self.feedback)
        self._ended: list[tuple[bool, float]] = []
        self._task.executed.connect(
            lambda fine, _results: self._ended.append((fine, time.monotonic()))
        )
        self.started_at = time.monotonic()
        QgsApplication.taskManager().addTask(self._task)

    @property
    def ended(self) -> bool:
        return bool(self._ended)

    def wait(self) -> bool:
        """Wait for the end; return whether the run has succeeded."""
        wait_until(lambda: self.ended)
        # The task manager releases a task some events after its end.
        wait_until(lambda: not QgsApplication.taskManager().countActiveTasks())
        return self._ended[0][0]

    @property
    def seconds_to_answer(self) -> float:
        """Time from the fault to the end."""
        made_at = self.feedback.made_at or self.started_at
        return max(self._ended[0][1] - made_at, 0.0)

    @property
    def seconds(self) -> float:
        """Time from start to end."""
        return self._ended[0][1] - self.started_at


def wait_until(condition, limit=LIMIT_SECONDS) -> None:
    """Process events of QGIS until a condition holds."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("QGIS did not come to an end")
        QCoreApplication.processEvents()
        time.sleep(0.005)


class Session:
    """A QGIS without a window, with the plugin."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._application = QgsApplication([], False)
        self._application.initQgis()
        sys.path.append(str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins"))
        from processing.core.Processing import Processing

        from superseg_plugin import classFactory

        Processing.initialize()
        self._plugin = classFactory(None)
        self._plugin.initProcessing()
        self.seconds = 0.0
        self._make_expected()

    def _make_expected(self) -> None:
        """Create the results that other runs are compared with, and the older outputs."""
        for preset in ("fast", "balanced"):
            place = self.bench.place(f"without-a-fault-{preset}")
            run = Run(place.parameters(PRESET=preset))
            if not run.wait():
                raise RuntimeError(f"a run without a fault failed: {run.feedback.errors}")
            self.bench.expected[preset] = read_raster(place.folder / OUTPUTS["OUTPUT"])
            self.seconds = run.seconds
            if preset == "fast":
                for file in place.folder.iterdir():
                    shutil.copy2(file, FOLDER / "older")

    def provoke(self, place: Place, moment: Moment, action, wanted: str, **changed) -> Attempt:
        """Make a fault in a run and see what comes of it.

        Args:
            place: of the run; its older outputs must be there.
            moment: when.
            action: makes the fault.
            wanted: pattern of the sentence, or "" where the run has to succeed.
            changed: parameters other than the usual ones.
        """
        run = Run(place.parameters(**changed), moment, action)
        fine = run.wait()
        attempt = Attempt(run.seconds_to_answer)
        if not run.feedback.made_at:
            attempt.wrong.append("the fault was not made")
        if fine and wanted:
            attempt.wrong.append("the run succeeded")
        if wanted:
            check_sentence(attempt, run.feedback.errors, wanted)
        elif run.feedback.errors:
            attempt.wrong.append(f"errors shown: {run.feedback.errors}")
        attempt.note = "; ".join(line for line in run.feedback.lines if "out of memory" in line)
        place.check(attempt, "older" if wanted else "balanced")
        return attempt

    def check_next_run(self, place: Place, attempt: Attempt) -> None:
        """Run once more, to the same outputs, and add to an attempt what is wrong with that."""
        run = Run(place.parameters(PRESET="fast", MODEL=None))
        if not run.wait():
            attempt.wrong.append(f"the next run failed: {run.feedback.errors}")
            return
        place.check(attempt, "fast")

    def close(self) -> None:
        """End QGIS."""
        self._plugin.unload()
        self._application.exitQgis()
