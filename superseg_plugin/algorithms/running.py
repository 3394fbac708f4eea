# SPDX-License-Identifier: GPL-2.0-or-later
"""Progress and unexpected errors of a run in Processing."""

from __future__ import annotations

import html
import re
import traceback

from ..credentials import hide_credentials
from ..progress import Progress
from ..worker.failures import LESS_MEMORY
from ..worker.interface import WorkerError

ADDRESS = re.compile(r"https?://[^\s;,()<>\"]+")


class FeedbackProgress(Progress):
    """A `Progress` that reports to a QgsProcessingFeedback.

    Attributes:
        feedback: the QgsProcessingFeedback, for QGIS algorithms that are a step of the run.
        activity: the activity reported last.
    """

    def __init__(self, feedback):
        self.feedback = feedback
        self._fraction = 0.0
        self.activity = ""

    def report(self, fraction, text=""):
        """Advance the progress bar, and show a new activity."""
        self._fraction = min(max(fraction, self._fraction), 1.0)
        self.feedback.setProgress(100.0 * self._fraction)
        if text and text != self.activity:
            self.activity = text
            self.feedback.setProgressText(text)

    def log(self, text):
        """Add a line to the log; the address of a page in it is a link where QGIS can show one."""
        text = hide_credentials(text)
        if ADDRESS.search(text) and hasattr(self.feedback, "pushFormattedMessage"):
            linked = ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', html.escape(text, quote=False))
            self.feedback.pushFormattedMessage(linked, text)
        else:
            self.feedback.pushInfo(text)

    def cancelled(self):
        """Return whether the user has pressed Cancel."""
        return self.feedback.isCanceled()


def unexpected_error(error, activity, feedback):
    """Return a message for the user about an exception that is not a SuperSegError.

    Args:
        error: the exception being handled; its traceback is written to the log.
        activity: the activity during which it was raised.
        feedback: the QgsProcessingFeedback.
    """
    # Without the number of the stage and the time left.
    activity = activity.split(" (")[0]
    # The text of a WorkerError contains the traceback of the worker.
    details = str(error) if isinstance(error, WorkerError) else traceback.format_exc()
    feedback.pushDebugInfo(hide_credentials(details))
    if isinstance(error, MemoryError):
        return f"{activity}: QGIS has run out of memory; close other programs, or {LESS_MEMORY}."
    if isinstance(error, OSError) and error.strerror:
        name = f" at {error.filename}" if error.filename else ""
        return (
            f"{activity}: {error.strerror}{name}; check the free disk space for results and for "
            "temporary files, and the permissions of their folders."
        )
    reason = str(error).strip().splitlines()[-1:] or [type(error).__name__]
    return (
        f"{activity} failed with an unexpected error ({reason[0]}); please report it with the log "
        "and the output of superseg:runtimereport."
    )
