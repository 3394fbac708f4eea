# SPDX-License-Identifier: GPL-2.0-or-later
"""Work of the runtime's window that takes long, in the background."""

from __future__ import annotations

import traceback

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtCore import pyqtSignal

from ..errors import Cancelled, SuperSegError


class RuntimeTask(QgsTask):
    """Runs a function that takes a `Progress`; QGIS shows it among its tasks.

    Signals:
        said: a line of the log.
        activity: what is being done.
        done: the end; what came of it is in `result`, or else in `error`.
    """

    said = pyqtSignal(str)
    activity = pyqtSignal(str)
    done = pyqtSignal()

    def __init__(self, title, work, quiet=False):
        flags = QgsTask.Flag.CanCancel
        if quiet and hasattr(QgsTask.Flag, "Hidden"):
            # QGIS announces the end of the others; 3.22 that of all.
            flags |= QgsTask.Flag.Hidden
        super().__init__(title, flags)
        self._work = work
        self.result = None
        self.error = ""

    def start(self):
        """Hand it to QGIS."""
        QgsApplication.taskManager().addTask(self)

    def run(self):
        """Work; called by QGIS in another thread."""
        try:
            self.result = self._work(self)
        except Cancelled:
            self.error = "Cancelled."
        except SuperSegError as error:
            self.error = str(error)
        except Exception:  # the boundary: QGIS would only say that a task failed
            self.error = traceback.format_exc()
        return not self.error

    def finished(self, _fine):
        """Tell the window; called by QGIS in its own thread."""
        self.done.emit()

    def report(self, fraction, text=""):
        """Show how much is done."""
        self.setProgress(max(self.progress(), 100.0 * min(fraction, 1.0)))
        if text:
            self.activity.emit(text)

    def log(self, text):
        """Show a line."""
        self.said.emit(text)

    def cancelled(self):
        """Tell whether the user has pressed Cancel, here or among QGIS's tasks."""
        return self.isCanceled()
