# SPDX-License-Identifier: GPL-2.0-or-later
"""A task in the background."""

from __future__ import annotations

import traceback

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtCore import pyqtSignal

from ..errors import Cancelled, SuperSegError
from ..progress import Progress


class BackgroundTask(QgsTask, Progress):
    """Runs a function that takes a `Progress`; QGIS lists it among its tasks.

    Args:
        title: shown in the list of tasks.
        work: the function.
        quiet: hide the task from the list.

    Attributes:
        result: what the function returned.
        error: why it failed, "" if it did not.

    Signals:
        logged: a line of the log.
        activity: the current activity.
        done: the task has ended.
    """

    logged = pyqtSignal(str)
    activity = pyqtSignal(str)
    done = pyqtSignal()

    def __init__(self, title, work, quiet=False):
        flags = QgsTask.Flag.CanCancel
        if quiet and hasattr(QgsTask.Flag, "Hidden"):
            # QGIS shows a message when other tasks end; QGIS 3.22 has no hidden tasks.
            flags |= QgsTask.Flag.Hidden
        super().__init__(title, flags)
        self._work = work
        self.result = None
        self.error = ""

    def start(self):
        """Queue the task in QGIS."""
        QgsApplication.taskManager().addTask(self)

    def run(self):
        """Run the function; QGIS calls this in another thread."""
        try:
            self.result = self._work(self)
        except Cancelled:
            self.error = "Cancelled."
        except SuperSegError as error:
            self.error = str(error)
        except Exception:  # QGIS itself reports no more than that a task failed
            self.error = traceback.format_exc()
        return not self.error

    def finished(self, _fine):
        """Emit `done`; QGIS calls this in the main thread."""
        self.done.emit()

    def report(self, fraction, text=""):
        """Report progress; see `Progress`."""
        self.setProgress(max(self.progress(), 100.0 * min(fraction, 1.0)))
        if text:
            self.activity.emit(text)

    def log(self, text):
        """Add a line to the log."""
        self.logged.emit(text)

    def cancelled(self):
        """Return whether the user has cancelled the task, in the window or in QGIS's list."""
        return self.isCanceled()
